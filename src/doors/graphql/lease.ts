// Events of a subscription for as long as the key that opened it is valid. A key is looked up for every operation, and a subscription is
// one that goes on: whoever has revoked a key, or let it expire, has ended what it listens to as well.

/** Instead of the next event: the key does not hold any more. Nothing comes after it. */
export const lost = Symbol('the key is not valid any more');

export interface Lease {
  /** Whether the key is valid now; rejects when nobody can say. */
  readonly holds: () => Promise<boolean>;
  /** How often a stream that says nothing is looked at, in milliseconds. Before each event it is looked at anyway. */
  readonly everyMs: number;
}

const over = { done: true, value: undefined } as const;

/** Not a generator, so that `return` reaches the source at once even while it waits for an event. */
export const whileHeld = <T>(source: AsyncIterable<T>, lease: Lease): AsyncIterableIterator<T | typeof lost> => {
  const iterator = source[Symbol.asyncIterator]();
  // A database that cannot be asked has revoked nothing: the next look decides.
  const holds = (): Promise<boolean> => lease.holds().catch(() => true);
  let isOver = false;
  let tell = (): void => undefined;
  const revoked = new Promise<typeof lost>((resolve) => {
    tell = () => resolve(lost);
  });
  const timer = setInterval(() => void holds().then((held) => held || tell()), lease.everyMs);
  timer.unref();

  const end = (): void => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    void Promise.resolve(iterator.return?.(undefined)).catch(() => undefined);
  };
  const next = async (): Promise<IteratorResult<T | typeof lost>> => {
    if (isOver) return over;
    try {
      const step = await Promise.race([iterator.next(), revoked]);
      if (step !== lost && (step.done === true || (await holds()))) {
        if (step.done === true) end();
        return step;
      }
      end();
      return { done: false, value: lost };
    } catch (error) {
      end();
      throw error;
    }
  };
  return {
    next,
    return: async () => {
      end();
      return over;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
