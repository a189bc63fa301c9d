// Keeping one stream of a node open: run it, wait, run it again, until told to stop. Failures are logged when they begin and when they end.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LndContext } from './context.ts';
import { faultOf } from './faults.ts';

/** `alive` is called when the node has answered: the next pause is short again. */
export type Run = (signal: AbortSignal, alive: () => void) => Promise<void>;

export interface Loop {
  readonly name: string;
  readonly run: Run;
  /** Milliseconds of the first and the longest pause. */
  readonly pause?: readonly [number, number];
}

/** Ends when `signal` aborts, and only then; never throws. Each run ends with the connection that it began on. */
export const forever = async (context: LndContext, { name, run, pause = [250, 5_000] }: Loop, signal: AbortSignal): Promise<void> => {
  const [first, longest] = pause;
  let wait = first;
  let broken = false;
  const alive = () => {
    if (broken) context.log.info({ stream: name }, 'LND answers again');
    broken = false;
    wait = first;
  };
  while (!signal.aborted) {
    const run1 = AbortSignal.any([signal, context.connection.generation()]);
    try {
      await run(run1, alive);
    } catch (error) {
      if (!run1.aborted) {
        if (!broken) context.log.warn({ stream: name, fault: faultOf(error) }, 'a stream of LND broke off');
        broken = true;
      }
    }
    // A replaced connection is tried at once, a broken one after a pause that grows; the jitter keeps replicas apart.
    if (run1.aborted) continue;
    await sleep(wait * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    wait = Math.min(wait * 2, longest);
  }
};
