// A Galoy account's settings in the configuration: where it answers, and the API key that opens it. Every mistake in them is told at the
// start; the key comes from a file or the environment by the configuration's own means and is never written anywhere.
import { z } from 'zod';
import type { Network } from '../port.ts';

export interface GaloySettings {
  readonly kind: 'galoy';
  /** The GraphQL endpoint over HTTP. */
  readonly endpoint: string;
  /** The same over WebSocket. */
  readonly wsEndpoint: string;
  /** Sent as X-API-KEY. Needs READ and RECEIVE to be paid, READ and WRITE to pay. */
  readonly apiKey: string;
  /** What its wallet holds: satoshis or cents. */
  readonly currency: 'BTC' | 'USD';
  /** Null: the account's first wallet in `currency`. */
  readonly walletId: string | null;
  /** The network that it must be on; null: whatever it says (the gateway's own `network` is checked in any case). */
  readonly network: Network | null;
  /** Seconds between two looks at the account's transactions; what a stream tells is looked at at once. */
  readonly pollSeconds: number;
}

const address = (protocols: RegExp, example: string) =>
  z.url({ protocol: protocols, error: `expected an address like ${example}` }).refine((text) => !hasCredentials(text), {
    error: 'expected an address without a user or password: the key belongs into "apiKey"',
  });

const hasCredentials = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
};

const shape = z.strictObject({
  kind: z.literal('galoy').default('galoy'),
  endpoint: address(/^https?$/, 'https://api.example.com/graphql'),
  wsEndpoint: address(/^wss?$/, 'wss://ws.example.com/graphql').optional(),
  // A header can carry nothing else, and a line break from a file would be refused only at the first call.
  apiKey: z.string().regex(/^[\x21-\x7e]+$/, 'expected an API key: one word, without spaces'),
  currency: z.enum(['BTC', 'USD']).default('BTC'),
  walletId: z.uuid({ error: 'expected the id of a wallet of the account (a UUID)' }).toLowerCase().optional(),
  network: z.enum(['mainnet', 'testnet', 'signet', 'regtest']).optional(),
  pollSeconds: z.number().int().min(1).max(600).default(10),
});

export const galoySettings: { parse(raw: unknown): GaloySettings } = shape.transform(
  (raw): GaloySettings => ({
    ...raw,
    wsEndpoint: raw.wsEndpoint ?? streamAddress(raw.endpoint),
    walletId: raw.walletId ?? null,
    network: raw.network ?? null,
  }),
);

/** Where a Galoy server takes subscriptions: the same path, on the host `ws.` where calls go to `api.` (contract §6). */
export const streamAddress = (endpoint: string): string => {
  const url = new URL(endpoint);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hostname = url.hostname.replace(/^api\./, 'ws.');
  return url.href;
};
