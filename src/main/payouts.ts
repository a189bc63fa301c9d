// What a person asks and decides about sends on the chain: which have not ended, what the backend says of one now, and that one will never be.
import { z } from 'zod';
import { askAboutPayout } from '../payouts/ask.ts';
import { giveUpPayout } from '../payouts/giveup.ts';
import { payoutById, toPayoutView, waitingPayouts } from '../payouts/store.ts';
import { systemClock } from '../platform/clock.ts';
import { incidentsAbout, resolveIncident } from '../platform/incidents.ts';
import { Refused } from '../platform/refusal.ts';
import type { Verb } from './verb.ts';

const waiting: Verb = async ({ db }) =>
  (await waitingPayouts(db)).map((row) => ({ ...toPayoutView(row), backendId: row.backendId, isInDoubt: row.isInDoubt }));

/** The backend's word now, written down; null when there is no such payout. */
const ask: Verb = async ({ core, db }, args) => {
  const row = await payoutById(db, z.uuid().parse(args.id));
  if (!row) return null;
  const after = await askAboutPayout(core.deps.payouts, row);
  return { ...toPayoutView(after ?? row), backendId: row.backendId, incidents: await incidentsAbout(db, row.id) };
};

const giveUp: Verb = async ({ core, db }, args) => {
  const { id, why } = z.object({ id: z.uuid(), why: z.string().min(1).max(500) }).parse(args);
  try {
    const row = await giveUpPayout(core.deps.payouts, id);
    if (!row) return null;
    for (const one of await incidentsAbout(db, id))
      if (one.resolvedAt === null) await resolveIncident(db, systemClock, { id: one.id, resolution: why });
    return toPayoutView(row);
  } catch (error) {
    if (error instanceof Refused && error.refusal.is === 'wrongState') throw new Error(`it is ${error.refusal.state}: nothing was changed`);
    throw error;
  }
};

export const payoutVerbs: Readonly<Record<string, Verb>> = { payouts: waiting, 'payouts.ask': ask, 'payouts.giveUp': giveUp };
