// Pays a request, once. The row says `sending` before the first byte leaves; only the process whose insert won calls `pay`, and only once;
// after that everybody asks. The caller's patience ends the waiting, never the payment.
import type { Floor, PayOutcome } from '../backends/port.ts';
import { attemptRef } from '../backends/port.ts';
import { insideId } from '../backends/registry.ts';
import { bolt11Text, msat, paymentHash } from '../lightning/values.ts';
import { refuse } from '../platform/refusal.ts';
import { transactionOf, viewOfMovement } from '../wallets/transactions.ts';
import type { TransactionView } from '../wallets/view.ts';
import { type Begun, beginPayment, type Started } from './begin.ts';
import type { PaymentDeps } from './deps.ts';
import { observeAttempt } from './observe.ts';
import { preparePayment, type SendOrder } from './prepare.ts';
import { type Candidate, insideCandidates, nextCandidate, paidInside, payCandidates, paysItself } from './route.ts';
import {
  type AttemptRow,
  attempt,
  attemptsForHash,
  type NewAttempt,
  type PaymentRow,
  paymentByAsk,
  rescheduleAttempt,
  toPaymentView,
  viewOfPayment,
} from './store.ts';
import type { PaymentView } from './view.ts';
import { waitForEnd } from './wait.ts';

export type Sent =
  | { readonly is: 'payment'; readonly payment: PaymentView; readonly transaction: TransactionView | null }
  /** Paid before, by us or by somebody else on the same backend. */
  | { readonly is: 'alreadyPaid'; readonly payment: PaymentView | null };

/**
 * Throws Refused before anything is written: invalidInvoice, the amount rules, selfPayment, paymentInFlight, invoiceExpired,
 * insufficientBalance, outgoingHalted, backendUnavailable, idempotencyConflict. Afterwards it answers with the payment as it stands.
 */
export const sendPayment = async (deps: PaymentDeps, order: SendOrder): Promise<Sent> => {
  const replayed = await replay(deps, order);
  if (replayed) return replayed;
  const begun = await beginOrReplay(deps, order);
  if (begun.is === 'alreadyPaid') return { is: 'alreadyPaid', payment: begun.payment };
  if (begun.is === 'replayed') return (await replay(deps, order)) ?? refuse({ is: 'idempotencyConflict' });
  const waitMs = (order.waitSeconds ?? deps.settings.waitSeconds) * 1000;
  // Not awaited beyond the caller's patience, and not tied to its request: what was begun is carried to its end.
  const running = tracked(deps, runAttempts(deps, begun));
  // Woken early, it is the end that has come: then the end is what there is to say.
  const patience = deps.clock.sleep(waitMs, begun.ended.signal).then(
    () => null,
    () => running,
  );
  const won = await Promise.race([running, patience]);
  begun.ended.abort();
  // What it was in cents, the movement says.
  return won && begun.movement.amount_cents === undefined ? told(begun, won) : seen(deps, begun.payment);
};

/** A success at the first call, as this process has just written it: it is final, and nobody waits for it to be read again. */
const told = ({ payment, movement }: Started, won: AttemptRow): Sent => ({
  is: 'payment',
  payment: toPaymentView(payment, [won]),
  transaction: viewOfMovement({
    ...movement,
    ...{ status: 'success', fee_msat: won.feeMsat ?? 0n, preimage: won.preimage, ended_at: won.endedAt },
  }),
});

/**
 * The payment and its movement as they stand, read side by side: somebody waits for them. One that failed, of a request that an earlier send has
 * paid, is answered by that: FAILURE would be read as "not paid".
 */
const seen = async (deps: PaymentDeps, row: PaymentRow): Promise<Sent> => {
  const [payment, transaction] = await Promise.all([viewOfPayment(deps.db, row), transactionOf(deps.db, row.id, row.walletId)]);
  const other = payment.state === 'failed' ? await paidBefore(deps, row) : null;
  return other === null ? { is: 'payment', payment, transaction } : { is: 'alreadyPaid', payment: other };
};

const paidBefore = async (deps: PaymentDeps, row: PaymentRow): Promise<PaymentView | null> =>
  beginPayment.paidBy(
    deps,
    (await attemptsForHash(deps.db, row.paymentHash)).filter((one) => one.paymentId < row.id),
  );

const tracked = <T>(deps: PaymentDeps, work: Promise<T>): Promise<T> => {
  deps.underWay.add(work);
  return work.finally(() => deps.underWay.delete(work));
};

/** Resolves when no send of this process is between its insert and its answer: what a drain waits for. */
export const sendsAtRest = async (deps: Pick<PaymentDeps, 'underWay'>): Promise<void> => {
  while (deps.underWay.size > 0) await Promise.allSettled([...deps.underWay]);
};

const replay = async (deps: PaymentDeps, order: SendOrder): Promise<Sent | null> => {
  const row = order.asked && (await paymentByAsk(deps.db, order.asked));
  if (!row) return null;
  if (row.askedDigest !== order.asked?.digest) return refuse({ is: 'idempotencyConflict' });
  return seen(deps, row);
};

/** Another request with this key may write between our look and our own start: then its story is the answer, and FAILURE would be a lie. */
const beginOrReplay = async (deps: PaymentDeps, order: SendOrder): Promise<Begun> => {
  const isReplay = async (): Promise<boolean> => order.asked !== null && (await paymentByAsk(deps.db, order.asked)) !== null;
  try {
    const begun = await begin(deps, order);
    return begun.is === 'alreadyPaid' && (await isReplay()) ? { is: 'replayed' } : begun;
  } catch (error) {
    if (await isReplay()) return { is: 'replayed' };
    throw error;
  }
};

const begin = async (deps: PaymentDeps, order: SendOrder): Promise<Begun> => {
  const prepared = preparePayment(order, deps.network);
  const { invoice } = prepared;
  const outside = payCandidates(deps, order.wallet, prepared);
  const [own, earlier, halted, firstOutside] = await Promise.all([
    deps.ownInvoice(invoice.hash),
    attemptsForHash(deps.db, invoice.hash),
    deps.halted(),
    nextCandidate(deps, outside, invoice.hash),
  ]);
  if (earlier.some((one) => one.state === 'succeeded')) return beginPayment.already(deps, earlier);
  if (earlier.some((one) => one.state === 'sending')) return refuse({ is: 'paymentInFlight' });
  if (invoice.expiresAt <= deps.clock.now()) return expired(deps, outside, invoice.hash);
  const isInside = paidInside(own, { wallet: order.wallet, bolt11: invoice.bolt11 });
  // Inside, the reserve would wait for a node that may never come back. Outside, the payer would be charged and the payee credited only when that node
  // is read again, if ever. Refused, nothing has moved, and once the node is there the same request is paid once, inside.
  if (isInside && own?.inside === 'backendMissing') return refuse({ is: 'backendUnavailable' });
  if (own && !isInside && paysItself(own, { request: invoice, wallet: order.wallet, candidates: outside }))
    return refuse({ is: 'selfPayment' });
  const candidates = isInside ? insideCandidates(deps) : outside;
  if (candidates.length === 0) return refuse({ is: 'notSupported' });
  const first = isInside ? await nextCandidate(deps, candidates, invoice.hash) : firstOutside;
  if (first === null) return refuse({ is: 'backendUnavailable' });
  const elsewhere = paidElsewhere([first.floor]);
  if (elsewhere) return elsewhere;
  // After what the backend knows: a client that asks again for what a restored database has forgotten is told that it is paid.
  if (halted) return refuse({ is: 'outgoingHalted' });
  return beginPayment.write(deps, { order, prepared, candidates, first });
};

/** Paid through one of these backends, but not by us: nothing of ours, no ledger entry. Null: none of them says so. */
const paidElsewhere = (floors: readonly Floor[]): Begun | null => {
  if (floors.some((one) => one.is === 'succeeded')) return { is: 'alreadyPaid', payment: null };
  return floors.some((one) => one.is === 'inFlight') ? refuse({ is: 'paymentInFlight' }) : null;
};

/**
 * The answer about a request that has expired. "Expired" is read as "not paid", and the customer is paid by another request; so every backend that
 * could have carried it is asked before, for a payment that a restored database has forgotten or another program has made. One that cannot be asked
 * leaves it open.
 */
const expired = async (deps: PaymentDeps, candidates: readonly Candidate[], hash: string): Promise<Begun> => {
  const known = await Promise.all(candidates.map((one) => nextCandidate(deps, [one], hash)));
  const elsewhere = paidElsewhere(known.flatMap((one) => (one ? [one.floor] : [])));
  return elsewhere ?? refuse({ is: known.includes(null) ? 'backendUnavailable' : 'invoiceExpired' });
};

/** The first attempt when it has succeeded at its call; null: the rows say what became of the payment. */
const runAttempts = async (deps: PaymentDeps, begun: Started): Promise<AttemptRow | null> => {
  try {
    let ran: Ran = { is: 'goesOn', with: begun.first };
    while (ran.is === 'goesOn') ran = await runOne(deps, begun, ran.with);
    return ran.is === 'won' && ran.row.id === begun.first.row.id ? ran.row : null;
  } catch (error) {
    // The row says `sending`; the sweep goes on from there.
    deps.log.error({ err: error, paymentHash: begun.payment.paymentHash }, 'a send was interrupted; the sweep asks what became of it');
    return null;
  } finally {
    begun.ended.abort();
  }
};

interface Running {
  readonly candidate: Candidate;
  readonly row: NewAttempt;
}

type Ran = { readonly is: 'goesOn'; readonly with: Running } | { readonly is: 'won'; readonly row: AttemptRow } | { readonly is: 'ended' };

const runOne = async (deps: PaymentDeps, begun: Started, { candidate, row }: Running): Promise<Ran> => {
  const { payment, amountless } = begun;
  deps.calling.add(row.id);
  const outcome = await candidate.pay.pay({
    hash: paymentHash(payment.paymentHash),
    bolt11: bolt11Text(payment.bolt11),
    amount: msat(payment.amountMsat),
    amountless,
    ...(payment.amountCents !== null && { cents: payment.amountCents }),
    maxFee: msat(payment.maxFeeMsat),
    sendBy: row.send_by,
  });
  deps.calling.delete(row.id);
  const next = mayGoOn(candidate, outcome) ? await followUp(deps, begun, candidate) : null;
  const after = await observeAttempt(deps, row.id, outcome, { payment, next: next?.row ?? null, row: asSent(row) });
  if (after?.state === 'sending') {
    if (outcome.is === 'unknown') await rescheduleAttempt(deps.db, row.id, new Date(deps.clock.now().getTime() + 1_000));
    await waitForEnd(deps, after, begun.ended.signal);
    return { is: 'ended' };
  }
  // Inside, the other side of the movement is ours as well, and the row names it.
  if (after?.state === 'succeeded' && candidate.backendId !== insideId) return { is: 'won', row: after };
  // Whoever else ended the attempt has not written the next one; without its row nothing is sent.
  return next !== null && (await attempt(deps.db, next.row.id)) !== null ? { is: 'goesOn', with: next } : { is: 'ended' };
};

/** The row as the insert has just written it. */
const asSent = (row: NewAttempt): AttemptRow => ({
  id: row.id,
  paymentId: row.payment_id,
  paymentHash: row.payment_hash,
  backendId: row.backend_id,
  backendIdentity: row.backend_identity,
  state: 'sending',
  disproved: false,
  amountMsat: row.amount_msat,
  maxFeeMsat: row.max_fee_msat,
  floor: row.floor,
  ref: null,
  sendBy: row.send_by,
  seenInFlight: false,
  preimage: null,
  proof: null,
  feeMsat: null,
  failure: null,
  routes: [],
  createdAt: row.created_at,
  endedAt: null,
  nextCheckAt: row.next_check_at,
  checks: 0,
});

/** DESIGN §4: another backend only after `notSent`, or after a failure that is proof, and never when the payee or the request said no. */
export const mayGoOn = (candidate: Pick<Candidate, 'pay'>, outcome: PayOutcome): boolean => {
  if (outcome.is === 'notSent') return true;
  return (
    outcome.is === 'failed' &&
    candidate.pay.traits.failureIsProof &&
    outcome.reason !== 'rejectedByPayee' &&
    outcome.reason !== 'invoiceExpired'
  );
};

const followUp = async (deps: PaymentDeps, begun: Started, tried: Candidate): Promise<Running | null> => {
  const rest = begun.candidates.slice(begun.candidates.findIndex((one) => one.backendId === tried.backendId) + 1);
  const found = await nextCandidate(deps, rest, begun.payment.paymentHash);
  // What the next backend already sends or has paid is for a person to look at, not for a second payment.
  if (found === null || found.floor.is === 'succeeded' || found.floor.is === 'inFlight') return null;
  const floor = found.floor.is === 'failed' ? found.floor.ref : null;
  const earlier = await attemptsForHash(deps.db, begun.payment.paymentHash);
  // Paid meanwhile, by what a custodian had called failed; or the backend does not show yet what an earlier attempt did there.
  const isLater = (one: AttemptRow): boolean => one.backendId === found.candidate.backendId && one.ref !== null && one.ref > (floor ?? -1n);
  if (earlier.some((one) => one.state === 'succeeded' || isLater(one))) return null;
  return {
    candidate: found.candidate,
    row: beginPayment.attempt(deps, begun.payment, { candidate: found.candidate, floor: floor === null ? null : attemptRef(floor) }),
  };
};
