// A Lamassu ATM server as it meets a gateway: the recorded requests, byte for byte but for wallet, invoice and amount, with axios' headers, and of
// each answer exactly what its plugin reads (recordings and their source: test/contract/upstream).
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

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

export interface Machine {
  /** In satoshis. */
  readonly balance: () => Promise<number>;
  /** A payment request for so many satoshis: cash-out. */
  readonly newAddress: (amount: string) => Promise<string>;
  /** What the plugin makes of it: exactly PAID is confirmed, all else is not seen yet. */
  readonly getStatus: (paymentRequest: string) => Promise<'confirmed' | 'notSeen'>;
  /** ALREADY_PAID and FAILURE throw the first error's message there; SUCCESS and PENDING count as sent. */
  readonly sendCoins: (paymentRequest: string, amount: string, secret?: Json) => Promise<string>;
  /** Three probes at once: which of the amounts, in satoshis, can be sent. */
  readonly probeLN: (paymentRequest: string) => Promise<Json>;
}

export interface Credentials {
  readonly endpoint: string;
  readonly key: string;
  readonly walletId: string;
}

export const machineAt = ({ endpoint, key, walletId }: Credentials): Machine => {
  /** As axios 0.21.1 sends it; what is not HTTP 2xx throws there. */
  const post = async <T>(body: Body, secret: Json = { 'x-api-key': key }): Promise<T> => {
    const headers = {
      ...{ 'content-type': 'application/json', accept: 'application/json, text/plain, */*', 'user-agent': 'axios/0.21.1' },
      ...Object.fromEntries(Object.entries(secret).map(([name, value]) => [name, String(value)])),
    };
    const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const reply: Reply<T> = { status: response.status, ...JSON.parse(await response.text()) };
    expect({ status: reply.status, errors: reply.errors }).toEqual({ status: 200, errors: undefined });
    return reply.data;
  };
  return {
    balance: async () => {
      const body = { ...recorded('me-wallet-balance'), variables: { walletId } };
      const { me } = await post<{ me: { defaultAccount: { walletById: { balance: number } } } }>(body);
      return me.defaultAccount.walletById.balance;
    },
    newAddress: async (amount) => {
      const { lnInvoiceCreate } = await post<{ lnInvoiceCreate: { invoice: { paymentRequest: string } } }>(
        filled('lninvoicecreate', { walletId, amount }),
      );
      return lnInvoiceCreate.invoice.paymentRequest;
    },
    getStatus: async (paymentRequest) => {
      const { lnInvoicePaymentStatus } = await post<{ lnInvoicePaymentStatus: { status: string } }>(
        filled('lninvoicepaymentstatus', { paymentRequest }),
      );
      return lnInvoicePaymentStatus.status === 'PAID' ? 'confirmed' : 'notSeen';
    },
    sendCoins: async (paymentRequest, amount, secret) => {
      const body = filled('lnnoamountinvoicepaymentsend', { paymentRequest, walletId, amount });
      const { lnNoAmountInvoicePaymentSend: answer } = await post<Sent>(body, secret);
      if (['SUCCESS', 'PENDING'].includes(answer.status)) return 'sent';
      return `threw ${answer.status}: ${answer.errors[0]?.message}`;
    },
    probeLN: async (paymentRequest) => {
      const amounts = ['200000', '1000000', '2000000'];
      const answers = await Promise.all(
        amounts.map((amount) =>
          post<{ lnNoAmountInvoiceFeeProbe: { errors: readonly unknown[] } }>(
            filled('lnnoamountinvoicefeeprobe', { paymentRequest, walletId, amount }),
          ),
        ),
      );
      return Object.fromEntries(amounts.map((amount, index) => [amount, answers[index]?.lnNoAmountInvoiceFeeProbe.errors.length === 0]));
    },
  };
};
