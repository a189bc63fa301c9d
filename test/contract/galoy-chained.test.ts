// Gateway chained to gateway, as two real processes: a wallet of the first is an account at the second. The Lamassu flow passes, PENDING
// ends later, and a send in whose middle the second is killed stays pending here and ends with the second's word, paid once at the most.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../regtest/wait.ts';
import type { Door } from '../support/door.ts';
import { createGateway, type Gateway } from '../support/gateway.ts';

const lamassu = (name: string): { readonly query: string; readonly operationName: string } => {
  const file = new URL(`./upstream/recordings/client-request--lamassu-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).request.body;
};

const rowsQuery = `query q($walletId: WalletId!, $hash: PaymentHash!) { me { defaultAccount { walletById(walletId: $walletId) {
  transactionsByPaymentHash(paymentHash: $hash) { status direction settlementAmount settlementFee
    settlementVia { ... on SettlementViaLn { preImage } } } } } } }`;
const createMutation = `mutation m($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) {
  errors { message } invoice { paymentRequest paymentHash } } }`;
const openMutation = `mutation m($input: LnNoAmountInvoiceCreateInput!) { lnNoAmountInvoiceCreate(input: $input) {
  errors { message } invoice { paymentRequest paymentHash } } }`;
const payerMutation = `mutation m($input: SimulatedPayerPayInput!) { simulatedPayerPay(input: $input) { paid detail errors { message } } }`;

interface Row {
  readonly status: string;
  readonly direction: string;
  readonly settlementAmount: number;
  readonly settlementFee: number;
  readonly settlementVia: { readonly preImage: string | null };
}
interface Made {
  readonly paymentRequest: string;
  readonly paymentHash: string;
}
interface Send {
  readonly status: string | null;
  readonly errors: readonly { readonly message: string }[];
}

/** A machine at the first gateway, and the same wallet seen at the second. */
interface Machine {
  readonly door: Door;
  readonly walletId: string;
}

let second: Gateway;
let first: Gateway;
let shop: Machine;
let account: Machine;
let atm: Machine;
let hasty: Machine;

const say = <T>(machine: Machine, name: string, variables: object): Promise<T> => {
  const { query, operationName } = lamassu(name);
  return machine.door.post<T>({ query, operationName, variables }).then(({ status, data }) => {
    if (status !== 200) throw new Error(`HTTP ${status}`);
    return data;
  });
};

const rows = async ({ door, walletId }: Machine, hash: string): Promise<readonly Row[]> => {
  const found = await door.ask<{ me: { defaultAccount: { walletById: { transactionsByPaymentHash: readonly Row[] } } } }>(rowsQuery, {
    walletId,
    hash,
  });
  return found.me.defaultAccount.walletById.transactionsByPaymentHash;
};
const invoiceOf = async ({ door, walletId }: Machine, sats: number | null): Promise<Made> => {
  if (sats === null)
    return (await door.ask<{ lnNoAmountInvoiceCreate: { invoice: Made } }>(openMutation, { input: { walletId } })).lnNoAmountInvoiceCreate
      .invoice;
  return (await door.ask<{ lnInvoiceCreate: { invoice: Made } }>(createMutation, { input: { walletId, amount: sats } })).lnInvoiceCreate
    .invoice;
};
const send = async (machine: Machine, paymentRequest: string, sats: number): Promise<Send> => {
  const input = { paymentRequest, walletId: machine.walletId, amount: String(sats) };
  return (await say<{ lnNoAmountInvoicePaymentSend: Send }>(machine, 'lnnoamountinvoicepaymentsend', { input }))
    .lnNoAmountInvoicePaymentSend;
};
const status = async (machine: Machine, paymentRequest: string): Promise<string> =>
  (await say<{ lnInvoicePaymentStatus: { status: string } }>(machine, 'lninvoicepaymentstatus', { input: { paymentRequest } }))
    .lnInvoicePaymentStatus.status;
const balance = async ({ door, walletId }: Machine): Promise<number> => {
  const { query, operationName } = lamassu('me-wallet-balance');
  const { data } = await door.post<{ me: { defaultAccount: { walletById: { balance: number } } } }>({
    query,
    operationName,
    variables: { walletId },
  });
  return data.me.defaultAccount.walletById.balance;
};
/** The payer on the second's network pays; the answer comes when it is over. */
const payFromOutside = async (paymentRequest: string, amount?: number): Promise<boolean> =>
  (
    await second.door(null).ask<{ simulatedPayerPay: { paid: boolean } }>(payerMutation, {
      input: { paymentRequest, ...(amount === undefined ? {} : { amount }) },
    })
  ).simulatedPayerPay.paid;

const ended = async (machine: Machine, hash: string, ms = 60_000): Promise<Row> =>
  waitUntil(
    'the payment to end',
    async () => (await rows(machine, hash)).find(({ direction, status: now }) => direction === 'SEND' && now !== 'PENDING'),
    ms,
  );

// Hops so slow that a payment takes seconds: time to be killed in the middle of it.
const latencyMs = 400;

beforeAll(async () => {
  const simulated = { kind: 'simulated', world: 'chain', latencyMs, blockSeconds: 0, stateFile: './world.jsonl' };
  second = await createGateway({
    network: 'regtest',
    backends: { node: simulated, till: simulated },
    accounts: [
      { name: 'operator', wallets: [{ name: 'account', backend: 'node', keylessCreate: true }] },
      { name: 'shopkeeper', wallets: [{ name: 'shop', backend: 'till' }] },
    ],
  });
  await second.start();
  const at = async (gateway: Gateway, name: string, waitSeconds: number): Promise<Machine & { readonly key: string }> => {
    const key = await gateway.key({ wallet: name }, { waitSeconds });
    return { key, door: gateway.door(key), walletId: await gateway.walletId(name) };
  };
  const [till, patient, impatient] = await Promise.all([
    at(second, 'shop', 20),
    at(second, 'account', 20),
    second.key({ wallet: 'account' }, { waitSeconds: 1 }),
  ]);
  shop = till;
  account = patient;
  const upstream = { kind: 'galoy', endpoint: second.endpoint, walletId: patient.walletId, pollSeconds: 1 };
  first = await createGateway({
    network: 'regtest',
    backends: { upstream: { ...upstream, apiKey: patient.key }, hasty: { ...upstream, apiKey: impatient } },
    accounts: [
      {
        name: 'atms',
        wallets: [
          { name: 'atm', backend: 'upstream' },
          { name: 'hasty', backend: 'hasty' },
        ],
      },
    ],
  });
  await first.start();
  [atm, hasty] = await Promise.all([at(first, 'atm', 20), at(first, 'hasty', 2)]);
}, 240_000);

afterAll(async () => {
  await first?.remove();
  await second?.remove();
}, 60_000);

describe('the Lamassu flow through two gateways', () => {
  it('an invoice is made, paid by somebody on the other network, and PAID', { timeout: 60_000 }, async () => {
    const input = { walletId: atm.walletId, amount: '2500' };
    const made = await say<{ lnInvoiceCreate: { invoice: { paymentRequest: string } } }>(atm, 'lninvoicecreate', { input });
    const { paymentRequest } = made.lnInvoiceCreate.invoice;
    expect(await status(atm, paymentRequest)).toBe('PENDING');
    expect(await payFromOutside(paymentRequest)).toBe(true);
    await waitUntil('PAID', async () => (await status(atm, paymentRequest)) === 'PAID', 15_000);
  });

  it('an invoice without an amount brings what was paid', { timeout: 60_000 }, async () => {
    const { paymentRequest, paymentHash } = await invoiceOf(atm, null);
    expect(await payFromOutside(paymentRequest, 777)).toBe(true);
    await waitUntil('PAID', async () => (await status(atm, paymentRequest)) === 'PAID', 15_000);
    expect(await rows(atm, paymentHash)).toMatchObject([{ direction: 'RECEIVE', status: 'SUCCESS', settlementAmount: 777 }]);
  });

  it('three probes at once', { timeout: 60_000 }, async () => {
    const { paymentRequest } = await invoiceOf(shop, null);
    const probes = await Promise.all(
      ['200000', '1000000', '2000000'].map((amount) => {
        const input = { paymentRequest, walletId: atm.walletId, amount };
        return say<{ lnNoAmountInvoiceFeeProbe: { errors: readonly unknown[]; amount: number } }>(atm, 'lnnoamountinvoicefeeprobe', {
          input,
        });
      }),
    );
    for (const { lnNoAmountInvoiceFeeProbe: probe } of probes) {
      expect(probe.errors).toEqual([]);
      expect(probe.amount).toBeGreaterThanOrEqual(0);
    }
  });

  it('a send succeeds, with preimage and fee as the second has them, and the balance follows', { timeout: 60_000 }, async () => {
    const before = await balance(atm);
    expect(before).toBe(await balance(account));
    const { paymentRequest, paymentHash } = await invoiceOf(shop, null);
    expect(await send(atm, paymentRequest, 3000)).toMatchObject({ status: 'SUCCESS', errors: [] });
    const [here, there] = [await ended(atm, paymentHash), await ended(account, paymentHash)];
    expect(here).toEqual(there);
    expect(here.settlementVia.preImage).toMatch(/^[0-9a-f]{64}$/);
    expect(await balance(atm)).toBe(before + here.settlementAmount);
    expect(await send(atm, paymentRequest, 3000)).toMatchObject({ status: 'ALREADY_PAID', errors: [] });
  });

  it('what the second refuses is refused here in the same words', { timeout: 60_000 }, async () => {
    const { paymentRequest, paymentHash } = await invoiceOf(shop, null);
    const refused = await send(atm, paymentRequest, 900_000_000);
    expect(refused.status).toBe('FAILURE');
    expect(refused.errors[0]?.message).toMatch(/find a route|exceeds/);
    expect((await rows(shop, paymentHash)).length).toBe(0);
  });

  it('a canceled invoice is canceled there too', { timeout: 60_000 }, async () => {
    const { paymentRequest, paymentHash } = await invoiceOf(atm, 1000);
    const cancel = 'mutation m($input: LnInvoiceCancelInput!) { lnInvoiceCancel(input: $input) { success errors { message } } }';
    const answer = await atm.door.ask<{ lnInvoiceCancel: object }>(cancel, { input: { walletId: atm.walletId, paymentHash } });
    expect(answer.lnInvoiceCancel).toEqual({ success: true, errors: [] });
    expect(await payFromOutside(paymentRequest)).toBe(false);
  });
});

const machines = `query q($w: WalletId!, $a: OnChainAddress!) { me { defaultAccount { walletById(walletId: $w) {
  pendingIncomingTransactionsByAddress(address: $a) { status settlementAmount }
  transactionsByAddress(address: $a) { edges { node { status direction settlementAmount settlementVia { ... on SettlementViaOnChain { transactionHash } } } } } } } } }`;
const depositMutation = `mutation m($input: SimulatedDepositInput!) { simulatedDeposit(input: $input) { transactionHash errors { message } } }`;

interface OnChain {
  readonly pendingIncomingTransactionsByAddress: readonly object[];
  readonly transactionsByAddress: { readonly edges: readonly { readonly node: object }[] };
}

describe('coins through two gateways', () => {
  const seen = async (address: string): Promise<OnChain> =>
    (await atm.door.ask<{ me: { defaultAccount: { walletById: OnChain } } }>(machines, { w: atm.walletId, a: address })).me.defaultAccount
      .walletById;
  const send = (input: object) =>
    second.door(null).ask<{ simulatedDeposit: { transactionHash: string | null; errors: readonly object[] } }>(depositMutation, { input });

  it('an address is the other’s, and what comes to it is credited when the other has credited it', { timeout: 120_000 }, async () => {
    const updates = atm.door.overWs<{ myUpdates: { update: { __typename: string; txNotificationType?: string } | null } }>(
      'subscription { myUpdates { errors { message } update { __typename ... on OnChainUpdate { txNotificationType } } } }',
    );
    const made = await say<{ onChainAddressCreate: { address: string; errors: readonly object[] } }>(atm, 'onchainaddresscreate', {
      input: { walletId: atm.walletId },
    });
    const { address } = made.onChainAddressCreate;
    const { transactionHash } = (await send({ address, amount: 40_000, blocks: 1 })).simulatedDeposit;
    // Seen at the second, which waits for another block: nothing is credited here.
    await waitUntil('the second to see it', async () => (await pendingThere(address)) === 1, 15_000);
    expect((await seen(address)).transactionsByAddress.edges).toEqual([]);
    await send({ blocks: 3 });
    const row = { status: 'SUCCESS', direction: 'RECEIVE', settlementAmount: 40_000, settlementVia: { transactionHash } };
    await waitUntil('the deposit', async () => (await seen(address)).transactionsByAddress.edges.length > 0, 60_000);
    expect((await seen(address)).transactionsByAddress.edges).toEqual([{ node: row }]);
    await updates.find('an update', ({ myUpdates }) => myUpdates.update?.txNotificationType === 'OnchainReceipt');
    updates.leave();
    expect((await seen(address)).pendingIncomingTransactionsByAddress).toEqual([]);
  });

  const pendingThere = async (address: string): Promise<number> =>
    (await account.door.ask<{ me: { defaultAccount: { walletById: OnChain } } }>(machines, { w: account.walletId, a: address })).me
      .defaultAccount.walletById.pendingIncomingTransactionsByAddress.length;

  it('a send is refused before anything is written: the other could not be held to it', { timeout: 60_000 }, async () => {
    const mutation =
      'mutation m($input: OnChainPaymentSendInput!) { answer: onChainPaymentSend(input: $input) { status errors { message } } }';
    const input = { walletId: atm.walletId, address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080', amount: 20_000 };
    const { answer } = await atm.door.ask<{ answer: Send }>(mutation, { input });
    expect(answer.status).toBe('FAILURE');
    expect(answer.errors).toHaveLength(1);
  });
});

describe('doubt through two gateways', () => {
  it('PENDING that ends later', { timeout: 90_000 }, async () => {
    const { paymentRequest, paymentHash } = await invoiceOf(shop, null);
    // The second answers PENDING after a second, the first after two.
    expect(await send(hasty, paymentRequest, 1500)).toMatchObject({ status: 'PENDING', errors: [] });
    const here = await ended(hasty, paymentHash);
    expect(here).toEqual(await ended(account, paymentHash));
    expect(here.status).toBe('SUCCESS');
    expect((await rows(shop, paymentHash)).filter(({ status: now }) => now === 'SUCCESS')).toHaveLength(1);
  });

  it('the second is killed in the middle of a send: pending here until it is back, then its word', { timeout: 150_000 }, async () => {
    const { paymentRequest, paymentHash } = await invoiceOf(shop, null);
    const sending = send(hasty, paymentRequest, 1700);
    await waitUntil('the second to send', async () => (await rows(account, paymentHash)).length > 0, 10_000);
    await second.kill();
    expect(await sending).toMatchObject({ status: 'PENDING', errors: [] });
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await rows(hasty, paymentHash)).toMatchObject([{ status: 'PENDING' }]);
    await second.start();
    const there = await ended(account, paymentHash);
    const here = await ended(hasty, paymentHash, 90_000);
    expect(here.status).toBe(there.status);
    expect(here.settlementVia.preImage).toBe(there.settlementVia.preImage);
    const [paid, sent] = [await rows(shop, paymentHash), await rows(account, paymentHash)];
    expect(paid.filter(({ status: now }) => now === 'SUCCESS')).toHaveLength(there.status === 'SUCCESS' ? 1 : 0);
    expect(sent.filter(({ direction }) => direction === 'SEND')).toHaveLength(1);
  });

  it('the second is away: nothing is written here, and nothing was sent', { timeout: 90_000 }, async () => {
    const { paymentRequest, paymentHash } = await invoiceOf(shop, null);
    await second.stop();
    expect(await send(atm, paymentRequest, 1900)).toMatchObject({ status: 'FAILURE' });
    expect(await rows(atm, paymentHash)).toEqual([]);
    await second.start();
    // The same invoice, once it is back: paid, once.
    await waitUntil('the second to be asked again', async () => (await send(atm, paymentRequest, 1900)).status === 'SUCCESS', 60_000);
    expect((await rows(shop, paymentHash)).filter(({ status: now }) => now === 'SUCCESS')).toHaveLength(1);
  });
});
