// Paying through a Galoy account. An order goes out once; what is not answered, or answered unclearly, is looked up in the wallet's ledger
// and stays doubt until that ledger says more. Upstream's FAILURE is testimony: it never stands against a row that is paid or under way.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { peekPaymentHash } from '../../lightning/bolt11.ts';
import type { PaymentHash } from '../../lightning/values.ts';
import { BackendFault, type Fault, type Pay, type PayOrder, type PayOutcome } from '../port.ts';
import { type Ordered, patience } from './asking.ts';
import type { GaloyContext } from './context.ts';
import { GatewayPay, GatewayPayAmountless, type GatewayPayMutation, GatewayPayUsdAmountless } from './documents.generated.ts';
import { floorOf, type Movement, movementOf, movementsOf, standing, successIn, type Wanted } from './movements.ts';
import { galoyProbe } from './probe.ts';
import { isEarlyRefusal, isKnownPayment, reasonOf, sentenceOf, type Told } from './words.ts';

export const galoyPay = (context: GaloyContext, closing: AbortSignal): Pay => {
  const late: Late = new Map();
  return {
    traits: {
      unit: 'sat',
      amountless: true,
      // No send of upstream takes a limit (contract §5.6).
      feeLimit: false,
      // Several machines stand behind one address: one that was held up may still carry out what another one does not find yet.
      findIsComplete: false,
      // Upstream says FAILURE after a success too, when one of its later steps fails (contract §5.1).
      failureIsProof: false,
    },
    floor: async (hash, signal) => floorOf(await movementsOf(context, hash, signal), wantedOf(context, hash)),
    probeFee: (order, signal) => galoyProbe(context, order, signal),
    pay: (order) => pay({ context, closing, late }, order),
    find: async (hash, above, signal) => {
      const rows = await look(context, hash, signal);
      if (!Array.isArray(rows)) return { is: 'unknown', fault: rows.fault };
      const seen = standing(rows, wantedOf(context, hash), above);
      return seen.is === 'notFound' ? (late.get(hash) ?? seen) : seen;
    },
  };
};

/** Refusals that came when nobody waited for them any more: a refusal leaves no row in the ledger, so `find` could never learn of it. */
type Late = Map<PaymentHash, PayOutcome>;
const lateAtMost = 1_000;

interface Paying {
  readonly context: GaloyContext;
  readonly closing: AbortSignal;
  readonly late: Late;
}

type Rows = readonly Movement[];

const wantedOf = ({ settings }: GaloyContext, hash: PaymentHash): Wanted => ({ hash, currency: settings.currency });

const look = async (context: GaloyContext, hash: PaymentHash, signal: AbortSignal): Promise<Movement[] | { readonly fault: Fault }> => {
  try {
    return [...(await movementsOf(context, hash, signal))];
  } catch (error) {
    return { fault: faultOf(error) };
  }
};

const faultOf = (error: unknown): Fault =>
  error instanceof BackendFault ? error.fault : { kind: 'internal', detail: error instanceof Error ? error.message : String(error) };

const notSent = (kind: Fault['kind'], detail: string): PayOutcome => ({ is: 'notSent', fault: { kind, detail } });
const unknown = (kind: Fault['kind'], detail: string): PayOutcome => ({ is: 'unknown', fault: { kind, detail } });

const walletMs = 5_000;
const lookMs = 4_000;

const pay = async (paying: Paying, order: PayOrder): Promise<PayOutcome> => {
  const { context, closing, late } = paying;
  if (peekPaymentHash(order.bolt11) !== order.hash) return notSent('refused', 'the order names another hash than its payment request');
  if (order.amount % 1000n !== 0n) return notSent('refused', 'upstream pays whole satoshis only');
  if (order.amountless && (order.cents !== undefined) !== (context.settings.currency === 'USD'))
    return notSent('refused', 'the amount is in another currency than the wallet');
  let walletId: string;
  try {
    walletId = await context.account.walletId(AbortSignal.timeout(walletMs));
  } catch (error) {
    return { is: 'notSent', fault: faultOf(error) };
  }
  if (context.clock.now() > order.sendBy) return notSent('timeout', 'the order came too late: it must not be sent any more');
  late.delete(order.hash);
  // Not tied to any caller: a proxy that loses its client may drop what it has begun.
  const sending = send(context, { order, walletId }, AbortSignal.any([closing, AbortSignal.timeout(patience.latePayment)]));
  const answer = await Promise.race([sending, sleep(patience.payment, null, { ref: false })]);
  if (answer !== null) return outcomeOf(context, order.hash, answer);
  void sending.then((said) => keepLate(paying, order.hash, said));
  return looked(context, order.hash, { kind: 'timeout', detail: 'upstream did not say in time how the payment stands' });
};

const keepLate = async ({ context, late }: Paying, hash: PaymentHash, said: Answer): Promise<void> => {
  const outcome = await outcomeOf(context, hash, said);
  const [oldest] = late.keys();
  if (late.size >= lateAtMost && oldest !== undefined) late.delete(oldest);
  if (outcome.is === 'failed' || outcome.is === 'notSent') late.set(hash, outcome);
  // Whatever it says, the ledger is worth a look now.
  context.bell.ring();
};

type Answer = Ordered<GatewayPayMutation>;

const send = (
  { asking }: GaloyContext,
  { order, walletId }: { readonly order: PayOrder; readonly walletId: string },
  signal: AbortSignal,
): Promise<Answer> => {
  // Upstream refuses a second request with this key: one that some proxy repeats is not a second payment (contract §5.14).
  const headers = { 'x-idempotency-key': randomUUID() };
  const input = { walletId, paymentRequest: order.bolt11 };
  if (!order.amountless) return asking.order({ document: GatewayPay, variables: { input }, headers }, signal);
  if (order.cents !== undefined) {
    const amount = Number(order.cents);
    return asking.order({ document: GatewayPayUsdAmountless, variables: { input: { ...input, amount } }, headers }, signal);
  }
  const amount = Number(order.amount / 1000n);
  return asking.order({ document: GatewayPayAmountless, variables: { input: { ...input, amount } }, headers }, signal);
};

const outcomeOf = async (context: GaloyContext, hash: PaymentHash, answer: Answer): Promise<PayOutcome> => {
  if (answer.is === 'silence') return answer.sent ? looked(context, hash, answer.fault) : { is: 'notSent', fault: answer.fault };
  // Upstream's own word that it did not execute the request.
  if (!answer.began) return failed(context, hash, { errors: answer.errors, rows: [], early: true });
  const sent = answer.data?.sent;
  // Without the mutation's own answer nothing is known: an error beside the data may come from a step after the payment.
  if (!sent) return looked(context, hash, { kind: 'protocol', detail: `no answer to the order: ${sentenceOf(answer.errors)}` });
  return saidOf(context, hash, sent);
};

const saidOf = async (context: GaloyContext, hash: PaymentHash, sent: GatewayPayMutation['sent']): Promise<PayOutcome> => {
  const rows = rowsIn(context, sent.transaction);
  // Proof first, whatever status stands beside it.
  const success = successIn(rows, wantedOf(context, hash));
  if (success !== null) return { ...success, ref: null };
  const errors: readonly Told[] = Array.isArray(sent.errors) ? sent.errors : [];
  switch (sent.status) {
    case 'SUCCESS':
      return paid(context, hash);
    case 'PENDING':
      return { is: 'inFlight', ref: null };
    case 'FAILURE':
      if (isKnownPayment(errors)) return looked(context, hash, { kind: 'refused', detail: sentenceOf(errors) });
      return failed(context, hash, { errors, rows, early: isEarlyRefusal(errors) });
    case 'ALREADY_PAID':
      return looked(context, hash, alreadyPaid);
    default:
      // No status: a bad value, a foreign wallet, a missing scope (contract §4.2) – or nobody knows.
      if (isEarlyRefusal(errors)) return failed(context, hash, { errors, rows, early: true });
      return looked(context, hash, { kind: 'protocol', detail: `an answer without a status: ${sentenceOf(errors)}` });
  }
};

const alreadyPaid: Fault = {
  kind: 'refused',
  detail: 'upstream says that the invoice is already paid; its ledger shows no payment of this wallet',
};

/** The row beside the answer; one that cannot be read is none, for the ledger can still be asked. */
const rowsIn = ({ settings }: GaloyContext, row: GatewayPayMutation['sent']['transaction']): Rows => {
  try {
    return row ? [movementOf(row, settings.currency)] : [];
  } catch {
    return [];
  }
};

/** What the ledger shows as paid or under way is so. Its failures prove nothing here: they may be of an earlier attempt. */
const looked = async (context: GaloyContext, hash: PaymentHash, otherwise: Fault): Promise<PayOutcome> => {
  const rows = await look(context, hash, AbortSignal.timeout(lookMs));
  if (!Array.isArray(rows)) return { is: 'unknown', fault: otherwise };
  return moving(rows, wantedOf(context, hash)) ?? { is: 'unknown', fault: otherwise };
};

const moving = (rows: Rows, wanted: Wanted): PayOutcome | null => {
  const seen = standing(rows, wanted, null);
  return seen.is === 'succeeded' || seen.is === 'inFlight' ? seen : null;
};

/** SUCCESS without its row: it is paid, and what it cost stands in the ledger. Until that is read it is under way for us. */
const paid = async (context: GaloyContext, hash: PaymentHash): Promise<PayOutcome> => {
  const rows = await look(context, hash, AbortSignal.timeout(lookMs));
  const seen = Array.isArray(rows) ? standing(rows, wantedOf(context, hash), null) : null;
  return seen?.is === 'succeeded' ? seen : { is: 'inFlight', ref: null };
};

interface Refusing {
  readonly errors: readonly Told[];
  readonly rows: Rows;
  /** Refused before anything was begun, by upstream's own word. */
  readonly early: boolean;
}

/** FAILURE, held against the ledger. Where that cannot be read, only a refusal that came before any sending is believed. */
const failed = async (context: GaloyContext, hash: PaymentHash, { errors, rows, early }: Refusing): Promise<PayOutcome> => {
  const found = await look(context, hash, AbortSignal.timeout(lookMs));
  if (!Array.isArray(found) && !early) return unknown(found.fault.kind, `FAILURE, and the ledger cannot be asked: ${found.fault.detail}`);
  const ledger = Array.isArray(found) ? found : [];
  const stands = moving([...ledger, ...rows.filter(({ id }) => !ledger.some((row) => row.id === id))], wantedOf(context, hash));
  // No ref: a refusal adds no row, so the count is that of the attempt before.
  return stands ?? { is: 'failed', reason: reasonOf(errors), ref: null, routes: [] };
};
