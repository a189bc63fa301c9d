// Money on the chain through a gateway on real nodes: deposits seen pending and then credited, a send at each speed, all of a wallet, Lamassu's
// own requests by what they bring about, and a gateway that is killed while it sends: the chain has each send once or not at all.
import { readFileSync } from 'node:fs';
import { createChainAddress, getChainBalance, getChainTransactions, sendToChainAddress } from 'ln-service';
import { afterAll, describe, expect, test } from 'vitest';
import { openTap } from '../support/tap.ts';
import { configOn, lndBackend, useGateway } from './gatewayBench.ts';
import type { NetNode } from './lnd.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { a, b } = network.nodes;
const tap = await openTap({ port: a.rpcPort, certPath: a.certPath });
afterAll(() => tap.close());
const config = configOn({ ...lndBackend(a), socket: `localhost:${tap.port}` });
const wallets = [...(config.accounts[0]?.wallets ?? []), { name: 'till', backend: 'main', balance: 'ledger' }];
const { gateway, door, key } = await useGateway(network, {
  ...config,
  accounts: [{ name: 'operator', wallets }],
  onChain: { confirmations: 3 },
});
const [node, till] = await Promise.all([gateway.walletId('atm'), gateway.walletId('till')]);

interface Moved {
  readonly id: string;
  readonly status: 'SUCCESS' | 'PENDING' | 'FAILURE';
  readonly direction: 'SEND' | 'RECEIVE';
  readonly settlementAmount: number;
  readonly settlementFee: number;
  readonly settlementVia: { readonly transactionHash: string | null; readonly vout: number | null };
}
interface Sent {
  readonly status: string | null;
  readonly errors: readonly { readonly message: string }[];
  readonly transaction: Moved | null;
}
const fields =
  '{ id status direction settlementAmount settlementFee settlementVia { ... on SettlementViaOnChain { transactionHash vout } } }';

const inWallet = async <T>(walletId: string, field: string): Promise<T> => {
  const query = `query q($w: WalletId!) { me { defaultAccount { walletById(walletId: $w) { answer: ${field} } } } }`;
  const { me } = await door.ask<{ me: { defaultAccount: { walletById: { answer: T } } } }>(query, { w: walletId });
  return me.defaultAccount.walletById.answer;
};
const balance = () => inWallet<number>(till, 'balance');
const pending = (address: string) =>
  inWallet<readonly Moved[]>(till, `pendingIncomingTransactionsByAddress(address: "${address}") ${fields}`);
const moved = async (walletId: string, address: string) =>
  (
    await inWallet<{ edges: readonly { node: Moved }[] }>(
      walletId,
      `transactionsByAddress(address: "${address}") { edges { node ${fields} } }`,
    )
  ).edges.map((edge) => edge.node);
const newAddress = async (walletId: string): Promise<string> => {
  const query =
    'mutation m($input: OnChainAddressCreateInput!) { answer: onChainAddressCreate(input: $input) { address errors { message } } }';
  const { answer } = await door.ask<{ answer: { address: string } }>(query, { input: { walletId } });
  return answer.address;
};
const send = async (input: object, name: 'onChainPaymentSend' | 'onChainPaymentSendAll' = 'onChainPaymentSend'): Promise<Sent> => {
  const type = name === 'onChainPaymentSend' ? 'OnChainPaymentSendInput' : 'OnChainPaymentSendAllInput';
  const query = `mutation m($input: ${type}!) { answer: ${name}(input: $input) { status errors { message } transaction ${fields} } }`;
  return (await door.ask<{ answer: Sent }>(query, { input: { walletId: till, ...input } })).answer;
};
const feeOf = async (address: string, amount: number, speed: string): Promise<number> => {
  const query = `query q($w: WalletId!, $a: OnChainAddress!, $n: SatAmount!) { answer: onChainTxFee(walletId: $w, address: $a, amount: $n, speed: ${speed}) { amount } }`;
  return (await door.ask<{ answer: { amount: number } }>(query, { w: till, a: address, n: amount })).answer.amount;
};

const addressOf = async ({ lnd }: NetNode) => (await createChainAddress({ lnd, format: 'p2wpkh' })).address;
/** What node b has at this address, and how deep. */
const arrived = async (address: string) =>
  (await getChainTransactions({ lnd: b.lnd })).transactions.filter((one) => one.output_addresses.includes(address));
const inMempool = async (txid: string | null | undefined) =>
  ((await network.btcdRpc('getrawmempool')) as readonly string[]).includes(txid ?? '');
const done = (walletId: string, address: string) =>
  waitUntil('a block has it', async () => (await moved(walletId, address))[0]?.status === 'SUCCESS');
const fund = async (sat: number): Promise<string> => {
  const address = await newAddress(till);
  await sendToChainAddress({ lnd: b.lnd, address, tokens: sat, fee_tokens_per_vbyte: 2 });
  return address;
};
const audit = async () => {
  const { code, out, err } = await gateway.cli('ledger');
  expect({ code, said: out + err }).toMatchObject({ code: 0 });
};

interface Recorded {
  readonly query: string;
  readonly operationName: string;
}
/** Lamassu's own request, with this machine's values. */
const lamassu = async <T>(name: string, variables: object): Promise<T> => {
  const file = new URL(`../contract/upstream/recordings/client-request--lamassu-${name}.json`, import.meta.url);
  const { request }: { request: { body: Recorded } } = JSON.parse(readFileSync(file, 'utf8'));
  const response = await fetch(gateway.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({ ...request.body, variables }),
  });
  expect(response.status).toBe(200);
  const { data, errors }: { data: T; errors?: unknown } = await response.json();
  expect(errors).toBeUndefined();
  return data;
};

describe('a deposit', () => {
  test('is seen pending, and is credited when it is as deep as configured', async () => {
    const before = await balance();
    const address = await fund(250_000);
    await waitUntil('it is seen', async () => (await pending(address)).length === 1);
    const [seen] = await pending(address);
    expect(seen).toMatchObject({ status: 'PENDING', direction: 'RECEIVE', settlementAmount: 250_000, settlementFee: 0 });
    expect(await inMempool(seen?.settlementVia.transactionHash)).toBe(true);
    expect(await inWallet<number>(till, 'pendingIncomingBalance')).toBe(250_000);
    expect(await moved(till, address)).toEqual([]);
    await network.mine(2);
    expect(await balance()).toBe(before);
    await network.mine(1);
    await done(till, address);
    expect(await moved(till, address)).toMatchObject([
      { status: 'SUCCESS', direction: 'RECEIVE', settlementAmount: 250_000, settlementVia: seen?.settlementVia },
    ]);
    expect(await pending(address)).toEqual([]);
    expect(await balance()).toBe(before + 250_000);
    await audit();
  });

  test('that confirms while the gateway is down is credited when it is back, once', async () => {
    const before = await balance();
    const address = await newAddress(till);
    await gateway.kill();
    await sendToChainAddress({ lnd: b.lnd, address, tokens: 40_000, fee_tokens_per_vbyte: 2 });
    await network.mine(5);
    await gateway.start();
    await done(till, address);
    expect(await balance()).toBe(before + 40_000);
    await network.mine(2);
    expect(await moved(till, address)).toHaveLength(1);
    expect(await balance()).toBe(before + 40_000);
  });
});

describe('a Lamassu machine', () => {
  test('gives out an address, and sees the deposit on it', async () => {
    const { onChainAddressCreate } = await lamassu<{ onChainAddressCreate: { address: string } }>('onchainaddresscreate', {
      input: { walletId: till },
    });
    const { address } = onChainAddressCreate;
    await sendToChainAddress({ lnd: b.lnd, address, tokens: 31_000, fee_tokens_per_vbyte: 2 });
    await waitUntil('it is seen', async () => (await pending(address)).length === 1);
    await network.mine(3);
    await done(till, address);
    const { me } = await lamassu<{
      me: { defaultAccount: { walletById: { transactionsByAddress: { edges: readonly { node: object }[] } } } };
    }>('me-transactionsbyaddress', { walletId: till, address });
    expect(me.defaultAccount.walletById.transactionsByAddress.edges.map((edge) => edge.node)).toEqual([
      { direction: 'RECEIVE', settlementAmount: 31_000, status: 'SUCCESS' },
    ]);
  });

  test('sends coins that are in the mempool at once', async () => {
    const address = await addressOf(b);
    const { onChainPaymentSend } = await lamassu<{ onChainPaymentSend: { status: string; errors: readonly unknown[] } }>(
      'onchainpaymentsend',
      {
        input: { address, amount: '12345', walletId: till },
      },
    );
    expect(onChainPaymentSend).toEqual({ status: 'SUCCESS', errors: [] });
    const [transaction] = await moved(till, address);
    expect(transaction).toMatchObject({ status: 'PENDING', direction: 'SEND' });
    expect(await inMempool(transaction?.settlementVia.transactionHash)).toBe(true);
    await network.mine(1);
    await done(till, address);
    expect(await arrived(address)).toMatchObject([{ tokens: 12_345, is_confirmed: true }]);
  });
});

describe('a send', () => {
  test.each(['FAST', 'MEDIUM', 'SLOW'])('at speed %s costs what was said, and is done when a block has it', async (speed) => {
    const before = await balance();
    const address = await addressOf(b);
    const fee = await feeOf(address, 20_000, speed);
    expect(fee).toBeGreaterThan(0);
    const answer = await send({ address, amount: 20_000, speed });
    expect(answer).toMatchObject({
      ...{ status: 'SUCCESS', errors: [] },
      transaction: { status: 'PENDING', settlementAmount: -20_000 - fee, settlementFee: fee },
    });
    expect(await inMempool(answer.transaction?.settlementVia.transactionHash)).toBe(true);
    await network.mine(1);
    await done(till, address);
    expect(await balance()).toBe(before - 20_000 - fee);
    expect(await arrived(address)).toMatchObject([{ tokens: 20_000, id: answer.transaction?.settlementVia.transactionHash }]);
    await audit();
  });

  test('to an address of another network, of dust, of more than there is, sends nothing', async () => {
    const before = await balance();
    expect(await send({ address: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', amount: 20_000 })).toMatchObject({
      ...{ status: null, errors: [{ message: 'Invalid value for OnChainAddress' }] },
    });
    const address = await addressOf(b);
    expect(await send({ address, amount: 4_999 })).toMatchObject({
      ...{ status: 'FAILURE', errors: [{ message: 'Use lightning to send amounts less than 5000 sats' }] },
    });
    expect((await send({ address, amount: before })).status).toBe('FAILURE');
    expect(await balance()).toBe(before);
    expect(await arrived(address)).toEqual([]);
  });

  test('of all that a ledger wallet has leaves next to nothing in it, and nothing of the node’s', async () => {
    const before = await balance();
    const address = await addressOf(b);
    const answer = await send({ address }, 'onChainPaymentSendAll');
    expect(answer).toMatchObject({ status: 'SUCCESS', errors: [] });
    await network.mine(1);
    await done(till, address);
    const [transaction] = await arrived(address);
    expect(transaction?.tokens).toBe(before + (answer.transaction?.settlementFee ?? 0) * -1 - (await balance()));
    expect(await balance()).toBeLessThan(200);
    await audit();
  });
});

describe('a gateway that is killed while it sends', () => {
  const asked = new Map<string, string>();
  /** Each address under an idempotency key of its own. */
  const paysOut = async (amount: number, address: string): Promise<string> => {
    const once = asked.get(address) ?? crypto.randomUUID();
    asked.set(address, once);
    const query = 'mutation m($input: OnChainPaymentSendInput!) { onChainPaymentSend(input: $input) { status errors { message } } }';
    const variables = { input: { walletId: till, address, amount } };
    const body = JSON.stringify({ query, variables });
    const answer = await fetch(gateway.endpoint, {
      ...{ method: 'POST', body },
      headers: { 'content-type': 'application/json', 'x-api-key': key, 'x-idempotency-key': once },
    }).catch(() => null);
    return answer === null ? 'broken' : (await answer.json()).data.onChainPaymentSend.status;
  };
  /** A send that is stopped at its very call to the node, and the gateway with it. */
  const killedAt = async (where: 'before' | 'after', amount: number): Promise<{ address: string; calls: number }> => {
    const address = await addressOf(b);
    const stopped = tap.stop('SendMany', where);
    const call = paysOut(amount, address);
    await Promise.race([stopped, call.then((said) => Promise.reject(new Error(`the send ended: ${said}`)))]);
    await gateway.kill();
    expect(await call).toBe('broken');
    tap.pass();
    const calls = tap.count('SendMany');
    await gateway.start();
    return { address, calls };
  };
  const funds = async () => {
    await fund(400_000);
    await network.mine(3);
    await waitUntil('funds', async () => (await balance()) > 300_000);
  };

  test('after the node has sent and before it could say so: one transaction, found by its label', async () => {
    await funds();
    const before = await balance();
    const { address, calls } = await killedAt('after', 25_000);
    const [there] = await arrived(address);
    expect(there).toMatchObject({ tokens: 25_000 });
    await waitUntil('the gateway to know', async () => (await moved(till, address))[0]?.settlementVia.transactionHash === there?.id);
    // Asked again under its key, it is the same send.
    expect(await paysOut(25_000, address)).toBe('SUCCESS');
    await network.mine(1);
    await done(till, address);
    expect(await arrived(address)).toMatchObject([{ tokens: 25_000, id: there?.id, is_confirmed: true }]);
    expect(tap.count('SendMany')).toBe(calls);
    const [row] = await moved(till, address);
    expect(await balance()).toBe(before + (row?.settlementAmount ?? 0));
    expect(row?.settlementAmount).toBe(-25_000 - (row?.settlementFee ?? 0));
    await audit();
  });

  test('before the node heard of it: nothing is sent, then or later, and its reserve waits until that is proved', async () => {
    const before = await balance();
    const { address, calls } = await killedAt('before', 26_000);
    expect(await arrived(address)).toEqual([]);
    const [row] = await moved(till, address);
    expect(row).toMatchObject({ status: 'PENDING', settlementVia: { transactionHash: null } });
    // Neither the sweep nor who asks again under the same key calls the node a second time: that might be a second transaction.
    expect(await paysOut(26_000, address)).toBe('PENDING');
    const looks = tap.count('GetTransactions');
    await waitUntil('the node to be asked about it', async () => tap.count('GetTransactions') > looks + 1);
    await network.mine(1);
    expect(await arrived(address)).toEqual([]);
    expect(await moved(till, address)).toMatchObject([{ status: 'PENDING' }]);
    expect(tap.count('SendMany')).toBe(calls);
    expect(await balance()).toBe(before + (row?.settlementAmount ?? 0));
    await audit();
  });

  test('between other sends: each is on the chain once', async () => {
    const [first, second] = [await addressOf(b), await addressOf(b)];
    expect(await paysOut(11_000, first)).toBe('SUCCESS');
    const { address } = await killedAt('after', 12_000);
    expect(await paysOut(13_000, second)).toBe('SUCCESS');
    await network.mine(1);
    for (const one of [first, address, second]) await done(till, one);
    const there = await Promise.all([first, address, second].map(arrived));
    expect(there.map((rows) => rows.map(({ tokens }) => tokens))).toEqual([[11_000], [12_000], [13_000]]);
    await audit();
  });
});

test('of all that a node has is the node’s own send-all, and is given back', async () => {
  const { chain_balance: had } = await getChainBalance({ lnd: a.lnd });
  const back = await addressOf(b);
  const answer = await send({ walletId: node, address: back }, 'onChainPaymentSendAll');
  expect(answer).toMatchObject({ status: 'SUCCESS', errors: [] });
  await network.mine(1);
  await done(node, back);
  const [row] = await moved(node, back);
  const [transaction] = await arrived(back);
  expect(transaction?.tokens).toBe(-(row?.settlementAmount ?? 0) - (row?.settlementFee ?? 0));
  expect(had).toBeGreaterThan(transaction?.tokens ?? 0);
  await sendToChainAddress({ lnd: b.lnd, address: await addressOf(a), tokens: had, fee_tokens_per_vbyte: 2 });
  await network.mine(1);
  await waitUntil('node a has its coins again', async () => (await getChainBalance({ lnd: a.lnd })).chain_balance >= had);
});
