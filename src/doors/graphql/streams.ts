// Event streams of subscriptions: each can be ended from outside at any time, even while it waits, and all of them at once.

/** Events, asked for one at a time. `return` ends it: what waits in `next` is answered with the end. */
export interface Stream<T> extends AsyncGenerator<T, undefined, undefined> {
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

export interface Streams {
  /** Events of `source`, each turned into what `map` makes of it. */
  open<In, Out>(source: AsyncIterable<In>, map: (event: In) => Out | Promise<Out>): Stream<Out>;
  count(): number;
  /** Ends all; those opened later end at once. */
  end(): void;
}

interface Ending {
  readonly promise: Promise<void>;
  readonly done: () => boolean;
  readonly end: () => void;
  /** The end's word for a `next` that waits; null: none does. */
  waiting: (() => void) | null;
}

const createEnding = (): Ending => {
  let tell = (): void => {};
  let isDone = false;
  const promise = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const ending: Ending = {
    promise,
    waiting: null,
    done: () => isDone,
    end: () => {
      isDone = true;
      ending.waiting?.();
      ending.waiting = null;
      tell();
    },
  };
  return ending;
};

const over = { done: true, value: undefined } as const;

const createStream = <In, Out>(source: AsyncIterable<In>, map: (event: In) => Out | Promise<Out>): Stream<Out> => {
  const iterator = source[Symbol.asyncIterator]();
  const ending = createEnding();
  const end = (): void => {
    if (ending.done()) return;
    ending.end();
    // Not awaited: a generator that waits for an event ends only after it, and its signal is what tells it sooner.
    void Promise.resolve(iterator.return?.(undefined)).catch(() => undefined);
  };
  const pull = async (): Promise<IteratorResult<Out, undefined>> => {
    try {
      const step = await iterator.next();
      if (step.done !== true) return { done: false, value: await map(step.value) };
      ending.end();
      return over;
    } catch (error) {
      // The error is what `next` answers, not the end that follows it.
      ending.waiting = null;
      end();
      throw error;
    }
  };
  const stream: Stream<Out> = {
    ended: ending.promise,
    next: () => {
      if (ending.done()) return Promise.resolve(over);
      return new Promise((resolve, reject) => {
        ending.waiting = () => resolve(over);
        pull().then(resolve, reject);
      });
    },
    return: () => {
      end();
      return Promise.resolve(over);
    },
    throw: (error) => {
      end();
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: () => Promise.resolve(end()),
  };
  return stream;
};

export const createStreams = (): Streams => {
  const all = new Set<Stream<unknown>>();
  let closed = false;
  return {
    count: () => all.size,
    open: (source, map) => {
      const stream = createStream(source, map);
      all.add(stream);
      void stream.ended.then(() => all.delete(stream));
      if (closed) void stream.return(undefined);
      return stream;
    },
    end: () => {
      closed = true;
      for (const stream of all) void stream.return(undefined);
    },
  };
};
