// What a payment would cost, tried on the channels: a real payment of the same size over the same paths, with a hash that nobody can open.
// The payee refuses it, so no money moves; its refusal is the proof that the amount got there.
import { randomBytes } from 'node:crypto';
import { type DecodedBolt11, decodeBolt11 } from '../../lightning/bolt11.ts';
import { type Msat, msat } from '../../lightning/values.ts';
import type { FeeProbe, Pay, ProbeOrder } from '../port.ts';
import type { LndContext } from './context.ts';
import { faultOf } from './faults.ts';
import type { HtlcAttemptMessage, PaymentMessage, SendPaymentRequest } from './messages.ts';
import { bytes } from './translate.ts';

export interface LndProbe {
  readonly probeFee: NonNullable<Pay['probeFee']>;
  readonly isProbe: (hash: string) => boolean;
}

const rememberedProbes = 10_000;

export const lndProbe = (context: LndContext): LndProbe => {
  const hashes = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  const remember = (hash: string) => {
    hashes.add(hash);
    for (const oldest of hashes) {
      if (hashes.size <= rememberedProbes) break;
      hashes.delete(oldest);
    }
  };
  const probeFee = (order: ProbeOrder, signal: AbortSignal): Promise<FeeProbe> => {
    // One at a time: probes that run together hold each other's liquidity, and LND would remember the refusals as the channels' own.
    const mine = last.then(() => probe(context, { order, signal, remember }));
    last = mine.catch(() => undefined);
    return mine;
  };
  return { probeFee, isProbe: (hash) => hashes.has(hash) };
};

interface Probing {
  readonly order: ProbeOrder;
  readonly signal: AbortSignal;
  readonly remember: (hash: string) => void;
}

// A split payment can be refused by its first part while others are still to be sent; LND knows better each time.
const tries = 3;

const probe = async (context: LndContext, probing: Probing): Promise<FeeProbe> => {
  const decoded = decodeBolt11(probing.order.bolt11);
  if (decoded.is === 'undecodable') return doubt('refused', `not a payment request: ${decoded.why}`);
  if (decoded.invoice.routeHints.some((hint) => hint.some((hop) => hop.channel === null)))
    return doubt('refused', 'a route hint names no channel');
  const late = AbortSignal.timeout(context.settings.probeSeconds * 1000);
  const ended = AbortSignal.any([late, probing.signal]);
  let answer: FeeProbe = doubt('timeout', 'the probe did not end in time');
  for (let i = 0; i < tries && !ended.aborted; i++) {
    const verdict = await probeOnce(context, { ...probing, signal: ended }, decoded.invoice);
    if (verdict.is !== 'again') return verdict;
    // The network refused the rest in every way that was tried; or, without a refusal, the payee was only quicker than the other parts.
    answer = verdict.refusedOnTheWay ? { is: 'noRoute' } : doubt('refused', 'only a part of the amount was seen to arrive');
  }
  return answer;
};

const doubt = (kind: 'refused' | 'timeout' | 'protocol', detail: string): FeeProbe => ({ is: 'unknown', fault: { kind, detail } });

const probeOnce = async (context: LndContext, { order, signal, remember }: Probing, invoice: DecodedBolt11): Promise<Verdict> => {
  const hash = randomBytes(32);
  remember(hash.toString('hex'));
  try {
    for await (const payment of context.connection.stubs().sendPayment(requestOf(context, order, { hash, invoice }), signal)) {
      if (payment.status !== 'FAILED' && payment.status !== 'SUCCEEDED') continue;
      forget(context, hash);
      return verdictOf(payment, order.amount);
    }
    return doubt('timeout', 'the probe did not end in time');
  } catch (error) {
    return { is: 'unknown', fault: faultOf(error) };
  }
};

const requestOf = (
  { settings }: LndContext,
  order: ProbeOrder,
  { hash, invoice }: { readonly hash: Buffer; readonly invoice: DecodedBolt11 },
): SendPaymentRequest => ({
  dest: bytes(invoice.destination),
  payment_hash: hash,
  payment_addr: bytes(invoice.paymentSecret),
  amt_msat: String(order.amount),
  final_cltv_delta: invoice.finalCltvDelta,
  dest_features: invoice.features.map((feature) => feature.bit),
  route_hints: invoice.routeHints.map((hint) => ({
    hop_hints: hint.map((hop) => ({
      node_id: hop.node,
      chan_id: shortChannelId(hop.channel ?? ''),
      fee_base_msat: Number(hop.baseFeeMsat),
      fee_proportional_millionths: hop.feeRatePpm,
      cltv_expiry_delta: hop.cltvDelta,
    })),
  })),
  fee_limit_msat: String(order.maxFee),
  max_parts: settings.maxParts,
  timeout_seconds: settings.probeSeconds,
  // Unlike a payment, a probe may end with whoever asked: there is nothing to lose.
  cancelable: true,
  allow_self_payment: false,
  no_inflight_updates: true,
});

/** `block x transaction x output` as the 64-bit number that gRPC wants, in decimal (BOLT 7). */
export const shortChannelId = (channel: string): string => {
  const [block = '0', transaction = '0', output = '0'] = channel.split('x');
  return String((BigInt(block) << 40n) | (BigInt(transaction) << 16n) | BigInt(output));
};

const arrived = new Set(['INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS', 'MPP_TIMEOUT']);

const reached = (htlc: HtlcAttemptMessage): boolean =>
  htlc.failure !== null &&
  htlc.route !== null &&
  arrived.has(htlc.failure.code) &&
  htlc.failure.failure_source_index === htlc.route.hops.length;

// The last node before the payee says that it is not there: a phone that wakes up for real payments looks like this.
const asleep = (htlc: HtlcAttemptMessage): boolean =>
  htlc.failure !== null &&
  htlc.route !== null &&
  htlc.failure.failure_source_index === htlc.route.hops.length - 1 &&
  /UNKNOWN_NEXT_PEER|TEMPORARY_NODE_FAILURE/.test(htlc.failure.code);

type Verdict = FeeProbe | { readonly is: 'again'; readonly refusedOnTheWay: boolean };

/** What an ended probe proves. `noRoute` is LND's own word; a part of the amount proves nothing yet (`again`). */
export const verdictOf = (payment: PaymentMessage, amount: Msat): Verdict => {
  const there = payment.htlcs.filter(reached);
  const sum = there.reduce((total, { route }) => total + BigInt(route?.total_amt_msat ?? 0) - BigInt(route?.total_fees_msat ?? 0), 0n);
  if (sum >= amount) return { is: 'fee', fee: msat(there.reduce((total, { route }) => total + BigInt(route?.total_fees_msat ?? 0), 0n)) };
  switch (payment.failure_reason) {
    case 'FAILURE_REASON_NO_ROUTE':
      if (payment.htlcs.some(asleep)) return doubt('refused', 'the node before the payee cannot reach it now');
      return { is: 'noRoute' };
    case 'FAILURE_REASON_INSUFFICIENT_BALANCE':
      return { is: 'noRoute' };
    case 'FAILURE_REASON_INCORRECT_PAYMENT_DETAILS':
      return { is: 'again', refusedOnTheWay: payment.htlcs.some((htlc) => htlc.failure !== null && !reached(htlc)) };
    default:
      return doubt('timeout', `the probe ended with ${payment.failure_reason}`);
  }
};

// LND keeps failed payments for ever; a probe is nobody's payment. Whether it can be deleted changes nothing.
const forget = (context: LndContext, hash: Buffer): void => {
  const deleted = context.connection.stubs().deletePayment({ payment_hash: hash, failed_htlcs_only: false }, { ms: 10_000 });
  deleted.catch((error: unknown) => context.log.debug({ error: faultOf(error) }, 'a fee probe stays in the list of payments'));
};
