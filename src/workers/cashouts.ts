// The guard of cash-outs: at every tick it does what silence makes due. Any number of replicas may look at once; the compare-and-swap lets
// one of them act.
import type { CashOutDeps } from '../cashouts/deps.ts';
import { breakSilence } from '../cashouts/silence.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';

export interface CashOutGuard {
  /** Looks once; resolves when everything due was asked for. */
  readonly once: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

const everyMs = 1_000;

export const createCashOutGuard = (deps: { readonly clock: Clock; readonly log: Log; readonly cashOuts: CashOutDeps }): CashOutGuard => {
  let running: Promise<void> | null = null;
  let stopTimer: (() => Promise<void>) | null = null;
  const once = (): Promise<void> => {
    running ??= breakSilence(deps.cashOuts)
      .catch((error: unknown) => deps.log.warn({ err: error }, 'the cash-outs could not be looked at; the next tick looks again'))
      .finally(() => {
        running = null;
      });
    return running;
  };
  return {
    once,
    start: () => {
      stopTimer ??= deps.clock.every(everyMs, once);
    },
    stop: async () => {
      await stopTimer?.();
      await running;
    },
  };
};
