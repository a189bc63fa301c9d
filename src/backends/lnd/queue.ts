// Many writers, one reader: how the streams of a node become one sequence of facts. Writers wait when the reader is slow; nothing is dropped.

export interface Queue<T> {
  /** Resolves when there is room again. */
  push(item: T): Promise<void>;
  /** What was pushed, until `end`; what is still inside by then is not given out. */
  readonly items: AsyncIterable<T>;
  end(): void;
}

export const queueOf = <T>(room: number): Queue<T> => {
  const inside: T[] = [];
  let ended = false;
  let wakeReader = () => {};
  let writers: (() => void)[] = [];
  const releaseWriters = () => {
    const waiting = writers;
    writers = [];
    for (const go of waiting) go();
  };
  const read = async function* (): AsyncGenerator<T> {
    while (!ended) {
      const [item] = inside.splice(0, 1);
      if (item === undefined) {
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
        continue;
      }
      if (inside.length < room) releaseWriters();
      yield item;
    }
  };
  return {
    push: async (item) => {
      if (ended) return;
      inside.push(item);
      wakeReader();
      if (inside.length >= room) await new Promise<void>((resolve) => writers.push(resolve));
    },
    items: read(),
    end: () => {
      ended = true;
      wakeReader();
      releaseWriters();
    },
  };
};
