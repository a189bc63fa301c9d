// A short memory for what every request needs and hardly ever changes.
import type { Clock } from '../platform/clock.ts';

/** How long a revoked key or a changed route may still be served by another replica, in milliseconds. */
export const cacheMs = 2_000;

interface Cached<T> {
  readonly until: number;
  readonly value: T;
}

/** Reads through `load`; what fails is not remembered. */
export const cached = <T>(clock: Clock, load: (id: string) => Promise<T>) => {
  const kept = new Map<string, Cached<Promise<T>>>();
  const read = (id: string): Promise<T> => {
    const now = clock.now().getTime();
    const hit = kept.get(id);
    if (hit && hit.until > now) return hit.value;
    if (kept.size > 10_000) kept.clear();
    const value = load(id);
    kept.set(id, { until: now + cacheMs, value });
    value.catch(() => kept.delete(id));
    return value;
  };
  return { read, forget: () => kept.clear() };
};
