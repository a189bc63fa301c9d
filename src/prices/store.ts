// One price an hour, kept for the graph of prices. The first of an hour stands, whichever replica saw it.
import type { Clock } from '../platform/clock.ts';
import { type Database, sql } from '../platform/db.ts';
import type { Log } from '../platform/log.ts';
import type { Prices } from './price.ts';

/** Upstream gives its graph in US dollars alone. */
export const graphCurrency = 'USD';

const hourMs = 3_600_000;
const lookMs = 60_000;

const insert = {
  name: 'price_point_insert',
  text: 'INSERT INTO price_points (currency, at, base) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
};
const range = {
  name: 'price_points_range',
  // The first of each step, so that five years are some sixty points and not forty thousand.
  text: `SELECT DISTINCT ON (floor(extract(epoch FROM at) / $3)) at, base FROM price_points
    WHERE currency = $1 AND at >= $2 ORDER BY floor(extract(epoch FROM at) / $3), at`,
};

export interface PricePoint {
  readonly at: Date;
  /** As in `Price`. */
  readonly base: bigint;
}

/** The points since `from`, one a step of so many seconds, oldest first. */
export const pricePoints = (db: Database, from: Date, stepSeconds: number): Promise<readonly PricePoint[]> =>
  sql<PricePoint>(db, range, [graphCurrency, from, stepSeconds]);

/** Keeps one fresh price an hour, until the answer is called. */
export const keepPrices = (deps: { readonly db: Database; readonly prices: Prices; readonly clock: Clock; readonly log: Log }) => {
  let kept = 0;
  const look = async (): Promise<void> => {
    const hour = Math.floor(deps.clock.now().getTime() / hourMs) * hourMs;
    const price = deps.prices.current(graphCurrency);
    if (price?.currency !== graphCurrency || kept === hour) return;
    try {
      await sql(deps.db, insert, [graphCurrency, new Date(hour), price.base]);
      kept = hour;
    } catch (error) {
      deps.log.warn({ err: error }, 'the price of this hour was not kept; it is tried again');
    }
  };
  return deps.clock.every(lookMs, look);
};
