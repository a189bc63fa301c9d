// Ends a payout that nobody can tell anything of any more, by the word of a person who has looked at node and chain: its reserve is given back.
// Should it be in a block after all, that is seen as ever, booked as a loss, and told.
import { refuse } from '../platform/refusal.ts';
import { questionOf } from './ask.ts';
import type { PayoutDeps } from './deps.ts';
import { effectsOf, observePayout } from './observe.ts';
import { payoutTerminal } from './states.ts';
import { advancePayout, type PayoutRow, payoutById, waitingPayouts } from './store.ts';

const findMs = 60_000;

/**
 * The row afterwards; null when there is none. Throws Refused wrongState when it has ended, when no incident was made of it (it is not in doubt), or when the
 * backend knows it after all.
 */
export const giveUpPayout = async (deps: PayoutDeps, id: string): Promise<PayoutRow | null> => {
  const row = await payoutById(deps.db, id);
  if (!row) return null;
  if (payoutTerminal.has(row.state)) return refuse({ is: 'wrongState', state: row.state, asked: 'givenUp' });
  const doubted = (await waitingPayouts(deps.db)).some((one) => one.id === id && one.isInDoubt);
  if (!doubted) return refuse({ is: 'wrongState', state: `${row.state}, and not in doubt`, asked: 'givenUp' });
  const registered = deps.registry.get(row.backendId);
  // Another node says nothing about what this one was given.
  const asked = registered?.identity()?.key === row.backendIdentity ? registered.backend.chain : undefined;
  const said = await asked?.find(questionOf(row), AbortSignal.timeout(findMs));
  if (said?.is === 'sent' || said?.is === 'queued') {
    await observePayout(deps, id, said);
    return refuse({ is: 'wrongState', state: `${said.is}, says ${row.backendId}`, asked: 'givenUp' });
  }
  const set = { state: 'failed', failure: 'other', disproved: true, ended_at: deps.clock.now(), next_check_at: null } as const;
  const moved = await advancePayout(deps.db, { id, from: row.state, set, effects: await effectsOf(deps, { row, set }) });
  if (!moved) return giveUpPayout(deps, id);
  deps.feed.poke();
  deps.log.warn({ payoutId: id, walletId: row.walletId, from: row.state, to: 'failed', event: 'givenUp', txid: row.txid }, 'payout moved');
  return payoutById(deps.db, id);
};
