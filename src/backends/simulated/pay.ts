// The pay facet of a simulated backend. Rule: `pay` sends at most once a call and never after `sendBy`; what it is not told it calls unknown.
import { msat, type PaymentHash, paymentHash } from '../../lightning/values.ts';
import {
  type AttemptRef,
  attemptRef,
  type FeeProbe,
  type Floor,
  type Pay,
  type PayFailure,
  type PayOrder,
  type PayOutcome,
  type ProbeOrder,
} from '../port.ts';
import { attemptsFor, outcomeOf } from './attempts.ts';
import type { PlannedFault } from './faults.ts';
import { type Link, over, overUntil, read } from './link.ts';
import type { SimPayment, Trip } from './model.ts';
import type { Network } from './network.ts';
import { failAttempt, startAttempt } from './payments.ts';
import { derive } from './random.ts';
import { readTarget, refusedUnsent, type Target, tripTo } from './target.ts';

/** As LND's default. */
const maxParts = 16;
/** `pay` answers `inFlight` after this time. */
const answerWithinMs = 30_000;

export const createPay = (link: Link, proofs: Pick<Pay['traits'], 'findIsComplete' | 'failureIsProof'>): Required<Pay> => ({
  traits: { unit: 'msat', amountless: true, feeLimit: true, findIsComplete: proofs.findIsComplete, failureIsProof: proofs.failureIsProof },
  floor: (hash, signal) => read(link, 'floor', { signal, run: (fault) => floorOf(shown(link, hash, fault)) }),
  probeFee: (order, signal) =>
    overUntil(link, 'probeFee', {
      signal,
      handling: {
        run: () => probe(link, order),
        unsent: (fault) => ({ is: 'unknown', fault }),
        doubt: (fault) => ({ is: 'unknown', fault }),
      },
    }),
  pay: (order) =>
    over<PayOutcome>(link, 'pay', {
      run: (fault) => send(link, order, fault),
      unsent: (fault) => ({ is: 'notSent', fault }),
      doubt: (fault) => ({ is: 'unknown', fault }),
    }),
  find: (hash, above, signal) =>
    overUntil<PayOutcome | { is: 'notFound' }>(link, 'findPayment', {
      signal,
      handling: {
        run: (fault) =>
          fault?.is === 'notFound' ? { is: 'notFound' } : find(shown(link, hash, fault), fault?.is === 'stale' ? null : above),
        unsent: (fault) => ({ is: 'unknown', fault }),
        doubt: (fault) => ({ is: 'unknown', fault }),
      },
    }),
});

// What the node shows of a hash: a stale answer leaves the newest attempt out.
const shown = (link: Link, hash: PaymentHash, fault: PlannedFault | null): readonly SimPayment[] => {
  const attempts = attemptsFor(link.network.sim, link.node, hash);
  if (fault?.is === 'notFound') return [];
  return fault?.is === 'stale' ? attempts.slice(0, -1) : attempts;
};

const floorOf = (attempts: readonly SimPayment[]): Floor => {
  const last = attempts.at(-1);
  if (last === undefined) return { is: 'nothing' };
  const outcome = outcomeOf(last);
  switch (outcome.is) {
    case 'succeeded':
      return { is: 'succeeded', ref: outcome.ref, preimage: outcome.preimage };
    case 'failed':
    case 'inFlight':
      return { is: outcome.is, ref: outcome.ref };
    default:
      return { is: 'nothing' };
  }
};

const find = (attempts: readonly SimPayment[], above: AttemptRef | null): PayOutcome | { is: 'notFound' } => {
  const last = attempts.at(-1);
  return last === undefined || (above !== null && BigInt(last.index) <= above) ? { is: 'notFound' } : outcomeOf(last);
};

const send = (link: Link, order: PayOrder, fault: PlannedFault | null): PayOutcome | Promise<PayOutcome> => {
  const target = readTarget(link.network.sim, order.bolt11);
  if (target !== null && order.amountless !== (target.amount === null)) return unsent('other');
  return payFrom(link.network, { ...order, from: link.node, parts: maxParts, target }, fault);
};

export interface Sending extends PayOrder {
  readonly from: string;
  readonly parts: number;
  readonly target: Target | null;
}

/** Pays from any node, as LND would; answers at the end, or `inFlight` after half a minute. */
export const payFrom = (network: Network, order: Sending, fault: PlannedFault | null = null): PayOutcome | Promise<PayOutcome> => {
  const { sim } = network;
  // The last look before the call: after `sendBy` somebody may already have concluded that nothing was sent.
  if (sim.time.now().getTime() >= order.sendBy.getTime())
    return { is: 'notSent', fault: { kind: 'timeout', detail: 'simulated: the time to send has passed' } };
  const trip = tripTo(sim, order.target, { ...order, maxParts: order.parts, isProbe: false });
  const refused = refusedUnsent(sim, trip, order.target);
  if (refused !== null) return unsent(refused);
  const last = attemptsFor(sim, order.from, order.hash).at(-1);
  // As LND: a hash that is on its way or paid is not sent again; one that failed is.
  if (last !== undefined && last.state !== 'failed') return outcomeOf(last);
  if (fault?.is === 'fail') return outcomeOf(failAttempt(sim, trip, fault.reason));
  const answer = answerOf(network, trip);
  if (fault?.is !== 'sayFailed') return answer;
  return { is: 'failed', reason: fault.reason, ref: attemptRef(attemptsFor(sim, order.from, order.hash).at(-1)?.index ?? 0), routes: [] };
};

// Refused before anything was sent or remembered: there is no attempt to refer to.
const unsent = (reason: PayFailure): PayOutcome => ({ is: 'failed', reason, ref: null, routes: [] });

const answerOf = ({ sim, sessions }: Network, trip: Trip): Promise<PayOutcome> =>
  new Promise((resolve) => {
    let stopWaiting = (): void => undefined;
    const done = (ended: SimPayment): void => {
      stopWaiting();
      resolve(outcomeOf(ended));
    };
    const payment = startAttempt(sim, sessions, { trip, done });
    if (payment.state === 'inFlight') stopWaiting = sim.time.after(answerWithinMs, () => resolve(outcomeOf(payment)));
  });

// The route is walked hop by hop against the liquidity that is there, with a hash that nobody can settle.
const probe = (link: Link, order: ProbeOrder): FeeProbe | Promise<FeeProbe> => {
  const { sim, sessions } = link.network;
  const target = readTarget(sim, order.bolt11);
  const hash = paymentHash(derive('probe', sim.seed, order.bolt11, sim.time.now().getTime()));
  const trip = tripTo(sim, target, { from: link.node, hash, amount: order.amount, maxFee: order.maxFee, maxParts, isProbe: true });
  if (target === null || target.node === null || target.node === link.node) return { is: 'noRoute' };
  return new Promise((resolve) => {
    startAttempt(sim, sessions, {
      trip,
      done: (ended) => resolve(ended.state === 'succeeded' ? { is: 'fee', fee: msat(ended.fee) } : { is: 'noRoute' }),
    });
  });
};
