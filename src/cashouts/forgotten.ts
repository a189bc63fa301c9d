// A start that a restored database has forgotten. A standby that takes over may lack the last second: the machine has its answer and gives out
// cash, and here the cash-out waits as before. As long as that may be so the clock gives nothing back, and a report is taken for its start.
import { observeInvoice } from '../invoices/observe.ts';
import type { InvoiceRow } from '../invoices/store.ts';
import type { Restored } from '../platform/restored.ts';
import { spareSeconds } from './create.ts';
import type { CashOutDeps } from './deps.ts';
import { type Both, moveBoth } from './move.ts';
import { lookedUp } from './start.ts';
import { type CashOutRow, cashOutById } from './store.ts';

type Waiting = Pick<CashOutRow, 'state' | 'createdAt' | 'dispenseSeconds'>;

/**
 * True of one that waits and was made before a restore was noticed: until that restore is over, and at least for as long as a machine that had just
 * started may take for its report. A restore after which the backends remember nothing more than we do is over within seconds.
 */
export const mayHaveStarted = (row: Waiting, restored: Restored | null, now: Date): boolean => {
  if (restored === null || row.state !== 'waiting' || row.createdAt > restored.at) return false;
  return restored.isOpen || now.getTime() < restored.at.getTime() + (row.dispenseSeconds + spareSeconds) * 1000;
};

/** As above; whether the database was put back is looked at now. */
export const startMayBeForgotten = async (deps: CashOutDeps, row: Waiting): Promise<boolean> =>
  row.state === 'waiting' && mayHaveStarted(row, await deps.restored(), deps.invoices.clock.now());

/** True when the invoice belongs to a cash-out whose machine may be at work though nothing here says so. */
export const mayBeDispensing = async (deps: CashOutDeps, invoice: Pick<InvoiceRow, 'id'>): Promise<boolean> => {
  const row = await cashOutById(deps.invoices.db, invoice.id);
  return row !== null && startMayBeForgotten(deps, row);
};

/**
 * Takes the start that a report speaks of, when it may have been forgotten and the payment is held: the machine asked the backend when it started.
 * True: look again, both rows are not what they were. Throws Refused backendUnavailable.
 */
export const takeForgottenStart = async (deps: CashOutDeps, { row, invoice }: Both, signal: AbortSignal): Promise<boolean> => {
  if (!(await startMayBeForgotten(deps, row))) return false;
  // That it was paid may be forgotten too: it was held for a moment only before the machine started.
  const now = invoice.state === 'open' ? await seenNow(deps, invoice, signal) : invoice;
  if (now?.state !== 'held') return false;
  const at = deps.invoices.clock.now();
  await moveBoth(
    deps,
    { row, invoice: now },
    {
      event: 'startAsked',
      invoiceEvent: 'claimAsked',
      set: { started_at: at, report_by: new Date(at.getTime() + row.dispenseSeconds * 1000) },
      detail: { forgotten: true },
      incident: 'cashOut.startForgotten',
    },
  );
  return true;
};

const seenNow = async (deps: CashOutDeps, invoice: InvoiceRow, signal: AbortSignal): Promise<InvoiceRow | null> => {
  const { paymentHash: hash, backendId, backendIdentity: identityKey } = invoice;
  return observeInvoice(deps.invoices, { hash, backendId, identityKey, sighting: await lookedUp(deps, invoice, signal) });
};
