// Several writers, one reader: how what lnmux says becomes one sequence of facts. Writing never waits, for a stream that is read slowly is cut.

export interface Inbox<T> {
  push(item: T): void;
  /** How many wait to be read: a writer that can wait does so while this is large. */
  readonly size: number;
  /** What was pushed, until `end`; what is still inside by then is not given out. */
  items(): AsyncGenerator<T>;
  end(): void;
}

export const newInbox = <T>(): Inbox<T> => {
  let inside: T[] = [];
  let ended = false;
  let wake = () => {};
  return {
    push: (item) => {
      if (ended) return;
      inside.push(item);
      wake();
    },
    get size() {
      return inside.length;
    },
    items: async function* () {
      while (!ended) {
        const batch = inside;
        inside = [];
        for (const item of batch) {
          if (ended) return;
          yield item;
        }
        if (inside.length > 0 || ended) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    end: () => {
      ended = true;
      wake();
    },
  };
};

/** Until `ms` are over or `signal` aborts; never throws. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over, { once: true });
    if (signal.aborted) over();
  });
