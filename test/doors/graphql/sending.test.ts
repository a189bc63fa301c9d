// Sends and fee probes: statuses exactly as clients act on them. FAILURE with an error, every other status without, null for doubt.
import { describe, expect, it } from 'vitest';
import type { SendAnswer } from '../../../src/commands/table.ts';
import { type Refusal, Refused } from '../../../src/platform/refusal.ts';
import { bolt11, errorsOf, fake, hash, payment, preimage, principal, run, transaction, type World, walletId } from './support.ts';

const sends = [
  { name: 'lnInvoicePaymentSend', type: 'LnInvoicePaymentInput', more: {}, amount: 'inInvoice' },
  { name: 'lnNoAmountInvoicePaymentSend', type: 'LnNoAmountInvoicePaymentInput', more: { amount: '1200' }, amount: { msat: 1_200_000n } },
] as const;
const probes = [
  { name: 'lnInvoiceFeeProbe', type: 'LnInvoiceFeeProbeInput', more: {}, amount: 'inInvoice' },
  { name: 'lnNoAmountInvoiceFeeProbe', type: 'LnNoAmountInvoiceFeeProbeInput', more: { amount: '200000' }, amount: { msat: 200_000_000n } },
] as const;

const refusing = (refusal: Refusal) => (): never => {
  throw new Refused(refusal);
};
const answering = (answer: SendAnswer): World => ({ answers: { sendPayment: () => answer } });
const route = 'Unable to find a route for payment.';

describe.each(sends)('$name', ({ name, type, more, amount }) => {
  const document = `mutation m($input: ${type}!) { ${name}(input: $input) { errors { message path code } status transaction { id settlementFee } } }`;
  const input = { walletId, paymentRequest: bolt11, ...more };
  const send = async (world: World): Promise<unknown> => (await run(fake(world), document, { input })).data?.[name];

  it('asks the core once, with the amount that is meant', async () => {
    const context = fake(answering({ is: 'succeeded', payment: payment({ state: 'succeeded' }), transaction: transaction() }));
    const result = await run(context, document, { input: { ...input, memo: 'Payment memo' } });
    expect(result.data?.[name]).toEqual({ errors: [], status: 'SUCCESS', transaction: { id: transaction().id, settlementFee: 2 } });
    expect(context.asked).toEqual([{ name: 'sendPayment', input: { walletId, bolt11, amount, memo: 'Payment memo', maxFeeMsat: null } }]);
  });
  it.each([
    ['0', 0n],
    [25, 25_000n],
  ])('hands on a fee limit of %j sat', async (maxFee, maxFeeMsat) => {
    const context = fake(answering({ is: 'pending', payment: payment(), transaction: null }));
    await run(context, document, { input: { ...input, maxFee } });
    expect(context.asked).toMatchObject([{ input: { maxFeeMsat } }]);
  });
  it('says PENDING and ALREADY_PAID without errors', async () => {
    const pending = transaction({ status: 'pending' });
    expect(await send(answering({ is: 'pending', payment: payment(), transaction: pending }))).toMatchObject({
      errors: [],
      status: 'PENDING',
    });
    expect(await send(answering({ is: 'alreadyPaid', payment: null, transaction: null }))).toEqual({
      errors: [],
      status: 'ALREADY_PAID',
      transaction: null,
    });
    expect(await send({ answers: { sendPayment: refusing({ is: 'alreadyPaid' }) } })).toEqual({
      errors: [],
      status: 'ALREADY_PAID',
      transaction: null,
    });
  });
  it('says FAILURE with why the payment failed', async () => {
    const failed = {
      is: 'failed',
      payment: payment({ state: 'failed', failure: 'noRoute' }),
      transaction: transaction({ status: 'failure' }),
    } as const;
    expect(await send(answering(failed))).toMatchObject({
      errors: [{ message: route, path: null, code: 'ROUTE_FINDING_ERROR' }],
      status: 'FAILURE',
    });
    expect(await send(answering({ is: 'failed', payment: null, transaction: null }))).toMatchObject({ errors: [{}], status: 'FAILURE' });
  });
  it.each([
    [{ is: 'amountNotAllowed' }, 'INVALID_INPUT'],
    [{ is: 'noAmountInInvoice' }, 'INVALID_INPUT'],
    [{ is: 'amountIsZero' }, 'INVALID_INPUT'],
    [{ is: 'invalidInvoice', why: 'checksum' }, 'INVOICE_DECODE_ERROR'],
    [{ is: 'selfPayment' }, 'CANT_PAY_SELF'],
    [{ is: 'invoiceExpired' }, 'LIGHTNING_PAYMENT_ERROR'],
    [{ is: 'paymentInFlight' }, 'INVALID_INPUT'],
    [{ is: 'limitExceeded', limit: 'daily', remainingMsat: 0n }, 'TRANSACTION_RESTRICTED'],
    [{ is: 'outgoingHalted' }, 'OPERATION_RESTRICTED'],
    [{ is: 'backendUnavailable' }, 'LND_OFFLINE'],
    [{ is: 'idempotencyConflict' }, 'INVALID_INPUT'],
  ] as const)('refused before anything was sent: %o is FAILURE, %s', async (refusal, code) => {
    const answer = await send({ answers: { sendPayment: refusing(refusal) } });
    expect(answer).toEqual({ errors: [{ message: expect.any(String), path: null, code }], status: 'FAILURE', transaction: null });
  });
  it('names both amounts when the balance is too small', async () => {
    const answer = await send({
      answers: { sendPayment: refusing({ is: 'insufficientBalance', neededMsat: 1_001_000n, availableMsat: 0n }) },
    });
    const errors = [{ message: "Payment amount '1001' sats exceeds balance '0'", path: null, code: 'INSUFFICIENT_BALANCE' }];
    expect(answer).toEqual({ errors, status: 'FAILURE', transaction: null });
  });
  it.each([[{ is: 'notFound', what: 'wallet', given: walletId }], [{ is: 'forbidden', needs: 'WRITE', kind: 'write' }]] as const)(
    '%j leaves the status null, without code',
    async (refusal) => {
      const answer = await send({ answers: { sendPayment: refusing(refusal) } });
      expect(answer).toEqual({
        errors: [{ message: expect.stringContaining('(code: '), path: null, code: null }],
        status: null,
        transaction: null,
      });
    },
  );
  it('a bad scalar leaves the status null and asks nobody', async () => {
    const context = fake();
    const result = await run(context, document, { input: { ...input, paymentRequest: 'lightning:lnbc1' } });
    const errors = [{ message: 'Invalid value for LnPaymentRequest', path: null, code: null }];
    expect(result.data?.[name]).toEqual({ errors, status: null, transaction: null });
    expect(context.asked).toEqual([]);
  });
  it('never says FAILURE for what nobody foresaw: the payment may be on its way', async () => {
    const fault = new Error('connection lost while writing the end');
    const context = fake({
      answers: {
        sendPayment: () => {
          throw fault;
        },
      },
    });
    const errors = [{ message: 'Unknown error occurred (code: UnknownError)', path: null, code: 'UNKNOWN_CLIENT_ERROR' }];
    expect((await run(context, document, { input })).data?.[name]).toEqual({ errors, status: null, transaction: null });
    expect(context.reported).toEqual([fault]);
  });
  it('without a key there is no data', async () => {
    const result = await run(fake({ who: null }), document, { input });
    expect(result.data).toBeNull();
    expect(errorsOf(result)).toEqual([['Not authorized', 'NOT_AUTHORIZED']]);
  });
});

describe('a send’s transaction', () => {
  const document = `mutation m($input: LnInvoicePaymentInput!) { lnInvoicePaymentSend(input: $input) { transaction { __typename direction status
    initiationVia { __typename ... on InitiationViaLn { paymentHash paymentRequest } } settlementAmount settlementFee
    settlementVia { __typename ... on SettlementViaLn { preImage paymentSecret } } } } }`;
  it('carries the proof, for keys without READ too', async () => {
    const world = answering({ is: 'succeeded', payment: payment(), transaction: transaction() });
    const result = await run(fake({ ...world, who: principal(['WRITE']) }), document, { input: { walletId, paymentRequest: bolt11 } });
    expect(result.data).toEqual({
      lnInvoicePaymentSend: {
        transaction: {
          __typename: 'Transaction',
          direction: 'SEND',
          status: 'SUCCESS',
          initiationVia: { __typename: 'InitiationViaLn', paymentHash: hash, paymentRequest: bolt11 },
          settlementAmount: -102,
          settlementFee: 2,
          settlementVia: { __typename: 'SettlementViaLn', preImage: preimage, paymentSecret: preimage },
        },
      },
    });
  });
});

describe.each(probes)('$name', ({ name, type, more, amount }) => {
  const document = `mutation m($input: ${type}!) { ${name}(input: $input) { amount errors { message code } } }`;
  const input = { walletId, paymentRequest: bolt11, ...more };
  const probe = async (world: World): Promise<unknown> => (await run(fake(world), document, { input })).data?.[name];

  it('answers the fee in satoshis, rounded up', async () => {
    const context = fake({ answers: { probeFee: () => ({ is: 'fee', feeMsat: 1_001n }) } });
    expect((await run(context, document, { input })).data?.[name]).toEqual({ amount: 2, errors: [] });
    expect(context.asked).toEqual([{ name: 'probeFee', input: { walletId, bolt11, amount } }]);
    expect(await probe({ answers: { probeFee: () => ({ is: 'fee', feeMsat: 0n }) } })).toEqual({ amount: 0, errors: [] });
  });
  it('without a route answers both: the error and what a send would set aside', async () => {
    const both = { amount: 10, errors: [{ message: route, code: 'ROUTE_FINDING_ERROR' }] };
    expect(await probe({ answers: { probeFee: () => ({ is: 'noRoute', reserveMsat: 9_001n }) } })).toEqual(both);
    expect(await probe({ answers: { probeFee: refusing({ is: 'noRoute', reserveMsat: 10_000n }) } })).toEqual(both);
    expect(await probe({ answers: { probeFee: refusing({ is: 'noRoute', reserveMsat: null }) } })).toEqual({ ...both, amount: null });
  });
  it('tells refusals, bad wallets and bad input with a null amount', async () => {
    expect(await probe({ answers: { probeFee: refusing({ is: 'selfPayment' }) } })).toEqual({
      amount: null,
      errors: [{ message: 'User tried to pay themselves', code: 'CANT_PAY_SELF' }],
    });
    expect(await probe({ answers: { probeFee: refusing({ is: 'notFound', what: 'wallet', given: walletId }) } })).toMatchObject({
      amount: null,
      errors: [{ code: null }],
    });
    const bad = await run(fake(), document, { input: { ...input, walletId: '' } });
    expect(bad.data?.[name]).toEqual({ amount: null, errors: [{ message: 'Invalid value for WalletId', code: null }] });
  });
  it('answers three at once, each for itself', async () => {
    const three = `mutation m($a: ${type}!) { a: ${name}(input: $a) { amount } b: ${name}(input: $a) { amount } c: ${name}(input: $a) { errors { message } } }`;
    let asked = 0;
    const context = fake({
      answers: { probeFee: () => (++asked === 3 ? { is: 'noRoute', reserveMsat: 0n } : { is: 'fee', feeMsat: 1000n }) },
    });
    expect((await run(context, three, { a: input })).data).toEqual({
      a: { amount: 1 },
      b: { amount: 1 },
      c: { errors: [{ message: route }] },
    });
  });
});
