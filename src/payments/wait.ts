// Waits until an attempt has ended, woken by the feed and sure by looking: a wake-up may be lost, the row is not.
import type { PaymentDeps } from './deps.ts';
import { type AttemptRow, attempt } from './store.ts';

const lookMs = 2_000;

/** Resolves when the attempt is no longer `sending`, or when `signal` says that nobody waits. */
export const waitForEnd = async (deps: PaymentDeps, row: Pick<AttemptRow, 'id' | 'paymentHash'>, signal: AbortSignal): Promise<void> => {
  let wake: () => void = () => undefined;
  const stop = await deps.feed.listen(row.paymentHash, () => wake());
  try {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const now = await attempt(deps.db, row.id);
      if (now?.state !== 'sending') return;
      await Promise.race([woken, deps.clock.sleep(lookMs, signal).catch(() => undefined)]);
    }
  } finally {
    stop();
  }
};
