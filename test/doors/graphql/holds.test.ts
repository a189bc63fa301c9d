// Hold invoices and cash-outs in GraphQL: what reaches the core, what a machine reads, and a code of our own for each refusal.
import { parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CashOutView } from '../../../src/cashouts/view.ts';
import type { CommandName } from '../../../src/commands/table.ts';
import { schema } from '../../../src/doors/graphql/schema.ts';
import type { HoldView, InvoiceView } from '../../../src/invoices/view.ts';
import { type Refusal, Refused } from '../../../src/platform/refusal.ts';
import {
  bolt11,
  errorsOf,
  type Fake,
  fake,
  fieldOf,
  hash,
  invoice,
  later,
  now,
  payment,
  preimage,
  principal,
  run,
  streamOf,
  wallet,
  walletId,
} from './support.ts';

const hold = (changes: Partial<InvoiceView> = {}, more: Partial<HoldView> = {}): InvoiceView =>
  invoice({
    kind: 'hold',
    ...changes,
    hold: {
      ...{ backendId: 'a', longestHoldSeconds: 600, onDeadline: 'cancel', guardsPreimage: true, heldAt: null },
      ...{ canceledAt: null, settleAt: null, deadlineHeight: null, deadlineAt: null },
      ...more,
    },
  });

const cashOut = (changes: Partial<CashOutView> = {}): CashOutView => ({
  ...{ id: '018f0000-0000-7000-8000-000000000009', accountId: wallet().accountId, walletId, state: 'waiting', amountMsat: 1_500_000n },
  ...{ dispensedMsat: null, startSeconds: 90, dispenseSeconds: 120, createdAt: now, startedAt: null, reportBy: null, reportedAt: null },
  invoice: hold(),
  refund: null,
  steps: [],
  ...changes,
});

const refusing = (refusal: Refusal) => (): never => {
  throw new Refused(refusal);
};
const codesOf = async (of: { context: Fake; document: string; field: string; input: object }) => {
  const { errors, ...rest } = fieldOf(await run(of.context, of.document, { input: of.input }), of.field);
  return { codes: (errors as { code: string | null }[]).map(({ code }) => code), rest };
};

const invoiceFields = `paymentHash paymentRequest satoshis receivedSatoshis status preimage createdAt expiresAt heldAt settledAt longestHold
  onDeadline deadline { height blocksLeft at } settlesAt walletId`;
const create = `mutation m($input: LnHoldInvoiceCreateInput!) { lnHoldInvoiceCreate(input: $input) { errors { code message } invoice { ${invoiceFields} } } }`;
const settle =
  'mutation m($input: LnHoldInvoiceSettleInput!) { lnHoldInvoiceSettle(input: $input) { errors { code } invoice { status preimage } } }';
const cancel =
  'mutation m($input: LnHoldInvoiceCancelInput!) { lnHoldInvoiceCancel(input: $input) { errors { code } invoice { status } } }';

describe('lnHoldInvoiceCreate', () => {
  it('asks the core for what was given, in its units, and shows the invoice', async () => {
    const context = fake({ answers: { createHoldInvoice: () => hold({}, { onDeadline: 'settle' }) } });
    const input = { walletId, amount: '1500', memo: 'cash', expiresIn: 5, longestHold: 300, onDeadline: 'SETTLE', externalId: 'x-1' };
    const result = await run(context, create, { input });
    expect(context.asked).toEqual([
      {
        name: 'createHoldInvoice',
        input: {
          ...{ walletId, amountMsat: 1_500_000n, memo: 'cash', descriptionHash: null, expirySeconds: 300, externalId: 'x-1' },
          ...{ paymentHash: null, longestHoldSeconds: 300, onDeadline: 'settle' },
        },
      },
    ]);
    expect(fieldOf(result, 'lnHoldInvoiceCreate')).toEqual({
      errors: [],
      invoice: {
        ...{ paymentHash: hash, paymentRequest: bolt11, satoshis: 1500, receivedSatoshis: null, status: 'OPEN', preimage: null },
        ...{ createdAt: 1_787_227_200, expiresAt: 1_787_230_800, heldAt: null, settledAt: null, longestHold: 600, onDeadline: 'SETTLE' },
        ...{ deadline: null, settlesAt: null, walletId },
      },
    });
  });

  it('cancels at the deadline when nothing is said, and passes a hash on', async () => {
    const context = fake({ answers: { createHoldInvoice: () => hold() } });
    await run(context, create, { input: { walletId, amount: 1, paymentHash: hash.toUpperCase() } });
    expect(context.asked[0]?.input).toMatchObject({
      onDeadline: 'cancel',
      paymentHash: hash,
      longestHoldSeconds: null,
      expirySeconds: null,
    });
  });

  it.each<[string, Refusal]>([
    ['HASH_IN_USE', { is: 'alreadyProcessed' }],
    ['HOLD_LIMIT', { is: 'limitExceeded', limit: 'held in this wallet', remainingMsat: -5_000n }],
    ['HOLD_NOT_SUPPORTED', { is: 'notSupported' }],
    ['INVALID_INPUT', { is: 'invalidInput', field: 'longestHoldSeconds', rule: '', given: '9' }],
    ['INVALID_INPUT', { is: 'invalidInput', field: 'onDeadline', rule: '', given: 'settle' }],
    ['INVALID_INPUT', { is: 'amountIsZero' }],
    ['LND_OFFLINE', { is: 'backendUnavailable' }],
  ])('tells %s in the payload for %o', async (code, refusal) => {
    const context = fake({ answers: { createHoldInvoice: refusing(refusal) } });
    const told = await codesOf({ context, document: create, field: 'lnHoldInvoiceCreate', input: { walletId, amount: 1 } });
    expect(told).toEqual({ codes: [code], rest: { invoice: null } });
  });

  it('tells bad input in the payload and asks nobody; without a key it is a top-level error', async () => {
    const context = fake();
    const told = await codesOf({
      ...{ context, document: create, field: 'lnHoldInvoiceCreate' },
      input: { walletId, amount: 1, paymentHash: 'abc', longestHold: -1 },
    });
    expect(told).toEqual({ codes: [null, null], rest: { invoice: null } });
    expect(context.asked).toEqual([]);
    const nobody = await run(fake({ who: null }), create, { input: { walletId, amount: 1 } });
    expect(errorsOf(nobody)).toEqual([['Not authorized', 'NOT_AUTHORIZED']]);
  });
});

describe('lnHoldInvoiceSettle and lnHoldInvoiceCancel', () => {
  it('settle by hash or by preimage, and show the preimage once settled', async () => {
    const context = fake({ answers: { settleHoldInvoice: () => hold({ state: 'settled', preimage, settledAt: now }) } });
    const result = await run(context, settle, { input: { walletId, paymentHash: hash } });
    expect(fieldOf(result, 'lnHoldInvoiceSettle')).toEqual({ errors: [], invoice: { status: 'SETTLED', preimage } });
    await run(context, settle, { input: { walletId, paymentHash: hash, preimage } });
    expect(context.asked.map(({ input }) => input)).toEqual([
      { walletId, paymentHash: hash, preimage: null },
      { walletId, paymentHash: hash, preimage },
    ]);
  });

  it.each<[string, Refusal]>([
    ['WRONG_PREIMAGE', { is: 'invalidInput', field: 'preimage', rule: 'opens the payment hash', given: 'another one' }],
    ['PREIMAGE_REQUIRED', { is: 'invalidInput', field: 'preimage', rule: 'required', given: 'none' }],
    ['HOLD_NOT_FOUND', { is: 'notFound', what: 'invoice', given: hash }],
    ['HOLD_NOT_PAID', { is: 'wrongState', state: 'open', asked: 'settleAsked' }],
    ['HOLD_CANCELED', { is: 'wrongState', state: 'canceling', asked: 'settleAsked' }],
    ['HOLD_CANCELED', { is: 'wrongState', state: 'canceled', asked: 'settleAsked' }],
    ['HOLD_CLAIMED', { is: 'wrongState', state: 'claimed', asked: 'settleAsked' }],
    ['HOLD_OF_CASH_OUT', { is: 'wrongState', state: 'cashOut', asked: 'settleAsked' }],
  ])('settling tells %s', async (code, refusal) => {
    const context = fake({ answers: { settleHoldInvoice: refusing(refusal) } });
    const told = await codesOf({ context, document: settle, field: 'lnHoldInvoiceSettle', input: { walletId, paymentHash: hash } });
    expect(told).toEqual({ codes: [code], rest: { invoice: null } });
  });

  it.each<[string, string]>([
    ['HOLD_SETTLED', 'settling'],
    ['HOLD_SETTLED', 'settled'],
    ['HOLD_CLAIMED', 'claimed'],
  ])('canceling tells %s when it is %s', async (code, state) => {
    const context = fake({ answers: { cancelHoldInvoice: refusing({ is: 'wrongState', state, asked: 'cancelAsked' }) } });
    const told = await codesOf({ context, document: cancel, field: 'lnHoldInvoiceCancel', input: { walletId, paymentHash: hash } });
    expect(told).toEqual({ codes: [code], rest: { invoice: null } });
  });

  it('an intention that the backend has not carried out says so', async () => {
    const context = fake({ answers: { cancelHoldInvoice: () => hold({ state: 'canceling' }) } });
    const result = await run(context, cancel, { input: { walletId, paymentHash: hash } });
    expect(fieldOf(result, 'lnHoldInvoiceCancel')).toEqual({ errors: [], invoice: { status: 'CANCELING' } });
  });
});

describe('lnHoldInvoice', () => {
  const query = `query q($paymentHash: PaymentHash!) { lnHoldInvoice(paymentHash: $paymentHash) { ${invoiceFields} } }`;
  const reads = (found: InvoiceView | null, height: number | null = 800_000) => ({
    wallets: async () => [wallet()],
    invoiceByHash: async () => found,
    blockHeight: () => height,
  });

  it('shows what is held, when it ends in blocks and time, and never the preimage before it is settled', async () => {
    const held = hold(
      { state: 'held', receivedMsat: 1_600_999n, preimage: null },
      { heldAt: now, deadlineHeight: 800_007, deadlineAt: later },
    );
    expect(fieldOf(await run(fake({ reads: reads(held) }), query, { paymentHash: hash }), 'lnHoldInvoice')).toMatchObject({
      ...{ status: 'HELD', satoshis: 1500, receivedSatoshis: 1600, preimage: null },
      deadline: { height: 800_007, blocksLeft: 7, at: 1_787_230_800 },
    });
    const past = await run(fake({ reads: reads(held, 900_000) }), query, { paymentHash: hash });
    expect(fieldOf(past, 'lnHoldInvoice')).toMatchObject({ deadline: { blocksLeft: 0 } });
    const unknown = await run(fake({ reads: reads(held, null) }), query, { paymentHash: hash });
    expect(fieldOf(unknown, 'lnHoldInvoice')).toMatchObject({ deadline: { blocksLeft: null } });
  });

  it.each<[string, InvoiceView]>([
    ['EXPIRED', hold({ expiresAt: now })],
    ['EXPIRED', hold({ state: 'canceled', expiresAt: now }, { canceledAt: now })],
    ['CANCELED', hold({ state: 'canceled' }, { canceledAt: now })],
    ['CANCELED', hold({ state: 'canceled', expiresAt: now }, { canceledAt: later, heldAt: now })],
    ['CLAIMED', hold({ state: 'claimed' })],
    ['SETTLING', hold({ state: 'settling' })],
  ])('is %s', async (status, view) => {
    const result = await run(fake({ reads: reads(view) }), query, { paymentHash: hash });
    expect(fieldOf(result, 'lnHoldInvoice')).toMatchObject({ status });
  });

  it('is null for a plain invoice and for nobody’s, and needs READ', async () => {
    for (const found of [invoice(), null])
      expect(await run(fake({ reads: reads(found) }), query, { paymentHash: hash })).toEqual({ data: { lnHoldInvoice: null } });
    const forbidden = await run(fake({ who: principal(['RECEIVE']), reads: reads(null) }), query, { paymentHash: hash });
    expect(errorsOf(forbidden)).toHaveLength(1);
  });

  it('lists a wallet’s and an account’s with cursors', async () => {
    const page = { rows: [{ cursor: hash, node: hold({ state: 'held' }) }], hasNext: true, hasPrevious: false };
    const asked: unknown[] = [];
    const context = fake({
      reads: {
        account: async () => ({ id: 'a', name: 'a', username: null, displayCurrency: 'USD', defaultWalletId: walletId, createdAt: now }),
        wallets: async () => [wallet()],
        holdInvoices: async (ids, ask) => {
          asked.push([ids, ask]);
          return page;
        },
      },
    });
    const result = await run(
      context,
      `{ me { defaultAccount { holdInvoices(first: 1) { edges { cursor node { status } } pageInfo { hasNextPage } } wallets { holdInvoices(last: 2) { edges { cursor } } } } } }`,
    );
    const edge = { cursor: hash, node: { status: 'HELD' } };
    expect(result.data?.me).toEqual({
      defaultAccount: {
        holdInvoices: { edges: [edge], pageInfo: { hasNextPage: true } },
        wallets: [{ holdInvoices: { edges: [{ cursor: hash }] } }],
      },
    });
    expect(asked).toEqual([
      [[walletId], { take: 1, after: null, before: null, fromEnd: false }],
      [[walletId], { take: 2, after: null, before: null, fromEnd: true }],
    ]);
  });

  const follow = async (context: Fake) => {
    const document = parse(`subscription s { lnHoldInvoice(paymentHash: "${hash}") { errors { code } invoice { status } } }`);
    const stream = await subscribe({ schema, document, contextValue: context });
    const told: unknown[] = [];
    if (!(Symbol.asyncIterator in stream)) return { told, errors: stream.errors };
    for await (const event of stream) told.push(event.data?.lnHoldInvoice);
    return { told };
  };

  it('is followed from its state now to its end', async () => {
    const states = [hold(), hold({ state: 'held' }), hold({ state: 'settled' })];
    const { told } = await follow(fake({ reads: { watchHoldInvoice: () => streamOf(...states) } }));
    expect(told).toEqual(['OPEN', 'HELD', 'SETTLED'].map((status) => ({ errors: [], invoice: { status } })));
  });

  it('tells a follower that there is none, and one without READ at the top', async () => {
    const watchHoldInvoice = refusing({ is: 'notFound', what: 'invoice', given: hash });
    const { told } = await follow(fake({ reads: { watchHoldInvoice } }));
    expect(told).toEqual([{ errors: [{ code: 'HOLD_NOT_FOUND' }], invoice: null }]);
    expect((await follow(fake({ who: null }))).errors).toHaveLength(1);
  });
});

describe('cash-outs', () => {
  const fields = `id status satoshis dispensedSatoshis paymentRequest startBy startedAt reportBy invoice { status }
    refund { status satoshis payments { status } } events { at about event from to detail }`;
  const mutation = (name: string, type: string) =>
    `mutation m($input: ${type}!) { ${name}(input: $input) { errors { code } cashOut { ${fields} } } }`;
  const documents = {
    create: mutation('cashOutCreate', 'CashOutCreateInput'),
    start: mutation('cashOutStartDispense', 'CashOutStartDispenseInput'),
    report: mutation('cashOutReportDispense', 'CashOutReportDispenseInput'),
    redeem: mutation('cashOutRefundRedeem', 'CashOutRefundRedeemInput'),
  };
  const { id } = cashOut();

  it('are created in satoshis, minutes and seconds', async () => {
    const context = fake({ answers: { createCashOut: () => cashOut() } });
    const input = { walletId, amount: '1500', expiresIn: 3, startWithin: 60, dispenseWithin: '90', longestHold: 200, refundFor: 7200 };
    const result = await run(context, documents.create, { input });
    expect(context.asked[0]).toEqual({
      name: 'createCashOut',
      input: {
        ...{ walletId, amountMsat: 1_500_000n, memo: null, expirySeconds: 180, externalId: null },
        ...{ startSeconds: 60, dispenseSeconds: 90, longestHoldSeconds: 200, refundSeconds: 7200 },
      },
    });
    expect(fieldOf(result, 'cashOutCreate')).toMatchObject({
      errors: [],
      cashOut: { id, status: 'WAITING', paymentRequest: bolt11, startBy: null },
    });
  });

  it('are started, reported and refunded by their id', async () => {
    const context = fake({ answers: { startDispense: () => cashOut(), reportDispense: () => cashOut(), redeemRefund: () => cashOut() } });
    await run(context, documents.start, { input: { id } });
    await run(context, documents.report, { input: { id, result: 'PARTIAL', dispensed: '700', note: 'jam' } });
    await run(context, documents.report, { input: { id, result: 'FULL' } });
    await run(context, documents.redeem, { input: { id, paymentRequest: bolt11 } });
    expect(context.asked).toEqual([
      { name: 'startDispense', input: { id } },
      { name: 'reportDispense', input: { id, result: 'partial', dispensedMsat: 700_000n, note: 'jam' } },
      { name: 'reportDispense', input: { id, result: 'all', dispensedMsat: null, note: null } },
      { name: 'redeemRefund', input: { id, bolt11 } },
    ]);
  });

  type Case = readonly [string, keyof typeof documents, CommandName, Refusal];
  it.each<Case>([
    ['NOT_RECEIVABLE', 'create', 'createCashOut', { is: 'notReceivable', neededMsat: 2_000n, receivableMsat: 1_000n }],
    ['TOO_LITTLE_TIME', 'create', 'createCashOut', { is: 'tooLittleTime', neededSeconds: 240, leftSeconds: 60 }],
    ['INVALID_INPUT', 'create', 'createCashOut', { is: 'invalidInput', field: 'startSeconds', rule: '', given: '1' }],
    ['CASH_OUT_STARTED', 'start', 'startDispense', { is: 'wrongState', state: 'dispensing', asked: 'startAsked' }],
    ['CASH_OUT_OVER', 'start', 'startDispense', { is: 'wrongState', state: 'dispensed', asked: 'startAsked' }],
    ['HOLD_NOT_PAID', 'start', 'startDispense', { is: 'wrongState', state: 'open', asked: 'startAsked' }],
    ['HOLD_CANCELED', 'start', 'startDispense', { is: 'wrongState', state: 'canceled', asked: 'startAsked' }],
    ['TOO_LITTLE_TIME', 'start', 'startDispense', { is: 'tooLittleTime', neededSeconds: 135, leftSeconds: 9 }],
    ['LND_OFFLINE', 'start', 'startDispense', { is: 'backendUnavailable' }],
    ['CASH_OUT_NOT_FOUND', 'start', 'startDispense', { is: 'notFound', what: 'cashOut', given: id }],
    ['CASH_OUT_NOT_STARTED', 'report', 'reportDispense', { is: 'wrongState', state: 'waiting', asked: 'reported' }],
    ['REPORT_CONFLICT', 'report', 'reportDispense', { is: 'reportConflict' }],
    ['INVALID_INPUT', 'report', 'reportDispense', { is: 'invalidInput', field: 'dispensedMsat', rule: '', given: '0' }],
    ['REFUND_NOT_FOUND', 'redeem', 'redeemRefund', { is: 'notFound', what: 'refund', given: id }],
    ['REFUND_NOT_READY', 'redeem', 'redeemRefund', { is: 'voucherNotReady' }],
    ['REFUND_EXPIRED', 'redeem', 'redeemRefund', { is: 'voucherExpired' }],
    ['REFUND_USED', 'redeem', 'redeemRefund', { is: 'voucherUsed' }],
    ['REFUND_IN_FLIGHT', 'redeem', 'redeemRefund', { is: 'paymentInFlight' }],
    ['INVALID_INPUT', 'redeem', 'redeemRefund', { is: 'invalidInput', field: 'refundAmount', rule: '', given: '1' }],
    ['INVOICE_DECODE_ERROR', 'redeem', 'redeemRefund', { is: 'invalidInvoice', why: 'checksum' }],
    ['INSUFFICIENT_BALANCE', 'redeem', 'redeemRefund', { is: 'insufficientBalance', neededMsat: 2n, availableMsat: 1n }],
  ])('tell %s when %s is refused', async (code, which, command, refusal) => {
    const context = fake({ answers: { [command]: refusing(refusal) } });
    const inputs = {
      create: { walletId, amount: 1 },
      start: { id },
      report: { id, result: 'NONE' },
      redeem: { id, paymentRequest: bolt11 },
    };
    const fields = {
      create: 'cashOutCreate',
      start: 'cashOutStartDispense',
      report: 'cashOutReportDispense',
      redeem: 'cashOutRefundRedeem',
    };
    const told = await codesOf({ context, document: documents[which], field: fields[which], input: inputs[which] });
    expect(told).toEqual({ codes: [code], rest: { cashOut: null } });
  });

  const query = `query q($id: ID!) { cashOut(id: $id) { ${fields} } }`;
  const look = async (view: CashOutView | null) => run(fake({ reads: { cashOut: async () => view } }), query, { id });

  it.each<[string, Partial<CashOutView>]>([
    ['WAITING', {}],
    ['EXPIRED', { invoice: hold({ expiresAt: now }) }],
    ['READY', { invoice: hold({ state: 'held' }, { heldAt: now }) }],
    ['CANCELED', { invoice: hold({ state: 'canceling' }, { heldAt: now }) }],
    ['CANCELED', { state: 'canceled', invoice: hold({ state: 'canceled' }, { heldAt: now, canceledAt: now }) }],
    ['EXPIRED', { state: 'canceled', invoice: hold({ state: 'canceled', expiresAt: now }, { canceledAt: now }) }],
    ['DISPENSING', { state: 'dispensing', invoice: hold({ state: 'claimed' }) }],
    ['UNREPORTED', { state: 'silent' }],
    ['DISPENSED', { state: 'dispensed' }],
    ['PARTLY_DISPENSED', { state: 'partial' }],
    ['NOT_DISPENSED', { state: 'notDispensed' }],
  ])('are %s', async (status, view) => {
    expect(fieldOf(await look(cashOut(view)), 'cashOut')).toMatchObject({ status });
  });

  it('show the moment to start by, the refund with its payments, and every step', async () => {
    const steps = [
      { at: now, about: 'cashOut' as const, event: 'reportedPart', from: 'dispensing', to: 'partial', detail: { refundMsat: '5000' } },
    ];
    const refund = {
      id,
      state: 'open' as const,
      amountMsat: 5_000n,
      createdAt: now,
      expiresAt: later,
      payments: [payment({ state: 'failed' })],
    };
    const shown = fieldOf(await look(cashOut({ state: 'partial', dispensedMsat: 1_495_000n, refund, steps })), 'cashOut');
    expect(shown).toMatchObject({
      dispensedSatoshis: 1495,
      refund: { status: 'OPEN', satoshis: 5, payments: [{ status: 'FAILURE' }] },
      events: [{ about: 'cashOut', event: 'reportedPart', from: 'dispensing', to: 'partial', detail: '{"refundMsat":"5000"}' }],
    });
    const ready = fieldOf(await look(cashOut({ invoice: hold({ state: 'held' }, { heldAt: now }) })), 'cashOut');
    expect(ready.startBy).toBe(1_787_227_290);
    expect(await look(null)).toEqual({ data: { cashOut: null } });
  });
});
