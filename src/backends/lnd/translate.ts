// What LND's words mean in the port's words: payments, invoices, transactions. Pure functions; unknown words become doubt, never a failure.
import { type BlockHeight, blockHeight, type Msat, msat, type PaymentHash, preimage, proves, zeroMsat } from '../../lightning/values.ts';
import { type AttemptRef, attemptRef, type InvoiceSighting, type Network, type PayFailure, type PayOutcome, type Route } from '../port.ts';
import type { HtlcAttemptMessage, InvoiceMessage, PaymentMessage, RouteMessage } from './messages.ts';

export const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** The answer about a payment. LND's `status` decides and `failure_reason` never does. */
export const outcomeOf = (payment: PaymentMessage, hash: PaymentHash): PayOutcome => {
  const ref = attemptRef(payment.payment_index);
  // Seen on real nodes: SUCCEEDED beside FAILURE_REASON_CANCELED, and IN_FLIGHT beside FAILURE_REASON_INCORRECT_PAYMENT_DETAILS.
  switch (payment.status) {
    case 'SUCCEEDED':
      if (!proves(payment.payment_preimage, hash)) {
        return { is: 'unknown', fault: { kind: 'protocol', detail: 'LND says SUCCEEDED with a preimage that does not open the hash' } };
      }
      return { is: 'succeeded', preimage: preimage(payment.payment_preimage), fee: msat(payment.fee_msat), ref, routes: routesOf(payment) };
    case 'FAILED':
      return { is: 'failed', reason: failureOf(payment.failure_reason), ref, routes: routesOf(payment) };
    case 'IN_FLIGHT':
    case 'INITIATED':
      return { is: 'inFlight', ref };
    default:
      return { is: 'unknown', fault: { kind: 'protocol', detail: `LND gives a payment the status ${payment.status}` } };
  }
};

/** Why a payment that is FAILED failed. LND calls a fee limit that no route keeps NO_ROUTE. */
export const failureOf = (reason: string): PayFailure => {
  switch (reason) {
    case 'FAILURE_REASON_TIMEOUT':
      return 'attemptsExhausted';
    case 'FAILURE_REASON_NO_ROUTE':
      return 'noRoute';
    case 'FAILURE_REASON_INCORRECT_PAYMENT_DETAILS':
      return 'rejectedByPayee';
    case 'FAILURE_REASON_INSUFFICIENT_BALANCE':
      return 'insufficientBalance';
    case 'FAILURE_REASON_CANCELED':
      return 'canceled';
    default:
      return 'other';
  }
};

/** What was said about attempts above `above`; an older one says nothing about ours. */
export const aboveFloor = (outcome: PayOutcome, above: AttemptRef | null): PayOutcome | { readonly is: 'notFound' } => {
  if (above === null || !('ref' in outcome) || outcome.ref === null || outcome.ref > above) return outcome;
  // Seen: Track still reports the old FAILED while the new attempt is on its way.
  return { is: 'notFound' };
};

/** Every path that was tried, the failed ones with LND's code and the position of the node that refused. */
export const routesOf = (payment: PaymentMessage): readonly Route[] =>
  payment.htlcs.flatMap((htlc) => (htlc.route === null ? [] : [routeOf(htlc.route, htlc)]));

const routeOf = (route: RouteMessage, htlc: HtlcAttemptMessage): Route => {
  const fee = msat(route.total_fees_msat);
  const path: Route = {
    amount: msat(BigInt(route.total_amt_msat) - fee),
    fee,
    hops: route.hops.map((hop) => ({ node: hop.pub_key, channel: hop.chan_id, fee: msat(hop.fee_msat) })),
  };
  if (htlc.status !== 'FAILED') return path;
  return { ...path, failure: htlc.failure === null ? 'FAILED' : `${htlc.failure.code} at ${htlc.failure.failure_source_index}` };
};

/** When the last path of a payment ended, or `otherwise` while one is still open. */
export const endedAt = (payment: PaymentMessage, otherwise: Date): Date => {
  const latest = payment.htlcs.reduce((max, htlc) => (BigInt(htlc.resolve_time_ns) > max ? BigInt(htlc.resolve_time_ns) : max), 0n);
  return latest === 0n ? otherwise : new Date(Number(latest / 1_000_000n));
};

/** How an invoice stands. Held means that the full amount is in: LND calls it ACCEPTED only then. */
export const sightingOf = (invoice: InvoiceMessage): InvoiceSighting => {
  switch (invoice.state) {
    case 'SETTLED':
      // What was received, not what was asked: LND takes overpayments.
      return { is: 'settled', received: msat(invoice.amt_paid_msat), preimage: secretOf(invoice) };
    case 'CANCELED':
      return { is: 'canceled' };
    case 'ACCEPTED':
      return held(invoice);
    default:
      return { is: 'open' };
  }
};

const secretOf = (invoice: InvoiceMessage) => {
  const hex = invoice.r_preimage.toString('hex');
  return /^[0-9a-f]{64}$/.test(hex) && !/^0+$/.test(hex) ? preimage(hex) : null;
};

const held = (invoice: InvoiceMessage): InvoiceSighting => {
  // Canceled and settled HTLCs stay listed beside the held ones; only those that are held now count for sum and deadline.
  const now = invoice.htlcs.filter((htlc) => htlc.state === 'ACCEPTED');
  const received = now.reduce<Msat>((sum, htlc) => msat(sum + BigInt(htlc.amt_msat)), zeroMsat);
  const earliest = earliestOf(now.map((htlc) => htlc.expiry_height));
  return { is: 'held', received, handle: null, deadline: earliest === null ? {} : { height: earliest } };
};

const earliestOf = (heights: readonly number[]): BlockHeight | null => (heights.length === 0 ? null : blockHeight(Math.min(...heights)));

const networks: Readonly<Record<string, Network>> = {
  mainnet: 'mainnet',
  testnet: 'testnet',
  testnet3: 'testnet',
  testnet4: 'testnet',
  signet: 'signet',
  regtest: 'regtest',
};

/** The network that GetInfo names, or null for one that we do not serve (simnet). */
export const networkOf = (name: string | undefined): Network | null => networks[name ?? ''] ?? null;

const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** Unix seconds at which a BOLT 11 request says it was made: its first seven data words. Nothing else is decoded or checked. */
export const madeAt = (bolt11: string): number => {
  const start = bolt11.lastIndexOf('1') + 1;
  let seconds = 0;
  for (let i = start; i < start + 7; i++) seconds = seconds * 32 + charset.indexOf(bolt11.charAt(i));
  return seconds;
};
