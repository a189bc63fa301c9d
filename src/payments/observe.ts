// What a backend says of a payment, written down. This is where doubt stays doubt: only the backend's word, or a proof that nothing was
// ever sent, ends an attempt; a preimage ends it as succeeded whatever was written before.
import type { PayOutcome } from '../backends/port.ts';
import { insideId } from '../backends/registry.ts';
import { paymentHash, proves } from '../lightning/values.ts';
import { isUniqueViolation } from '../platform/db.ts';
import type { Effects, IncidentRow, JournalRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import { step } from '../platform/machine.ts';
import { unitPrice } from '../prices/price.ts';
import { bookLateSuccess, bookReverse, bookSettle } from '../wallets/ledger.ts';
import type { PaymentDeps } from './deps.ts';
import { centsOf, paymentEvent, transactionRow } from './rows.ts';
import { type AttemptEvent, attemptAlarms, attemptTable, meaning } from './states.ts';
import {
  type AttemptMove,
  type AttemptRow,
  advanceAttempt,
  attemptsForHash,
  attemptsOfPayment,
  type NewAttempt,
  type PaymentRow,
  paymentById,
  attempt as readAttempt,
  rescheduleAttempt,
} from './store.ts';
import { firstLook } from './testimony.ts';

export type Said = PayOutcome | { readonly is: 'notFound' };

export interface Known {
  /** A further attempt on another backend, written by the statement that ends this one. */
  readonly next?: NewAttempt | null;
  /** The rows as the caller has just written them: spares reading them again. */
  readonly row?: AttemptRow;
  readonly payment?: PaymentRow;
}

const maxTries = 5;

/**
 * Writes what was said of one attempt; the row afterwards. An old story (at or below the floor) and a success without proof change nothing.
 */
export const observeAttempt = async (deps: PaymentDeps, attemptId: string, said: Said, known: Known = {}): Promise<AttemptRow | null> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const row = (tries === 0 && known.row) || (await readAttempt(deps.db, attemptId));
    if (!row) return null;
    const event = newsOf(deps, row, said);
    if (event === null) return row;
    const written = await write(deps, { row, said, event, next: known.next ?? null, payment: known.payment ?? null });
    // What was just read or written need not be read again: somebody waits, and the stream tells of every payment twice.
    if (written.is !== 'lost') return written.row;
  }
  return readAttempt(deps.db, attemptId);
};

/** A fact from a backend's stream: it belongs to the attempts for this hash on that very backend. */
export const observePaymentFact = async (
  deps: PaymentDeps,
  fact: { readonly hash: string; readonly backendId: string; readonly identityKey: string; readonly outcome: PayOutcome },
): Promise<void> => {
  const rows = await attemptsForHash(deps.db, fact.hash);
  const ours = rows.filter((row) => row.backendId === fact.backendId && row.backendIdentity === fact.identityKey);
  const about = attemptMeant(ours, refOf(fact.outcome));
  if (!about) return;
  if (await leftToCaller(deps, about, fact.outcome)) await rescheduleAttempt(deps.db, about.id, callOverAt(about));
  else await observeAttempt(deps, about.id, fact.outcome, { row: about });
};

// A backend answers a call within about half a minute (port.ts); then whoever called has written what came of it, or has died.
const callMs = 45_000;

/** When nobody can be in the call of this attempt any more: what was left to the caller and was not written is asked about. */
export const callOverAt = (row: Pick<AttemptRow, 'createdAt'>): Date => new Date(row.createdAt.getTime() + callMs + 1);

/**
 * A failure that the stream or the sweep tells while the call is still under way is left to the caller, who alone knows whether the
 * payment goes on with another backend. Nothing is lost by waiting: the caller writes it, or the sweep does once the call must be over.
 */
export const leftToCaller = async (deps: PaymentDeps, row: AttemptRow, said: Said): Promise<boolean> => {
  if (said.is !== 'failed' || row.state !== 'sending') return false;
  if (deps.calling.has(row.id)) return true;
  if (deps.clock.now().getTime() - row.createdAt.getTime() > callMs) return false;
  const payment = await paymentById(deps.db, row.paymentId);
  const wallet = payment && (await deps.wallet(payment.walletId));
  // Another replica may be in the call; with a single backend on the route there is nothing to go on with.
  return (wallet?.payRoute.length ?? 0) > 1;
};

const refOf = (outcome: Said): bigint | null => ('ref' in outcome ? outcome.ref : null);

/**
 * The attempt that an index belongs to: the one that has it, else one whose floor lies below it. Of several that is the one under way, then the
 * newest that was called; one that was never sent is meant only where there is no other. Their order alone says little: of two sends at
 * once the one that began first may be written last.
 */
export const attemptMeant = (rows: readonly AttemptRow[], ref: bigint | null): AttemptRow | undefined => {
  const exact = ref === null ? undefined : rows.findLast((row) => row.ref === ref);
  if (exact) return exact;
  const possible = rows.filter((row) => ref === null || row.floor === null || ref > row.floor);
  return possible.find((row) => row.state === 'sending') ?? possible.findLast((row) => row.failure !== 'notSent') ?? possible.at(-1);
};

/** The event that this means for the row, null when it is an old story or nothing at all. */
const newsOf = (deps: PaymentDeps, row: AttemptRow, said: Said): AttemptEvent | null => {
  const event = meaning(said);
  const ref = refOf(said);
  // The node still tells of the attempt before ours until our call arrives: a failure at or below the floor is not ours.
  if (ref !== null && row.floor !== null && ref <= row.floor) return null;
  // A stream may bring "in flight" after the call has brought the failure: up to the index that failed it tells of what is over.
  if (event === 'sawInFlight' && row.state === 'failed' && ref !== null && row.ref !== null && ref <= row.ref) return null;
  if (event === 'sawNothing') return null;
  if (said.is === 'succeeded' && !proven(deps, row, said)) return null;
  return event;
};

/** A preimage that opens the hash, or the word of a backend that gives none. */
const proven = (deps: PaymentDeps, row: AttemptRow, said: Extract<Said, { is: 'succeeded' }>): boolean => {
  if (said.preimage === null) return true;
  if (proves(said.preimage, paymentHash(row.paymentHash))) return true;
  deps.alarm('payment.wrongPreimage', row.paymentHash, { attemptId: row.id, backendId: row.backendId });
  return false;
};

interface Seen {
  readonly row: AttemptRow;
  readonly said: Said;
  readonly event: AttemptEvent;
  readonly next: NewAttempt | null;
  readonly payment: PaymentRow | null;
}

/** `lost`: somebody else has moved the row, and nothing was written. */
type Written = { readonly is: 'stands'; readonly row: AttemptRow } | { readonly is: 'lost' };

const write = async (deps: PaymentDeps, seen: Seen): Promise<Written> => {
  const { row, event } = seen;
  const to = step(attemptTable, row.state, event);
  const unchanged: Written = { is: 'stands', row };
  if (to.is === 'forbidden' || (to.is === 'same' && row.state !== 'sending')) {
    // A late "in flight" about an attempt that failed: money may be moving that we believe is not.
    if (to.is === 'forbidden' || attemptAlarms.has(`${row.state}:${event}`)) await tell(deps, row, event);
    return unchanged;
  }
  const state = to.is === 'moved' ? to.to : row.state;
  const set = { ...detailsOf(deps, seen), state };
  if (to.is === 'same' && !isNewer(row, set)) return unchanged;
  const effects = to.is === 'moved' ? await endOf(deps, seen, set) : {};
  const moved = await moveOnce(deps, { id: row.id, from: row.state, set, effects });
  if (moved === 'anothers') return row.state === 'sending' ? write(deps, { ...seen, said: anothers, event: 'provedUnsent' }) : unchanged;
  if (!moved) return { is: 'lost' };
  announce(deps, seen, { to: state, incidents: effects.incidents ?? [] });
  return { is: 'stands', row: withSet(row, set) };
};

/** `anothers`: the success belongs to another attempt for this hash at the same node, and has been written there. */
const moveOnce = (deps: PaymentDeps, move: AttemptMove): Promise<boolean | 'anothers'> =>
  advanceAttempt(deps.db, move).catch((error: unknown) => {
    if (isUniqueViolation(error, 'attempts_one_success')) return 'anothers';
    throw error;
  });

/** A node that is told to pay what it is paying, or has paid, tells of that and sends nothing. */
const anothers: Said = { is: 'notSent', fault: { kind: 'internal', detail: 'the backend had paid it for an earlier attempt' } };

/** The row as the move has left it. */
const withSet = (row: AttemptRow, set: AttemptMove['set']): AttemptRow => ({
  ...row,
  state: set.state,
  disproved: set.disproved ?? row.disproved,
  ref: set.ref ?? row.ref,
  seenInFlight: set.seen_in_flight ?? row.seenInFlight,
  preimage: set.preimage ?? row.preimage,
  proof: set.proof ?? row.proof,
  feeMsat: set.fee_msat ?? row.feeMsat,
  failure: set.failure === undefined ? row.failure : set.failure,
  routes: set.routes ?? row.routes,
  endedAt: set.ended_at ?? row.endedAt,
  nextCheckAt: set.next_check_at === undefined ? row.nextCheckAt : set.next_check_at,
});

const announce = (
  deps: PaymentDeps,
  { row, event }: Seen,
  move: { readonly to: AttemptRow['state']; readonly incidents: readonly IncidentRow[] },
): void => {
  deps.feed.poke();
  const { paymentHash: hash, id: attemptId, backendId: backend, state: from } = row;
  deps.log.info({ paymentHash: hash, attemptId, backend, from, to: move.to, event }, 'attempt moved');
  if (move.to !== 'sending' && move.to !== from) deps.ended(move.to);
  for (const incident of move.incidents) deps.alarm(incident.kind, incident.subject, incident.detail);
};

const isNewer = (row: AttemptRow, set: AttemptMove['set']): boolean =>
  (set.seen_in_flight === true && !row.seenInFlight) || (set.ref !== undefined && set.ref !== row.ref);

const detailsOf = (deps: PaymentDeps, { row, said, event }: Seen): Omit<AttemptMove['set'], 'state'> => {
  const now = deps.clock.now();
  const ref = refOf(said);
  const known = ref === null ? {} : { ref };
  switch (said.is) {
    case 'succeeded':
      return {
        ...known,
        fee_msat: said.fee,
        routes: said.routes,
        ended_at: now,
        next_check_at: null,
        failure: null,
        ...(said.preimage === null ? { proof: 'backendWord' } : { preimage: said.preimage, proof: 'preimage' }),
      };
    case 'failed':
      return {
        ...known,
        failure: said.reason,
        routes: said.routes,
        disproved: true,
        ended_at: now,
        next_check_at: firstLook(deps, row.backendId, now),
      };
    case 'notSent':
      return { failure: 'notSent', disproved: true, ended_at: now, next_check_at: null };
    case 'inFlight':
      return { ...known, seen_in_flight: true };
    case 'unknown':
    case 'notFound':
      // Only reached for `provedUnsent`, which is not made from these; kept total.
      return event === 'provedUnsent' ? { disproved: true, ended_at: now, next_check_at: null } : { next_check_at: row.nextCheckAt };
  }
};

/** What goes along with the end of an attempt: bookings, the movement that the user sees, the event. */
export const endOf = async (deps: PaymentDeps, seen: Seen, set: AttemptMove['set']): Promise<Effects> => {
  const payment = seen.payment ?? (await paymentById(deps.db, seen.row.paymentId));
  if (!payment) throw new Error(`attempt ${seen.row.id} is of no payment`);
  return effectsOf(deps, { seen, payment, set });
};

const effectsOf = async (
  deps: PaymentDeps,
  move: { readonly seen: Seen; readonly payment: PaymentRow; readonly set: AttemptMove['set'] },
): Promise<Effects> => {
  const { seen, payment, set } = move;
  const now = deps.clock.now();
  const incidents = alarmsOf(seen, now);
  // The payment goes on with another backend: its reserve and its transaction stay as they are.
  if (seen.next) return { attempts: [seen.next], incidents };
  const journals = await bookingsOf(deps, move);
  // A success of an earlier attempt came late and stands: the failure of this one says nothing about the payment.
  const stands = set.state === 'failed' && (await attemptsOfPayment(deps.db, payment.id)).some((one) => one.state === 'succeeded');
  if (stands) return { incidents, journals };
  const status = set.state === 'succeeded' ? 'success' : 'failure';
  const wallet = await deps.wallet(payment.walletId);
  const movement = {
    status,
    feeMsat: set.fee_msat ?? 0n,
    cents: centsOf(wallet, payment, seen.said.is === 'succeeded' ? seen.said.cents : undefined),
    preimage: set.preimage ?? null,
    price: unitPrice(deps.prices, await deps.displayCurrency(payment.accountId), wallet?.currency ?? 'BTC', now),
    now,
    endedAt: now,
  } as const;
  return {
    incidents,
    journals,
    transactions: [transactionRow(payment, movement, seen.row.backendId === insideId ? 'intraledger' : 'lightning')],
    events: [paymentEvent(payment, { state: set.state === 'succeeded' ? 'succeeded' : 'failed', attemptId: seen.row.id, set, now })],
  };
};

const alarmsOf = ({ row, event }: Seen, now: Date): IncidentRow[] => {
  if (!attemptAlarms.has(`${row.state}:${event}`)) return [];
  const detail = { attemptId: row.id, paymentId: row.paymentId, backendId: row.backendId };
  return [{ id: newId(now), kind: `attempt.${row.state}:${event}`, subject: row.paymentHash, detail, created_at: now }];
};

/** What the end of an attempt books: the reserve is used up, given back, or was given back too early. */
const bookingsOf = async (
  deps: PaymentDeps,
  { seen, payment, set }: { readonly seen: Seen; readonly payment: PaymentRow; readonly set: AttemptMove['set'] },
): Promise<readonly JournalRow[]> => {
  const wallet = await deps.wallet(payment.walletId);
  if (!wallet) return [];
  const at = deps.clock.now();
  const { backendId } = seen.row;
  const reserveMsat = payment.amountMsat + payment.maxFeeMsat;
  const feeMsat = set.fee_msat ?? 0n;
  if (set.state === 'failed') return bookReverse({ wallet, subjectId: payment.id, at }, { msat: reserveMsat });
  // Booked under the attempt: each late success is money of its own.
  if (seen.row.state === 'failed')
    return bookLateSuccess({ wallet, subjectId: seen.row.id, at }, { backendId, msat: payment.amountMsat + feeMsat });
  return bookSettle({ wallet, subjectId: payment.id, at }, { backendId, reserveMsat, amountMsat: payment.amountMsat, feeMsat });
};

const tell = async (deps: PaymentDeps, row: AttemptRow, event: AttemptEvent): Promise<void> => {
  const now = deps.clock.now();
  const kind = `attempt.${row.state}:${event}`;
  const detail = { attemptId: row.id, paymentId: row.paymentId, backendId: row.backendId };
  await advanceAttempt(deps.db, {
    id: row.id,
    from: row.state,
    set: { state: row.state },
    effects: { incidents: [{ id: newId(now), kind, subject: row.paymentHash, detail, created_at: now }] },
  });
  deps.alarm(kind, row.paymentHash, detail);
};
