// Prices that a source is asked for again and again. What it last said stands until it is old; a source that is down, slow or wrong is
// told once in the log, and once more when it is back.
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { type Entry, type Prices, pricesOf, satBase } from './price.ts';
import type { PriceSource } from './source.ts';

export interface FollowedPrices extends Prices {
  /** Asks now. Never throws. */
  refresh(): Promise<void>;
  /** Asks now and then as often as configured, until the answer is called. */
  start(): () => Promise<void>;
}

export interface Following {
  readonly source: PriceSource;
  readonly currency: string;
  readonly refreshSeconds: number;
  readonly staleSeconds: number;
  readonly clock: Clock;
  readonly log: Log;
}

const longestAskMs = 10_000;

export const followedPrices = (following: Following): FollowedPrices => {
  const { source, clock, log } = following;
  const entries = new Map<string, Entry>();
  let wrong: string | null = null;

  const failed = (error: unknown): void => {
    const detail = error instanceof Error ? error.message : String(error);
    if (wrong === detail) return;
    wrong = detail;
    log.warn({ source: source.name, detail }, 'the source of prices gives none; the last ones stand until they are old');
  };

  const refresh = async (): Promise<void> => {
    try {
      const { at, perBtc } = await source.read(AbortSignal.timeout(longestAskMs));
      for (const [code, rate] of perBtc) if (satBase(code, rate) !== null) entries.set(code, { perBtc: rate, at });
      if (wrong !== null) log.info({ source: source.name }, 'the source of prices is back');
      wrong = null;
    } catch (error) {
      failed(error);
    }
  };

  return {
    ...pricesOf({ currency: following.currency, staleMs: following.staleSeconds * 1000, entries: () => entries, clock }),
    refresh,
    start: () => {
      const first = refresh();
      const stop = clock.every(following.refreshSeconds * 1000, refresh);
      return async () => {
        await Promise.all([first, stop()]);
      };
    },
  };
};
