// The connection of one simulated backend to its node: every call passes here, meets the planned faults and the node's condition, and is
// answered accordingly. Rule: `unsent` only when nothing was sent, `doubt` whenever something may have been.
import { BackendFault, type Fault } from '../port.ts';
import type { Call, Faults, PlannedFault } from './faults.ts';
import type { Network } from './network.ts';
import { closeAttempts } from './payments.ts';

export interface Link {
  readonly network: Network;
  readonly node: string;
  readonly faults: Faults;
  /** Down: between a restart's two ends, or closed. */
  readonly state: { isUp: boolean; isClosed: boolean; lives: number };
  /** Told when the connection is cut: pending calls and streams end. */
  readonly cuts: Set<() => void>;
}

export interface Handling<T> {
  /** What the node does. Gets what remains of the fault: the parts that only this call understands. */
  readonly run: (fault: PlannedFault | null) => T | Promise<T>;
  /** Nothing was sent. */
  readonly unsent: (fault: Fault) => T;
  /** Something may have been. */
  readonly doubt: (fault: Fault) => T;
}

const faultOf = (kind: Fault['kind'], detail: string): Fault => ({ kind, detail: `simulated: ${detail}` });

/** One call over the link. */
export const over = async <T>(link: Link, call: Call, handling: Handling<T>): Promise<T> => {
  const fault = link.faults.take(call);
  if (fault?.is === 'notReady' || !isReady(link)) return handling.unsent(faultOf('unreachable', 'the node is not connected'));
  if (fault?.is === 'dropRequest') return handling.doubt(faultOf('unreachable', 'the connection broke'));
  const answer = orCut(link, handling, async () => {
    if (fault?.is === 'delay') await sleep(link, fault.ms);
    return handling.run(fault);
  });
  if (fault?.is !== 'loseReply') return answer;
  // The node goes on with it; only nobody is there to hear.
  answer.catch(() => undefined);
  if (fault.ms !== undefined && fault.ms > 0) await sleep(link, fault.ms);
  else
    await answer.then(
      () => undefined,
      () => undefined,
    );
  return handling.doubt(faultOf('timeout', 'no answer came'));
};

/** A read: what cannot be answered is thrown, and the caller may give up. */
export const read = <T>(
  link: Link,
  call: Call,
  asked: { readonly signal: AbortSignal; readonly run: (fault: PlannedFault | null) => T | Promise<T> },
): Promise<T> => {
  const thrown = (fault: Fault): never => {
    throw new BackendFault(fault);
  };
  return untilAborted(asked.signal, over(link, call, { run: asked.run, unsent: thrown, doubt: thrown }));
};

/** Like `over`, for calls whose outcome can say that nothing is known: an abort is `doubt` too. */
export const overUntil = <T>(link: Link, call: Call, asked: { readonly signal: AbortSignal; readonly handling: Handling<T> }): Promise<T> =>
  untilAborted(asked.signal, over(link, call, asked.handling)).catch((error: unknown) => {
    if (error instanceof BackendFault) return asked.handling.doubt(error.fault);
    throw error;
  });

export const isReady = (link: Link): boolean =>
  link.state.isUp && !link.state.isClosed && link.network.sim.nodes.get(link.node)?.online === true;

/** Cuts the connection for `downMs`. What is in flight goes on in the network; the node's attempts start nothing new. */
export const restart = (link: Link, downMs: number): void => {
  link.state.isUp = false;
  link.state.lives += 1;
  closeAttempts(link.network.sessions, link.node);
  cut(link);
  const life = link.state.lives;
  link.network.sim.time.after(downMs, () => {
    if (link.state.lives !== life) return;
    link.state.isUp = true;
    cut(link);
  });
};

export const cut = (link: Link): void => {
  for (const end of [...link.cuts]) end();
};

export const sleep = (link: Link, ms: number): Promise<void> =>
  new Promise((resolve) => void link.network.sim.time.after(ms, () => resolve()));

const orCut = <T>(link: Link, handling: Handling<T>, run: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const end = (): void => {
      link.cuts.delete(end);
      try {
        resolve(handling.doubt(faultOf('unreachable', 'the connection was cut')));
      } catch (error) {
        reject(error);
      }
    };
    link.cuts.add(end);
    run()
      .then(resolve, reject)
      .finally(() => link.cuts.delete(end));
  });

const untilAborted = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  const gaveUp = (): BackendFault => new BackendFault(faultOf('timeout', 'the caller gave up'));
  if (signal.aborted) {
    work.catch(() => undefined);
    return Promise.reject(gaveUp());
  }
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(gaveUp());
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
};
