// One life of the gateway's process. Everything that leaves it (database, backends, sleep) passes a point before and after; at the point
// that the plan names the process dies: whatever waits there waits for ever, and what had reached the other side has happened.
import type { Random } from '../../src/backends/simulated/random.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { Timeline } from './timeline.ts';

/** When to die: at the `left`-th point from now, or at the `left`-th of those whose name begins so. */
export interface CrashPlan {
  readonly at: string | null;
  left: number;
}

export interface Life {
  readonly number: number;
  readonly clock: Clock;
  isAlive(): boolean;
  /** Resolves when it has died. */
  readonly died: Promise<void>;
  plan(crash: CrashPlan | null): void;
  /** Name of the point where it died; null while it lives. */
  diedAt(): string | null;
  /** Runs work behind two points. Never settles once the process is dead. */
  through<T>(label: string, work: () => Promise<T>): Promise<T>;
  /** True: dead, the caller must not go on. */
  isOver(point: string): boolean;
  kill(point: string): void;
}

export interface Chances {
  readonly random: Random;
  /** How often something takes a while for no reason. */
  lagRate: number;
  readonly stretch: () => number;
  /** How far the machine's clock is off, in ms. */
  skewMs: number;
  /** Told of every point that is passed. */
  readonly passed: (point: string) => void;
}

export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const longestLagMs = 2_500;

export const createLife = (
  number: number,
  on: { readonly timeline: Timeline; readonly chances: Chances; readonly onDeath: (point: string) => void },
): Life => {
  const { timeline, chances } = on;
  let diedAt: string | null = null;
  let crash: CrashPlan | null = null;
  let tellDeath: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    tellDeath = resolve;
  });
  const kill = (point: string): void => {
    if (diedAt !== null) return;
    diedAt = point;
    on.onDeath(point);
    tellDeath();
  };
  const isOver = (point: string): boolean => {
    if (diedAt !== null) return true;
    chances.passed(point);
    if (crash !== null && (crash.at === null || point.startsWith(crash.at)) && --crash.left <= 0) kill(point);
    return diedAt !== null;
  };
  const lag = async (): Promise<void> => {
    if (chances.lagRate > 0 && chances.random.chance(chances.lagRate)) await timeline.sleep(chances.random.int(longestLagMs));
  };
  const through = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    if (isOver(`${label} before`)) return never();
    await lag();
    if (diedAt !== null) return never();
    const answer = await work().then(
      (value) => ({ is: 'value', value }) as const,
      (error: unknown) => ({ is: 'error', error }) as const,
    );
    await lag();
    if (isOver(`${label} after`)) return never();
    if (answer.is === 'error') throw answer.error;
    return answer.value;
  };
  return {
    number,
    clock: clockOf(timeline, chances, isOver),
    isAlive: () => diedAt === null,
    died,
    plan: (next) => {
      crash = next;
    },
    diedAt: () => diedAt,
    through,
    isOver,
    kill,
  };
};

const clockOf = (timeline: Timeline, chances: Chances, isOver: (point: string) => boolean): Clock => {
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = timeline.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        if (!isOver('clock.sleep after')) resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  return {
    now: () => new Date(timeline.now().getTime() + chances.skewMs),
    sleep,
    every: (ms, work) => {
      const stopped = new AbortController();
      const run = async (): Promise<void> => {
        while (!stopped.signal.aborted) {
          const due = await sleep(ms * chances.stretch(), stopped.signal).then(
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
    },
  };
};
