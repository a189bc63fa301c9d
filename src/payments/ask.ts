// Asks a backend what became of an attempt, and when its silence proves something. `find` never pays; `notFound` ends a row only under
// all of DESIGN §5's conditions, and what stays in doubt too long is an incident for a person, not a failure.
import { attemptRef, type Pay } from '../backends/port.ts';
import type { Registered } from '../backends/registry.ts';
import { paymentHash } from '../lightning/values.ts';
import type { IncidentRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import { incidentsAbout } from '../platform/incidents.ts';
import type { PaymentDeps } from './deps.ts';
import { leftToCaller, observeAttempt, observePaymentFact, type Said } from './observe.ts';
import { type AttemptRow, advanceAttempt, attempt as readAttempt } from './store.ts';
import { onlyTestified } from './testimony.ts';

const oldMs = 3_600_000;
const findMs = 10_000;

/**
 * Asks about an attempt that is `sending`, or `failed` by nothing but the word of a backend that may be wrong, and writes down the answer; the
 * row afterwards, null when there is none. Any other row stands as it is.
 */
export const askAbout = async (deps: PaymentDeps, row: AttemptRow): Promise<AttemptRow | null> => {
  if (row.state === 'sending') return askAboutSending(deps, row);
  return onlyTestified(deps, row) ? askAboutFailed(deps, row) : row;
};

interface Reached {
  readonly pay: Pay;
  readonly registered: Registered;
}

/** Whoever was given this attempt; null when nobody answers now, else why there is nobody to ask. */
const reach = async (deps: PaymentDeps, row: AttemptRow): Promise<Reached | 'backendMissing' | 'otherIdentity' | null> => {
  const registered = deps.registry.get(row.backendId);
  const pay = registered?.backend.pay;
  if (!registered || !pay) return 'backendMissing';
  if (registered.identity() === null && (await registered.verify())) return null;
  // Another node says nothing about what this one was given.
  return registered.identity()?.key === row.backendIdentity ? { pay, registered } : 'otherIdentity';
};

/** What its backend says of it now; null: nobody can be asked. */
export const wordOf = async (deps: PaymentDeps, row: AttemptRow): Promise<Said | null> => {
  const on = await reach(deps, row);
  return on === null || typeof on === 'string' ? null : find(on.pay, row);
};

const find = (pay: Pay, row: AttemptRow): Promise<Said> =>
  pay.find(paymentHash(row.paymentHash), row.floor === null ? null : attemptRef(row.floor), AbortSignal.timeout(findMs));

const askAboutSending = async (deps: PaymentDeps, row: AttemptRow): Promise<AttemptRow | null> => {
  const on = await reach(deps, row);
  if (on === null) return waiting(deps, row);
  if (typeof on === 'string') return doubt(deps, row, on);
  const said = await find(on.pay, row);
  if (said.is === 'unknown') return waiting(deps, row);
  if (await leftToCaller(deps, row, said)) return row;
  if (said.is !== 'notFound') return observeAttempt(deps, row.id, said);
  if (await provesUnsent(deps, row, on)) return observeAttempt(deps, row.id, unsent);
  return row.seenInFlight ? doubt(deps, row, 'vanished') : waiting(deps, row);
};

/** Only more than the failure is news: what is paid after all, or under way. It is of this attempt or of a later one for the same hash. */
const askAboutFailed = async (deps: PaymentDeps, row: AttemptRow): Promise<AttemptRow | null> => {
  const outcome = await wordOf(deps, row);
  if (outcome?.is !== 'succeeded' && outcome?.is !== 'inFlight') return row;
  const { paymentHash: hash, backendId, backendIdentity: identityKey } = row;
  await observePaymentFact(deps, { hash, backendId, identityKey, outcome });
  return readAttempt(deps.db, row.id);
};

const unsent: Said = {
  is: 'notSent',
  fault: { kind: 'internal', detail: 'the backend knows nothing of it, after the time to send and a grace' },
};

/** From when on `notFound` may prove something: no call of this attempt can still begin, and whatever has begun is to be seen by now. */
export const silenceProvesAt = (deps: PaymentDeps, row: Pick<AttemptRow, 'sendBy'>): Date =>
  new Date(row.sendBy.getTime() + deps.settings.graceSeconds * 1000);

/** True when `notFound` proves that nothing was ever sent and nothing will be. */
const provesUnsent = async (deps: PaymentDeps, row: AttemptRow, on: Reached): Promise<boolean> => {
  const isTooEarly = deps.clock.now() < silenceProvesAt(deps, row);
  if (!on.pay.traits.findIsComplete || row.seenInFlight || isTooEarly || isLong(deps, row)) return false;
  // A node whose counters went back was restored from an older copy: it may have forgotten ours.
  const floor = await on.pay.floor(paymentHash(row.paymentHash), AbortSignal.timeout(findMs)).catch(() => null);
  // And one that knows of something newer than our floor contradicts its own notFound.
  if (floor === null || floor.is === 'inFlight' || floor.is === 'succeeded') return false;
  return (floor.is === 'failed' ? floor.ref : null) === row.floor;
};

/** Nobody has said anything of it: silence, "I do not know" and a backend that cannot be asked are all one, and a person's matter after an hour. */
const waiting = async (deps: PaymentDeps, row: AttemptRow): Promise<AttemptRow> =>
  isLong(deps, row) ? doubt(deps, row, 'unknownTooLong') : row;

/** True when it has been on its way for longer than a payment takes. */
export const isLong = (deps: PaymentDeps, row: Pick<AttemptRow, 'createdAt'>): boolean =>
  deps.clock.now().getTime() - row.createdAt.getTime() > oldMs;

type Doubt = 'backendMissing' | 'otherIdentity' | 'vanished' | 'unknownTooLong';

export const doubted = (deps: PaymentDeps, row: AttemptRow, why: Doubt): IncidentRow => {
  const now = deps.clock.now();
  const detail = { attemptId: row.id, paymentId: row.paymentId, backendId: row.backendId };
  return { id: newId(now), kind: `attempt.${why}`, subject: row.paymentHash, detail, created_at: now };
};

/** Told once: the same doubt is met again at every look. */
const doubt = async (deps: PaymentDeps, row: AttemptRow, why: Doubt): Promise<AttemptRow> => {
  const incident = doubted(deps, row, why);
  if ((await incidentsAbout(deps.db, row.paymentHash)).some((one) => one.kind === incident.kind)) return row;
  await advanceAttempt(deps.db, { id: row.id, from: row.state, set: { state: row.state }, effects: { incidents: [incident] } });
  deps.alarm(incident.kind, incident.subject, incident.detail);
  return row;
};
