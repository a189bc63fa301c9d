// Ends a payment that nobody can tell anything of any more, by the word of a person who has looked: what was set aside for it is given back. Its
// backend is asked before, and ever later afterwards: should it have paid after all, that is booked as a loss, and told.
import { type IncidentView, incidentsAbout } from '../platform/incidents.ts';
import { step } from '../platform/machine.ts';
import { refuse } from '../platform/refusal.ts';
import { doubted, isLong, silenceProvesAt, wordOf } from './ask.ts';
import type { PaymentDeps } from './deps.ts';
import { endOf, observeAttempt, type Said } from './observe.ts';
import { attemptTable, byPerson } from './states.ts';
import { type AttemptRow, advanceAttempt, attemptsForHash, attempt as readAttempt } from './store.ts';
import { nextLook } from './testimony.ts';

export interface GivenUp {
  readonly row: AttemptRow;
  /** What its backend said of it at last; null: there was nobody to ask. */
  readonly said: Said['is'] | null;
}

export interface GivingUp {
  readonly hash: string;
  /** The person's own words, for the log; the incidents about it are theirs to put away. */
  readonly why: string;
}

/**
 * Null when there is no payment of this hash. Throws Refused wrongState when it has ended, when it is not in doubt (its call may not be over; no incident was
 * made of it, and it is younger than an hour), or when the backend knows it as paid or under way.
 */
export const giveUpPayment = async (deps: PaymentDeps, of: GivingUp): Promise<GivenUp | null> => {
  const rows = await attemptsForHash(deps.db, of.hash);
  const row = rows.find((one) => one.state === 'sending');
  const last = rows.at(-1);
  if (!last) return null;
  if (!row) return refuse({ is: 'wrongState', state: (rows.find((one) => one.state === 'succeeded') ?? last).state, asked: 'givenUp' });
  const incidents = (await incidentsAbout(deps.db, row.paymentHash)).filter((one) => isAbout(one, row));
  if (!isInDoubt(deps, row, incidents)) return refuse({ is: 'wrongState', state: `${row.state}, and not in doubt`, asked: 'givenUp' });
  const said = await wordOf(deps, row);
  const after = said ? await observeAttempt(deps, row.id, said) : row;
  if (said?.is === 'succeeded' || said?.is === 'inFlight')
    return refuse({ is: 'wrongState', state: `${said.is}, says ${row.backendId}`, asked: 'givenUp' });
  // Ended by the backend's own word, which is better than a person's.
  if (after?.state === 'failed') return { row: after, said: said?.is ?? null };
  return (await end(deps, row, { why: of.why, isTold: incidents.length > 0, said: said?.is ?? null })) ?? giveUpPayment(deps, of);
};

/** An incident of the hash may be of an earlier attempt, or of an invoice. */
export const isAbout = ({ detail }: Pick<IncidentView, 'detail'>, row: Pick<AttemptRow, 'id'>): boolean =>
  typeof detail === 'object' && detail !== null && 'attemptId' in detail && detail.attemptId === row.id;

/** Not before every call of it must be over: until then somebody else may be about to know. */
const isInDoubt = (deps: PaymentDeps, row: AttemptRow, incidents: readonly IncidentView[]): boolean =>
  deps.clock.now() >= silenceProvesAt(deps, row) && (incidents.length > 0 || isLong(deps, row));

interface Ending {
  readonly why: string;
  /** An incident about it exists. */
  readonly isTold: boolean;
  readonly said: Said['is'] | null;
}

/** Null: somebody else has moved it, and nothing was written. */
const end = async (deps: PaymentDeps, row: AttemptRow, { why, isTold, said }: Ending): Promise<GivenUp | null> => {
  const event = 'givenUp';
  const to = step(attemptTable, row.state, event);
  if (to.is !== 'moved') return null;
  const now = deps.clock.now();
  const word = { is: 'failed', reason: 'other', ref: null, routes: [] } as const;
  const next_check_at = nextLook({ endedAt: now, failure: byPerson }, now);
  const set = { state: to.to, failure: byPerson, disproved: true, ended_at: now, next_check_at } as const;
  const effects = await endOf(deps, { row, said: word, event, next: null, payment: null }, set);
  // Something that the person's words can be kept with.
  const incidents = isTold ? [] : [doubted(deps, row, 'unknownTooLong')];
  if (!(await advanceAttempt(deps.db, { id: row.id, from: row.state, set, effects: { ...effects, incidents } }))) return null;
  deps.feed.poke();
  deps.ended('failed');
  const { paymentHash, id: attemptId, backendId: backend, state: from } = row;
  deps.log.warn({ paymentHash, attemptId, backend, from, to: to.to, event, said, why }, 'attempt moved');
  const after = await readAttempt(deps.db, row.id);
  return after && { row: after, said };
};
