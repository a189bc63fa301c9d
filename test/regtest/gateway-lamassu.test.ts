// A Lamassu ATM server against the gateway on real nodes: the recorded requests, byte for byte but for wallet, invoice and amount, with axios'
// headers, and of each answer exactly what its plugin reads (recordings and their source: test/contract/upstream).
import { readFileSync } from 'node:fs';
import { parsePaymentRequest } from 'ln-service';
import { describe, expect, test } from 'vitest';
import { useGateway } from './gatewayBench.ts';
import { invoiceOf, payFrom, settlementAt } from './people.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { b, c, e } = network.nodes;
const { gateway, key, wallet, checkBooks } = await useGateway(network);
const { walletId } = wallet;

interface Body {
  readonly operationName: string;
  readonly query: string;
  readonly variables: object;
}

const recorded = (name: string): Body => {
  const file = new URL(`../contract/upstream/recordings/client-request--lamassu-${name}.json`, import.meta.url);
  const { request }: { request: { body: Body; headers: object } } = JSON.parse(readFileSync(file, 'utf8'));
  return request.body;
};

type Json = Readonly<Record<string, unknown>>;
interface Reply<T> {
  readonly status: number;
  readonly data: T;
  readonly errors?: unknown;
}

/** As axios 0.21.1 sends it; what is not HTTP 2xx throws there. */
const post = async <T>(body: Body, secret: Json = { 'x-api-key': key }): Promise<T> => {
  const headers = {
    ...{ 'content-type': 'application/json', accept: 'application/json, text/plain, */*', 'user-agent': 'axios/0.21.1' },
    ...Object.fromEntries(Object.entries(secret).map(([name, value]) => [name, String(value)])),
  };
  const response = await fetch(gateway.endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  const reply: Reply<T> = { status: response.status, ...JSON.parse(await response.text()) };
  expect({ status: reply.status, errors: reply.errors }).toEqual({ status: 200, errors: undefined });
  return reply.data;
};

/** The recording with this machine's own values; every key that is filled in must have been recorded. */
const filled = (name: string, input: Json): Body => {
  const body = recorded(name);
  const { input: was = {} }: { input?: Json } = body.variables;
  expect(Object.keys(was).sort()).toEqual(Object.keys(input).sort());
  for (const [field, value] of Object.entries(input)) expect(typeof value).toBe(typeof was[field]);
  return { ...body, variables: { input } };
};

interface Sent {
  readonly lnNoAmountInvoicePaymentSend: { readonly status: string; readonly errors: readonly { readonly message: string }[] };
}

const balance = async (): Promise<number> => {
  const body = { ...recorded('me-wallet-balance'), variables: { walletId } };
  const { me } = await post<{ me: { defaultAccount: { walletById: { balance: number } } } }>(body);
  return me.defaultAccount.walletById.balance;
};
const newAddress = async (amount: string): Promise<string> => {
  const { lnInvoiceCreate } = await post<{ lnInvoiceCreate: { invoice: { paymentRequest: string } } }>(
    filled('lninvoicecreate', { walletId, amount }),
  );
  return lnInvoiceCreate.invoice.paymentRequest;
};
/** What the plugin makes of it: exactly PAID is confirmed, all else is not seen yet. */
const getStatus = async (paymentRequest: string): Promise<'confirmed' | 'notSeen'> => {
  const { lnInvoicePaymentStatus } = await post<{ lnInvoicePaymentStatus: { status: string } }>(
    filled('lninvoicepaymentstatus', { paymentRequest }),
  );
  return lnInvoicePaymentStatus.status === 'PAID' ? 'confirmed' : 'notSeen';
};
/** ALREADY_PAID and FAILURE throw the first error's message there; SUCCESS and PENDING count as sent. */
const sendCoins = async (paymentRequest: string, amount: string, secret?: Json): Promise<string> => {
  const body = filled('lnnoamountinvoicepaymentsend', { paymentRequest, walletId, amount });
  const { lnNoAmountInvoicePaymentSend: answer } = await post<Sent>(body, secret);
  if (['SUCCESS', 'PENDING'].includes(answer.status)) return 'sent';
  return `threw ${answer.status}: ${answer.errors[0]?.message}`;
};
const probeLN = async (paymentRequest: string): Promise<Json> => {
  const amounts = ['200000', '1000000', '2000000'];
  const answers = await Promise.all(
    amounts.map((amount) =>
      post<{ lnNoAmountInvoiceFeeProbe: { errors: readonly unknown[] } }>(
        filled('lnnoamountinvoicefeeprobe', { paymentRequest, walletId, amount }),
      ),
    ),
  );
  return Object.fromEntries(amounts.map((amount, index) => [amount, answers[index]?.lnNoAmountInvoiceFeeProbe.errors.length === 0]));
};

describe('cash-out', () => {
  test('an invoice for the bills, polled until the customer has paid', async () => {
    const before = await balance();
    const paymentRequest = await newAddress('12345');
    const { tokens, network: chain, features } = parsePaymentRequest({ request: paymentRequest });
    expect({ tokens, chain, prefix: paymentRequest.slice(0, 6) }).toEqual({ tokens: 12_345, chain: 'regtest', prefix: 'lnbcrt' });
    expect(features.length).toBeGreaterThan(0);
    expect(await getStatus(paymentRequest)).toBe('notSeen');
    await payFrom(b, paymentRequest);
    await waitUntil('the plugin to see it', async () => (await getStatus(paymentRequest)) === 'confirmed', 10_000);
    expect(await balance()).toBe(before + 12_345);
  });
});

describe('cash-in', () => {
  test('trap: three parallel fee probes per scan: what can be reached is asked for three amounts at once', async () => {
    expect(await probeLN((await invoiceOf(b, null)).request)).toEqual({ 200000: true, 1000000: true, 2000000: true });
    expect(await probeLN((await invoiceOf(e, null)).request)).toEqual({ 200000: true, 1000000: false, 2000000: false });
    expect(await probeLN((await invoiceOf(await network.unreachableNode(), null)).request)).toEqual({
      200000: false,
      1000000: false,
      2000000: false,
    });
  });

  test.each([
    ['without an amount', null],
    ['with just this amount', 12_345],
  ])('an invoice %s is sent', async (_, sat) => {
    const { request, hash } = await invoiceOf(c, sat);
    expect(await sendCoins(request, '12345')).toBe('sent');
    expect(await settlementAt(c, hash)).toEqual({ settled: true, parts: 1, msat: 12_345_000n });
  });

  test('what cannot be sent throws Galoy’s words, and only then', async () => {
    const { request } = await invoiceOf(await network.unreachableNode(), null);
    expect(await sendCoins(request, '12345')).toBe('threw FAILURE: Unable to find a route for payment.');
    const other = await invoiceOf(b, 999);
    expect(await sendCoins(other.request, '12345')).toBe('threw FAILURE: Invoice must be a zero-amount invoice');
    const twice = await invoiceOf(b, null);
    expect(await sendCoins(twice.request, '12345')).toBe('sent');
    expect(await sendCoins(twice.request, '12345')).toBe('threw ALREADY_PAID: undefined');
    expect(await settlementAt(b, twice.hash)).toEqual({ settled: true, parts: 1, msat: 12_345_000n });
  });

  test('an older plugin names its key as a bearer', async () => {
    const { request } = await invoiceOf(b, null);
    expect(await sendCoins(request, '1200', { authorization: `Bearer ${key}` })).toBe('sent');
  });
});

test('in the end the books say what the nodes say', checkBooks);
