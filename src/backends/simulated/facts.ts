// The fact stream of a simulated backend: its node's log from a cursor on, then live. Rule: a cursor never runs ahead of what was yielded,
// whatever the planned faults do to the order; after a cut some facts are told again, and none is left out unless a fault says so.
import type { BlockHeight } from '../../lightning/values.ts';
import type { Cursor, Fact } from '../port.ts';
import { heightOf, logOf, type NodeLog } from './core.ts';
import { isReady, type Link, sleep } from './link.ts';
import type { LoggedFact } from './model.ts';

/** How many facts are told again after a cut, as if the cursor had not been stored in time. */
const toldAgain = 3;
/** How long a fact that shall come late waits for one to overtake it, in ms. */
const overtakeWithinMs = 500;

interface Stream {
  readonly link: Link;
  readonly log: NodeLog;
  readonly signal: AbortSignal;
  readonly bell: Bell;
  /** Index in the log of the last fact that was dealt with. */
  at: number;
  /** The last cursor that was yielded with nothing missing before it. */
  told: Cursor | null;
  parked: LoggedFact | null;
  blocks: BlockHeight[];
  wasCut: boolean;
}

/** Facts after a cursor; all that the log has when the cursor is null or of another life of the network. */
export const createFacts = (link: Link) =>
  async function* follow(after: Cursor | null, signal: AbortSignal): AsyncGenerator<Fact> {
    const { sim } = link.network;
    const stream: Stream = {
      link,
      log: logOf(sim, link.node),
      signal,
      bell: createBell(),
      at: indexOf(sim.life, after),
      told: after,
      parked: null,
      blocks: [heightOf(sim)],
      wasCut: false,
    };
    const leave = listen(stream);
    try {
      while (!signal.aborted && !link.state.isClosed) {
        if (stream.wasCut) startAgain(stream);
        if (!isReady(link)) await stream.bell.rung();
        else yield* tellSome(stream);
      }
    } finally {
      leave();
    }
  };

const indexOf = (life: string, after: Cursor | null): number => {
  const [itsLife, index] = (after ?? '').split(':');
  return itsLife === life ? Number(index) : 0;
};

const listen = (stream: Stream): (() => void) => {
  const { bell, log, link, signal } = stream;
  const hearBlock = (height: BlockHeight): void => {
    stream.blocks.push(height);
    bell.ring();
  };
  const hearCut = (): void => {
    stream.wasCut = true;
    bell.ring();
  };
  log.listeners.add(bell.ring);
  log.blocks.add(hearBlock);
  link.cuts.add(hearCut);
  signal.addEventListener('abort', bell.ring);
  return () => {
    log.listeners.delete(bell.ring);
    log.blocks.delete(hearBlock);
    link.cuts.delete(hearCut);
    signal.removeEventListener('abort', bell.ring);
  };
};

const startAgain = (stream: Stream): void => {
  stream.wasCut = false;
  const before = (stream.parked?.index ?? stream.at + 1) - 1 - toldAgain;
  stream.at = Math.max(0, before);
  stream.parked = null;
  stream.blocks = [heightOf(stream.link.network.sim)];
};

// What there is to tell now; waits for the bell when there is nothing.
async function* tellSome(stream: Stream): AsyncGenerator<Fact> {
  const height = stream.blocks.shift();
  if (height !== undefined) {
    yield { about: 'block', height, cursor: null, at: stream.link.network.sim.time.now() };
    return;
  }
  const entry = nextEntry(stream);
  if (entry !== null) {
    stream.at = entry.index;
    yield* tell(stream, entry);
  } else if (stream.parked !== null) {
    await Promise.race([stream.bell.rung(), sleep(stream.link, overtakeWithinMs)]);
    if (nextEntry(stream) === null && !stream.wasCut) yield* unpark(stream, null);
  } else {
    await stream.bell.rung();
  }
}

const nextEntry = ({ log, at }: Stream): LoggedFact | null => {
  const first = log.facts[0]?.index ?? 1;
  return log.facts[Math.max(0, at + 1 - first)] ?? null;
};

async function* tell(stream: Stream, entry: LoggedFact): AsyncGenerator<Fact> {
  const fault = stream.parked === null ? stream.link.faults.take('fact') : null;
  if (stream.parked !== null) {
    // Overtaken: this one comes with the cursor of before, or a stop in between would lose the parked one.
    yield { ...entry.fact, cursor: stream.told };
    return yield* unpark(stream, entry.fact.cursor);
  }
  if (fault?.is === 'lose') return;
  if (fault?.is === 'reorder') {
    stream.parked = entry;
    return;
  }
  if (fault?.is === 'delay')
    await Promise.race([sleep(stream.link, fault.ms), stream.bell.stopped(() => stream.wasCut || stream.signal.aborted)]);
  if (stream.wasCut || stream.signal.aborted) {
    stream.at = entry.index - 1;
    return;
  }
  if (fault?.is === 'duplicate') yield { ...entry.fact, cursor: stream.told };
  stream.told = entry.fact.cursor;
  yield entry.fact;
}

async function* unpark(stream: Stream, newest: Cursor | null): AsyncGenerator<Fact> {
  const late = stream.parked;
  stream.parked = null;
  if (late === null) return;
  stream.told = newest ?? late.fact.cursor;
  yield { ...late.fact, cursor: stream.told };
}

interface Bell {
  readonly ring: () => void;
  /** Settles at the next ring, or at once when it has rung since the last time. */
  rung(): Promise<void>;
  /** Settles at the first ring after which the condition holds. */
  stopped(condition: () => boolean): Promise<void>;
}

const createBell = (): Bell => {
  let hasRung = false;
  let waiting: (() => void)[] = [];
  const rung = (): Promise<void> => {
    if (hasRung) {
      hasRung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      waiting.push(() => resolve());
    });
  };
  return {
    ring: () => {
      hasRung = waiting.length === 0;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    rung,
    stopped: async (condition) => {
      while (!condition()) await rung();
    },
  };
};
