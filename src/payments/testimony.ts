// A failure that proves nothing: a backend whose payments go through hands of its own may say FAILED of what it pays later, and its stream may
// never tell. Such an attempt is failed, since the client must be answered, and is asked about again for a day. One that a person gave up, because
// nobody could tell, is asked about for as long as it takes until somebody can.
import type { PaymentDeps } from './deps.ts';
import { byPerson } from './states.ts';
import type { AttemptRow } from './store.ts';

const shortestMs = 60_000;
const lastLookMs = 86_400_000;

const provesLittle = (deps: PaymentDeps, backendId: string): boolean =>
  deps.registry.get(backendId)?.backend.pay?.traits.failureIsProof === false;

/** Failed by nothing but the word of such a backend, or of a person. */
export const onlyTestified = (deps: PaymentDeps, row: Pick<AttemptRow, 'state' | 'failure' | 'backendId'>): boolean =>
  row.state === 'failed' && row.failure !== 'notSent' && (row.failure === byPerson || provesLittle(deps, row.backendId));

/** When it is asked about after it has just failed; null where the failure is proof. */
export const firstLook = (deps: PaymentDeps, backendId: string, now: Date): Date | null =>
  provesLittle(deps, backendId) ? nextLook({ endedAt: now }, now) : null;

/** When it is asked about next: ever later (at three times its age); no more when a backend has called it failed for a day. */
export const nextLook = (row: Pick<AttemptRow, 'endedAt'> & Partial<Pick<AttemptRow, 'failure'>>, now: Date): Date | null => {
  const age = now.getTime() - (row.endedAt ?? now).getTime();
  return age >= lastLookMs && row.failure !== byPerson ? null : new Date(now.getTime() + Math.max(shortestMs, 2 * age));
};
