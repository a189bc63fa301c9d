// A backup that is put back, on real nodes: the files of the embedded database as they were before a payment, a receipt and a hold. The gateway
// notices, sends nothing, and asks its node; a person says whose each hash is; nothing is paid again.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cancelHodlInvoice, createChainAddress, getChainTransactions, getInvoice } from 'ln-service';
import { expect, onTestFailed, test } from 'vitest';
import { hashOf, newPreimage, type Preimage } from '../../src/lightning/values.ts';
import { markFile } from '../../src/platform/mark.ts';
import { sends, walletAt } from '../support/operations.ts';
import { configOn, lndBackend, useGateway } from './gatewayBench.ts';
import { invoiceOf, payFrom, settlementAt } from './people.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { a, b, c } = network.nodes;
const { accounts, ...config } = configOn(lndBackend(a));
const { gateway } = await useGateway(network, {
  ...config,
  accounts: [...accounts, { name: 'shop', wallets: [{ name: 'till', backend: 'main', balance: 'ledger' }] }],
});
const door = gateway.door(await gateway.key({ account: 'shop' }));
const wallet = walletAt(door, await gateway.walletId('till'));
const { walletId } = wallet;
const files = join(gateway.folder, 'data', 'pg');
const backup = join(gateway.folder, 'backup');

const receive = async (sats: number): Promise<string> => {
  const { paymentRequest, paymentHash } = await wallet.invoice(sats);
  await payFrom(b, paymentRequest);
  await waitUntil('the receipt', async () => (await wallet.movedBy(paymentHash)).length === 1);
  return paymentHash;
};
const hold = async (secret: Preimage): Promise<string> => {
  const query = `mutation c($input: LnHoldInvoiceCreateInput!) { answer: lnHoldInvoiceCreate(input: $input) { invoice { paymentRequest } } }`;
  const input = { walletId, amount: 1_500, paymentHash: hashOf(secret) };
  const { answer } = await door.ask<{ answer: { invoice: { paymentRequest: string } } }>(query, { input });
  payFrom(b, answer.invoice.paymentRequest).catch(() => undefined);
  await waitUntil('it to be held', async () => (await getInvoice({ lnd: a.lnd, id: hashOf(secret) })).is_held === true);
  return hashOf(secret);
};
const sendCoins = async (): Promise<{ readonly txid: string; readonly address: string }> => {
  const { address } = await createChainAddress({ lnd: c.lnd, format: 'p2wpkh' });
  const via = 'settlementVia { ... on SettlementViaOnChain { transactionHash } }';
  const query = `mutation m($input: OnChainPaymentSendInput!) { answer: onChainPaymentSend(input: $input) { status transaction { ${via} } } }`;
  interface Answer {
    readonly status: string;
    readonly transaction: { readonly settlementVia: { readonly transactionHash: string } };
  }
  const { answer } = await door.ask<{ answer: Answer }>(query, { input: { walletId, address, amount: 10_000 } });
  expect(answer.status).toBe('SUCCESS');
  return { txid: answer.transaction.settlementVia.transactionHash, address };
};
const mark = markFile(join(gateway.folder, 'data', 'database.mark'));
/** How far the database had come when the gateway last looked, which it does every second. */
const marked = (): bigint => mark.read()?.events ?? expect.fail('no mark');
const open = async () =>
  JSON.parse((await gateway.cli('restore', '--json')).out) as {
    readonly restore: { readonly asked: readonly string[] } | null;
    readonly hashes: readonly { readonly paymentHash: string; readonly state: string }[];
  };

test('a payment, a receipt and a hold that were made after the backup', async () => {
  const secret = newPreimage();
  // The files after this one want a node with nothing on its way.
  onTestFailed(() => cancelHodlInvoice({ lnd: a.lnd, id: hashOf(secret) }).catch(() => undefined));
  await receive(40_000);
  await gateway.stop();
  cpSync(files, backup, { recursive: true });
  await gateway.start();
  const atBackup = marked();
  const target = await invoiceOf(c, 9_000);
  expect(await wallet.pay(target.request)).toMatchObject({ status: 'SUCCESS' });
  const sent = await sendCoins();
  const [received, held, before] = [await receive(2_000), await hold(secret), await wallet.balance()];
  await waitUntil('the mark to be ahead of the backup', () => marked() > atBackup);
  await gateway.kill();
  rmSync(files, { recursive: true });
  cpSync(backup, files, { recursive: true });
  await gateway.start();

  await waitUntil('the node to be asked', async () => (await open()).restore?.asked.includes('main'));
  expect((await open()).hashes).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ paymentHash: target.hash, state: 'succeeded' }),
      expect.objectContaining({ paymentHash: received, state: 'settled' }),
      expect.objectContaining({ paymentHash: held, state: 'held' }),
      expect.objectContaining({ paymentHash: sent.txid, state: 'sent' }),
    ]),
  );
  expect((await gateway.cli('incidents')).out).toContain('database.restored');
  const other = await invoiceOf(c, 500);
  const refused = { status: 'FAILURE', errors: [{ code: 'OPERATION_RESTRICTED' }] };
  expect(
    (await door.ask<{ answer: unknown }>(sends.ofInvoice, { input: { walletId, paymentRequest: other.request } })).answer,
  ).toMatchObject(refused);
  expect(await wallet.pay(target.request)).toMatchObject({ status: 'ALREADY_PAID' });

  for (const hash of [received, target.hash, held, sent.txid]) {
    const said = await gateway.cli('restore', 'book', hash, '--wallet', 'till');
    if (said.code !== 0)
      console.log(said.err, (await gateway.cli('restore', '--all', '--json')).out, JSON.stringify(gateway.logged(hash), null, 1));
    expect(said, said.err).toMatchObject({ code: 0 });
  }
  expect(await wallet.balance()).toBe(before);
  const settle = 'mutation s($input: LnHoldInvoiceSettleInput!) { answer: lnHoldInvoiceSettle(input: $input) { errors { code } } }';
  expect(await door.ask(settle, { input: { walletId, paymentHash: held, preimage: secret } })).toEqual({ answer: { errors: [] } });
  await waitUntil('the hold settled', async () => (await wallet.balance()) === before + 1_500);

  // What else the node has done in the last hour, for the files before this one, is another program's.
  await gateway.cli('restore', 'dismiss', 'all');
  await waitUntil('sends again', async () => (await open()).restore === null);
  expect(await wallet.pay(other.request)).toMatchObject({ status: 'SUCCESS' });
  expect(await wallet.pay(target.request)).toMatchObject({ status: 'ALREADY_PAID' });
  const { transactions } = await getChainTransactions({ lnd: a.lnd });
  expect(transactions.filter((one) => one.output_addresses.includes(sent.address)).map(({ id }) => id)).toEqual([sent.txid]);
  expect(JSON.parse((await gateway.cli('payouts', '--json')).out)).toMatchObject([{ txid: sent.txid, state: 'sent' }]);
  expect(await settlementAt(c, target.hash)).toEqual({ settled: true, parts: 1, msat: 9_000_000n });
  expect((await gateway.cli('ledger')).code).toBe(0);
});
