// Invoices of a wallet that settles late: held is told as paid, and settled by the gateway some time after, or before any deadline, unless
// an admin undoes it in between. For machines that know nothing of holds; docs/cashout.md says what is at risk.
import type { InvoiceOrder } from './create.ts';
import type { InvoiceDeps } from './deps.ts';
import { createHoldInvoice, holdRange } from './hold.ts';
import type { InvoiceView } from './view.ts';

// The longest hold is a little longer than the window, so that the window and not the deadline settles it.
const spareSeconds = 60;

/** Throws Refused: as `createHoldInvoice`. */
export const createLateInvoice = (
  deps: InvoiceDeps,
  of: { readonly order: InvoiceOrder; readonly settleAfterSeconds: number },
  signal: AbortSignal,
): Promise<InvoiceView> =>
  createHoldInvoice(
    deps,
    {
      ...of.order,
      paymentHash: null,
      longestHoldSeconds: Math.max(holdRange.least, of.settleAfterSeconds + spareSeconds),
      onDeadline: 'settle',
      settleAfterSeconds: of.settleAfterSeconds,
    },
    signal,
  );
