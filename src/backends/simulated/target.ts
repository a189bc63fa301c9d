// From a payment request to a way through the simulated network: what it asks for, whom it pays, and whether the node would refuse it unsent.
import { decodeBolt11 } from '../../lightning/bolt11.ts';
import type { Bolt11, PaymentHash } from '../../lightning/values.ts';
import type { PayFailure } from '../port.ts';
import { heightOf, type Sim } from './core.ts';
import type { Trip } from './model.ts';

export interface Target {
  /** Null: a node that is not in this network. */
  readonly node: string | null;
  readonly hash: PaymentHash;
  readonly secret: string;
  readonly amount: bigint | null;
  readonly expiresAt: number;
  readonly finalCltvDelta: number;
  readonly hints: readonly string[];
}

/** Reads a payment request; our own world's are looked up, which is a thousand times faster than decoding. Null when it is none. */
export const readTarget = (sim: Sim, bolt11: Bolt11): Target | null => {
  const invoice = sim.records.invoices.get(sim.requests.get(bolt11) ?? '');
  if (invoice !== undefined) return invoice;
  const decoding = decodeBolt11(bolt11);
  if (decoding.is !== 'decoded' || decoding.invoice.network !== 'regtest') return null;
  const { invoice: request } = decoding;
  const node = [...sim.nodes.values()].find((candidate) => candidate.key === request.destination);
  return {
    node: node?.name ?? null,
    hash: request.hash,
    secret: request.paymentSecret,
    amount: request.amount,
    expiresAt: request.expiresAt.getTime(),
    finalCltvDelta: request.finalCltvDelta,
    hints: request.routeHints.flatMap((hint) => hint.flatMap((hop) => (hop.channel === null ? [] : [hop.channel]))),
  };
};

/** Longest time lock of a route, in blocks, as LND's default. */
const longestTimeout = 2016;

/** What LND refuses before it sends anything and before it remembers anything. */
export const refusedUnsent = (sim: Sim, trip: Trip, target: Target | null): PayFailure | null => {
  if (target === null || target.hash !== trip.hash) return 'other';
  if (target.node === trip.from) return 'selfPayment';
  if (sim.time.now().getTime() >= target.expiresAt) return 'invoiceExpired';
  if (trip.amount <= 0n || (target.amount !== null && target.amount !== trip.amount)) return 'other';
  return null;
};

export const tripTo = (
  sim: Sim,
  target: Target | null,
  order: Pick<Trip, 'from' | 'hash' | 'amount' | 'maxFee' | 'maxParts' | 'isProbe'> & { readonly maxTimeoutHeight?: number | undefined },
): Trip => ({
  from: order.from,
  hash: order.hash,
  amount: order.amount,
  maxFee: order.maxFee,
  maxParts: order.maxParts,
  isProbe: order.isProbe,
  to: target?.node ?? '',
  secret: target?.secret ?? '',
  finalCltvDelta: target?.finalCltvDelta ?? 0,
  hints: target?.hints ?? [],
  maxTimeoutHeight: order.maxTimeoutHeight ?? heightOf(sim) + longestTimeout,
});
