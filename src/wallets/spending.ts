// What API keys have spent, and what the database's guard says when a movement would be too much. The guard itself is the trigger
// `key_limits`: every insert of an outgoing row of `transactions` with a `key_id` is held to the limits of that key, in its own statement.
//
// To put a new kind of send under the limits: give its transaction row the `key_id` of the asker, and pass what its insert throws to
// `limitRefusal`. There is nothing else to call. `failure` gives back; a fee that turns out smaller than the reserve gives back the rest.
import { checkDetail, type Database, sql } from '../platform/db.ts';
import type { Refusal } from '../platform/refusal.ts';

/** Rolling: the last 24 hours, 7, 30 and 365 days. */
export type LimitWindow = 'daily' | 'weekly' | 'monthly' | 'annual';

/** Whole satoshis, fees included; null: no limit. */
export type SpendingLimits = { readonly [W in LimitWindow]: number | null };

/** In msat, fees included; what is under way counts with its reserve, what has failed does not count. */
export type Spent = { readonly [W in LimitWindow]: bigint };

const nothing: Spent = { daily: 0n, weekly: 0n, monthly: 0n, annual: 0n };

const since = (interval: string): string =>
  `coalesce(sum(coalesce(counted_msat, amount_msat + fee_msat)) FILTER (WHERE created_at > $2::timestamptz - INTERVAL '${interval}'), 0)::bigint`;
const spentBy = {
  name: 'keys_spent',
  text: `SELECT key_id AS "keyId", ${since('24 hours')} AS daily, ${since('7 days')} AS weekly, ${since('30 days')} AS monthly, ${since('365 days')} AS annual
    FROM transactions WHERE key_id = ANY($1::uuid[]) AND direction = 'send' AND status <> 'failure' AND created_at > $2::timestamptz - INTERVAL '365 days'
    GROUP BY key_id`,
};

/** What each of these keys has spent, in the order asked. */
export const spentByKeys = async (db: Database, keyIds: readonly string[], now: Date): Promise<readonly Spent[]> => {
  const rows = await sql<Spent & { readonly keyId: string }>(db, spentBy, [[...keyIds], now]);
  const found = new Map(rows.map((row) => [row.keyId, row]));
  return keyIds.map((id) => found.get(id) ?? nothing);
};

const windows: ReadonlySet<string> = new Set(['daily', 'weekly', 'monthly', 'annual']);
const isWindow = (text: string): text is LimitWindow => windows.has(text);

/** The refusal behind an error of an insert that the guard turned away; null when it was something else. */
export const limitRefusal = (error: unknown): Refusal | null => {
  const [window = '', remaining = ''] = checkDetail(error, 'key_limits')?.split(' ') ?? [];
  // Dollars, without a price that is fresh enough to say what they count.
  if (window === 'uncounted') return { is: 'priceUnavailable' };
  return isWindow(window) ? { is: 'limitExceeded', limit: `API key ${window}`, remainingMsat: BigInt(remaining) } : null;
};
