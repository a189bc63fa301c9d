// Counts how often somebody asks, in a window, and blocks who asks too often for a time: in memory where this process is alone, in a table
// where it has replicas. Who is known to be blocked costs no look at the table, and what is not limited costs nothing at all.
import type { Clock } from './clock.ts';
import { type Database, type Statement, sql } from './db.ts';

export interface Rate {
  /** Who is counted, such as `from:192.0.2.1`. */
  readonly subject: string;
  /** So many in a window pass; the next one blocks. */
  readonly most: number;
  readonly windowSeconds: number;
  readonly blockSeconds: number;
}

export interface Rates {
  /** Counts one for each; the longest time, in milliseconds, that one of them is blocked for, or null when none is. */
  count(rates: readonly Rate[]): Promise<number | null>;
}

interface Counted {
  since: number;
  count: number;
  blockedUntil: number;
  overAt: number;
}

const maxCounted = 50_000;

/** For a process without replicas. */
export const ratesInMemory = (clock: Clock): Rates => {
  const all = new Map<string, Counted>();

  const freshen = ({ subject, windowSeconds }: Rate, now: number): Counted => {
    const known = all.get(subject);
    if (known && known.overAt > now) return known;
    if (all.size >= maxCounted) for (const [key, one] of all) if (one.overAt <= now) all.delete(key);
    const fresh = { since: now, count: 0, blockedUntil: 0, overAt: now + windowSeconds * 1000 };
    all.set(subject, fresh);
    return fresh;
  };

  const one = (rate: Rate, now: number): number => {
    const counted = freshen(rate, now);
    counted.count += 1;
    if (counted.blockedUntil <= now && counted.count > rate.most) {
      counted.blockedUntil = now + rate.blockSeconds * 1000;
      counted.overAt = counted.blockedUntil;
    }
    return counted.blockedUntil - now;
  };

  return {
    count: async (rates) => {
      const now = clock.now().getTime();
      const waits = rates.map((rate) => one(rate, now));
      const longest = Math.max(0, ...waits);
      return longest > 0 ? longest : null;
    },
  };
};

// A row whose window or block is over begins anew, and the one that exceeds begins the block. Rows are taken in the order of their subjects, so
// that two who count the same never wait for each other.
const countAll: Statement = {
  name: 'rates_count',
  text: `INSERT INTO rates AS r (subject, count, most, over_at, block_over_at)
    SELECT x.subject, 1, x.most, $1::timestamptz + make_interval(secs => CASE WHEN x.most < 1 THEN x.block ELSE x.span END),
      $1::timestamptz + make_interval(secs => x.block)
    FROM jsonb_to_recordset($2::jsonb) AS x(subject text, most int, span int, block int) ORDER BY x.subject
    ON CONFLICT (subject) DO UPDATE SET most = excluded.most, block_over_at = excluded.block_over_at,
      count = CASE WHEN r.over_at <= $1 THEN 1 ELSE r.count + 1 END,
      over_at = CASE WHEN r.over_at <= $1 THEN excluded.over_at WHEN r.count = excluded.most THEN excluded.block_over_at ELSE r.over_at END
    RETURNING r.subject, r.over_at AS "overAt", r.count > r.most AS blocked`,
};
const sweep: Statement = { name: 'rates_sweep', text: 'DELETE FROM rates WHERE over_at < $1' };
const sweepMs = 600_000;

interface CountedRow {
  readonly subject: string;
  readonly overAt: Date;
  readonly blocked: boolean;
}

/** For a process with replicas: what is counted here is counted there. */
export const ratesInTable = (db: Database, clock: Clock): Rates => {
  const blocked = new Map<string, number>();
  let sweptAt = 0;

  const sweepNow = (now: number): void => {
    if (now - sweptAt < sweepMs) return;
    sweptAt = now;
    for (const [subject, until] of blocked) if (until <= now) blocked.delete(subject);
    // Beside the request: rows that say nothing do no harm.
    sql(db, sweep, [new Date(now)]).catch(() => undefined);
  };

  const ask = async (rates: readonly Rate[], at: Date): Promise<readonly CountedRow[]> => {
    const asked = rates.map(({ subject, most, windowSeconds: span, blockSeconds: block }) => ({ subject, most, span, block }));
    return sql<CountedRow>(db, countAll, [at, JSON.stringify(asked)]);
  };

  return {
    count: async (rates) => {
      const at = clock.now();
      const now = at.getTime();
      sweepNow(now);
      const known = Math.max(0, ...rates.map(({ subject }) => (blocked.get(subject) ?? 0) - now));
      if (known > 0) return known;
      const found = (await ask(rates, at)).filter((row) => row.blocked);
      for (const { subject, overAt } of found) if (blocked.size < maxCounted) blocked.set(subject, overAt.getTime());
      return found.length === 0 ? null : Math.max(1, ...found.map(({ overAt }) => overAt.getTime() - now));
    },
  };
};
