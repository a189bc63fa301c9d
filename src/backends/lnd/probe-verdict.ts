// What an ended fee probe proves. Parts that bounce one after the other may have used the same liquidity twice, so parts that share
// a channel beyond our own prove only as much as the largest of them.
import type { DecodedBolt11 } from '../../lightning/bolt11.ts';
import { type Msat, msat } from '../../lightning/values.ts';
import type { FeeProbe } from '../port.ts';
import type { HtlcAttemptMessage, PaymentMessage, RouteMessage } from './messages.ts';

/** What would have to go between two nodes at once, in msat. */
export interface Load {
  readonly from: string;
  readonly to: string;
  readonly load: bigint;
}
export type SplitVerdict =
  | FeeProbe
  | { readonly is: 'unproved'; readonly narrow: readonly Load[] }
  | { readonly is: 'partly'; readonly narrow: readonly Load[] };

const arrivals = new Set(['INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS', 'MPP_TIMEOUT']);

/** The paths on which the payee itself refused: they carried their amount to the end. */
export const arrivedRoutes = (payment: PaymentMessage): readonly RouteMessage[] =>
  payment.htlcs.flatMap(({ route, failure }) =>
    route !== null && failure !== null && arrivals.has(failure.code) && failure.failure_source_index === route.hops.length ? [route] : [],
  );

const feeOf = (routes: readonly RouteMessage[]): Msat =>
  routes.reduce<Msat>((sum, route) => msat(sum + BigInt(route.total_fees_msat)), msat(0));
export const amountOf = (route: RouteMessage): bigint => BigInt(route.total_amt_msat) - BigInt(route.total_fees_msat);

// The last node before the payee says that it cannot reach it: a phone that wakes up for real payments looks like this.
const asleep = ({ route, failure }: HtlcAttemptMessage): boolean =>
  failure !== null &&
  route !== null &&
  failure.failure_source_index === route.hops.length - 1 &&
  /UNKNOWN_NEXT_PEER|TEMPORARY_NODE_FAILURE/.test(failure.code);

/** After a probe in one part. `noRoute` is LND's own word and nobody else's. */
export const wholeVerdict = (payment: PaymentMessage): FeeProbe => {
  const routes = arrivedRoutes(payment);
  if (routes.length > 0) return { is: 'fee', fee: feeOf(routes) };
  if (payment.failure_reason === 'FAILURE_REASON_INSUFFICIENT_BALANCE') return { is: 'noRoute' };
  if (payment.failure_reason === 'FAILURE_REASON_NO_ROUTE') {
    if (!payment.htlcs.some(asleep)) return { is: 'noRoute' };
    return { is: 'unknown', fault: { kind: 'refused', detail: 'the node before the payee cannot reach it now' } };
  }
  return { is: 'unknown', fault: { kind: 'timeout', detail: `the probe ended with ${payment.failure_reason}` } };
};

const multiPart = new Set([16, 17]);

/** Whether parts may do what one path could not: not when we have too little, nor when the payee takes one part only. */
export const mayBeSplit = (payment: PaymentMessage, invoice: DecodedBolt11): boolean =>
  payment.failure_reason === 'FAILURE_REASON_NO_ROUTE' && invoice.features.some(({ bit }) => multiPart.has(bit));

/** After parts one by one, by the routes on which they arrived. `unproved`: all did, but not side by side; `partly`: not all did. */
export const splitVerdict = (routes: readonly RouteMessage[], amount: Msat): SplitVerdict => {
  // LND found no way for any part of it.
  if (routes.length === 0) return { is: 'noRoute' };
  const sum = routes.reduce((total, route) => total + amountOf(route), 0n);
  if (sum < amount) return { is: 'partly', narrow: sharedByAll(routes, amount) };
  const narrow = overloaded(routes);
  return narrow.length === 0 ? { is: 'fee', fee: feeOf(routes) } : { is: 'unproved', narrow };
};

interface Leg {
  readonly from: string;
  readonly to: string;
  readonly channel: string;
  readonly amount: bigint;
}

// Our own channels are left out: LND knows what is in them.
const legsOf = ({ hops }: RouteMessage): readonly Leg[] =>
  hops.slice(1).map((hop, index) => ({
    from: hops[index]?.pub_key ?? '',
    to: hop.pub_key,
    channel: hop.chan_id,
    amount: BigInt(hop.amt_to_forward_msat) + BigInt(hop.fee_msat),
  }));

/** Channels that several parts went through, where together they are more than was seen to pass at once. */
const overloaded = (routes: readonly RouteMessage[]): readonly Load[] => {
  const byChannel = new Map<string, Leg[]>();
  for (const leg of routes.flatMap(legsOf)) {
    const key = `${leg.channel} ${leg.from}`;
    byChannel.set(key, [...(byChannel.get(key) ?? []), leg]);
  }
  return [...byChannel.values()].flatMap((legs) => {
    const [first] = legs;
    return first === undefined || legs.length < 2
      ? []
      : [{ from: first.from, to: first.to, load: legs.reduce((sum, { amount }) => sum + amount, 0n) }];
  });
};

const sharedByAll = (routes: readonly RouteMessage[], amount: bigint): readonly Load[] => {
  const [first, ...others] = routes.map(legsOf);
  return (first ?? [])
    .filter(({ channel, from }) => others.every((legs) => legs.some((leg) => leg.channel === channel && leg.from === from)))
    .map(({ from, to }) => ({ from, to, load: amount }));
};
