// The unpaid invoices that this process knows of: for these the server is asked to tell of their payment at once. A wish, not a duty: what
// is forgotten here is found by the next look at the wallet's ledger.
import type { PaymentHash } from '../../lightning/values.ts';

export interface Watched {
  add(hash: PaymentHash, until: Date): void;
  remove(hash: PaymentHash): void;
  /** Told now of those that are there, and of each that comes, until `signal` aborts. `ended` aborts when it is to be watched no more. */
  follow(watch: (hash: PaymentHash, ended: AbortSignal) => void, signal: AbortSignal): void;
}

/** A server gives one connection some dozens of streams, and an ATM waits for one invoice. */
const atMost = 50;

export const newWatched = (clock: { now(): Date }): Watched => {
  const open = new Map<PaymentHash, { readonly ended: AbortController; readonly until: Date }>();
  let listeners: readonly ((hash: PaymentHash, ended: AbortSignal) => void)[] = [];
  const remove = (hash: PaymentHash): void => {
    open.get(hash)?.ended.abort();
    open.delete(hash);
  };
  const makeRoom = (): void => {
    for (const [hash, { until }] of open) if (until < clock.now()) remove(hash);
    const [oldest] = open.keys();
    if (open.size >= atMost && oldest !== undefined) remove(oldest);
  };
  return {
    add: (hash, until) => {
      if (open.has(hash)) return;
      makeRoom();
      const ended = new AbortController();
      open.set(hash, { ended, until });
      for (const watch of listeners) watch(hash, ended.signal);
    },
    remove,
    follow: (watch, signal) => {
      if (signal.aborted) return;
      listeners = [...listeners, watch];
      const stop = (): void => {
        listeners = listeners.filter((one) => one !== watch);
      };
      signal.addEventListener('abort', stop, { once: true });
      for (const [hash, { ended }] of open) watch(hash, ended.signal);
    },
  };
};
