// What is known of a node's attempts to pay, and how a backend sees them. One attempt is one record; a hash may have several, one after another.
import { msat, preimage } from '../../lightning/values.ts';
import { attemptRef, type PayOutcome, type Route } from '../port.ts';
import { nodeNamed, type Sim } from './core.ts';
import { liquidity } from './htlcs.ts';
import { type Htlc, hashKey, type SimPayment } from './model.ts';

/** Writes an attempt into the list of its hash. */
export const keepPayment = (sim: Sim, payment: SimPayment): void => {
  const others = attemptsFor(sim, payment.node, payment.hash).filter((attempt) => attempt.index !== payment.index);
  sim.save('payments', hashKey(payment.node, payment.hash), [...others, payment]);
};

/** In msat: what a part costs beyond what it delivers. */
export const feeOf = (htlc: Htlc): bigint => (htlc.hops[0]?.amount ?? htlc.amount) - htlc.amount;

/** What a node can send in all its channels together, in msat. */
export const spendableOf = (sim: Sim, node: string, probe: number | null = null): bigint => {
  let total = 0n;
  for (const channel of sim.records.channels.values())
    if (channel.a === node || channel.b === node) total += liquidity(sim, { channel, from: node, probe });
  return total;
};

export const routeOf = (sim: Sim, htlc: Htlc): Route => ({
  amount: msat(htlc.amount),
  fee: msat(feeOf(htlc)),
  hops: htlc.hops.map((hop, at) => ({
    node: nodeNamed(sim, hop.to).key,
    channel: hop.channel,
    fee: msat(hop.amount - (htlc.hops[at + 1]?.amount ?? hop.amount)),
  })),
  ...(htlc.failure === null ? {} : { failure: `${htlc.failure.code} at hop ${htlc.failure.hop}` }),
});

/** How a backend of the payer sees the attempt. */
export const outcomeOf = (payment: SimPayment): PayOutcome => {
  const ref = attemptRef(payment.index);
  if (payment.state === 'inFlight') return { is: 'inFlight', ref };
  if (payment.state === 'failed') return { is: 'failed', reason: payment.reason ?? 'other', ref, routes: payment.routes };
  return {
    is: 'succeeded',
    preimage: payment.preimage === null ? null : preimage(payment.preimage),
    fee: msat(payment.fee),
    ref,
    routes: payment.routes,
  };
};

/** All attempts of a node for a hash, oldest first. */
export const attemptsFor = (sim: Sim, node: string, hash: string): readonly SimPayment[] =>
  sim.records.payments.get(hashKey(node, hash)) ?? [];
