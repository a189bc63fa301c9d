// Subscriptions: the events of a read, trouble as a last event, and a read that ends the moment its subscriber leaves.
import { type ExecutionResult, parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Reads } from '../../../src/commands/reads.ts';
import type { StatusView } from '../../../src/commands/table.ts';
import { follow } from '../../../src/doors/graphql/map/follow.ts';
import { schema } from '../../../src/doors/graphql/schema.ts';
import { Refused } from '../../../src/platform/refusal.ts';
import { bolt11, errorsOf, type Fake, fake, hash, later, payment, preimage, principal, streamOf } from './support.ts';

const view = (status: StatusView['status']): StatusView => ({
  status,
  paymentHash: hash,
  bolt11,
  preimage: status === 'PAID' ? preimage : null,
  expiresAt: later,
});

const open = async (
  context: Fake,
  document: string,
  variables: object,
): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> =>
  subscribe({ schema, document: parse(document), variableValues: { ...variables }, contextValue: context });

const all = async (context: Fake, document: string, variables: object): Promise<readonly unknown[]> => {
  const stream = await open(context, document, variables);
  if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
  const events: unknown[] = [];
  for await (const event of stream) events.push(JSON.parse(JSON.stringify(event.data ?? event)));
  return events;
};

const fields = '{ status paymentHash paymentRequest paymentPreimage errors { message code } }';
const streams = [
  {
    name: 'lnInvoicePaymentStatus',
    type: 'LnInvoicePaymentStatusInput',
    input: { paymentRequest: bolt11 },
    of: { bolt11 },
    bad: 'LnPaymentRequest',
  },
  {
    name: 'lnInvoicePaymentStatusByPaymentRequest',
    type: 'LnInvoicePaymentStatusByPaymentRequestInput',
    input: { paymentRequest: bolt11 },
    of: { bolt11 },
    bad: 'LnPaymentRequest',
  },
  {
    name: 'lnInvoicePaymentStatusByHash',
    type: 'LnInvoicePaymentStatusByHashInput',
    input: { paymentHash: hash },
    of: { paymentHash: hash },
    bad: 'PaymentHash',
  },
] as const;

describe.each(streams)('$name', ({ name, type, input, of, bad }) => {
  const document = `subscription s($input: ${type}!) { ${name}(input: $input) ${fields} }`;
  it('tells the status and every change, then is complete, without a key', async () => {
    const asked: unknown[] = [];
    const watchStatus: Reads['watchStatus'] = (what) => {
      asked.push(what);
      return streamOf(view('PENDING'), view('PAID'));
    };
    const events = await all(fake({ who: null, reads: { watchStatus } }), document, { input });
    const event = { paymentHash: hash, paymentRequest: bolt11, errors: [] };
    expect(events).toEqual([
      { [name]: { ...event, status: 'PENDING', paymentPreimage: null } },
      { [name]: { ...event, status: 'PAID', paymentPreimage: preimage } },
    ]);
    expect(asked).toEqual([of]);
  });
  it('tells a refusal as a last event', async () => {
    const watchStatus: Reads['watchStatus'] = () => {
      throw new Refused({ is: 'notFound', what: 'invoice', given: hash });
    };
    const errors = [{ message: `User tried to pay invoice with hash ${hash}, but it does not exist`, code: 'LIGHTNING_PAYMENT_ERROR' }];
    expect(await all(fake({ reads: { watchStatus } }), document, { input })).toEqual([
      { [name]: { status: null, paymentHash: null, paymentRequest: null, paymentPreimage: null, errors } },
    ]);
  });
  it('tells nothing of a fault in the middle, and reports it', async () => {
    const fault = new Error('secret');
    async function* broken(): AsyncGenerator<StatusView> {
      yield view('PENDING');
      throw fault;
    }
    const context = fake({ reads: { watchStatus: broken } });
    const events = await all(context, document, { input });
    expect(events[1]).toMatchObject({ [name]: { status: null, errors: [{ message: 'Unknown error occurred (code: UnknownError)' }] } });
    expect(events).toHaveLength(2);
    expect(context.reported).toEqual([fault]);
  });
  it('refuses a bad scalar at the top level, before any event', async () => {
    const result = await open(fake(), document, { input: Object.fromEntries(Object.keys(input).map((key) => [key, 'x'])) });
    expect(Symbol.asyncIterator in result).toBe(false);
    if (!(Symbol.asyncIterator in result)) expect(errorsOf(result)).toEqual([[`Invalid value for ${bad}`, 'INVALID_INPUT']]);
  });
});

describe('lnPayment', () => {
  const document = `subscription s($h: PaymentHash!, $after: String) { lnPayment(paymentHash: $h, after: $after) { cursor payment { status preImage } errors { message code } } }`;
  const events = [
    { payment: payment(), cursor: '7.1' },
    { payment: payment({ state: 'succeeded', preimage }), cursor: '9.1' },
  ];
  it('tells each state with its cursor, and passes `after` on', async () => {
    const asked: unknown[] = [];
    const watchPayment: Reads['watchPayment'] = (who, paymentHash, after) => {
      asked.push([who.keyId, paymentHash, after]);
      return streamOf(...events);
    };
    expect(await all(fake({ reads: { watchPayment } }), document, { h: hash, after: '5.2' })).toEqual([
      { lnPayment: { cursor: '7.1', payment: { status: 'PENDING', preImage: null }, errors: [] } },
      { lnPayment: { cursor: '9.1', payment: { status: 'SUCCESS', preImage: preimage }, errors: [] } },
    ]);
    expect(asked).toEqual([['key', hash, '5.2']]);
  });
  it('tells a cursor that is none, whoever notices', async () => {
    const error = { message: 'Argument "after" must be a valid cursor', code: 'INVALID_INPUT' };
    const watchPayment: Reads['watchPayment'] = () => {
      throw new Refused({ is: 'invalidInput', field: 'after', rule: 'cursor', given: 'x' });
    };
    expect(await all(fake({ reads: { watchPayment } }), document, { h: hash, after: 'x' })).toEqual([
      { lnPayment: { cursor: null, payment: null, errors: [error] } },
    ]);
    const result = await open(fake(), document, { h: hash, after: '\0' });
    if (!(Symbol.asyncIterator in result)) expect(errorsOf(result)).toEqual([[error.message, error.code]]);
    expect(Symbol.asyncIterator in result).toBe(false);
  });
  it.each([
    ['no key', null, 'Not authorized'],
    ['no READ', principal(['WRITE']), 'not authorized to read data'],
  ])('%s: no stream', async (_what, who, message) => {
    const result = await open(fake({ who }), document, { h: hash });
    expect(Symbol.asyncIterator in result).toBe(false);
    if (!(Symbol.asyncIterator in result)) expect(errorsOf(result)[0]?.[0]).toContain(message);
  });
});

describe('leaving', () => {
  it('ends the read at once, also while it waits', async () => {
    let ended = false;
    async function* waiting(_of: unknown, signal: AbortSignal): AsyncGenerator<StatusView> {
      try {
        yield view('PENDING');
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
      } finally {
        ended = true;
      }
    }
    const context = fake({ reads: { watchStatus: waiting } });
    const stream = await open(
      context,
      `subscription s($i: LnInvoicePaymentStatusInput!) { lnInvoicePaymentStatus(input: $i) { status } }`,
      { i: { paymentRequest: bolt11 } },
    );
    if (!(Symbol.asyncIterator in stream)) throw new Error('no stream');
    await stream.next();
    const pending = stream.next();
    expect(await stream.return()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(true);
    expect(context.reported).toEqual([]);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
  it('before the first event never starts the read', async () => {
    let started = false;
    const stream = follow<number, number>(fake(), {
      field: 'f',
      watch: () => {
        started = true;
        return streamOf(1);
      },
      event: (value) => value,
      trouble: () => -1,
    });
    await stream.return?.();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(started).toBe(false);
  });
});
