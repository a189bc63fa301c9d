// Sleeping until something happens: a wake-up that comes while nobody sleeps is remembered, so that none is lost between look and sleep.
import type { Clock } from '../platform/clock.ts';

export interface Wake {
  readonly up: () => void;
  /** Ends after `ms`, at a wake-up, or when the signal aborts. Never rejects. */
  readonly sleep: (clock: Clock, ms: number) => Promise<void>;
}

export const wakeable = (signal: AbortSignal): Wake => {
  let pending = false;
  let waiting: (() => void) | null = null;
  const up = (): void => {
    pending = true;
    waiting?.();
  };
  signal.addEventListener('abort', up, { once: true });
  const sleep = async (clock: Clock, ms: number): Promise<void> => {
    if (!pending && !signal.aborted) {
      const over = new AbortController();
      const woken = new Promise<void>((resolve) => {
        waiting = resolve;
      });
      await Promise.race([woken, clock.sleep(ms, over.signal).catch(() => undefined)]);
      waiting = null;
      over.abort();
    }
    pending = false;
  };
  return { up, sleep };
};
