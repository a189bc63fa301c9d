// A round that a worker makes again and again: never two at once; one that fails is told, and the next one is made all the same.
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';

export interface Rounds<T> {
  /** Makes a round now, or waits for the one that is being made. Throws what it throws. */
  readonly once: () => Promise<T>;
  /** Makes rounds from now on. */
  readonly start: () => void;
  /** Resolves when no round is being made any more. */
  readonly stop: () => Promise<void>;
}

interface Making<T> {
  readonly clock: Clock;
  readonly log: Log;
  readonly everyMs: number;
  readonly round: () => Promise<T>;
  /** What to say when one fails. */
  readonly failed: string;
}

export const roundsOf = <T>({ clock, log, everyMs, round, failed }: Making<T>): Rounds<T> => {
  let running: Promise<T> | null = null;
  let stopTimer: (() => Promise<void>) | null = null;
  const once = (): Promise<T> => {
    running ??= round().finally(() => {
      running = null;
    });
    return running;
  };
  return {
    once,
    start: () => {
      stopTimer ??= clock.every(everyMs, async () => {
        await once().catch((error: unknown) => log.warn({ err: error }, failed));
      });
    },
    stop: async () => {
      await stopTimer?.();
      await running?.catch(() => undefined);
    },
  };
};
