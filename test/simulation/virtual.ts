// Makes the process itself follow the seed while a simulation runs: timers, timeouts of signals and drawn secrets. Rule: what a run draws or
// waits for comes from its seed and its timeline, and everything is put back afterwards.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Random } from '../../src/backends/simulated/random.ts';
import type { Timeline } from './timeline.ts';

interface Handle {
  readonly cancel: () => void;
  ref(): Handle;
  unref(): Handle;
  hasRef(): boolean;
}

const handle = (cancel: () => void): Handle => {
  const itself: Handle = { cancel, ref: () => itself, unref: () => itself, hasRef: () => false };
  return itself;
};
const isHandle = (value: unknown): value is Handle => typeof value === 'object' && value !== null && 'cancel' in value;

export interface Virtual {
  /** Timers that are set while `work` runs are told to `kept`, so that they die with whoever set them. */
  during<T>(kept: (() => void)[], work: () => Promise<T>): Promise<T>;
  restore(): void;
}

/** `stretch`: how much slower than asked a repeated look comes, for a machine is never on time. */
export const virtualise = (timeline: Timeline, random: Random, stretch: () => number): Virtual => {
  const { setTimeout: timeout, clearTimeout: noTimeout, setInterval: interval, clearInterval: noInterval } = globalThis;
  const { timeout: signalTimeout } = AbortSignal;
  const { randomBytes } = crypto;
  let keeper: (() => void)[] | null = null;
  const keep = (cancel: () => void): Handle => {
    keeper?.push(cancel);
    return handle(cancel);
  };
  const repeat = (run: () => void, ms: number): Handle => {
    let stop: () => void = () => undefined;
    const arm = (): void => {
      stop = timeline.after(ms * stretch(), () => {
        arm();
        run();
      });
    };
    arm();
    return keep(() => stop());
  };
  const clear =
    (real: (given: never) => void) =>
    (given: unknown): void =>
      isHandle(given) ? given.cancel() : real(given as never);
  Object.assign(globalThis, {
    setTimeout: (run: () => void, ms = 0) => keep(timeline.after(ms, run)),
    setInterval: repeat,
    clearTimeout: clear(noTimeout),
    clearInterval: clear(noInterval),
  });
  AbortSignal.timeout = (ms: number): AbortSignal => {
    const over = new AbortController();
    timeline.after(ms, () => over.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
    return over.signal;
  };
  Object.assign(crypto, { randomBytes: (size: number) => Buffer.from(Array.from({ length: size }, () => random.int(256))) });
  syncBuiltinESMExports();
  return {
    during: async (kept, work) => {
      keeper = kept;
      try {
        return await work();
      } finally {
        keeper = null;
      }
    },
    restore: () => {
      Object.assign(globalThis, { setTimeout: timeout, clearTimeout: noTimeout, setInterval: interval, clearInterval: noInterval });
      AbortSignal.timeout = signalTimeout;
      Object.assign(crypto, { randomBytes });
      syncBuiltinESMExports();
    },
  };
};
