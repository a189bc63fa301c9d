// A failure that proves nothing: a backend whose payments go through hands of its own may say FAILED of what it pays later, and its stream may
// never tell. Such an attempt is failed, since the client must be answered, and is asked about again for a day.
import type { PaymentDeps } from './deps.ts';
import type { AttemptRow } from './store.ts';

const shortestMs = 60_000;
const lastLookMs = 86_400_000;

const provesLittle = (deps: PaymentDeps, backendId: string): boolean =>
  deps.registry.get(backendId)?.backend.pay?.traits.failureIsProof === false;

/** Failed by nothing but the word of such a backend. */
export const onlyTestified = (deps: PaymentDeps, row: Pick<AttemptRow, 'state' | 'failure' | 'backendId'>): boolean =>
  row.state === 'failed' && row.failure !== 'notSent' && provesLittle(deps, row.backendId);

/** When it is asked about after it has just failed; null where the failure is proof. */
export const firstLook = (deps: PaymentDeps, backendId: string, now: Date): Date | null =>
  provesLittle(deps, backendId) ? nextLook({ endedAt: now }, now) : null;

/** When it is asked about next: ever later (at three times its age), and no more when it has been over for a day. */
export const nextLook = (row: Pick<AttemptRow, 'endedAt'>, now: Date): Date | null => {
  const age = now.getTime() - (row.endedAt ?? now).getTime();
  return age >= lastLookMs ? null : new Date(now.getTime() + Math.max(shortestMs, 2 * age));
};
