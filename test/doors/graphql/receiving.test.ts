// Making and canceling invoices: what reaches the core, and what a client reads of answer, refusal and bad input.
import { describe, expect, it } from 'vitest';
import { type Refusal, Refused } from '../../../src/platform/refusal.ts';
import { type Answers, errorsOf, fake, fieldOf, hash, invoice, otherWalletId, principal, run, walletId } from './support.ts';

const refusing = (refusal: Refusal) => (): never => {
  throw new Refused(refusal);
};

const create = `mutation lnInvoiceCreate($input: LnInvoiceCreateInput!) {
  lnInvoiceCreate(input: $input) { errors { message path code } invoice { paymentRequest paymentHash paymentSecret paymentStatus satoshis externalId createdAt } } }`;

const creations = [
  { name: 'lnInvoiceCreate', type: 'LnInvoiceCreateInput', to: 'walletId', amount: true, command: 'createInvoice', keyless: false },
  {
    name: 'lnNoAmountInvoiceCreate',
    type: 'LnNoAmountInvoiceCreateInput',
    to: 'walletId',
    amount: false,
    command: 'createInvoice',
    keyless: false,
  },
  {
    name: 'lnInvoiceCreateOnBehalfOfRecipient',
    type: 'LnInvoiceCreateOnBehalfOfRecipientInput',
    to: 'recipientWalletId',
    amount: true,
    command: 'createInvoiceOnBehalf',
    keyless: true,
  },
  {
    name: 'lnNoAmountInvoiceCreateOnBehalfOfRecipient',
    type: 'LnNoAmountInvoiceCreateOnBehalfOfRecipientInput',
    to: 'recipientWalletId',
    amount: false,
    command: 'createInvoiceOnBehalf',
    keyless: true,
  },
] as const;

const documentOf = ({ name, type }: (typeof creations)[number]): string =>
  `mutation m($input: ${type}!) { ${name}(input: $input) { errors { message path code } invoice { paymentRequest } } }`;
const inputOf = ({ to, amount }: (typeof creations)[number]): Readonly<Record<string, unknown>> => ({
  [to]: walletId,
  ...(amount ? { amount: '1500' } : {}),
});
const expected = { memo: null, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null };
const both = (answer: () => ReturnType<typeof invoice>): Answers => ({ createInvoice: answer, createInvoiceOnBehalf: answer });

describe.each(creations)('$name', (creation) => {
  const document = documentOf(creation);
  it('asks the core with satoshis as millisatoshis and answers without errors', async () => {
    const context = fake({
      who: creation.keyless ? null : principal(),
      answers: both(() => invoice(creation.amount ? {} : { amountMsat: null })),
    });
    const result = await run(context, document, { input: inputOf(creation) });
    expect(result).toEqual({ data: { [creation.name]: { errors: [], invoice: { paymentRequest: invoice().bolt11 } } } });
    expect(context.asked).toEqual([
      { name: creation.command, input: { ...expected, walletId, amountMsat: creation.amount ? 1_500_000n : null } },
    ]);
  });
  it('tells a refusal in the payload, with its code', async () => {
    const context = fake({ answers: both(refusing({ is: 'tooManyRequests', what: 'invoices', retryAfterSeconds: 9 })) });
    const result = await run(context, document, { input: inputOf(creation) });
    const error = { message: 'Too many invoices creation, please wait for a while and try again.', path: null, code: 'TOO_MANY_REQUEST' };
    expect(result).toEqual({ data: { [creation.name]: { errors: [error], invoice: null } } });
  });
  it('tells bad input in the payload, without code, and asks nobody', async () => {
    const context = fake();
    const result = await run(context, document, {
      input: { ...inputOf(creation), [creation.to]: 'does-not-exist', memo: 'm'.repeat(640) },
    });
    expect(result.errors).toBeUndefined();
    const { errors, invoice: made } = fieldOf(result, creation.name);
    expect(errors).toContainEqual({ message: 'Invalid value for WalletId', path: null, code: null });
    expect(errors).toContainEqual({ message: 'Memo is too long', path: null, code: null });
    expect(made).toBeNull();
    expect(context.asked).toEqual([]);
  });
  it('does not know a wallet that is not there, without code', async () => {
    const context = fake({ answers: both(refusing({ is: 'notFound', what: 'wallet', given: otherWalletId })) });
    const message = 'Unexpected error occurred, please try again or contact support if it persists (code: CouldNotFindWalletFromIdError)';
    const result = await run(context, document, { input: inputOf(creation) });
    expect(result).toEqual({ data: { [creation.name]: { errors: [{ message, path: null, code: null }], invoice: null } } });
  });
  it('passes minutes on as seconds, zero and absurd ones too', async () => {
    for (const [expiresIn, seconds] of [
      [5, 300],
      ['5', 300],
      [0, 0],
      [10_000_000, 600_000_000],
    ]) {
      const context = fake({ answers: both(refusing({ is: 'invalidInput', field: 'expirySeconds', rule: '', given: '' })) });
      const result = await run(context, document, { input: { ...inputOf(creation), expiresIn } });
      expect(context.asked[0]?.input).toMatchObject({ expirySeconds: seconds });
      expect(fieldOf(result, creation.name)).toMatchObject({ errors: [{ message: expect.stringMatching(/^Invalid value for Minutes/) }] });
    }
  });
});

describe('without a key', () => {
  it.each(creations.filter(({ keyless }) => !keyless))('$name has no data at all', async (creation) => {
    const context = fake({ who: null });
    const result = await run(context, documentOf(creation), { input: { ...inputOf(creation), walletId: 'bad too' } });
    expect(result.data).toBeNull();
    expect(errorsOf(result)).toEqual([['Not authorized', 'NOT_AUTHORIZED']]);
    expect(context.asked).toEqual([]);
  });
  it('the core’s own word for it goes to the top level too', async () => {
    const context = fake({ answers: { createInvoice: refusing({ is: 'unauthenticated' }) } });
    const result = await run(context, create, { input: { walletId, amount: 1 } });
    expect(result.data).toBeNull();
    expect(errorsOf(result)).toEqual([['Not authorized', 'NOT_AUTHORIZED']]);
  });
});

describe('lnInvoiceCreate', () => {
  it('answers everything that clients read of an invoice', async () => {
    const context = fake({ answers: { createInvoice: () => invoice() } });
    const result = await run(context, create, { input: { walletId, amount: 1500, memo: 'tip', externalId: 'order-1', expiresIn: null } });
    expect(result.data).toEqual({
      lnInvoiceCreate: {
        errors: [],
        invoice: {
          paymentRequest: invoice().bolt11,
          paymentHash: hash,
          paymentSecret: 'cc'.repeat(32),
          paymentStatus: 'PENDING',
          satoshis: 1500,
          externalId: hash,
          createdAt: 1_787_227_200,
        },
      },
    });
    expect(context.asked[0]?.input).toMatchObject({ memo: 'tip', externalId: 'order-1', expirySeconds: null });
  });
  it('takes an inline integer, and refuses an inline string in the payload', async () => {
    const inline = (amount: string): string =>
      `mutation { lnInvoiceCreate(input: { walletId: "${walletId}", amount: ${amount} }) { errors { message } invoice { satoshis } } }`;
    const context = fake({ answers: { createInvoice: () => invoice() } });
    expect((await run(context, inline('1500'))).data).toEqual({ lnInvoiceCreate: { errors: [], invoice: { satoshis: 1500 } } });
    expect((await run(context, inline('"1500"'))).data).toEqual({
      lnInvoiceCreate: { errors: [{ message: 'Invalid type for SatAmount' }], invoice: null },
    });
  });
  it('says what is wrong with an amount of nothing, as the core refuses it', async () => {
    const context = fake({ answers: { createInvoice: refusing({ is: 'amountIsZero' }) } });
    const result = await run(context, create, { input: { walletId, amount: 0 } });
    expect(result.data).toMatchObject({ lnInvoiceCreate: { errors: [{ message: 'A valid satoshi amount is required' }], invoice: null } });
    expect(context.asked[0]?.input).toMatchObject({ amountMsat: 0n });
  });
  it('without the scope answers in the payload, without code', async () => {
    const context = fake({
      who: principal(['READ']),
      answers: { createInvoice: refusing({ is: 'forbidden', needs: 'RECEIVE', kind: 'write' }) },
    });
    const result = await run(context, create, { input: { walletId, amount: 1 } });
    expect(result.data).toEqual({
      lnInvoiceCreate: {
        errors: [
          {
            message:
              'Unexpected error occurred, please try again or contact support if it persists (code: AuthorizationError: not authorized to execute mutations)',
            path: null,
            code: null,
          },
        ],
        invoice: null,
      },
    });
  });
  it('tells nothing of what nobody foresaw, and reports it', async () => {
    const secret = new Error('password of the database');
    const context = fake({
      answers: {
        createInvoice: () => {
          throw secret;
        },
      },
    });
    const result = await run(context, create, { input: { walletId, amount: 1 } });
    expect(result.data).toEqual({
      lnInvoiceCreate: {
        errors: [{ message: 'Unknown error occurred (code: UnknownError)', path: null, code: 'UNKNOWN_CLIENT_ERROR' }],
        invoice: null,
      },
    });
    expect(context.reported).toEqual([secret]);
  });
  it('a missing or null required field is GraphQL’s own error', async () => {
    const context = fake();
    expect((await run(context, create, { input: { walletId } })).errors).toHaveLength(1);
    expect((await run(context, create, { input: { walletId, amount: null } })).errors).toHaveLength(1);
    expect(context.asked).toEqual([]);
  });
});

describe('lnInvoiceCreateOnBehalfOfRecipient', () => {
  it('passes on description hash and webhook', async () => {
    const context = fake({ who: null, answers: { createInvoiceOnBehalf: () => invoice() } });
    const input = { recipientWalletId: walletId, amount: 21, descriptionHash: hash, memo: null, webhookUrl: ' https://a.example/hook ' };
    await run(context, documentOf(creations[2]), { input });
    expect(context.asked[0]?.input).toMatchObject({
      descriptionHash: hash,
      memo: null,
      webhookUrl: 'https://a.example/hook',
      amountMsat: 21_000n,
    });
  });
});

describe('lnInvoiceCancel', () => {
  const cancel = 'mutation m($input: LnInvoiceCancelInput!) { lnInvoiceCancel(input: $input) { success errors { message code } } }';
  const input = { walletId, paymentHash: hash.toUpperCase() };
  it('cancels', async () => {
    const context = fake({ answers: { cancelInvoice: () => invoice({ state: 'canceled' }) } });
    expect((await run(context, cancel, { input })).data).toEqual({ lnInvoiceCancel: { success: true, errors: [] } });
    expect(context.asked).toEqual([{ name: 'cancelInvoice', input: { walletId, paymentHash: hash } }]);
  });
  it.each([
    [{ is: 'wrongState', state: 'held', asked: 'cancel' }, false, 'The invoice has already been processed', 'INVALID_INPUT'],
    [{ is: 'alreadyProcessed' }, false, 'The invoice has already been processed', 'INVALID_INPUT'],
    [
      { is: 'notFound', what: 'invoice', given: hash },
      false,
      `User tried to pay invoice with hash ${hash}, but it does not exist`,
      'LIGHTNING_PAYMENT_ERROR',
    ],
    [
      { is: 'notFound', what: 'wallet', given: walletId },
      null,
      'Unexpected error occurred, please try again or contact support if it persists (code: CouldNotFindWalletFromIdError)',
      null,
    ],
  ] as const)('%j is success %s', async (refusal, success, message, code) => {
    const context = fake({ answers: { cancelInvoice: refusing(refusal) } });
    expect((await run(context, cancel, { input })).data).toEqual({ lnInvoiceCancel: { success, errors: [{ message, code }] } });
  });
  it('a bad hash leaves success null', async () => {
    const result = await run(fake(), cancel, { input: { walletId, paymentHash: 'x' } });
    expect(result.data).toEqual({ lnInvoiceCancel: { success: null, errors: [{ message: 'Invalid value for PaymentHash', code: null }] } });
  });
});

describe('simulatedPayerPay', () => {
  const pay = 'mutation m($input: SimulatedPayerPayInput!) { simulatedPayerPay(input: $input) { paid detail errors { message code } } }';
  it('needs no key and passes on what it is given', async () => {
    const context = fake({ who: null, answers: { simulatePayer: () => ({ paid: true, detail: 'paid by Carol' }) } });
    const result = await run(context, pay, { input: { paymentRequest: invoice().bolt11, amount: '7' } });
    expect(result.data).toEqual({ simulatedPayerPay: { paid: true, detail: 'paid by Carol', errors: [] } });
    await run(context, pay, { input: { paymentRequest: invoice().bolt11 } });
    expect(context.asked.map(({ input }) => input)).toEqual([
      { bolt11: invoice().bolt11, amountMsat: 7000n },
      { bolt11: invoice().bolt11, amountMsat: null },
    ]);
  });
  it('is refused where nothing is simulated', async () => {
    const context = fake({ answers: { simulatePayer: refusing({ is: 'notSupported' }) } });
    const result = await run(context, pay, { input: { paymentRequest: 'lnbc1q' } });
    expect(result.data).toEqual({
      simulatedPayerPay: {
        paid: null,
        detail: null,
        errors: [{ message: 'This gateway does not offer the operation.', code: 'OPERATION_RESTRICTED' }],
      },
    });
  });
});
