// Virtual time for everything in one process: the gateway's timers, the simulated network and the people. Rule: time moves only while the
// process has nothing else to do, so that the order of things follows from the seed alone.
import type { Time } from '../../src/backends/simulated/time.ts';

export interface Timeline extends Time {
  /** Milliseconds since the start. */
  elapsed(): number;
  sleep(ms: number): Promise<void>;
  /** Runs what falls due until so many milliseconds after the start, each event when all that the one before it caused has settled. */
  runTo(end: number): Promise<void>;
  /** Time passes without anything happening, as when a machine sleeps: what fell due meanwhile happens late. */
  leap(ms: number): void;
  /** Work that is really under way (the database): time waits for it. */
  busy<T>(work: PromiseLike<T>): Promise<T>;
}

interface Event {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap: thousands of timeouts wait that never fire. */
const createQueue = () => {
  const heap: Event[] = [];
  const swap = (a: number, b: number): void => {
    const [one, two] = [heap[a], heap[b]];
    if (one && two) [heap[a], heap[b]] = [two, one];
  };
  const less = (a: number, b: number): boolean => {
    const [one, two] = [heap[a], heap[b]];
    return one !== undefined && two !== undefined && isBefore(one, two);
  };
  const up = (at: number): void => {
    for (let here = at; here > 0; ) {
      const parent = (here - 1) >> 1;
      if (!less(here, parent)) return;
      swap(here, parent);
      here = parent;
    }
  };
  const down = (): void => {
    for (let here = 0; ; ) {
      const [left, right] = [2 * here + 1, 2 * here + 2];
      let first = less(left, here) ? left : here;
      if (less(right, first)) first = right;
      if (first === here) return;
      swap(here, first);
      here = first;
    }
  };
  const pop = (): void => {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    down();
  };
  return {
    push: (event: Event): void => {
      heap.push(event);
      up(heap.length - 1);
    },
    /** Takes the first event if it is due by then. */
    takeDue: (end: number): Event | null => {
      while (heap[0]?.run === null) pop();
      const first = heap[0];
      if (first === undefined || first.at > end) return null;
      pop();
      return first;
    },
  };
};

// The real one, whatever the globals are patched to later.
const realTurn = setImmediate;
const turn = (): Promise<void> => new Promise((resolve) => void realTurn(resolve));
// A turn in which nothing is under way, and one more for what its end may have begun.
const quietTurns = 2;

export const createTimeline = (start: number): Timeline => {
  const queue = createQueue();
  let now = start;
  let asked = 0;
  let pending = 0;
  const idle = async (): Promise<void> => {
    for (let quiet = 0; quiet < quietTurns; ) {
      await turn();
      quiet = pending === 0 ? quiet + 1 : 0;
    }
  };
  const after = (ms: number, run: () => void): (() => void) => {
    const event: Event = { at: now + Math.max(0, ms), order: asked++, run };
    queue.push(event);
    return () => {
      event.run = null;
    };
  };
  return {
    now: () => new Date(now),
    elapsed: () => now - start,
    after,
    sleep: (ms) => new Promise((resolve) => void after(ms, resolve)),
    runTo: async (end) => {
      await idle();
      for (let event = queue.takeDue(start + end); event !== null; event = queue.takeDue(start + end)) {
        now = Math.max(now, event.at);
        event.run?.();
        await idle();
      }
      now = Math.max(now, start + end);
    },
    leap: (ms) => {
      now += ms;
    },
    busy: async (work) => {
      pending += 1;
      try {
        return await work;
      } finally {
        pending -= 1;
      }
    },
  };
};
