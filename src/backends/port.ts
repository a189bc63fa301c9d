// THE port: the one interface that every Lightning backend implements. Three rules keep it small:
//  1. A capability is a facet that is present or absent; there is no NotSupported error.
//  2. A call that moves money answers with an outcome and does not throw. Doubt is an answer: `unknown`.
//  3. What happened later arrives as facts. Facts may repeat, come late or be missing, but never lie; a sweep asks with `find`.
import type { BackendId, BlockHeight, Bolt11, Msat, PaymentHash, Preimage } from '../lightning/values.ts';
import type { Chain, ChainOutcome, DepositSighting } from './port-chain.ts';
import type { BackendTools, Fault, Health } from './port-faults.ts';

export type * from './port-chain.ts';
export type * from './port-faults.ts';
export { BackendFault } from './port-faults.ts';

export interface Backend {
  readonly id: BackendId;
  readonly kind: string;
  /** What its wallet holds; absent: bitcoin. Dollars are counted in cents, by the backend's word alone. */
  readonly currency?: 'USD';
  readonly pay?: Pay;
  readonly receive?: Receive;
  readonly hold?: Hold;
  readonly chain?: Chain;
  /** What it can spend and receive now. Throws a `Fault` when it cannot be asked. */
  readonly balance?: (signal: AbortSignal) => Promise<Balance>;
  /**
   * Money of its own that `balance` leaves out because nothing can be done with it now: in channels that open or were closed by force, in coins
   * that are set aside. Counted in what is owned, never in what may be spent. Absent: there is none. Throws a `Fault`.
   */
  readonly tiedUp?: (signal: AbortSignal) => Promise<Msat>;

  /** Who is behind it. Pinned at the first connection; everything from another identity is refused. Throws a `Fault`. */
  identity(signal: AbortSignal): Promise<Identity>;
  /**
   * Facts since `after`, then live, until `signal` aborts.
   * Implementor: reconnect on your own; repeat facts rather than lose one; a cursor never runs ahead of what was yielded.
   * Caller: store the cursor no earlier than the fact's effect.
   */
  facts(after: Cursor | null, signal: AbortSignal): AsyncIterable<Fact>;
  /**
   * What it remembers of the time since: every payment that it began, every invoice that it made, was asked to settle or holds now, and every
   * labelled transaction that it broadcast, other programs' too. For a database that was restored to an earlier moment; what began before `since` may be in it. Throws a `Fault`.
   */
  recall?(since: Date, signal: AbortSignal): Promise<readonly Recalled[]>;
  /** Never throws: what is wrong is in `detail`. */
  health(signal: AbortSignal): Promise<Health>;
  close(): Promise<void>;
}

export interface Identity {
  readonly network: Network;
  /** Node public key or account id: what is pinned. */
  readonly key: string;
  /** For people: an alias, a version. */
  readonly label: string;
}
export type Network = 'mainnet' | 'testnet' | 'signet' | 'regtest';

export interface Balance {
  readonly spendable: Msat;
  readonly receivable: Msat | null;
  readonly chainConfirmed: Msat | null;
  readonly chainPending: Msat | null;
  /** Of a wallet that holds dollars, which is nothing in msat: what it can spend. */
  readonly cents?: bigint;
  /** Which part of its identity's money this is, where the identity has several (Galoy: the wallet of the account). Absent: all of it. */
  readonly of?: string;
}

/** What a movement of a wallet that holds dollars was in cents, as the backend says. */
export interface Cents {
  /** Without the fee. */
  readonly amount: bigint;
  readonly fee: bigint;
}

// ── pay ────────────────────────────────────────────────────────────────────────────────────────────

export interface Pay {
  readonly traits: {
    readonly unit: 'msat' | 'sat';
    readonly amountless: boolean;
    readonly feeLimit: boolean;
    /** `notFound` after `sendBy` and a grace proves that nothing was ever sent. */
    readonly findIsComplete: boolean;
    /** `failed` proves that nothing is or will be paid: another backend may be tried (LND: true; Galoy: false). */
    readonly failureIsProof: boolean;
  };
  /**
   * What it knows of this hash before we send: the highest attempt so far and how it stands.
   * A failure at or below it is an old story; a success there means paid elsewhere. Throws a `Fault` when it cannot be asked.
   */
  floor(hash: PaymentHash, signal: AbortSignal): Promise<Floor>;
  /** What a payment of this order would cost, tried on the channels themselves. */
  probeFee?(order: ProbeOrder, signal: AbortSignal): Promise<FeeProbe>;
  /**
   * Caller: insert the attempt as `sending` first; call once, from the process whose insert won. Never call again: `find`.
   * Implementor: NOT idempotent after a failure (LND pays again). Not ready → `notSent` without calling. Not tied to a request's signal.
   * Answer within about 30 s: `inFlight` if the backend has it. Say `failed` only if the backend itself said so.
   */
  pay(order: PayOrder): Promise<PayOutcome>;
  /** What the backend says now of the attempts above `above` (all of them when null). Never throws. */
  find(hash: PaymentHash, above: AttemptRef | null, signal: AbortSignal): Promise<PayOutcome | { readonly is: 'notFound' }>;
}

export type Floor =
  | { readonly is: 'nothing' }
  | { readonly is: 'failed'; readonly ref: AttemptRef | null }
  | { readonly is: 'inFlight'; readonly ref: AttemptRef | null }
  | { readonly is: 'succeeded'; readonly ref: AttemptRef | null; readonly preimage: Preimage | null };

export interface ProbeOrder {
  readonly bolt11: Bolt11;
  readonly amount: Msat;
  readonly maxFee: Msat;
  /** As in PayOrder. */
  readonly cents?: bigint;
}

export interface PayOrder {
  readonly hash: PaymentHash;
  readonly bolt11: Bolt11;
  /** What the payee gets, fee not included. */
  readonly amount: Msat;
  /** True when the invoice itself carries no amount: the backend must be told `amount`. */
  readonly amountless: boolean;
  /** Of a wallet that holds dollars: the amount of an invoice without one, in cents; `amount` is 0 then. */
  readonly cents?: bigint;
  readonly maxFee: Msat;
  /** No call is made after this moment. */
  readonly sendBy: Date;
  readonly maxTimeoutHeight?: BlockHeight;
}

export type PayOutcome =
  | { readonly is: 'succeeded'; readonly preimage: Preimage | null; readonly fee: Msat; readonly ref: AttemptRef | null; readonly routes: readonly Route[]; readonly cents?: Cents }
  | { readonly is: 'inFlight'; readonly ref: AttemptRef | null }
  | { readonly is: 'failed'; readonly reason: PayFailure; readonly ref: AttemptRef | null; readonly routes: readonly Route[] }
  | { readonly is: 'notSent'; readonly fault: Fault }
  | { readonly is: 'unknown'; readonly fault: Fault };

export type PayFailure =
  | 'noRoute' | 'feeLimit' | 'insufficientBalance' | 'invoiceExpired' | 'rejectedByPayee'
  | 'selfPayment' | 'attemptsExhausted' | 'canceled' | 'other';

export type FeeProbe =
  /** `cents`: of a wallet that holds dollars, which pays no satoshis. */
  | { readonly is: 'fee'; readonly fee: Msat; readonly cents?: bigint }
  | { readonly is: 'noRoute' }
  | { readonly is: 'unknown'; readonly fault: Fault };

/** One path that a backend tried, kept with the attempt for later questions. */
export interface Route {
  readonly amount: Msat;
  readonly fee: Msat;
  readonly hops: readonly { readonly node: string; readonly channel: string; readonly fee: Msat }[];
  readonly failure?: string;
}

// ── receive, hold ──────────────────────────────────────────────────────────────────────────────────

export interface InvoiceTerms {
  readonly amount: Msat | null;
  /** Of a wallet that holds dollars: the amount in cents, which the backend turns into satoshis; `amount` is null then. */
  readonly cents?: bigint;
  readonly description: { readonly text: string } | { readonly hash: string };
  readonly expirySeconds: number;
  /** Blocks; the backend's own default when absent. */
  readonly finalCltvDelta?: number;
}

/**
 * `issued` again for the same hash and equal terms only for what was made for us, its first answer lost; any other hash that the backend has already
 * is `refused`, for it may be another program's.
 */
export type Issue =
  | {
      readonly is: 'issued';
      readonly hash: PaymentHash;
      readonly bolt11: Bolt11;
      /** What the request asks for, where the terms named cents. */
      readonly amount?: Msat;
      /** BOLT 11 field `s`, 64 hex digits. */
      readonly paymentSecret: string;
      readonly expiresAt: Date;
      readonly preimage?: Preimage;
    }
  | { readonly is: 'refused'; readonly because: 'hashInUse' | 'terms'; readonly detail: string }
  | { readonly is: 'unknown'; readonly fault: Fault };

export interface Receive {
  readonly traits: {
    readonly unit: 'msat' | 'sat';
    readonly amountless: boolean;
    readonly descriptionHash: boolean;
    /** It keeps no open invoices: `open` only says that it is neither held nor settled there, and `cancel` is never `done` before the expiry. */
    readonly forgetsOpen: boolean;
    /** True: a plain invoice is held too, until we settle it with `hold.settle` and the preimage that came with it (lnmux). */
    readonly heldUntilSettled?: boolean;
  };
  create(terms: InvoiceTerms, signal: AbortSignal): Promise<Issue>;
  cancel?(hash: PaymentHash, signal: AbortSignal): Promise<HoldOutcome>;
  /** Throws a `Fault` when the backend cannot be asked. */
  find(hash: PaymentHash, signal: AbortSignal): Promise<InvoiceSighting>;
}

export interface Hold {
  /** LND takes the hash from us; lnmux derives hash and preimage itself, and gives a held set up after `heldSeconds`. */
  readonly traits: {
    readonly hashFrom: 'caller' | 'backend';
    readonly heldSeconds: number | null;
    /** Blocks before an HTLC's end at which it gives a hold back by itself; null: no height makes it do so. */
    readonly expiryDelta: number | null;
  };
  create(terms: InvoiceTerms & { readonly hash?: PaymentHash }, signal: AbortSignal): Promise<Issue>;
  /** `done`: the preimage is released for every held HTLC. Implementor: settling twice is `done`, whatever your node says. */
  settle(held: HeldRef, preimage: Preimage, signal: AbortSignal): Promise<HoldOutcome>;
  /**
   * `done`: this invoice can never be paid any more. Implementor: canceling twice is `done`.
   * A backend that keeps no open invoices (lnmux) answers `refused: notHeld` until the invoice has expired.
   */
  cancel(held: HeldRef, signal: AbortSignal): Promise<HoldOutcome>;
  find(hash: PaymentHash, signal: AbortSignal): Promise<InvoiceSighting>;
  /** Everything that is held there now, other programs' too; absent where nobody can list that. Throws a `Fault`. */
  held?(signal: AbortSignal): Promise<readonly HeldInvoice[]>;
}

export interface HeldInvoice extends HeldRef {
  readonly received: Msat | null;
  /** When the invoice was made. */
  readonly at: Date;
}

/** `handle`: what the backend wants back with a settle or cancel (lnmux: set_id). Kept with HELD; the newest counts. */
export interface HeldRef {
  readonly hash: PaymentHash;
  readonly handle: string | null;
}

export type HoldOutcome =
  | { readonly is: 'done' }
  | { readonly is: 'refused'; readonly because: 'notHeld' | 'alreadySettled' | 'alreadyCanceled' | 'wrongPreimage' | 'notFound' }
  | { readonly is: 'unknown'; readonly fault: Fault };

export type InvoiceSighting =
  | { readonly is: 'open' }
  | {
      readonly is: 'held';
      /** Null: exactly what the invoice asks for, by a backend that takes nothing else and does not repeat it. */
      readonly received: Msat | null;
      readonly handle: string | null;
      /** The earliest end among the HTLCs that are held now. */
      readonly deadline: { readonly height?: BlockHeight; readonly at?: Date };
    }
  /** `received` null: of a wallet that holds dollars, which counts what came in `cents` alone. */
  | { readonly is: 'settled'; readonly received: Msat | null; readonly preimage: Preimage | null; readonly cents?: bigint }
  | { readonly is: 'canceled' }
  | { readonly is: 'notFound' };

// ── facts ──────────────────────────────────────────────────────────────────────────────────────────

export type Cursor = string & { readonly cursor: true };
/** Grows with every attempt that the backend makes for a hash (LND: payment_index). */
export type AttemptRef = bigint & { readonly attemptRef: true };

/** A cursor as a backend wrote it. */
export const cursor = (text: string): Cursor => text as Cursor;
export const attemptRef = (index: bigint | number | string): AttemptRef => BigInt(index) as AttemptRef;

export type Fact = { readonly cursor: Cursor | null; readonly at: Date } & (
  | { readonly about: 'invoice'; readonly hash: PaymentHash; readonly sighting: InvoiceSighting }
  | { readonly about: 'payment'; readonly hash: PaymentHash; readonly outcome: PayOutcome }
  | ({ readonly about: 'deposit' } & DepositSighting)
  | { readonly about: 'block'; readonly height: BlockHeight }
);

/** What a backend remembers: a hash, or a transaction that it broadcast under a label. */
export type Recalled = RecalledHash | RecalledSend;

export interface RecalledSend {
  readonly about: 'send';
  readonly label: string;
  readonly address: string;
  readonly at: Date;
  readonly outcome: Extract<ChainOutcome, { readonly is: 'sent' }>;
}

export type RecalledHash = {
  readonly hash: PaymentHash;
  /** Null where the backend does not keep it. */
  readonly bolt11: Bolt11 | null;
  /** What was sent or asked for; null when unknown. */
  readonly amount: Msat | null;
  readonly at: Date;
} & (
  | { readonly about: 'payment'; readonly outcome: PayOutcome }
  | { readonly about: 'invoice'; readonly isHold: boolean; readonly sighting: InvoiceSighting }
);

/**
 * What `backends/index.ts` knows of a kind: how to read its settings and how to connect.
 * `settings` throws a ZodError on bad input; `connect` does not touch the network and never fails because the node is down.
 */
export interface BackendKind<Settings> {
  readonly kind: string;
  /** Simulated networks may not be used beside mainnet. */
  readonly simulated: boolean;
  readonly settings: { parse(raw: unknown): Settings };
  connect(id: BackendId, settings: Settings, tools: BackendTools): Promise<Backend>;
}
