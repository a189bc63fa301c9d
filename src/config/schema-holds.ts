// Hold invoices, as the file sets them: where the keys of guarded preimages are, how much and how long may be held.
import { z } from 'zod';
import { key, seconds, text, whole } from './fields.ts';

export const holds = z.strictObject({
  keyFile: key(
    text().optional(),
    'the path of a file',
    'The keys that seal the preimages which the gateway guards; made at the first start. Back it up: without it, what is held cannot be settled.',
    '`preimage.keys` in `dataDir`',
  ),
  walletSats: key(
    whole(0, 2_100_000_000_000_000).default(10_000_000),
    'a whole number of satoshis',
    'The most that one wallet may ask for or hold in hold invoices at once: held payments fill channels. A replica counts what is stored and what it ' +
      'makes itself: several may go beyond this limit, and the two below, by what they make at the same moment.',
  ),
  gatewaySats: key(
    whole(0, 2_100_000_000_000_000).default(100_000_000),
    'a whole number of satoshis',
    'The same for all wallets together.',
  ),
  nodeSats: key(
    whole(0, 2_100_000_000_000_000).default(50_000_000),
    'a whole number of satoshis',
    'The same at one node, however many backends it is; a wallet that receives by several goes on to the next.',
  ),
  longestSeconds: key(
    seconds(30, 86_400).default(600),
    'seconds, or text such as 90s, 10m; from 30 seconds to 24 hours',
    'How long a payment is held when the creator of the invoice names no time; then it is canceled, or settled if that was asked.',
  ),
});

/** Of a wallet: from half a minute to an hour, because everybody on the route waits as long. */
export const settleAfter = key(
  seconds(10, 3_600).optional(),
  'seconds, or text such as 90s, 3m; from 10 seconds to an hour',
  'Invoices over an amount are held, told as PAID, and settled after this time unless an admin undoes it. Read docs/cashout.md first.',
  'settled at once',
);
