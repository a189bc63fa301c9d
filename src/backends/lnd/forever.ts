// Keeping one stream of a node open: run it, wait, run it again, until told to stop. Failures are logged when they begin and when they end.
// The first stream that the node answers wakes all the others from their pauses.
import type { LndContext } from './context.ts';
import { faultOf } from './faults.ts';

/** `alive` is called when the node has answered: the next pause is short again. */
export type Run = (signal: AbortSignal, alive: () => void) => Promise<void>;

export interface Loop {
  readonly name: string;
  readonly run: Run;
  /** One of many: its troubles are those of the others, and are logged for debugging only. */
  readonly minor?: boolean;
}

const firstPause = 250;
const longestPause = { major: 2_000, minor: 15_000 };

/** Ends when `signal` aborts, and only then; never throws. Each run ends with the connection that it began on. */
export const forever = async (context: LndContext, { name, run, minor = false }: Loop, signal: AbortSignal): Promise<void> => {
  const longest = minor ? longestPause.minor : longestPause.major;
  const tell = (level: 'info' | 'warn', fields: object, text: string) =>
    context.log[minor ? 'debug' : level]({ stream: name, ...fields }, text);
  let wait = firstPause;
  let broken = false;
  const alive = () => {
    if (!broken) return;
    tell('info', {}, 'LND answers again');
    broken = false;
    wait = firstPause;
    context.bell.ring();
  };
  while (!signal.aborted) {
    const running = AbortSignal.any([signal, context.connection.generation()]);
    try {
      await run(running, alive);
    } catch (error) {
      if (!running.aborted && !broken) tell('warn', { fault: faultOf(error) }, 'a stream of LND broke off');
      broken ||= !running.aborted;
    }
    // A replaced connection is tried at once, a broken one after a pause that grows; the jitter keeps replicas apart.
    if (running.aborted) continue;
    await context.bell.wait(wait * (0.75 + Math.random() / 2), signal);
    wait = Math.min(wait * 2, longest);
  }
};
