// Accounts and wallets, as the file names them for the first start.
import { z } from 'zod';
import { flag, key, seconds, text, whole } from './fields.ts';
import { settleAfter } from './schema-holds.ts';

export const wallet = z.strictObject({
  name: key(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,59}$/),
    '1 to 60 letters, digits, spaces, _ . -',
    'Name of the wallet, once in its account.',
  ),
  backend: key(
    text().optional(),
    'the name of a backend',
    'Receives and pays by this backend. Instead of `receive` and `pay`.',
    'the only backend, when there is one',
  ),
  receive: key(z.array(text()).optional(), 'a list of backend names', 'Backends to receive by, in the order they are tried.', '`backend`'),
  pay: key(
    z.array(text()).optional(),
    'a list of backend names',
    'Backends to pay by; the second is asked only when the first has proved that nothing was sent.',
    '`backend`',
  ),
  balance: key(
    z.enum(['node', 'ledger']).default('node'),
    'node or ledger',
    '`node`: what its backends can spend. `ledger`: a sub-account that only holds what it received.',
  ),
  keylessCreate: key(
    flag().optional(),
    'true or false',
    'Anybody may create an invoice for this wallet (`…OnBehalfOfRecipient`), within `limits`.',
    'false; true in the sandbox',
  ),
  acceptFixedAmount: key(
    flag().default(true),
    'true or false',
    '`lnNoAmount…` calls accept a priced invoice when the given amount is exactly its amount.',
  ),
  defaultExpiry: key(
    seconds(60, 86_400).optional(),
    'seconds, or text such as 90s, 10m, 4h; from 60 seconds to 24 hours',
    'Lifetime of an invoice when the client names none.',
    '`invoices.defaultExpiry`',
  ),
  feeLimitPpm: key(
    whole(0, 1_000_000).optional(),
    'a whole number from 0 to 1000000',
    'Highest routing fee, in millionths of the amount, when the client names none.',
    '`payments.feeLimitPpm`',
  ),
  settleAfter,
});

export const account = z.strictObject({
  name: key(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,59}$/), '1 to 60 letters, digits, spaces, _ . -', 'Name of the account.'),
  username: key(
    z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_]{2,49}$/)
      .optional(),
    '3 to 50 letters, digits and _, beginning with a letter',
    'Public name: lightning address and `accountDefaultWallet`.',
    'none',
  ),
  wallets: key(
    z.array(wallet).min(1),
    'a list of at least one wallet',
    'Its wallets; the first is the default. Created at the first start, then owned by the database.',
  ),
});

export type RawAccount = z.output<typeof account>;
export type RawWallet = z.output<typeof wallet>;
