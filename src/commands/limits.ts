// Limits on what needs no key, with Galoy's numbers (contract §4.4): per recipient wallet and per address, in a sliding minute, then a block.
import type { Clock } from '../platform/clock.ts';
import { refuse } from '../platform/refusal.ts';

export interface KeylessLimits {
  /** Counts one creation for each of these subjects. Throws Refused `tooManyRequests`. */
  count(subjects: readonly string[]): void;
}

interface Bucket {
  since: number;
  count: number;
  blockedUntil: number;
}

const windowMs = 60_000;
const maxBuckets = 50_000;

/** `perMinute`: creations a minute and subject; `blockSeconds`: how long a subject that exceeds them waits. */
export const createKeylessLimits = (
  settings: { readonly perMinute: number; readonly blockSeconds: number },
  clock: Clock,
): KeylessLimits => {
  const buckets = new Map<string, Bucket>();

  const isOver = (bucket: Bucket, now: number): boolean => bucket.blockedUntil <= now && now - bucket.since >= windowMs;

  const bucketOf = (subject: string, now: number): Bucket => {
    const known = buckets.get(subject);
    if (known && !isOver(known, now)) return known;
    if (buckets.size >= maxBuckets) for (const [key, one] of buckets) if (isOver(one, now)) buckets.delete(key);
    const fresh = { since: now, count: 0, blockedUntil: 0 };
    buckets.set(subject, fresh);
    return fresh;
  };

  return {
    count: (subjects) => {
      const now = clock.now().getTime();
      for (const subject of subjects) {
        const bucket = bucketOf(subject, now);
        bucket.count += 1;
        if (bucket.blockedUntil <= now && bucket.count > settings.perMinute) bucket.blockedUntil = now + settings.blockSeconds * 1000;
        if (bucket.blockedUntil > now) {
          refuse({ is: 'tooManyRequests', what: 'invoices', retryAfterSeconds: Math.ceil((bucket.blockedUntil - now) / 1000) });
        }
      }
    },
  };
};
