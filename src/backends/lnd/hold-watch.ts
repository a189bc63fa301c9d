// Hold invoices that are watched one by one, because LND's stream of all invoices never says ACCEPTED or CANCELED.
// The list is bounded: who falls off it is still asked about by the sweep.
import type { PaymentHash } from '../../lightning/values.ts';
import type { LndContext } from './context.ts';
import { forever } from './forever.ts';
import type { InvoiceMessage } from './messages.ts';
import { bytes } from './translate.ts';

export interface HoldWatch {
  /** Watches an invoice that LND has, until it is settled or canceled. */
  add(hash: PaymentHash): void;
  /** Says what becomes of the watched ones, the present state first, until `signal` aborts. */
  follow(say: (hash: PaymentHash, invoice: InvoiceMessage) => Promise<void>, signal: AbortSignal): void;
}

const watchedAtMost = 500;

export const holdWatch = (context: LndContext): HoldWatch => {
  const watched = new Map<PaymentHash, AbortController>();
  const followers = new Set<(hash: PaymentHash, end: AbortSignal) => void>();

  const drop = (hash: PaymentHash) => {
    watched.get(hash)?.abort();
    watched.delete(hash);
  };
  return {
    add: (hash) => {
      if (watched.has(hash)) return;
      const end = new AbortController();
      watched.set(hash, end);
      const [oldest] = watched.keys();
      if (watched.size > watchedAtMost && oldest !== undefined) drop(oldest);
      for (const follower of followers) follower(hash, end.signal);
    },
    follow: (say, signal) => {
      const follower = (hash: PaymentHash, end: AbortSignal) => {
        const ended = new AbortController();
        const over = AbortSignal.any([signal, end, ended.signal]);
        const done = () => {
          // Only this reader has heard the end; another one's stream goes on until it has.
          watched.delete(hash);
          ended.abort();
        };
        const run = (runSignal: AbortSignal, alive: () => void) => one(context, { hash, say, alive, done }, runSignal);
        void forever(context, { name: `hold invoice ${hash.slice(0, 8)}`, run, minor: true }, over);
      };
      followers.add(follower);
      signal.addEventListener('abort', () => followers.delete(follower), { once: true });
      for (const [hash, end] of watched) follower(hash, end.signal);
    },
  };
};

interface Watching {
  readonly hash: PaymentHash;
  readonly say: (hash: PaymentHash, invoice: InvoiceMessage) => Promise<void>;
  readonly alive: () => void;
  readonly done: () => void;
}

const one = async (context: LndContext, { hash, say, alive, done }: Watching, signal: AbortSignal): Promise<void> => {
  for await (const invoice of context.connection.stubs().subscribeInvoice({ r_hash: bytes(hash) }, signal)) {
    alive();
    await say(hash, invoice);
    if (invoice.state === 'SETTLED' || invoice.state === 'CANCELED') return done();
  }
};
