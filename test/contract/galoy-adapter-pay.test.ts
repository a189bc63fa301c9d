// How the Galoy adapter reads what a send is answered: one row a case. Whatever comes back, the order went out once at the most, doubt stays
// doubt, and a preimage or a paid row outweighs every FAILURE.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { attemptRef, type PayOutcome } from '../../src/backends/port.ts';
import { fact, type Label, openRig, orderOf, type Rig, recorded, soon } from './galoy-rig.ts';
import { type Answer, type Row, rowOf, type TestInvoice, testInvoice } from './galoy-server.ts';

const html = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';
const sendField = 'lnInvoicePaymentSend';

interface Case {
  readonly name: string;
  readonly label: Label;
  /** What the send is answered. */
  readonly answer: (invoice: TestInvoice) => Answer;
  /** What the wallet's ledger shows from then on. */
  readonly ledger?: (invoice: TestInvoice) => readonly Row[];
  /** The ledger cannot be read after the send. */
  readonly blind?: boolean;
  readonly says: (invoice: TestInvoice) => object;
  /** What `find` says of it afterwards; left out where it says the same as with no row. */
  readonly found?: (invoice: TestInvoice) => object;
}

const sent = (status: string | null, more: object = {}): Answer => ({ holds: { status, errors: [], ...more } });
const failure = (code: string | null, message: string, more: object = {}): Answer => ({
  holds: { status: 'FAILURE', errors: [{ message, code, path: null }], ...more },
});
const row = (invoice: TestInvoice, more: Partial<Row>): Row => ({ id: 'r1', hash: invoice.hash, status: 'SUCCESS', ...more });
const unknown = (kind: string) => () => ({ is: 'unknown', fault: { kind } });
const nothing = () => ({ is: 'notFound' });
const held = (file: string) => (): Answer => ({ holds: recorded(file).holds });

const cases: readonly Case[] = [
  {
    name: 'SUCCESS, and what it cost stands in the ledger',
    label: 'recorded',
    answer: held('partial--pay-success'),
    ledger: (invoice) => [row(invoice, { preimage: invoice.preimage, fee: 3 })],
    says: ({ preimage }) => ({ is: 'succeeded', preimage, fee: 3000n }),
    found: ({ preimage }) => ({ is: 'succeeded', preimage, fee: 3000n, ref: 1n }),
  },
  {
    name: 'INSUFFICIENT_BALANCE',
    label: 'recorded',
    answer: held('partial--pay-insufficient-balance'),
    says: () => ({ is: 'failed', reason: 'insufficientBalance', ref: null }),
  },
  {
    name: 'CANT_PAY_SELF',
    label: 'recorded',
    answer: held('partial--pay-own-invoice-failure-cant-pay-self'),
    says: () => ({ is: 'failed', reason: 'selfPayment' }),
  },
  {
    name: 'ALREADY_PAID, and it was this wallet',
    label: 'recorded',
    answer: held('full--tutorial-2021-lninvoicepaymentsend'),
    ledger: (invoice) => [row(invoice, { id: 'r2', status: 'FAILURE' }), row(invoice, { preimage: invoice.preimage, fee: 0 })],
    says: ({ preimage }) => ({ is: 'succeeded', preimage, fee: 0n }),
  },
  {
    name: 'ALREADY_PAID, and this wallet has no row: somebody else paid, or nobody knows',
    label: 'recorded',
    answer: held('full--tutorial-2021-lninvoicepaymentsend'),
    says: unknown('refused'),
  },
  {
    name: 'ALREADY_PAID, and this wallet was given its money back: find decides',
    label: 'derived',
    answer: () => sent('ALREADY_PAID'),
    ledger: (invoice) => [
      row(invoice, { status: 'FAILURE' }),
      row(invoice, { id: 'r2', status: 'FAILURE', direction: 'RECEIVE', amount: 1010 }),
    ],
    says: unknown('refused'),
    found: () => ({ is: 'failed', ref: 1n }),
  },
  {
    name: 'ALREADY_PAID with its transaction',
    label: 'derived',
    answer: (invoice) => sent('ALREADY_PAID', { transaction: rowOf(row(invoice, { preimage: invoice.preimage, fee: 2 })) }),
    says: ({ preimage }) => ({ is: 'succeeded', preimage, fee: 2000n }),
  },
  {
    name: 'SUCCESS with its transaction',
    label: 'derived',
    answer: (invoice) => sent('SUCCESS', { transaction: rowOf(row(invoice, { preimage: invoice.preimage, fee: 7 })) }),
    says: ({ preimage }) => ({ is: 'succeeded', preimage, fee: 7000n }),
  },
  {
    name: 'SUCCESS without a preimage: upstream’s word',
    label: 'derived',
    answer: (invoice) => sent('SUCCESS', { transaction: rowOf(row(invoice, { preimage: null, fee: 1 })) }),
    says: () => ({ is: 'succeeded', preimage: null, fee: 1000n }),
  },
  {
    name: 'SUCCESS with a preimage of something else: the word stands, the preimage does not',
    label: 'derived',
    answer: (invoice) => sent('SUCCESS', { transaction: rowOf(row(invoice, { preimage: '00'.repeat(32) })) }),
    says: () => ({ is: 'succeeded', preimage: null }),
  },
  {
    name: 'SUCCESS, and the ledger cannot be read: under way until its cost is known',
    label: 'derived',
    answer: () => sent('SUCCESS'),
    blind: true,
    says: () => ({ is: 'inFlight' }),
  },
  {
    name: 'FAILURE next to a preimage',
    label: 'derived',
    answer: (invoice) =>
      failure('DB_ERROR', 'Service offline', { transaction: rowOf(row(invoice, { status: 'FAILURE', preimage: invoice.preimage })) }),
    says: ({ preimage }) => ({ is: 'succeeded', preimage }),
  },
  {
    name: 'FAILURE, and the ledger shows it paid',
    label: 'derived',
    answer: () => failure('UNEXPECTED_CLIENT_ERROR', 'Unexpected error occurred (code: CouldNotFindTransactionError)'),
    ledger: (invoice) => [row(invoice, { preimage: invoice.preimage, fee: 5 })],
    says: ({ preimage }) => ({ is: 'succeeded', preimage, fee: 5000n }),
  },
  {
    name: 'FAILURE, and the ledger shows it under way',
    label: 'derived',
    answer: () => failure('UNEXPECTED_CLIENT_ERROR', 'Unexpected error occurred (code: ResourceExpiredLockServiceError)'),
    ledger: (invoice) => [row(invoice, { status: 'PENDING' })],
    says: () => ({ is: 'inFlight', ref: 1n }),
    found: () => ({ is: 'inFlight' }),
  },
  {
    name: 'FAILURE without a route',
    label: 'asserted',
    answer: () => failure('ROUTE_FINDING_ERROR', 'Unable to find a route for payment.'),
    ledger: (invoice) => [row(invoice, { status: 'FAILURE' })],
    says: () => ({ is: 'failed', reason: 'noRoute', ref: null }),
    found: () => ({ is: 'failed', ref: 1n }),
  },
  {
    name: 'FAILURE of an expired invoice',
    label: 'derived',
    answer: () => failure('LIGHTNING_PAYMENT_ERROR', 'Invoice already expired, or has bad payment hash'),
    says: () => ({ is: 'failed', reason: 'invoiceExpired' }),
  },
  {
    name: 'FAILURE that may have come after the payment, and the ledger cannot be read',
    label: 'derived',
    answer: () => failure('UNEXPECTED_CLIENT_ERROR', 'Unexpected error occurred'),
    blind: true,
    says: () => ({ is: 'unknown' }),
  },
  {
    name: 'FAILURE that came before anything was begun needs no ledger',
    label: 'derived',
    answer: () => failure('TRANSACTION_RESTRICTED', 'Cannot transfer more than $10.00 in 24 hours'),
    blind: true,
    says: () => ({ is: 'failed', reason: 'other' }),
  },
  {
    name: 'FAILURE: there is a pending payment for this invoice',
    label: 'derived',
    answer: () => failure('INVALID_INPUT', 'There is a pending payment for this invoice'),
    ledger: (invoice) => [row(invoice, { status: 'PENDING' })],
    says: () => ({ is: 'inFlight' }),
    found: () => ({ is: 'inFlight' }),
  },
  {
    name: 'FAILURE: there is a pending payment, and the ledger cannot be read',
    label: 'derived',
    answer: () => failure('INVALID_INPUT', 'There is a pending payment for this invoice'),
    blind: true,
    says: () => ({ is: 'unknown' }),
  },
  {
    name: 'FAILURE: invoice is already paid, by somebody else',
    label: 'derived',
    answer: () => failure('LIGHTNING_PAYMENT_ERROR', 'Invoice is already paid'),
    says: unknown('refused'),
  },
  {
    name: 'PENDING',
    label: 'asserted',
    answer: () => ({ holds: fact('asserted--pending-then-failed').response }),
    ledger: (invoice) => [row(invoice, { status: 'PENDING' })],
    says: () => ({ is: 'inFlight' }),
    found: () => ({ is: 'inFlight', ref: 1n }),
  },
  {
    name: 'no status and a bad value: nothing was begun',
    label: 'asserted',
    answer: () => ({ holds: { status: null, errors: [{ message: 'Invalid value for WalletId' }] } }),
    says: () => ({ is: 'failed', reason: 'other' }),
  },
  {
    name: 'no status and a missing scope: nothing was begun',
    label: 'asserted',
    answer: () => ({
      holds: {
        status: null,
        errors: [
          {
            message:
              'Unexpected error occurred, please try again or contact support if it persists (code: AuthorizationError: not authorized to execute mutations)',
          },
        ],
      },
    }),
    says: () => ({ is: 'failed', reason: 'other' }),
  },
  {
    name: 'no status and an error of no known kind',
    label: 'derived',
    answer: () => ({
      holds: { status: null, errors: [{ message: 'Unknown error occurred (code: UnknownError)', code: 'UNKNOWN_CLIENT_ERROR' }] },
    }),
    says: unknown('protocol'),
  },
  { name: 'a page of HTML with 200', label: 'derived', answer: () => ({ body: html }), says: unknown('protocol') },
  { name: 'a page of HTML with 502', label: 'derived', answer: () => ({ status: 502, body: html }), says: unknown('unreachable') },
  {
    name: 'HTTP 503 although it is under way',
    label: 'derived',
    answer: () => ({ status: 503, body: html }),
    ledger: (invoice) => [row(invoice, { status: 'PENDING' })],
    says: () => ({ is: 'inFlight' }),
    found: () => ({ is: 'inFlight' }),
  },
  {
    name: 'HTTP 401 with JSON',
    label: 'asserted',
    answer: () => ({ status: 401, body: fact('asserted--unauthorized-json').response as object }),
    says: unknown('auth'),
  },
  { name: 'HTTP 401 with HTML', label: 'derived', answer: () => ({ status: 401, body: html }), says: unknown('auth') },
  {
    name: 'HTTP 429',
    label: 'derived',
    answer: () => ({ status: 429, body: html, headers: { 'retry-after': '2' } }),
    says: unknown('rateLimited'),
  },
  {
    name: 'HTTP 302',
    label: 'derived',
    answer: () => ({ status: 302, body: '', headers: { location: '/login' } }),
    says: unknown('protocol'),
  },
  {
    name: 'a router that says the request is invalid: nothing was executed',
    label: 'derived',
    answer: () => ({
      status: 400,
      body: { errors: [{ message: 'Cannot query field', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
    }),
    says: () => ({ is: 'failed', reason: 'other' }),
  },
  {
    name: 'a router that could not read the answer of the service behind it',
    label: 'derived',
    answer: () => ({
      body: {
        data: { sent: null },
        errors: [{ message: "HTTP fetch failed from 'public': connection closed", extensions: { code: 'SUBREQUEST_HTTP_ERROR' } }],
      },
    }),
    says: unknown('protocol'),
  },
  {
    name: 'a router behind which the idempotency key was seen twice',
    label: 'asserted',
    answer: () => ({ body: { data: null, errors: [{ message: "HTTP fetch failed from 'public': 409: Conflict" }] } }),
    says: unknown('protocol'),
  },
  {
    name: 'core alone: the idempotency key was seen twice',
    label: 'asserted',
    answer: () => ({ status: 409, body: { error: 'the idempotency key already exist' } }),
    says: unknown('protocol'),
  },
  {
    name: 'data: null with errors',
    label: 'derived',
    answer: () => ({ body: { data: null, errors: [{ message: 'Not authorized', code: 'NOT_AUTHORIZED' }] } }),
    says: unknown('protocol'),
  },
  {
    name: 'partial data: the status stands, the transaction is missing with an error',
    label: 'derived',
    answer: () => ({
      body: {
        data: { sent: { status: 'SUCCESS', errors: [], transaction: null } },
        errors: [{ message: 'boom', path: ['sent', 'transaction'] }],
      },
    }),
    ledger: (invoice) => [row(invoice, { preimage: invoice.preimage, fee: 4 })],
    says: ({ preimage }) => ({ is: 'succeeded', preimage, fee: 4000n }),
  },
  { name: 'an empty object', label: 'derived', answer: () => ({ body: {} }), says: unknown('protocol') },
  { name: 'data of another shape', label: 'derived', answer: () => ({ body: { data: { sent: 'SUCCESS' } } }), says: unknown('protocol') },
  {
    name: 'a status that nobody knows',
    label: 'derived',
    answer: () => ({ body: { data: { sent: { status: 'QUEUED', errors: [] } } } }),
    says: unknown('protocol'),
  },
  {
    name: 'JSON that is none',
    label: 'derived',
    answer: () => ({ body: '{"data":', headers: { 'content-type': 'application/json' } }),
    says: unknown('protocol'),
  },
  { name: 'the connection is cut before an answer', label: 'derived', answer: () => ({ cut: 'now' }), says: () => ({ is: 'unknown' }) },
  {
    name: 'the connection is cut in the middle of the answer',
    label: 'derived',
    answer: () => ({ cut: 'body' }),
    says: () => ({ is: 'unknown' }),
  },
  {
    name: 'the connection is cut, and it is under way all the same',
    label: 'derived',
    answer: () => ({ cut: 'now' }),
    ledger: (invoice) => [row(invoice, { status: 'PENDING' })],
    says: () => ({ is: 'inFlight' }),
    found: () => ({ is: 'inFlight' }),
  },
];

const counts = new Map<Label, number>();
afterAll(() => console.log('cases of a send:', Object.fromEntries(counts)));

describe('what a send is answered', () => {
  it.each(cases)('[$label] $name', async (one) => {
    const rig = await openRig();
    try {
      const invoice = testInvoice();
      const { server } = rig;
      expect(await rig.pay.floor(invoice.hash, soon())).toEqual({ is: 'nothing' });
      const ledger = server.script.transactionsByPaymentHash;
      server.script[sendField] = (): Answer => {
        server.rows.push(...(one.ledger?.(invoice) ?? []));
        if (one.blind) server.script.transactionsByPaymentHash = () => ({ status: 500, body: html });
        return one.answer(invoice);
      };
      const outcome = await rig.pay.pay(orderOf(invoice));
      expect(outcome).toMatchObject(one.says(invoice));
      expect(server.count(sendField)).toBe(1);
      if (ledger) server.script.transactionsByPaymentHash = ledger;
      if (one.name === 'HTTP 429') await new Promise((resolve) => setTimeout(resolve, 2_100));
      expect(await rig.pay.find(invoice.hash, null, soon())).toMatchObject((one.found ?? (one.ledger ? one.says : nothing))(invoice));
      expect(server.count(sendField)).toBe(1);
      counts.set(one.label, (counts.get(one.label) ?? 0) + 1);
    } finally {
      await rig.close();
    }
  });
});

const withRig = async (work: (rig: Rig) => Promise<void>, settings: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  const rig = await openRig(settings);
  try {
    await work(rig);
  } finally {
    await rig.close();
  }
};

/** A port of loopback on which nobody listens. */
const closedPort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

describe('before and after the request has left', () => {
  it('says notSent when nobody listens', async () => {
    const wallet = 'b2c5cd3d-1c2f-4b7e-9d0a-0c1f2b3a4d5e';
    await withRig(
      async (rig) => {
        const outcome: PayOutcome = await rig.pay.pay(orderOf(testInvoice()));
        expect(outcome).toMatchObject({ is: 'notSent', fault: { kind: 'unreachable' } });
      },
      { endpoint: `http://127.0.0.1:${await closedPort()}/graphql`, walletId: wallet },
    );
  });

  it('says notSent when the server went away between the look at the ledger and the send', () =>
    withRig(async (rig) => {
      const invoice = testInvoice();
      await rig.pay.floor(invoice.hash, soon());
      await rig.server.close();
      // Until the open connection is seen to be closed, a request would be written to it: that would be doubt.
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await rig.pay.pay(orderOf(invoice))).toMatchObject({ is: 'notSent', fault: { detail: 'ECONNREFUSED' } });
    }));

  it('says notSent for a name that leads nowhere', () =>
    withRig(
      async (rig) => {
        expect(await rig.pay.pay(orderOf(testInvoice()))).toMatchObject({ is: 'notSent' });
      },
      { endpoint: 'http://gateway.invalid/graphql' },
    ));

  it('sends nothing after sendBy, for another hash, or in fractions of a satoshi', () =>
    withRig(async (rig) => {
      const invoice = testInvoice();
      const order = orderOf(invoice);
      expect(await rig.pay.pay({ ...order, sendBy: new Date(Date.now() - 1) })).toMatchObject({
        is: 'notSent',
        fault: { kind: 'timeout' },
      });
      expect(await rig.pay.pay({ ...order, hash: testInvoice().hash })).toMatchObject({ is: 'notSent' });
      expect(await rig.pay.pay({ ...order, amount: (order.amount + 1n) as typeof order.amount })).toMatchObject({ is: 'notSent' });
      expect(rig.server.count(sendField)).toBe(0);
    }));

  it('answers inFlight after 25 s when the ledger shows it, and lets the request be', { timeout: 60_000 }, () =>
    withRig(async (rig) => {
      const [slow, silent, refusedLate] = [testInvoice(), testInvoice(), testInvoice()];
      let answeredLate = 0;
      rig.server.script[sendField] = async ({ variables }) => {
        if (variables.input?.paymentRequest === slow.bolt11) rig.server.rows.push(row(slow, { status: 'PENDING' }));
        if (variables.input?.paymentRequest === silent.bolt11) return { cut: 'never' };
        await new Promise((resolve) => setTimeout(resolve, 27_000));
        answeredLate += 1;
        if (variables.input?.paymentRequest === refusedLate.bolt11)
          return failure('INSUFFICIENT_BALANCE', "Payment amount '1' sats exceeds balance '0'");
        return sent('PENDING');
      };
      const [first, second, third] = await Promise.all([slow, silent, refusedLate].map((invoice) => rig.pay.pay(orderOf(invoice))));
      expect(first).toMatchObject({ is: 'inFlight', ref: 1n });
      expect(second).toMatchObject({ is: 'unknown', fault: { kind: 'timeout' } });
      expect(third).toMatchObject({ is: 'unknown', fault: { kind: 'timeout' } });
      expect(await rig.pay.find(silent.hash, null, soon())).toEqual({ is: 'notFound' });
      // A refusal leaves no row: its late answer is what ends the doubt.
      await expect
        .poll(() => rig.pay.find(refusedLate.hash, null, soon()), { timeout: 8_000 })
        .toMatchObject({ is: 'failed', reason: 'insufficientBalance' });
      expect(rig.server.count(sendField)).toBe(3);
      expect(answeredLate).toBe(2);
    }),
  );
});

describe('later', () => {
  it('[asserted] trap: PENDING shown as success: PENDING is under way and ends later, one way and the other', () =>
    withRig(async (rig) => {
      for (const end of ['SUCCESS', 'FAILURE'] as const) {
        const invoice = testInvoice();
        rig.server.script[sendField] = (): Answer => {
          rig.server.rows.push(row(invoice, { id: `${end}-1`, status: 'PENDING' }));
          return sent('PENDING');
        };
        expect(await rig.pay.pay(orderOf(invoice))).toMatchObject({ is: 'inFlight' });
        expect(await rig.pay.find(invoice.hash, null, soon())).toMatchObject({ is: 'inFlight' });
        rig.server.rows.length = 0;
        if (end === 'SUCCESS') rig.server.rows.push(row(invoice, { preimage: invoice.preimage }));
        else
          rig.server.rows.push(row(invoice, { status: 'FAILURE' }), row(invoice, { id: 'back', status: 'FAILURE', direction: 'RECEIVE' }));
        expect(await rig.pay.find(invoice.hash, null, soon())).toMatchObject({ is: end === 'SUCCESS' ? 'succeeded' : 'failed', ref: 1n });
        rig.server.rows.length = 0;
      }
    }));

  it('numbers attempts by their rows: a failure at the floor is an old story', () =>
    withRig(async (rig) => {
      const invoice = testInvoice();
      rig.server.rows.push(row(invoice, { status: 'FAILURE' }), row(invoice, { id: 'back', status: 'FAILURE', direction: 'RECEIVE' }));
      expect(await rig.pay.floor(invoice.hash, soon())).toEqual({ is: 'failed', ref: 1n });
      expect(await rig.pay.find(invoice.hash, attemptRef(1), soon())).toEqual({ is: 'notFound' });
      // The same second, and an id that sorts before: order proves nothing, PENDING does.
      rig.server.rows.unshift(row(invoice, { id: 'a0', status: 'PENDING' }));
      expect(await rig.pay.find(invoice.hash, attemptRef(1), soon())).toEqual({ is: 'inFlight', ref: 2n });
      rig.server.rows[0] = row(invoice, { id: 'a0', status: 'FAILURE' });
      expect(await rig.pay.find(invoice.hash, attemptRef(1), soon())).toMatchObject({ is: 'failed', ref: 2n });
    }));

  it('takes off the fee what upstream paid back of it', () =>
    withRig(async (rig) => {
      const invoice = testInvoice();
      const back = { id: 'back', direction: 'RECEIVE', amount: 8, begunBy: 'InitiationViaIntraLedger' } as const;
      rig.server.rows.push(row(invoice, back), row(invoice, { fee: 10, preimage: invoice.preimage }));
      expect(await rig.pay.find(invoice.hash, null, soon())).toMatchObject({ is: 'succeeded', fee: 2000n });
    }));

  it('never takes a row that it cannot read for an end', () =>
    withRig(async (rig) => {
      const invoice = testInvoice();
      rig.server.script.transactionsByPaymentHash = () => ({
        body: {
          data: {
            me: { defaultAccount: { walletById: { transactionsByPaymentHash: [{ ...rowOf(row(invoice, {})), status: 'REFUNDED' }] } } },
          },
        },
      });
      expect(await rig.pay.find(invoice.hash, null, soon())).toMatchObject({ is: 'unknown', fault: { kind: 'protocol' } });
      await expect(rig.pay.floor(invoice.hash, soon())).rejects.toThrow('REFUNDED');
    }));

  it('sends nothing while the server wants to be left alone', () =>
    withRig(async (rig) => {
      const [first, second] = [testInvoice(), testInvoice()];
      await rig.pay.floor(first.hash, soon());
      rig.server.script[sendField] = () => ({ status: 429, body: html, headers: { 'retry-after': '1' } });
      expect(await rig.pay.pay(orderOf(first))).toMatchObject({ is: 'unknown', fault: { kind: 'rateLimited' } });
      expect(await rig.pay.pay(orderOf(second))).toMatchObject({ is: 'notSent', fault: { kind: 'rateLimited' } });
      expect(rig.server.count(sendField)).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      rig.server.script[sendField] = () => sent('SUCCESS', { transaction: rowOf(row(second, { preimage: second.preimage })) });
      expect(await rig.pay.pay(orderOf(second))).toMatchObject({ is: 'succeeded' });
    }));

  it('sends an amount only for an invoice without one, and a key that makes each order unique', () =>
    withRig(async (rig) => {
      const [priced, open] = [testInvoice(), testInvoice({ sats: null })];
      rig.server.script[sendField] = () => sent('PENDING');
      rig.server.script.lnNoAmountInvoicePaymentSend = () => sent('PENDING');
      await rig.pay.pay(orderOf(priced));
      await rig.pay.pay(orderOf(open, { sats: 1234, amountless: true }));
      const [one, other] = rig.server.asked.filter(({ field }) => field.endsWith('PaymentSend'));
      expect(one?.variables.input).toEqual({ walletId: expect.any(String), paymentRequest: priced.bolt11 });
      expect(other?.variables.input).toEqual({ walletId: expect.any(String), paymentRequest: open.bolt11, amount: 1234 });
      expect(one?.headers['x-idempotency-key']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
      expect(one?.headers['x-idempotency-key']).not.toBe(other?.headers['x-idempotency-key']);
    }));
});
