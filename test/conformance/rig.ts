// What every backend brings to the conformance suite: itself, somebody outside who pays and is paid, and, where it can, ways to go wrong.
import { type Backend, BackendFault, type Cursor, type Fact, type PayOrder } from '../../src/backends/port.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { fromSat, type Msat, type PaymentHash, type Preimage } from '../../src/lightning/values.ts';

/** Somebody outside who is paid: for a backend that pays. */
export interface Payee {
  invoice(amount: Msat | null): Promise<{ readonly bolt11: string; readonly hash: PaymentHash }>;
  /** Held by the payee until it settles or cancels. */
  hold(amount: Msat): Promise<{
    readonly bolt11: string;
    readonly hash: PaymentHash;
    readonly settle: () => Promise<void>;
    readonly cancel: () => Promise<void>;
  }>;
  /** A request that nobody can reach. */
  unreachable(amount: Msat): Promise<{ readonly bolt11: string; readonly hash: PaymentHash }>;
  /** How often the payee was paid for this hash. */
  timesPaid(hash: PaymentHash): Promise<number>;
}

/** Somebody outside with coins: for a backend that has a wallet on the chain. */
export interface Coins {
  address(): Promise<string>;
  /** What transactions have brought to this address of somebody outside, in blocks or not. */
  arrived(address: string): Promise<readonly Msat[]>;
  /** Sends to an address of the backend's; no block has it before the next `mine`. */
  send(address: string, amount: Msat): Promise<void>;
  mine(blocks: number): Promise<void>;
}

export interface Rig {
  readonly backend: Backend;
  /** Somebody outside pays to the end; true when the payee has it. Amount for requests without one, or to pay more. */
  readonly pay: (bolt11: string, amount?: Msat) => Promise<boolean>;
  readonly payee?: Payee;
  readonly coins?: Coins;
  /** Loses the next answer to a payment, or to a send on the chain, after it was sent, or the request before; absent where that cannot be staged. */
  readonly lose?: (call: 'pay' | 'sendOnChain', what: 'reply' | 'request') => void;
  /** True when a route to `payee.invoice` costs something. */
  readonly routedFee?: boolean;
  end(): Promise<unknown>;
}

/** What the backend tells, followed once at a time as a gateway follows it, and kept as it comes. */
export interface Ears {
  readonly facts: readonly Fact[];
  /** Resolves when the stream has ended. */
  stop(): Promise<void>;
  /** Anew, from this place; what was heard before is forgotten. */
  start(after: Cursor | null): void;
}

/** What a scenario is played on. */
export type Stage = Rig & { readonly ears: Ears };

export const earsOn = (backend: Backend): Ears => {
  let end = new AbortController();
  let facts: Fact[] = [];
  let done: Promise<void> = Promise.resolve();
  const follow = async (after: Cursor | null, { signal }: AbortController): Promise<void> => {
    for await (const fact of backend.facts(after, signal)) facts.push(fact);
  };
  return {
    get facts() {
      return facts;
    },
    stop: () => {
      end.abort();
      return done;
    },
    start: (after) => {
      end = new AbortController();
      facts = [];
      done = follow(after, end);
    },
  };
};

/** Asks until there is an answer; a fault is none. */
export const eventually = async <T>(what: string, look: () => Promise<T | null | undefined | false>, ms = 30_000): Promise<T> => {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look().catch((error: unknown) => {
      if (error instanceof BackendFault) return null;
      throw error;
    });
    if (found) return found;
    if (Date.now() > end) throw new Error(`in vain for ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

/** An order as payments make them. */
export const orderFor = (bolt11: string, more: Partial<PayOrder> = {}): PayOrder => {
  const decoding = decodeBolt11(bolt11);
  if (decoding.is !== 'decoded') throw new Error(decoding.why);
  const { invoice } = decoding;
  return {
    hash: invoice.hash,
    bolt11: invoice.bolt11,
    amount: invoice.amount ?? fromSat(1_000),
    amountless: invoice.amount === null,
    maxFee: fromSat(500),
    sendBy: new Date(Date.now() + 20_000),
    ...more,
  };
};

/** A facet that the scenario's own condition has promised. */
export const the = <T>(facet: T | undefined): T => {
  if (facet === undefined) throw new Error('the scenario needs a facet that is not there');
  return facet;
};

export const wrongPreimage = '00'.repeat(32) as Preimage;
