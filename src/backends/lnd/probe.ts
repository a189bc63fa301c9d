// What a payment would cost, tried on the channels: a real payment of the same size over the same paths, with a hash that nobody can open.
// The payee refuses it, so no money moves; its refusal is the proof that the amount got there.
import { randomBytes } from 'node:crypto';
import { type DecodedBolt11, decodeBolt11 } from '../../lightning/bolt11.ts';
import type { FeeProbe, Pay, ProbeOrder } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { faultOf } from './faults.ts';
import type { PaymentMessage, RouteMessage, SendPaymentRequest } from './messages.ts';
import { amountOf, arrivedRoutes, type Load, mayBeSplit, splitVerdict, wholeVerdict } from './probe-verdict.ts';
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
interface Plan extends Probing {
  readonly invoice: DecodedBolt11;
  readonly part: Part;
}
/** What one HTLC is to carry, msat, and through which of our channels (all when empty). */
interface Part {
  readonly amount: bigint;
  readonly maxFee: bigint;
  readonly channels: readonly string[];
}

const doubt = (kind: 'refused' | 'timeout', detail: string): FeeProbe => ({ is: 'unknown', fault: { kind, detail } });

const probe = async (context: LndContext, probing: Probing): Promise<FeeProbe> => {
  const decoded = decodeBolt11(probing.order.bolt11);
  if (decoded.is === 'undecodable') return doubt('refused', `not a payment request: ${decoded.why}`);
  const { invoice } = decoded;
  if (invoice.routeHints.some((hint) => hint.some((hop) => hop.channel === null))) return doubt('refused', 'a route hint names no channel');
  const late = AbortSignal.timeout(context.settings.probeSeconds * 1000);
  const { amount, maxFee } = probing.order;
  const plan = { ...probing, signal: AbortSignal.any([late, probing.signal]), invoice, part: { amount, maxFee, channels: [] } };
  const whole = await tried(context, plan);
  if (whole.is !== 'ended') return whole;
  const verdict = wholeVerdict(whole.payment);
  if (verdict.is !== 'noRoute' || !mayBeSplit(whole.payment, invoice) || context.settings.maxParts === 1) return verdict;
  try {
    return await probeParts(context, plan);
  } catch (error) {
    return { is: 'unknown', fault: faultOf(error) };
  }
};

const partsAtMost = 6;

/**
 * Part after part, each through another channel of ours. Not in one split payment: parts that are on their way together refuse each other
 * on a narrow channel, and LND would remember ever smaller amounts as refused.
 */
const probeParts = async (context: LndContext, plan: Plan): Promise<FeeProbe> => {
  const routes: RouteMessage[] = [];
  let { amount: left, maxFee } = plan.part;
  for (const { id, spendable } of (await ownChannels(context, plan)).slice(0, Math.min(partsAtMost, context.settings.maxParts))) {
    const route = await largestPart(context, { ...plan, part: { amount: left, maxFee, channels: [id] } }, spendable);
    if (plan.signal.aborted) return doubt('timeout', 'the probe did not end in time');
    if (route === null) continue;
    routes.push(route);
    left -= amountOf(route);
    maxFee -= BigInt(route.total_fees_msat);
    if (left <= 0n) break;
  }
  const verdict = splitVerdict(routes, plan.order.amount);
  if (verdict.is !== 'unproved' && verdict.is !== 'partly') return verdict;
  if (await anyRefused(context, verdict.narrow, plan.signal)) return { is: 'noRoute' };
  return doubt(
    'refused',
    verdict.is === 'partly'
      ? 'only a part of the amount was seen to arrive'
      : 'all parts arrived, but one after the other through the same channel',
  );
};

/** The route of the largest part that arrives through one channel: what fits, a little less (fees and reserves), half. */
const largestPart = async (context: LndContext, plan: Plan, spendable: bigint): Promise<RouteMessage | null> => {
  const { amount } = plan.part;
  // The whole was refused already.
  const most = spendable >= amount && amount === plan.order.amount ? (amount + 1n) / 2n : amount < spendable ? amount : spendable;
  for (const part of [most, (most * 19n) / 20n, most / 2n]) {
    if (part < 1000n || plan.signal.aborted) return null;
    const ended = await tried(context, { ...plan, part: { ...plan.part, amount: part } });
    const route = ended.is === 'ended' ? arrivedRoutes(ended.payment)[0] : undefined;
    if (route !== undefined) return route;
  }
  return null;
};

/** Active channels with what we may send through each, msat, the fullest first. */
const ownChannels = async ({ connection }: LndContext, { signal }: Plan) => {
  const { channels } = await connection.stubs().listChannels({ active_only: true }, { ms: patience.call, signal });
  return channels
    .map((channel) => ({
      id: channel.chan_id,
      spendable: (BigInt(channel.local_balance) - BigInt(channel.local_constraints?.chan_reserve_sat ?? 0)) * 1000n,
    }))
    .filter(({ spendable }) => spendable > 0n)
    .sort((x, y) => Number(y.spendable - x.spendable));
};

/** True when the network has lately refused so much between two of these nodes. LND remembers it, also when it then tries nothing at all. */
const anyRefused = async ({ connection }: LndContext, narrow: readonly Load[], signal: AbortSignal): Promise<boolean> => {
  for (const { from, to, load } of narrow) {
    try {
      const request = { from_node: bytes(from), to_node: bytes(to), amt_msat: String(load) };
      const { history } = await connection.stubs().queryProbability(request, { ms: patience.call, signal });
      const refused = BigInt(history?.fail_amt_msat ?? 0);
      if (refused > 0n && refused <= load) return true;
    } catch {
      // Not to be asked is not to know.
    }
  }
  return false;
};

type Tried = { readonly is: 'ended'; readonly payment: PaymentMessage } | Extract<FeeProbe, { readonly is: 'unknown' }>;

const tried = async (context: LndContext, plan: Plan): Promise<Tried> => {
  const hash = randomBytes(32);
  plan.remember(hash.toString('hex'));
  try {
    for await (const payment of context.connection.stubs().sendPayment(requestOf(context, plan, hash), plan.signal)) {
      if (payment.status !== 'FAILED') continue;
      forget(context, hash);
      return { is: 'ended', payment };
    }
    return { is: 'unknown', fault: { kind: 'timeout', detail: 'the probe did not end in time' } };
  } catch (error) {
    return { is: 'unknown', fault: faultOf(error) };
  }
};

const requestOf = ({ settings }: LndContext, { invoice, part }: Plan, hash: Buffer): SendPaymentRequest => ({
  dest: bytes(invoice.destination),
  payment_hash: hash,
  payment_addr: bytes(invoice.paymentSecret),
  amt_msat: String(part.amount),
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
  fee_limit_msat: String(part.maxFee),
  outgoing_chan_ids: part.channels,
  max_parts: 1,
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

// LND keeps failed payments for ever; a probe is nobody's payment. Whether it can be deleted changes nothing.
const forget = (context: LndContext, hash: Buffer): void => {
  const deleted = context.connection.stubs().deletePayment({ payment_hash: hash, failed_htlcs_only: false }, { ms: 10_000 });
  deleted.catch((error: unknown) => context.log.debug({ error: faultOf(error) }, 'a fee probe stays in the list of payments'));
};
