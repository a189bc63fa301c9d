// What every backend brings to the conformance suite: itself, somebody outside who pays and is paid, and, where it can, ways to go wrong.
import type { Backend, Fact, PayOrder } from '../../src/backends/port.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { fromSat, type Msat, type PaymentHash, type Preimage } from '../../src/lightning/values.ts';

export interface Outside {
  /** Pays to the end; true when the payee has it. Amount for requests without one, or to pay more. */
  pay(bolt11: string, amount?: Msat): Promise<boolean>;
  invoice(
    amount: Msat | null,
    options?: { readonly expirySeconds?: number },
  ): Promise<{ readonly bolt11: string; readonly hash: PaymentHash }>;
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

export interface Rig {
  readonly backend: Backend;
  readonly outside: Outside;
  /** Loses the next answer to a payment after it was sent, or the request before; null where that cannot be staged. */
  readonly lose: ((what: 'reply' | 'request') => void) | null;
  /** True when a route to `outside.invoice` costs something. */
  readonly routedFee: boolean;
  end(): Promise<void>;
}

/** Facts that the backend tells, kept as they come. */
export const listen = (backend: Backend, after: Parameters<Backend['facts']>[0] = null) => {
  const end = new AbortController();
  const facts: Fact[] = [];
  const done = (async () => {
    for await (const fact of backend.facts(after, end.signal)) facts.push(fact);
  })();
  return {
    facts,
    stop: async () => {
      end.abort();
      await done;
    },
  };
};

export const eventually = async <T>(what: string, look: () => Promise<T | null | undefined | false>, ms = 30_000): Promise<T> => {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
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
