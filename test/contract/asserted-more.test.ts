// What upstream's own tests assert and no list of steps can play: things done at once, a story of limits on one key, streams that never end,
// and what happens while nobody looks. Each test bears the name of the recording that it answers.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bolt11Text } from '../../src/lightning/values.ts';
import { testCore, until } from '../support/core.ts';
import { type Json, startTestGateway, type TestGateway } from '../support/gateway-inprocess.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  await receive(gateway.wallets.ledger, 400_000);
});
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await gateway.close();
});

const limits = `limits { dailyLimitSats weeklyLimitSats monthlyLimitSats annualLimitSats dailySpentSats weeklySpentSats monthlySpentSats annualSpentSats }`;
const root = async (query: string, variables: object, key?: string | null): Promise<Json> => {
  const { data, errors } = await gateway.ask(query, { ...variables }, key);
  expect(errors).toBeUndefined();
  return Object.values(data)[0];
};
const receive = async (walletId: string, amount: number): Promise<void> => {
  const create = 'mutation c($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) { invoice { paymentRequest paymentHash } } }';
  const { invoice } = await root(create, { input: { walletId, amount } });
  await gateway.world.payer.pay({ bolt11: bolt11Text(invoice.paymentRequest) });
  const rows = `query q($w: WalletId!, $h: PaymentHash!) { me { defaultAccount { walletById(walletId: $w) { transactionsByPaymentHash(paymentHash: $h) { id } } } } }`;
  await until('the deposit', async () => {
    const { defaultAccount } = await root(rows, { w: walletId, h: invoice.paymentHash });
    return defaultAccount.walletById.transactionsByPaymentHash.length > 0;
  });
};

interface Key {
  readonly id: string;
  readonly secret: string;
}
const newKey = async (name: string): Promise<Key> => {
  const query = 'mutation m($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { apiKeySecret apiKey { id name } } }';
  const made = await root(query, { input: { name, scopes: ['READ', 'WRITE'] } }, gateway.keys.admin);
  expect(made.apiKey.name).toBe(name);
  return { id: made.apiKey.id, secret: made.apiKeySecret };
};
const setLimit = async ({ id }: Key, limitTimeWindow: string, limitSats: number): Promise<Json> => {
  const query = `mutation m($input: ApiKeySetLimitInput!) { apiKeySetLimit(input: $input) { apiKey { id ${limits} } } }`;
  return (await root(query, { input: { id, limitTimeWindow, limitSats } }, gateway.keys.admin)).apiKey.limits;
};
const removeLimit = async ({ id }: Key, limitTimeWindow: string): Promise<Json> => {
  const query = `mutation m($input: ApiKeyRemoveLimitInput!) { apiKeyRemoveLimit(input: $input) { apiKey { id ${limits} } } }`;
  return (await root(query, { input: { id, limitTimeWindow } }, gateway.keys.admin)).apiKey.limits;
};
const limitsOf = async ({ id }: Key): Promise<Json> => {
  const { apiKeys } = await root(`{ me { apiKeys { id ${limits} } } }`, {}, gateway.keys.admin);
  return apiKeys.find((one: Json) => one.id === id).limits;
};
const transfer = (key: Key, amount: number): Promise<Json> => {
  const query =
    'mutation m($input: IntraLedgerPaymentSendInput!) { intraLedgerPaymentSend(input: $input) { status errors { code message } } }';
  const input = { walletId: gateway.wallets.ledger, recipientWalletId: gateway.wallets.till, amount: String(amount) };
  return root(query, { input }, key.secret);
};
const expectRestricted = ({ status, errors }: Json, window: string): void => {
  expect(status).toBe('FAILURE');
  expect(errors[0].code).toBe('TRANSACTION_RESTRICTED');
  expect(errors[0].message).toContain(window);
};

const setCurrency = async (key: string): Promise<Json> =>
  gateway.ask(
    'mutation m($input: AccountUpdateDisplayCurrencyInput!) { accountUpdateDisplayCurrency(input: $input) { errors { message } } }',
    { input: { currency: 'USD' } },
    key,
  );

describe('scopes and the account', () => {
  test('api-keys: read-only key cannot mutate', async () => {
    expect((await setCurrency(gateway.keys.read)).errors).toHaveLength(1);
    expect(await setCurrency(gateway.keys.all)).toEqual({ data: { accountUpdateDisplayCurrency: { errors: [] } } });
  });
  test('api-keys: receive key cannot mutate or read', async () => {
    expect((await setCurrency(gateway.keys.receive)).errors).toHaveLength(1);
    expect((await gateway.ask('{ me { apiKeys { id } } }', {}, gateway.keys.receive)).errors).toHaveLength(1);
  });
});

describe('limits of a key, set at once', () => {
  test('api-keys: concurrent identical set limit calls are safe', async () => {
    const key = await newKey('identical');
    await Promise.all(Array.from({ length: 10 }, () => setLimit(key, 'DAILY', 100_000)));
    expect(await limitsOf(key)).toMatchObject({ dailyLimitSats: 100_000 });
  });
  test('api-keys: concurrent limit set operations on different windows are consistent', async () => {
    const key = await newKey('different');
    await Promise.all([setLimit(key, 'DAILY', 100_000), setLimit(key, 'WEEKLY', 500_000), setLimit(key, 'MONTHLY', 2_000_000)]);
    expect(await limitsOf(key)).toMatchObject({ dailyLimitSats: 100_000, weeklyLimitSats: 500_000, monthlyLimitSats: 2_000_000 });
  });
  test('api-keys: concurrent set and remove on same window', async () => {
    const key = await newKey('opposite');
    await setLimit(key, 'DAILY', 100_000);
    await Promise.all([setLimit(key, 'DAILY', 200_000), removeLimit(key, 'DAILY')]);
    expect([200_000, null]).toContain((await limitsOf(key)).dailyLimitSats);
  });
});

describe('limits of a key, as one story', () => {
  let key: Key;
  beforeAll(async () => {
    key = await newKey('story');
    await setLimit(key, 'DAILY', 10_000);
    expect((await transfer(key, 8_000)).status).toBe('SUCCESS');
    await setLimit(key, 'WEEKLY', 50_000);
  });
  test('api-keys-limits: set monthly and annual limits', async () => {
    expect(await setLimit(key, 'MONTHLY', 100_000)).toMatchObject({ monthlyLimitSats: 100_000, monthlySpentSats: 8_000 });
    expect(await setLimit(key, 'ANNUAL', 500_000)).toMatchObject({ annualLimitSats: 500_000, annualSpentSats: 8_000 });
  });
  test('api-keys-limits: remove daily limit', async () => {
    expect((await removeLimit(key, 'DAILY')).dailyLimitSats).toBeNull();
  });
  test('api-keys-limits: can send after removing daily limit but weekly still applies', async () => {
    expect((await transfer(key, 15_000)).status).toBe('SUCCESS');
    expect((await limitsOf(key)).weeklySpentSats).toBeGreaterThanOrEqual(8_000);
  });
  test('api-keys-limits: can send within all active limits', async () => {
    expect((await transfer(key, 15_000)).status).toBe('SUCCESS');
    expect(await limitsOf(key)).toMatchObject({
      dailySpentSats: 38_000,
      weeklySpentSats: 38_000,
      monthlySpentSats: 38_000,
      annualSpentSats: 38_000,
    });
  });
  test('api-keys-limits: spending tracked consistently across time windows', async () => {
    const now = await limitsOf(key);
    expect(now).toMatchObject({ dailyLimitSats: null, weeklyLimitSats: 50_000, monthlyLimitSats: 100_000, annualLimitSats: 500_000 });
    expect(new Set([now.dailySpentSats, now.weeklySpentSats, now.monthlySpentSats, now.annualSpentSats]).size).toBe(1);
  });
  test('api-keys-limits: multiple limits active - respects most restrictive', async () => {
    expectRestricted(await transfer(key, 15_000), 'weekly');
  });
  test('api-keys-limits: update existing limit to lower value', async () => {
    expect((await setLimit(key, 'WEEKLY', 40_000)).weeklyLimitSats).toBe(40_000);
    expectRestricted(await transfer(key, 5_000), 'weekly');
  });
  test('api-keys-limits: remove all limits', async () => {
    expect((await removeLimit(key, 'WEEKLY')).weeklyLimitSats).toBeNull();
    expect((await removeLimit(key, 'MONTHLY')).monthlyLimitSats).toBeNull();
    expect((await removeLimit(key, 'ANNUAL')).annualLimitSats).toBeNull();
  });
});

describe('limits of a key, over Lightning', () => {
  const pay = 'mutation m($input: LnInvoicePaymentInput!) { lnInvoicePaymentSend(input: $input) { status errors { code message } } }';
  const payAmount =
    'mutation m($input: LnNoAmountInvoicePaymentInput!) { lnNoAmountInvoicePaymentSend(input: $input) { status errors { code message } } }';
  test('api-keys-limits: lightning payment exceeding limit fails', async () => {
    const key = await newKey('lightning');
    await setLimit(key, 'DAILY', 5_000);
    const input = { walletId: gateway.wallets.ledger, paymentRequest: gateway.foreignInvoice(5_000) };
    expectRestricted(await root(pay, { input }, key.secret), 'daily');
  });
  test('api-keys-limits: lnNoAmountInvoicePaymentSend exceeding limit fails', async () => {
    const key = await newKey('amountless');
    await setLimit(key, 'DAILY', 4_000);
    const input = { walletId: gateway.wallets.ledger, paymentRequest: gateway.foreignInvoice(null), amount: 5_000 };
    expectRestricted(await root(payAmount, { input }, key.secret), 'daily');
  });
  test('hold-invoice-reversal: create api key with daily limit', async () => {
    expect(await setLimit(await newKey('held'), 'DAILY', 10_000)).toMatchObject({ dailyLimitSats: 10_000, dailySpentSats: 0 });
  });
});

test('ln-send: intraledger settled - lnurl comment shown to recipient from descriptionHash invoice', async () => {
  const create = `mutation c($input: LnInvoiceCreateOnBehalfOfRecipientInput!) { lnInvoiceCreateOnBehalfOfRecipient(input: $input) {
    invoice { paymentRequest paymentHash } errors { message } } }`;
  const memo = 'thanks for the coffee';
  const descriptionHash = createHash('sha256').update('metadata').digest('hex');
  // Between two wallets of ours, from one to the other and not over the network.
  const { invoice, errors } = await root(
    create,
    { input: { recipientWalletId: gateway.wallets.till, amount: '1000', descriptionHash, memo } },
    gateway.keys.stranger,
  );
  expect(errors).toEqual([]);
  const pay = 'mutation m($input: LnInvoicePaymentInput!) { lnInvoicePaymentSend(input: $input) { status } }';
  const paid = await root(pay, { input: { walletId: gateway.wallets.ledger, paymentRequest: invoice.paymentRequest } });
  expect(paid.status).toBe('SUCCESS');
  const rows = `query q($w: WalletId!, $h: PaymentHash!) { me { defaultAccount { walletById(walletId: $w) { transactionsByPaymentHash(paymentHash: $h) {
    memo settlementVia { __typename } } } } } }`;
  const seen = async (w: string, key?: string): Promise<Json> =>
    (await root(rows, { w, h: invoice.paymentHash }, key)).defaultAccount.walletById.transactionsByPaymentHash[0];
  const received = await until('the receipt', () => seen(gateway.wallets.till, gateway.keys.stranger));
  expect(received).toEqual({ memo, settlementVia: { __typename: 'SettlementViaIntraLedger' } });
  expect((await seen(gateway.wallets.ledger)).memo).toBeNull();
});

test('transactions: by account, filtered by wallet', async () => {
  await receive(gateway.wallets.atm, 1_000);
  const query = `query transactions($walletIds: [WalletId], $first: Int, $after: String) { me { defaultAccount { defaultWallet { id }
    transactions(walletIds: $walletIds, first: $first, after: $after) { pageInfo { hasNextPage } edges { cursor node { id direction settlementAmount } } } } } }`;
  const rowsOf = async (walletIds: readonly string[]): Promise<Json> =>
    (await root(query, { first: 3, walletIds })).defaultAccount.transactions.edges.map(({ node }: Json) => node.id);
  const [atm, ledger] = [await rowsOf([gateway.wallets.atm]), await rowsOf([gateway.wallets.ledger])];
  expect(atm.length).toBeGreaterThan(0);
  expect(ledger.filter((id: string) => atm.includes(id))).toEqual([]);
});

test.each(['USD', 'EUR'])('public: can query realtime price in %s', async (currency) => {
  const query = `query RealtimePrice($currency: DisplayCurrency) { realtimePrice(currency: $currency) { btcSatPrice { base offset }
    denominatorCurrencyDetails { flag fractionDigits id name symbol } denominatorCurrency id timestamp usdCentPrice { base offset } } }`;
  const price = await root(query, { currency }, null);
  expect(price).toMatchObject({
    denominatorCurrencyDetails: { id: currency, fractionDigits: 2 },
    denominatorCurrency: currency,
    btcSatPrice: { offset: 12 },
    usdCentPrice: { offset: 6 },
  });
  expect(price.btcSatPrice.base).toBeGreaterThan(0);
  expect(price.usdCentPrice.base).toBeGreaterThan(0);
});

test('ln-receive: settles BTC-wallet invoices created/paid while trigger down', async () => {
  const core = await testCore({ workers: false });
  const order = { amountMsat: null, memo: null, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null };
  const invoice = await core.ask('createInvoice', { ...order, walletId: core.ledgerId }, core.asking());
  expect((await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11), amount: 1_000_000n as never })).is).toBe('succeeded');
  expect(await core.reads.transactionsByHash([core.ledgerId], invoice.paymentHash)).toEqual([]);
  core.start();
  await until('the row', async () => (await core.reads.transactionsByHash([core.ledgerId], invoice.paymentHash))[0]?.status === 'success');
  await core.end();
});

test('ln-receive: error on cancel a held ln invoice', async () => {
  const create = `mutation c($input: LnHoldInvoiceCreateInput!) { lnHoldInvoiceCreate(input: $input) { errors { message } holdInvoice: invoice { paymentRequest paymentHash } } }`;
  const { holdInvoice } = await root(create, { input: { walletId: gateway.wallets.ledger, amount: '1000' } });
  const paying = gateway.world.payer.pay({ bolt11: bolt11Text(holdInvoice.paymentRequest) });
  const status = 'query q($h: PaymentHash!) { lnHoldInvoice(paymentHash: $h) { status } }';
  await until('the payment to be held', async () => (await root(status, { h: holdInvoice.paymentHash })).status === 'HELD');
  const input = { walletId: gateway.wallets.ledger, paymentHash: holdInvoice.paymentHash };
  const cancel = 'mutation m($input: LnInvoiceCancelInput!) { lnInvoiceCancel(input: $input) { success errors { message } } }';
  expect(await root(cancel, { input })).toMatchObject({ success: false, errors: [{ message: 'The invoice has already been processed' }] });
  await root('mutation m($input: LnHoldInvoiceSettleInput!) { lnHoldInvoiceSettle(input: $input) { errors { message } } }', { input });
  expect((await paying).is).toBe('succeeded');
});
