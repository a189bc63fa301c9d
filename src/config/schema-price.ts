// Prices, as the file sets them: stated, asked of a Galoy server, or asked of a ticker.
import { z } from 'zod';
import { asNumber, key, seconds } from './fields.ts';

const code = () => z.string().regex(/^[A-Z]{3}$/);
const rate = () => z.preprocess(asNumber, z.number().positive().max(1e12));
const address = () => z.string().regex(/^https?:\/\/[^\s/?#]+([/?][^\s#]*)?$/);
const currencies = 'a list of three capital letters, such as [USD, EUR]';

const galoy = z.strictObject({
  endpoint: key(address(), 'a URL that begins with http:// or https://', 'Where it answers GraphQL. No key is sent.'),
  currencies: key(z.array(code()).default([]), currencies, 'Those to ask for, beside `currency` and USD.'),
});

const ticker = z.strictObject({
  url: key(
    address(),
    'a URL that begins with http:// or https://',
    'Asked with GET; redirects are not followed. May be a private address.',
  ),
  path: key(
    z
      .string()
      .regex(/^[\w-]*(\.[\w-]+)*$/)
      .default(''),
    'names of keys with dots between them, such as data.rates',
    'Where in the answer the rates stand. Empty: the answer is the rates.',
  ),
  headers: key(
    z.record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\x20-\x7e]*$/)).default({}),
    'names and texts',
    'Sent along, such as the key that the ticker wants.',
  ),
  currencies: key(z.array(code()).default([]), currencies, 'Those to take. Empty: all that are there.'),
});

export const price = z.strictObject({
  currency: key(code().default('USD'), 'three capital letters, such as USD', 'Currency of accounts that chose none.'),
  perBtc: key(
    z.union([rate(), z.record(code(), rate())]).optional(),
    'a positive number, or one for each of several currencies',
    'Stated rates: what one bitcoin is worth, in whole units of the currency.',
    'asked of `galoy` or `ticker`',
  ),
  galoy: key(galoy.optional(), 'keys and values', '`realtimePrice` of a Galoy server.', 'not asked'),
  ticker: key(ticker.optional(), 'keys and values', 'An HTTP ticker (docs/prices.md).', 'not asked'),
  refreshSeconds: key(seconds(1, 86_400).default(30), 'seconds, or text such as 30s, 5m', 'How often the source is asked.'),
  staleSeconds: key(
    seconds(10, 604_800).default(300),
    'seconds, or text such as 5m, 1h',
    'Older prices are shown as stale, and nothing is reckoned with them.',
  ),
});
