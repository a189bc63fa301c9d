// What a simulated network consists of: plain records, kept by key, that can be written to a file and read back. No behaviour here.

import type { Bolt11, PaymentHash } from '../../lightning/values.ts';
import type { Fact, PayFailure, Route } from '../port.ts';

export interface SimNode {
  readonly name: string;
  alias: string;
  /** Compressed public key, hex. */
  readonly key: string;
  readonly privateKey: Uint8Array;
  /** Offline: peers cannot reach it and its own commands fail. */
  online: boolean;
  /** Frozen: what arrives waits until it is thawed. HTLCs get stuck, which is how a payment stays in flight. */
  frozen: boolean;
}

export interface FeePolicy {
  /** What a node asks for forwarding over this channel, in msat. */
  readonly baseMsat: bigint;
  readonly ppm: bigint;
  /** Blocks that the forwarding node wants between its two HTLCs. */
  readonly cltvDelta: number;
}

export interface SimChannel {
  /** Short channel id, `block x transaction x output`. */
  readonly id: string;
  readonly a: string;
  readonly b: string;
  /** In msat. Both balances and what is in flight always sum to it. */
  readonly capacity: bigint;
  balanceA: bigint;
  balanceB: bigint;
  readonly policyA: FeePolicy;
  readonly policyB: FeePolicy;
  /** Not announced: only its ends and those who hold a route hint know it. */
  readonly isPrivate: boolean;
  readonly latencyMs: number;
  enabled: boolean;
}

export type SimInvoiceState = 'open' | 'held' | 'settled' | 'canceled';

export interface SimInvoice {
  readonly node: string;
  readonly hash: PaymentHash;
  /** Null: a hold invoice of a caller's hash, not settled yet. */
  preimage: string | null;
  readonly secret: string;
  readonly bolt11: Bolt11;
  readonly amount: bigint | null;
  readonly description: { readonly text: string } | { readonly hash: string };
  readonly isHold: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly expirySeconds: number;
  readonly finalCltvDelta: number;
  /** How long a set is held, in ms; null: until it is settled, canceled or too near its end. */
  readonly heldMs: number | null;
  /** Private channels that the hints name. */
  readonly hints: readonly string[];
  state: SimInvoiceState;
  /** In msat: what is held or was settled. */
  received: bigint;
  /** The HTLCs that wait here: parts of an incomplete set, or all of a held one. */
  parts: readonly number[];
  /** Counts the sets that were held; part of a handle. */
  sets: number;
}

export interface Hop {
  readonly channel: string;
  readonly from: string;
  readonly to: string;
  /** In msat, carried over this channel. */
  readonly amount: bigint;
  /** Height at which the HTLC on this channel ends. */
  readonly expiry: number;
}

export type HtlcFailure =
  | 'temporaryChannelFailure'
  | 'channelDisabled'
  | 'unknownNextPeer'
  | 'incorrectPaymentDetails'
  | 'finalExpiryTooSoon'
  | 'mppTimeout'
  | 'htlcExpired';

/** One HTLC chain from a payer to a payee: one part of a payment, or of a probe. */
export interface Htlc {
  readonly id: number;
  readonly payer: string;
  readonly hash: string;
  /** The attempt it belongs to. */
  readonly index: number;
  readonly isProbe: boolean;
  readonly hops: readonly Hop[];
  /** In msat: what this part delivers, and what all parts deliver. */
  readonly amount: bigint;
  readonly total: bigint;
  readonly secret: string;
  stage: 'forward' | 'waiting' | 'settling' | 'failing';
  /** How many channels hold it now, from the payer on. */
  locked: number;
  preimage: string | null;
  failure: { readonly code: HtlcFailure; readonly hop: number } | null;
}

/** What a node is asked to bring where. */
export interface Trip {
  readonly from: string;
  readonly to: string;
  readonly hash: PaymentHash;
  readonly secret: string;
  /** In msat, fee not included. */
  readonly amount: bigint;
  readonly maxFee: bigint;
  readonly finalCltvDelta: number;
  readonly hints: readonly string[];
  readonly maxTimeoutHeight: number | null;
  readonly maxParts: number;
  readonly isProbe: boolean;
}

/** One attempt of a node to pay a hash. */
export interface SimPayment {
  readonly node: string;
  readonly hash: PaymentHash;
  /** Grows over the whole network. */
  readonly index: number;
  readonly amount: bigint;
  readonly maxFee: bigint;
  /** In ms since 1970. */
  readonly createdAt: number;
  state: 'inFlight' | 'succeeded' | 'failed';
  preimage: string | null;
  fee: bigint;
  reason: PayFailure | null;
  routes: readonly Route[];
}

export interface ChainTransaction {
  readonly txid: string;
  /** The node that sent it; null: from outside the simulation. */
  readonly from: string | null;
  readonly label: string | null;
  readonly outputs: readonly { readonly address: string; readonly amount: bigint }[];
  readonly fee: bigint;
  /** In ms since 1970: when it was broadcast. */
  readonly createdAt: number;
  /** Null while it waits for a block. */
  height: number | null;
}

export interface LoggedFact {
  readonly node: string;
  readonly index: number;
  readonly fact: Fact;
}

/** Everything that a state file keeps, by the kind of record. */
export interface Records {
  readonly channels: Map<string, SimChannel>;
  readonly invoices: Map<string, SimInvoice>;
  /** All attempts of a node for a hash, oldest first. */
  readonly payments: Map<string, readonly SimPayment[]>;
  readonly htlcs: Map<string, Htlc>;
  readonly transactions: Map<string, ChainTransaction>;
  /** Owner by address. */
  readonly addresses: Map<string, string>;
  /** Confirmed and pending chain funds by node, in msat. */
  readonly wallets: Map<string, bigint>;
  readonly counters: Map<string, number | string>;
}
export type RecordKind = keyof Records;

/** The key of a node's invoice, and of a node's payments, for a hash. */
export const hashKey = (node: string, hash: string): string => `${node}/${hash}`;
