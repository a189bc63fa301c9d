// The status of a request as a stream: the current one first, then every change; it ends after a final one.

import { peekPaymentHash } from '../lightning/bolt11.ts';
import type { Clock } from '../platform/clock.ts';
import type { Feed } from '../platform/feed.ts';
import { refuse } from '../platform/refusal.ts';
import type { StatusView } from './table.ts';
import { type Wake, wakeable } from './wake.ts';

interface WatchDeps {
  readonly feed: Feed;
  readonly clock: Clock;
  readonly statusByRequest: (bolt11: string) => Promise<StatusView>;
  readonly statusByHash: (paymentHash: string) => Promise<StatusView | null>;
}

export type WatchedStatus = { readonly paymentHash: string } | { readonly bolt11: string };

// A wake-up may be lost (another replica's notice, a restart of the database): the row is looked at this often anyway, in milliseconds.
const lookMs = 15_000;
// EXPIRED is told a second after the expiry (contract §5.9), so that a payment of the last moment is not announced as expired first.
const afterExpiryMs = 1_000;

/** Throws Refused `invalidInvoice` or `notFound` before the first status. */
export async function* watchStatus(deps: WatchDeps, of: WatchedStatus, signal: AbortSignal): AsyncGenerator<StatusView> {
  const hash = 'bolt11' in of ? peekPaymentHash(of.bolt11) : of.paymentHash.toLowerCase();
  const wake = wakeable(signal);
  // First listen, then read: what happens between the two wakes us.
  const stop = hash === null ? () => undefined : await deps.feed.listen(hash, wake.up);
  try {
    let last: StatusView['status'] | null = null;
    while (!signal.aborted && (last === null || last === 'PENDING')) {
      const now: StatusView = await settledStatus(deps, of, { last, wake });
      if (now.status !== last) yield now;
      last = now.status;
      if (last === 'PENDING') await wake.sleep(deps.clock, untilExpiry(now, deps.clock));
    }
  } finally {
    stop();
  }
}

const read = async (deps: WatchDeps, of: WatchedStatus): Promise<StatusView> => {
  if ('bolt11' in of) return deps.statusByRequest(of.bolt11);
  return (await deps.statusByHash(of.paymentHash)) ?? refuse({ is: 'notFound', what: 'invoice', given: of.paymentHash });
};

/** The status now; a change to EXPIRED waits a moment and looks again, in case the last moment's payment is still being written. */
const settledStatus = async (
  deps: WatchDeps,
  of: WatchedStatus,
  seen: { readonly last: string | null; readonly wake: Wake },
): Promise<StatusView> => {
  const now = await read(deps, of);
  if (now.status !== 'EXPIRED' || seen.last === null) return now;
  await seen.wake.sleep(deps.clock, afterExpiryMs);
  return read(deps, of);
};

const untilExpiry = (status: StatusView, clock: Clock): number => {
  if (status.expiresAt === null) return lookMs;
  const left = status.expiresAt.getTime() - clock.now().getTime();
  return left > 0 ? Math.min(left + 1, lookMs) : afterExpiryMs;
};
