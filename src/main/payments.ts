// What a person decides about a payment that nobody can tell anything of any more: that it was not paid.
import { z } from 'zod';
import { isHex32 } from '../lightning/values.ts';
import { giveUpPayment, isAbout } from '../payments/giveup.ts';
import { paymentById, viewOfPayment } from '../payments/store.ts';
import { systemClock } from '../platform/clock.ts';
import { incidentsAbout, resolveIncident } from '../platform/incidents.ts';
import { Refused } from '../platform/refusal.ts';
import type { Verb } from './verb.ts';

const giving = z.object({ hash: z.string().refine(isHex32, 'a payment hash is 64 hex digits'), why: z.string().min(1).max(500) });

/** The payment as it is then, and what its backend said of it at last; null when there is no such payment. */
const giveUp: Verb = async ({ core, db }, args) => {
  const { hash, why } = giving.parse(args);
  try {
    const given = await giveUpPayment(core.deps.payments, { hash, why });
    if (!given) return null;
    for (const one of await incidentsAbout(db, hash))
      if (one.resolvedAt === null && isAbout(one, given.row)) await resolveIncident(db, systemClock, { id: one.id, resolution: why });
    const payment = await paymentById(db, given.row.paymentId);
    return payment && { ...(await viewOfPayment(db, payment)), backendSaid: given.said };
  } catch (error) {
    if (error instanceof Refused && error.refusal.is === 'wrongState') throw new Error(`it is ${error.refusal.state}: nothing was changed`);
    throw error;
  }
};

export const paymentVerbs: Readonly<Record<string, Verb>> = { 'payments.giveUp': giveUp };
