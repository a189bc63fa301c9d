// What lnmux holds now, as far as it has told us: it has no look-up for that, only a stream of what it accepts and a time after which it gives
// up. Rule: nothing is said to be released before the stream has been open long enough to have named everything that is held.
import type { PaymentHash } from '../../lightning/values.ts';

export interface HeldSet {
  /** 64 hex digits: what settling and canceling want back. */
  readonly setId: string;
  /** By when it must be settled or canceled, in Unix ms: counted from when we first heard of it. */
  readonly deadline: number;
  /** From when on it is surely given back, in Unix ms: counted from when we last heard of it, for a restart of lnmux begins the time anew. */
  readonly until: number;
  /** Its settlement was asked for: whether it is over, the list of settled ones says. */
  readonly settling: boolean;
}

export interface Live {
  /** A stream was opened: what it names from now on is held now. */
  begin(): Stream;
  get(hash: PaymentHash): HeldSet | null;
  /** True when what `get` says of it is how it is: the stream that is open now has named it, or has had the time to name everything. */
  isSure(hash: PaymentHash): boolean;
  /** Our call to settle it may have arrived, so time alone does not end it here. */
  settling(hash: PaymentHash, setId: string): void;
  /** It was given back, or its end is known from the list: no longer ours to remember. */
  forget(hash: PaymentHash, setId: string | null): void;
  /** Takes out those whose time is over. */
  lapsed(): readonly PaymentHash[];
}

export interface Stream {
  accepted(hash: PaymentHash, setId: string): HeldSet;
  /** It has been open long enough: whatever it did not name is not held any more. Answers with those, and forgets them. */
  complete(): readonly PaymentHash[];
  end(): void;
}

interface Entry {
  readonly held: HeldSet;
  /** The stream that named it last. */
  readonly stream: number;
}

export interface LiveTimes {
  readonly now: () => number;
  readonly heldMs: number;
  /** Ours must be over by so much earlier than lnmux's. */
  readonly safetyMs: number;
  /** Added to the end that lnmux may still be at, for clocks and the network. */
  readonly graceMs: number;
}

export const newLive = ({ now, heldMs, safetyMs, graceMs }: LiveTimes): Live => {
  const entries = new Map<PaymentHash, Entry>();
  let streams = 0;
  let completed = 0;
  let isOpen = false;
  const takeIf = (over: (entry: Entry) => boolean): readonly PaymentHash[] => {
    const gone = [...entries].filter(([, entry]) => over(entry)).map(([hash]) => hash);
    for (const hash of gone) entries.delete(hash);
    return gone;
  };
  const accepted = (hash: PaymentHash, setId: string, stream: number): HeldSet => {
    const known = entries.get(hash)?.held;
    const same = known?.setId === setId ? known : null;
    const held: HeldSet = {
      setId,
      deadline: same?.deadline ?? now() + heldMs - safetyMs,
      until: now() + heldMs + graceMs,
      settling: same?.settling ?? false,
    };
    entries.set(hash, { held, stream });
    return held;
  };
  return {
    begin: () => {
      const stream = ++streams;
      completed = 0;
      isOpen = true;
      return {
        accepted: (hash, setId) => accepted(hash, setId, stream),
        complete: () => {
          if (stream !== streams) return [];
          completed = stream;
          return takeIf((entry) => entry.stream < stream && !entry.held.settling);
        },
        end: () => {
          if (stream !== streams) return;
          completed = 0;
          isOpen = false;
        },
      };
    },
    get: (hash) => {
      const held = entries.get(hash)?.held;
      return held === undefined || (held.until <= now() && !held.settling) ? null : held;
    },
    isSure: (hash) => (completed !== 0 && completed === streams) || (isOpen && entries.get(hash)?.stream === streams),
    settling: (hash, setId) => {
      const entry = entries.get(hash);
      if (entry?.held.setId === setId) entries.set(hash, { ...entry, held: { ...entry.held, settling: true } });
    },
    forget: (hash, setId) => {
      if (setId === null || entries.get(hash)?.held.setId === setId) entries.delete(hash);
    },
    lapsed: () => takeIf(({ held }) => held.until <= now() && !held.settling),
  };
};
