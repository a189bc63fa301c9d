// What is done when nobody says anything: held and not started in time is canceled; started and not reported in time is settled, for cash
// may be out, and a person is told. And cash-outs follow what their invoices did without them.
import { intend } from '../invoices/settle.ts';
import { Refused } from '../platform/refusal.ts';
import type { CashOutDeps } from './deps.ts';
import { startMayBeForgotten } from './forgotten.ts';
import { type Both, type CashOutStep, moveBoth, readBoth } from './move.ts';
import { carryOut } from './report.ts';
import { dueCashOuts } from './store.ts';

const askMs = 15_000;

/** Does what is due now; resolves when all of it was asked for. */
export const breakSilence = async (deps: CashOutDeps): Promise<void> => {
  const ids = await dueCashOuts(deps.invoices.db, deps.invoices.clock.now());
  await Promise.all(ids.map((id) => one(deps, id)));
};

const one = async (deps: CashOutDeps, id: string): Promise<void> => {
  try {
    const both = await readBoth(deps, id, null);
    // The network gave it back and the payer paid once more, while a machine works: it is that machine's again.
    if (both.row.state === 'dispensing' && both.invoice.state === 'held')
      await intend(deps.invoices, both.invoice, { event: 'claimAsked', sealed: null });
    const taken = dueStep(both, deps.invoices.clock.now());
    // A machine may be at work though nothing here says so: its report is waited for.
    if (taken?.event === 'unclaimed' && (await startMayBeForgotten(deps, both.row))) return;
    if (taken && (await moveBoth(deps, both, taken))) await carryOut(deps, id, AbortSignal.timeout(askMs));
  } catch (error) {
    // Somebody moved it meanwhile; anything else is looked at again at the next tick.
    if (!(error instanceof Refused)) deps.invoices.log.warn({ err: error, cashOutId: id }, 'a silent cash-out could not be dealt with yet');
  }
};

const nothing = { set: {}, detail: {}, invoiceEvent: null } as const;
const isTaken = ({ invoice }: Both): boolean => invoice.state === 'settling' || invoice.state === 'settled';

/** What the clock or the invoice make due; null for nothing. */
export const dueStep = (both: Both, now: Date): CashOutStep | null => {
  if (both.row.state === 'waiting') return dueBeforeStart(both, now);
  return both.row.state === 'dispensing' ? dueAfterStart(both, now) : null;
};

const dueBeforeStart = (both: Both, now: Date): CashOutStep | null => {
  const { row, invoice } = both;
  if (isTaken(both)) return { ...nothing, event: 'sawTaken' };
  if (invoice.state === 'canceled') return { ...nothing, event: 'sawCanceled', set: { ended_at: now } };
  if (invoice.state !== 'held' || invoice.heldAt === null) return null;
  const startBy = invoice.heldAt.getTime() + row.startSeconds * 1000;
  return startBy > now.getTime() ? null : { ...nothing, event: 'unclaimed', invoiceEvent: 'cancelDue', set: { ended_at: now } };
};

const dueAfterStart = (both: Both, now: Date): CashOutStep | null => {
  const { row, invoice } = both;
  if (isTaken(both)) return { ...nothing, event: 'sawTaken' };
  if (row.reportBy === null || row.reportBy > now || invoice.state === 'held') return null;
  // Given back while the machine worked: should it be held again, it is settled as the claimed one would have been.
  if (invoice.state === 'open') return { ...nothing, event: 'unreported', settleAt: now };
  return { ...nothing, event: 'unreported', invoiceEvent: invoice.state === 'claimed' ? 'settleDue' : null };
};
