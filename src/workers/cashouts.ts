// The guard of cash-outs: at every tick it does what silence makes due. Any number of replicas may look at once; the compare-and-swap lets
// one of them act.
import type { CashOutDeps } from '../cashouts/deps.ts';
import { breakSilence } from '../cashouts/silence.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { type Rounds, roundsOf } from './rounds.ts';

/** Looks once; resolves when everything due was asked for. */
export type CashOutGuard = Rounds<void>;

const everyMs = 1_000;

export const createCashOutGuard = ({ clock, log, cashOuts }: Parts): CashOutGuard =>
  roundsOf({
    ...{ clock, log, everyMs },
    round: () => breakSilence(cashOuts),
    failed: 'the cash-outs could not be looked at; the next tick looks again',
  });

interface Parts {
  readonly clock: Clock;
  readonly log: Log;
  readonly cashOuts: CashOutDeps;
}
