// A machine starts: the backend is asked whether the payment is still held, in full and for long enough; then invoice and cash-out are
// claimed in one statement. There is no second start: whoever lost the answer looks at the cash-out, and reports that nothing came out.
import type { InvoiceSighting } from '../backends/port.ts';
import { observeInvoice } from '../invoices/observe.ts';
import type { InvoiceRow } from '../invoices/store.ts';
import { paymentHash } from '../lightning/values.ts';
import { refuse } from '../platform/refusal.ts';
import type { CashOutDeps } from './deps.ts';
import { cashOutView } from './look.ts';
import { type Both, moveBoth, readBoth } from './move.ts';
import type { CashOutView } from './view.ts';

const maxTries = 5;
/** Seconds that the settlement needs after the last moment for a report. */
const settleSeconds = 15;

/**
 * From here on nobody can cancel but the machine's report, and the deadline settles.
 * Throws Refused: notFound, wrongState (not held, started before, over), tooLittleTime, backendUnavailable. Then no cash may come out.
 */
export const startDispense = async (deps: CashOutDeps, id: string, signal: AbortSignal): Promise<CashOutView> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const both = await readBoth(deps, id, null);
    const invoice = await stillHeld(deps, both, signal);
    const left = timeLeft(deps, invoice, both.row.dispenseSeconds);
    const now = deps.invoices.clock.now();
    const started = await moveBoth(
      deps,
      { row: both.row, invoice },
      {
        event: 'startAsked',
        invoiceEvent: 'claimAsked',
        set: { started_at: now, report_by: new Date(now.getTime() + both.row.dispenseSeconds * 1000) },
        detail: left,
      },
    );
    if (started) return cashOutView(deps, id, null);
  }
  return refuse({ is: 'backendUnavailable' });
};

/** The invoice as it is after its backend was asked; anything but held in full is a refusal. */
const stillHeld = async (deps: CashOutDeps, { row, invoice }: Both, signal: AbortSignal): Promise<InvoiceRow> => {
  if (row.state !== 'waiting') return refuse({ is: 'wrongState', state: row.state, asked: 'startAsked' });
  if (invoice.state !== 'held') return refuse({ is: 'wrongState', state: invoice.state, asked: 'startAsked' });
  const sighting = await lookedUp(deps, invoice, signal);
  const seen = { hash: invoice.paymentHash, backendId: invoice.backendId, identityKey: invoice.backendIdentity, sighting };
  const after = (await observeInvoice(deps.invoices, seen)) ?? invoice;
  const full = sighting.is === 'held' && (sighting.received === null || sighting.received >= row.amountMsat);
  if (after.state !== 'held') return refuse({ is: 'wrongState', state: after.state, asked: 'startAsked' });
  // A backend that forgot it for a moment says nothing that would let cash out.
  return full ? after : refuse({ is: 'wrongState', state: 'open', asked: 'startAsked' });
};

export const lookedUp = async (deps: CashOutDeps, invoice: InvoiceRow, signal: AbortSignal): Promise<InvoiceSighting> => {
  const hold = deps.invoices.registry.get(invoice.backendId)?.backend.hold;
  if (!hold) return refuse({ is: 'backendUnavailable' });
  return hold.find(paymentHash(invoice.paymentHash), signal).catch(() => refuse({ is: 'backendUnavailable' }));
};

/** Throws Refused tooLittleTime when the hold may end, by the clock or by blocks, before the machine has reported and it was settled. */
const timeLeft = (
  deps: CashOutDeps,
  invoice: InvoiceRow,
  dispenseSeconds: number,
): { readonly secondsLeft: number | null; readonly blocksLeft: number | null } => {
  const neededSeconds = dispenseSeconds + settleSeconds;
  const { deadlineAt, deadlineHeight } = invoice;
  const secondsLeft = deadlineAt === null ? null : Math.floor((deadlineAt.getTime() - deps.invoices.clock.now().getTime()) / 1000);
  if (secondsLeft !== null && secondsLeft < neededSeconds) return refuse({ is: 'tooLittleTime', neededSeconds, leftSeconds: secondsLeft });
  if (deadlineHeight === null) return { secondsLeft, blocksLeft: null };
  const height = deps.invoices.heights.of(invoice.backendId);
  // Nobody knows how many blocks are left.
  if (height === null) return refuse({ is: 'backendUnavailable' });
  const blocksLeft = deadlineHeight - height;
  if (blocksLeft < blocksFor(dispenseSeconds))
    return refuse({ is: 'tooLittleTime', neededSeconds, leftSeconds: Math.max(0, blocksLeft * 60) });
  return { secondsLeft, blocksLeft };
};

// Blocks of eight minutes with a surge of 1.7 over them, and one that may come this very moment.
const blocksFor = (seconds: number): number => Math.ceil((seconds * 1.7) / 480) + 1;
