// The part of our lnmux that a restart forgets: the sets of HTLCs that it holds, the timers on them, and who listens. The rules for one HTLC are
// asked in lnmux's own order, for which of several reasons it names decides what a payer does next.
import type { HeldHtlc } from './cluster.ts';
import type { LnmuxDatabase, StoredInvoice } from './database.ts';
import { type Derived, derivedFrom, setIdOf } from './derive.ts';

export interface RegistryOptions {
  readonly database: LnmuxDatabase;
  readonly identityKey: Uint8Array;
  readonly height: () => number;
  readonly now: () => Date;
  /** A complete set is given back after this time; lnmux: 60 s. */
  readonly acceptMs: number;
  /** An incomplete set is given back, part by part, after this time; lnmux: 30 s. */
  readonly partsMs: number;
  /** For so long after the last listener has gone, payments are still accepted; lnmux: 30 s. */
  readonly listenerMs: number;
  readonly autoSettle: boolean;
  readonly isFinal: (invoice: StoredInvoice) => void;
  /** What happened, for a person. */
  readonly say: (line: string) => void;
}

export type Accepted = (hash: string, setId: string) => void;
/** `listener` is told of all complete sets first. */
export interface Registry {
  htlc(htlc: HeldHtlc): void;
  subscribe(listener: Accepted): () => void;
  settle(hash: string, setId: string): 'done' | 'notFound' | 'autoSettling';
  cancel(hash: string, setId: string): 'done' | 'notFound' | 'settleRequested';
  readonly listeners: number;
  stop(): void;
}

interface HeldSet {
  readonly derived: Derived;
  readonly htlcs: Map<string, HeldHtlc>;
}

const finalRejectDelta = 10;

const shuffled = <T>(items: readonly T[]): readonly T[] =>
  items
    .map((item) => [Math.random(), item] as const)
    .sort(([one], [other]) => one - other)
    .map(([, item]) => item);

export const newRegistry = (options: RegistryOptions): Registry => {
  const { database } = options;
  const sets = new Map<string, HeldSet>();
  const listeners = new Set<Accepted>();
  const timers = new Set<NodeJS.Timeout>();
  // At its start as if nobody had listened for ever: then a payment that its nodes repeat is refused unless somebody is quick.
  let lastLeft = Number.NEGATIVE_INFINITY;

  const later = (ms: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  };
  const setIdIfComplete = ({ derived, htlcs }: HeldSet): string | null => {
    const total = [...htlcs.values()].reduce((sum, { amount }) => sum + amount, 0n);
    return total === derived.amount ? setIdOf([...htlcs.keys()]) : null;
  };
  const giveBack = (hash: string, set: HeldSet): void => {
    sets.delete(hash);
    options.say(`given back ${hash}`);
    for (const htlc of set.htlcs.values()) htlc.fail('incorrectPaymentDetails');
  };
  const release = (hash: string, set: HeldSet, setId: string): void => {
    sets.delete(hash);
    options.say(`settlement requested ${hash}`);
    const { preimage, amount } = set.derived;
    database.insert({ hash, preimage, amount, setId, keys: [...set.htlcs.keys()] }, options.now());
    for (const htlc of set.htlcs.values()) settleStored(hash, preimage, htlc);
  };
  const settleStored = (hash: string, preimage: string, htlc: HeldHtlc): void =>
    htlc.settle(preimage, (settled) => {
      const over = database.htlcFinal(hash, htlc.key, { settled, now: options.now() });
      if (over !== null) options.isFinal(over);
    });

  const refusal = (htlc: HeldHtlc, derived: Derived, set: HeldSet | undefined): boolean => {
    const held = [...(set?.htlcs.values() ?? [])].reduce((sum, { amount }) => sum + amount, 0n);
    return (
      htlc.total === 0n ||
      derived.hash !== htlc.hash ||
      htlc.total !== derived.amount ||
      derived.expiresAt * 1_000 < options.now().getTime() ||
      held + htlc.amount > htlc.total ||
      htlc.expiry < options.height() + finalRejectDelta ||
      // A new set only: to one that is there already, the rest may come.
      (set === undefined && !options.autoSettle && listeners.size === 0 && options.now().getTime() - lastLeft > options.listenerMs)
    );
  };
  const add = (htlc: HeldHtlc, derived: Derived): void => {
    const set = sets.get(htlc.hash) ?? { derived, htlcs: new Map() };
    sets.set(htlc.hash, set);
    set.htlcs.set(htlc.key, htlc);
    const setId = setIdIfComplete(set);
    if (setId === null) {
      const left = Math.min(options.partsMs, derived.expiresAt * 1_000 - options.now().getTime());
      later(left, () => dropPart(htlc));
      return;
    }
    // By the hash alone, as it is there: it would also end a later set of the same invoice.
    later(options.acceptMs, () => {
      const now = sets.get(htlc.hash);
      if (now !== undefined) giveBack(htlc.hash, now);
    });
    options.say(`accepted ${htlc.hash}: ${derived.amount} msat in ${set.htlcs.size} HTLCs, ${listeners.size} listening`);
    for (const listener of listeners) listener(htlc.hash, setId);
    if (options.autoSettle) release(htlc.hash, set, setId);
  };
  const dropPart = (htlc: HeldHtlc): void => {
    const set = sets.get(htlc.hash);
    if (set === undefined || setIdIfComplete(set) !== null || !set.htlcs.delete(htlc.key)) return;
    if (set.htlcs.size === 0) sets.delete(htlc.hash);
    htlc.fail('mppTimeout');
  };
  /** The set that is meant, or what else there is to say about it. */
  const located = (hash: string, setId: string): HeldSet | 'notFound' | 'settleRequested' => {
    const set = sets.get(hash);
    if (set !== undefined) return setIdIfComplete(set) === setId ? set : 'notFound';
    return database.get(hash)?.setId === setId ? 'settleRequested' : 'notFound';
  };

  return {
    htlc: (htlc) => {
      const stored = database.get(htlc.hash);
      if (stored?.htlcs.has(htlc.key) === true) return settleStored(stored.hash, stored.preimage, htlc);
      if (stored !== null) return htlc.fail('incorrectPaymentDetails');
      const set = sets.get(htlc.hash);
      if (set?.htlcs.has(htlc.key) === true) return void set.htlcs.set(htlc.key, htlc);
      const derived = derivedFrom(options.identityKey, htlc.secret);
      if (refusal(htlc, derived, set)) htlc.fail('incorrectPaymentDetails');
      else add(htlc, derived);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      // In no order: whom a full buffer leaves out is told at another time.
      for (const [hash, set] of shuffled([...sets])) {
        const setId = setIdIfComplete(set);
        if (setId !== null) listener(hash, setId);
      }
      return () => {
        if (listeners.delete(listener)) lastLeft = options.now().getTime();
      };
    },
    settle: (hash, setId) => {
      const set = located(hash, setId);
      if (set === 'settleRequested') return 'done';
      if (set === 'notFound') return 'notFound';
      if (options.autoSettle) return 'autoSettling';
      release(hash, set, setId);
      return 'done';
    },
    cancel: (hash, setId) => {
      const set = located(hash, setId);
      if (typeof set === 'string') return set;
      giveBack(hash, set);
      return 'done';
    },
    get listeners() {
      return listeners.size;
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      listeners.clear();
    },
  };
};
