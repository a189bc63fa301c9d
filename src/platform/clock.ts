// Time, handed in wherever it matters, so that a test can move it. Time alone never ends anything that may involve money: it only makes us ask.
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';

export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `work` every `ms` milliseconds, first after `ms`, never twice at once: the next wait starts when `work` has ended.
   * `work` deals with its own errors. The answer stops it, and resolves when a call under way has ended.
   */
  every(ms: number, work: () => void | Promise<void>): () => Promise<void>;
}

/** A clock that tests move. */
export interface FakeClock extends Clock {
  /** Moves time forward and lets everything that falls due happen, in order, each at its own moment. */
  advance(ms: number): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) => sleepFor(ms, signal),
  every: (ms, work) => repeat(ms, work, sleepFor),
};

const sleepFor = async (ms: number, signal?: AbortSignal): Promise<void> => {
  signal?.throwIfAborted();
  await wait(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    // Node says AbortError whatever the reason was.
    signal?.throwIfAborted();
    throw error;
  });
};

type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

const repeat = (ms: number, work: () => void | Promise<void>, sleep: Sleep): (() => Promise<void>) => {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const due = await sleep(ms, stopped.signal).then(
        () => true,
        () => false,
      );
      if (due) await work();
    }
  };
  const running = run();
  return () => {
    stopped.abort();
    return running;
  };
};

type Sleeper = { readonly at: number; readonly wake: () => void };

export const createFakeClock = (start: Date | string = '2026-01-01T00:00:00Z'): FakeClock => {
  let time = new Date(start).getTime();
  let sleepers: readonly Sleeper[] = [];
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((woken, aborted) => {
      if (signal?.aborted) return aborted(signal.reason);
      const sleeper: Sleeper = { at: time + ms, wake: woken };
      sleepers = [...sleepers, sleeper];
      signal?.addEventListener(
        'abort',
        () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          aborted(signal.reason);
        },
        { once: true },
      );
    });
  const nextUntil = (end: number): Sleeper | undefined => sleepers.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
  const advance = async (ms: number): Promise<void> => {
    const end = time + ms;
    for (let next = nextUntil(end); next !== undefined; next = nextUntil(end)) {
      const due = next;
      sleepers = sleepers.filter((one) => one !== due);
      time = Math.max(time, due.at);
      due.wake();
      // Whoever woke goes on, and may sleep again, before the next one is due.
      await turn();
    }
    time = end;
    await turn();
  };
  return { now: () => new Date(time), sleep, every: (ms, work) => repeat(ms, work, sleep), advance };
};
