// X-Idempotency-Key over the whole gateway: the same key with the same input is one invoice and one payment however often and however
// fast it is sent, and with other input it is refused. Upstream answers a repeat with 409; we replay on purpose (contract §10).
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, startTestGateway, type TestGateway } from '../../support/gateway-inprocess.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ latencyMs: 5 });
});
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await gateway.close();
});

const createDocument =
  'mutation c($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) { errors { message code } invoice { paymentHash paymentRequest satoshis } } }';
const sendDocument =
  'mutation s($input: LnInvoicePaymentInput!) { lnInvoicePaymentSend(input: $input) { errors { message code } status transaction { id } } }';
const sendAmountDocument =
  'mutation s($input: LnNoAmountInvoicePaymentInput!) { lnNoAmountInvoicePaymentSend(input: $input) { errors { message code } status transaction { id } } }';

const conflict = { message: 'The idempotency key was used before, with other input', code: 'INVALID_INPUT' };

const asking = (document: string, field: string) => {
  return async (key: string, input: object, apiKey = gateway.keys.all): Promise<Json> =>
    (await gateway.ask(document, { input }, apiKey, { 'x-idempotency-key': key })).data[field];
};
const create = asking(createDocument, 'lnInvoiceCreate');
const send = asking(sendDocument, 'lnInvoicePaymentSend');
const sendAmount = asking(sendAmountDocument, 'lnNoAmountInvoicePaymentSend');

const count = async (table: 'invoices' | 'payments' | 'attempts' | 'transactions'): Promise<number> =>
  Number((await gateway.db.pool.query(`SELECT count(*) AS n FROM ${table}`)).rows[0].n);

const all = <T>(times: number, one: () => Promise<T>): Promise<readonly T[]> => Promise.all(Array.from({ length: times }, one));

describe('an invoice', () => {
  test('is created once by fifty requests at once, and replayed afterwards', async () => {
    const before = await count('invoices');
    const key = randomUUID();
    const input = { walletId: gateway.wallets.atm, amount: '1234', memo: 'once' };
    const answers = await all(50, () => create(key, input));
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]).toMatchObject({ errors: [], invoice: { satoshis: 1234 } });
    expect(await create(key.toUpperCase(), input)).toEqual(answers[0]);
    expect(await count('invoices')).toBe(before + 1);
  });

  test('is not created for the same key with other input', async () => {
    const key = randomUUID();
    const input = { walletId: gateway.wallets.atm, amount: 1000 };
    const first = await create(key, input);
    const before = await count('invoices');
    for (const other of [
      { ...input, amount: 1001 },
      { ...input, memo: 'x' },
      { ...input, walletId: gateway.wallets.ledger },
      { ...input, expiresIn: 5 },
    ]) {
      expect(await create(key, other)).toEqual({ errors: [conflict], invoice: null });
    }
    expect(await create(key, input)).toEqual(first);
    expect(await count('invoices')).toBe(before);
  });

  test('of another key of the gateway has nothing to do with it', async () => {
    const key = randomUUID();
    const ours = await create(key, { walletId: gateway.wallets.atm, amount: 1 });
    const theirs = await create(key, { walletId: gateway.wallets.foreign, amount: 1 }, gateway.keys.stranger);
    expect(theirs.errors).toEqual([]);
    expect(theirs.invoice.paymentHash).not.toBe(ours.invoice.paymentHash);
  });

  test('asked with two inputs at once under one key is created with one of them', async () => {
    const key = randomUUID();
    const before = await count('invoices');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => create(key, { walletId: gateway.wallets.atm, amount: 100 + (at % 2) })),
    );
    const made = answers.filter(({ invoice }) => invoice !== null);
    expect(new Set(made.map(({ invoice }) => invoice.paymentHash)).size).toBe(1);
    expect(answers.filter(({ invoice }) => invoice === null)).toEqual(
      Array.from({ length: 10 }, () => ({ errors: [conflict], invoice: null })),
    );
    expect(await count('invoices')).toBe(before + 1);
  });
});

describe('a payment', () => {
  const bothKinds = [
    ['lnInvoicePaymentSend', send, () => ({ walletId: gateway.wallets.atm, paymentRequest: gateway.foreignInvoice(2000), memo: 'one' })],
    [
      'lnNoAmountInvoicePaymentSend',
      sendAmount,
      () => ({ walletId: gateway.wallets.atm, paymentRequest: gateway.foreignInvoice(), amount: '2000' }),
    ],
  ] as const;

  test.each(bothKinds)('%s is made once by fifty requests at once, and nobody is told that it failed', async (_name, ask, order) => {
    const [payments, attempts, transactions] = [await count('payments'), await count('attempts'), await count('transactions')];
    const key = randomUUID();
    const input = order();
    const answers = await all(50, () => ask(key, input));
    for (const answer of answers) {
      expect(answer.errors).toEqual([]);
      expect(['SUCCESS', 'PENDING']).toContain(answer.status);
    }
    expect(answers.some(({ status }) => status === 'SUCCESS')).toBe(true);
    expect(new Set(answers.map(({ transaction }) => transaction.id)).size).toBe(1);
    expect(await ask(key, input)).toMatchObject({ errors: [], status: 'SUCCESS', transaction: { id: answers[0]?.transaction.id } });
    expect(await count('payments')).toBe(payments + 1);
    expect(await count('attempts')).toBe(attempts + 1);
    expect(await count('transactions')).toBe(transactions + 1);
  });

  test('is replayed to whoever comes while it is being written', async () => {
    for (let round = 0; round < 12; round++) {
      const key = randomUUID();
      const input = { walletId: gateway.wallets.atm, paymentRequest: gateway.foreignInvoice(50) };
      const answers = await Promise.all(
        Array.from({ length: 24 }, async (_, at) => {
          await new Promise((resolve) => setTimeout(resolve, at));
          return send(key, input);
        }),
      );
      for (const { status, errors } of answers)
        expect({ status, errors }).toEqual({ status: expect.stringMatching(/^(SUCCESS|PENDING)$/), errors: [] });
      expect(new Set(answers.map(({ transaction }) => transaction.id)).size).toBe(1);
    }
  });

  test('is not made for the same key with other input', async () => {
    const key = randomUUID();
    const input = { walletId: gateway.wallets.atm, paymentRequest: gateway.foreignInvoice(), amount: 300 };
    const first = await sendAmount(key, input);
    expect(first).toMatchObject({ errors: [], status: 'SUCCESS' });
    const before = await gateway.checksums();
    for (const other of [
      { ...input, amount: 301 },
      { ...input, paymentRequest: gateway.foreignInvoice() },
      { ...input, memo: 'x' },
    ]) {
      expect(await sendAmount(key, other)).toEqual({ errors: [conflict], status: 'FAILURE', transaction: null });
    }
    expect(await gateway.checksums()).toEqual(before);
    expect(await sendAmount(key, input)).toEqual(first);
  });

  test('that failed is replayed as failed, and a new key may try again', async () => {
    const key = randomUUID();
    const input = { walletId: gateway.wallets.atm, paymentRequest: gateway.foreignInvoice(400) };
    gateway.world.faultsOf(gateway.node).next('pay', { is: 'fail', reason: 'noRoute' });
    const failed = await send(key, input);
    expect(failed).toMatchObject({
      status: 'FAILURE',
      errors: [{ message: 'Unable to find a route for payment.', code: 'ROUTE_FINDING_ERROR' }],
    });
    expect(await send(key, input)).toEqual(failed);
    expect(await send(randomUUID(), input)).toMatchObject({ status: 'SUCCESS', errors: [] });
    expect(await send(key, input)).toEqual(failed);
  });

  test('without a key is made once by fifty requests at once: the rest are told that it is under way or done', async () => {
    const before = await count('payments');
    const input = { walletId: gateway.wallets.atm, paymentRequest: gateway.foreignInvoice(500) };
    const answers = await all(50, async () => (await gateway.ask(sendDocument, { input })).data.lnInvoicePaymentSend);
    expect(answers.filter(({ status }) => status === 'SUCCESS')).toHaveLength(1);
    for (const { status, errors } of answers.filter((one) => one.status !== 'SUCCESS')) {
      if (status === 'ALREADY_PAID') expect(errors).toEqual([]);
      else
        expect({ status, errors }).toEqual({
          status: 'FAILURE',
          errors: [{ message: 'There is a pending payment for this invoice', code: 'INVALID_INPUT' }],
        });
    }
    expect(await count('payments')).toBe(before + 1);
  });
});

test.each(['', 'x', 'null', '00000000-0000-0000-0000-000000000000', '3f2c1b0a-9e8d-1c7b-a6f5-4e3d2c1b0a99', `${randomUUID()} `.repeat(2)])(
  'a header that is no UUID of version 4 (%s) is 400 and does nothing',
  async (key) => {
    const before = await gateway.checksums();
    const input = { walletId: gateway.wallets.atm, amount: 1 };
    const { status, text } = await gateway.post(
      { query: createDocument, variables: { input } },
      { 'x-api-key': gateway.keys.all, 'x-idempotency-key': key },
    );
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({ error: 'X-Idempotency-Key header must be a UUID-v4' });
    expect(await gateway.checksums()).toEqual(before);
  },
);
