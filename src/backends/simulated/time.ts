// Where a simulated network gets its time: real timers, or a virtual clock that a test moves. Nothing else in this folder knows a timer.

export interface Time {
  now(): Date;
  /** Runs `run` once, `ms` from now; the answer calls it off. */
  after(ms: number, run: () => void): () => void;
}

export interface VirtualTime extends Time {
  /** Moves the clock by `ms` and runs what falls due, in order of time and then of asking; promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Moves from event to event until `work` has settled. Throws when nothing is left that could settle it. */
  until<T>(work: Promise<T>): Promise<T>;
  /** Events that wait. */
  readonly waiting: number;
}

// A longer delay overflows Node's timers (it would fire at once), so it is made of several.
const longestTimer = 2_000_000_000;
// A delay of seconds (an expiry, the next block) does not keep a process alive that is otherwise done.
const keepsAliveBelow = 1_000;

/** Real timers under a given clock. */
export const realTime = (clock: { now(): Date } = { now: () => new Date() }): Time => ({
  now: () => clock.now(),
  after(ms, run) {
    if (ms <= 0) {
      const soon = setImmediate(run);
      return () => clearImmediate(soon);
    }
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      timer = setTimeout(() => (left > longestTimer ? arm(left - longestTimer) : run()), Math.min(left, longestTimer));
      if (left >= keepsAliveBelow) timer.unref();
    };
    arm(ms);
    return () => clearTimeout(timer);
  },
});

/** A clock that stands still until it is moved. */
export const virtualTime = (start: Date): VirtualTime => {
  let now = start.getTime();
  let asked = 0;
  const events: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];
  const next = () =>
    events.reduce<(typeof events)[number] | null>((first, event) => (first === null || earlier(event, first) ? event : first), null);
  const runNext = async (event: (typeof events)[number]): Promise<void> => {
    events.splice(events.indexOf(event), 1);
    now = Math.max(now, event.at);
    event.run();
    await settled();
  };
  return {
    now: () => new Date(now),
    after(ms, run) {
      const event = { at: now + Math.max(0, ms), order: asked++, run };
      events.push(event);
      return () => {
        const at = events.indexOf(event);
        if (at >= 0) events.splice(at, 1);
      };
    },
    async advance(ms) {
      const end = now + ms;
      await settled();
      for (let event = next(); event !== null && event.at <= end; event = next()) await runNext(event);
      now = end;
      await settled();
    },
    async until(work) {
      let done = false;
      const watched = work.finally(() => {
        done = true;
      });
      watched.catch(() => undefined);
      await settled();
      while (!done) {
        const event = next();
        if (event === null) throw new Error('nothing is left to happen, and the work has not settled');
        await runNext(event);
      }
      return watched;
    },
    get waiting() {
      return events.length;
    },
  };
};

const earlier = (a: { at: number; order: number }, b: { at: number; order: number }): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

// One turn of the event loop: every promise that can settle has settled.
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
