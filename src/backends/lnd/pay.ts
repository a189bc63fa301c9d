// Paying through LND: one raw SendPaymentV2 for each call of `pay`, and TrackPaymentV2 for everything that is asked afterwards.
// Once the call is made, only LND's own status or a listed refusal that a look-up confirms ends the doubt; an error never does.
import { peekPaymentHash } from '../../lightning/bolt11.ts';
import { preimage, proves } from '../../lightning/values.ts';
import { type AttemptRef, attemptRef, BackendFault, type Fault, type Pay, type PayOrder, type PayOutcome } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { faultOf, isKnownPayment, refusedPayment } from './faults.ts';
import type { SendPaymentRequest } from './messages.ts';
import { lndProbe } from './probe.ts';
import { track } from './track.ts';
import { aboveFloor, outcomeOf } from './translate.ts';

export interface LndPay {
  readonly facet: Pay;
  /** Hashes of our own fee probes: LND lists them among its payments. */
  readonly isProbe: (hash: string) => boolean;
}

export const lndPay = (context: LndContext): LndPay => {
  const probe = lndProbe(context);
  return {
    isProbe: probe.isProbe,
    facet: {
      traits: { unit: 'msat', amountless: true, feeLimit: true, findIsComplete: true, failureIsProof: true },
      floor: (hash, signal) => floorOf(context, hash, signal),
      probeFee: probe.probeFee,
      pay: (order) => pay(context, order),
      find: async (hash, above, signal) => {
        const found = await track(context, hash, signal);
        if (found.is === 'notFound') return found;
        return found.is === 'silent' ? { is: 'unknown', fault: found.fault } : aboveFloor(outcomeOf(found.payment, hash), above);
      },
    },
  };
};

const floorOf: (context: LndContext, ...asked: Parameters<Pay['floor']>) => ReturnType<Pay['floor']> = async (context, hash, signal) => {
  const found = await track(context, hash, signal);
  if (found.is === 'silent') throw new BackendFault(found.fault);
  if (found.is === 'notFound') return { is: 'nothing' };
  const { payment } = found;
  const ref = attemptRef(payment.payment_index);
  switch (payment.status) {
    case 'FAILED':
      return { is: 'failed', ref };
    case 'SUCCEEDED':
      return { is: 'succeeded', ref, preimage: proves(payment.payment_preimage, hash) ? preimage(payment.payment_preimage) : null };
    default:
      return { is: 'inFlight', ref };
  }
};

const notSent = (kind: Fault['kind'], detail: string): PayOutcome => ({ is: 'notSent', fault: { kind, detail } });

const pay = async (context: LndContext, order: PayOrder): Promise<PayOutcome> => {
  if (peekPaymentHash(order.bolt11) !== order.hash) return notSent('refused', 'the order names another hash than its payment request');
  const limit = await cltvLimit(context, order);
  if (limit.is === 'notSent') return limit;
  const { stubs } = context.connection;
  // `notSent` is an answer only here, before the call. A channel that is not ready would keep the call and send it at a time of its own.
  if (!(await stubs().ready(patience.connect))) return notSent('unreachable', `no connection to LND at ${context.connection.socket}`);
  if (context.clock.now() > order.sendBy) return notSent('timeout', 'the order came too late: it must not be sent any more');
  return send(context, order, requestOf(context, order, limit.blocks));
};

type CltvLimit = { readonly is: 'limit'; readonly blocks: number } | Extract<PayOutcome, { readonly is: 'notSent' }>;

const cltvLimit = async ({ connection }: LndContext, { maxTimeoutHeight }: PayOrder): Promise<CltvLimit> => {
  // Zero is LND's own limit (--max-cltv-expiry).
  if (maxTimeoutHeight === undefined) return { is: 'limit', blocks: 0 };
  try {
    const { block_height } = await connection.stubs().getInfo({}, { ms: patience.call });
    if (maxTimeoutHeight > block_height) return { is: 'limit', blocks: maxTimeoutHeight - block_height };
    return { is: 'notSent', fault: { kind: 'refused', detail: 'the height by which the payment must be over has passed' } };
  } catch (error) {
    return { is: 'notSent', fault: faultOf(error) };
  }
};

const requestOf = ({ settings }: LndContext, order: PayOrder, cltvBlocks: number): SendPaymentRequest => ({
  payment_request: order.bolt11,
  // LND refuses an amount beside a priced request, and a request without a price without one.
  ...(order.amountless ? { amt_msat: String(order.amount) } : {}),
  // Always passed: zero, or nothing, means free routes only.
  fee_limit_msat: String(order.maxFee),
  cltv_limit: cltvBlocks,
  max_parts: settings.maxParts,
  // Only the start of new attempts ends with it. LND takes 0 for 60.
  timeout_seconds: settings.pathfindingSeconds,
  // True ties the payment to this stream: 8 of 60 died with their caller, some of them paid.
  cancelable: false,
  // A payment to ourselves is ours to book, not the network's to route.
  allow_self_payment: false,
  no_inflight_updates: false,
});

const send = async (context: LndContext, order: PayOrder, request: SendPaymentRequest): Promise<PayOutcome> => {
  // Our patience only: when it ends the stream is given up, and LND goes on paying. No request's signal ever gets here.
  const patient = AbortSignal.timeout(patience.payment);
  let seen: AttemptRef | null = null;
  let fault: Fault = { kind: 'timeout', detail: 'LND did not say how the payment stands' };
  try {
    for await (const payment of context.connection.stubs().sendPayment(request, patient)) {
      const outcome = outcomeOf(payment, order.hash);
      if (outcome.is !== 'inFlight') return outcome;
      seen = outcome.ref;
    }
  } catch (error) {
    if (isKnownPayment(error)) return alreadyThere(context, order);
    const refused = await refusal(context, order, error);
    if (refused !== null) return refused;
    fault = faultOf(error);
  }
  // LND stores a payment before it reports it: what was seen once is there to be found.
  if (seen !== null) return { is: 'inFlight', ref: seen };
  return { is: 'unknown', fault };
};

/** gRPC code 6 (three texts): the hash is paid, on its way or begun; which one, the look-up says. It is not a failure. */
const alreadyThere = async (context: LndContext, { hash }: PayOrder): Promise<PayOutcome> => {
  const found = await track(context, hash);
  if (found.is === 'payment') return outcomeOf(found.payment, hash);
  const fault: Fault = found.is === 'silent' ? found.fault : { kind: 'protocol', detail: 'LND knows the payment and does not find it' };
  return { is: 'unknown', fault };
};

/** Code 2 with a listed text says that LND never began; believed only when nothing of this hash is running or paid. */
const refusal = async (context: LndContext, { hash }: PayOrder, error: unknown): Promise<PayOutcome | null> => {
  const reason = refusedPayment(error);
  if (reason === null) return null;
  const found = await track(context, hash);
  // FAILED is an earlier payment of the same hash: it has ended, and this one did not begin.
  const idle = found.is === 'notFound' || (found.is === 'payment' && found.payment.status === 'FAILED');
  return idle ? { is: 'failed', reason, ref: null, routes: [] } : null;
};
