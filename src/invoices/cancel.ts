// Cancels an invoice: the intention is stored first, then the backend is asked until it answers; the sweep goes on where a request ends.
import type { HoldOutcome } from '../backends/port.ts';
import { paymentHash } from '../lightning/values.ts';
import { step } from '../platform/machine.ts';
import { refuse } from '../platform/refusal.ts';
import type { InvoiceDeps } from './deps.ts';
import { observeInvoice } from './observe.ts';
import { invoiceTable } from './states.ts';
import { holdSteps } from './steps.ts';
import { advanceInvoice, type InvoiceRow, invoiceByHash, toInvoiceView } from './store.ts';
import type { InvoiceView } from './view.ts';

/**
 * Cancels an unpaid invoice of a wallet. Canceling twice is fine.
 * Throws Refused: notFound, alreadyProcessed (paid, held or expired; contract §2.2), backendUnavailable (the intention stays and is carried out).
 */
export const cancelInvoice = async (
  deps: InvoiceDeps,
  of: { readonly walletId: string; readonly paymentHash: string },
  signal: AbortSignal,
): Promise<InvoiceView> => {
  const row = await invoiceByHash(deps.db, of.paymentHash);
  if (!row || row.walletId !== of.walletId) return refuse({ is: 'notFound', what: 'invoice', given: of.paymentHash });
  if (row.state === 'canceled') return toInvoiceView(row);
  const expired = row.expiresAt <= deps.clock.now();
  if ((row.state !== 'open' && row.state !== 'canceling') || expired) return refuse({ is: 'alreadyProcessed' });
  const intended = await intend(deps, row);
  const outcome = await askToCancel(deps, intended, signal);
  const after = await invoiceByHash(deps.db, of.paymentHash);
  if (after?.state === 'canceled') return toInvoiceView(after);
  // A backend that cannot void what it keeps no trace of: whatever is still paid is given back, until the request has expired.
  if (after?.state === 'canceling' && outcome.is === 'refused' && outcome.because === 'notHeld') return toInvoiceView(after);
  if (outcome.is === 'unknown') return refuse({ is: 'backendUnavailable' });
  return refuse({ is: 'alreadyProcessed' });
};

const intend = async (deps: InvoiceDeps, row: InvoiceRow): Promise<InvoiceRow> => {
  const to = step(invoiceTable, row.state, 'cancelAsked');
  if (to.is !== 'moved') return row;
  const now = deps.clock.now();
  const moved = await advanceInvoice(deps.db, {
    id: row.id,
    from: row.state,
    set: { state: to.to, next_check_at: new Date(now.getTime() + 5_000) },
    effects: { steps: holdSteps(row, { event: 'cancelAsked', to: to.to, at: now }) },
  });
  // Somebody was faster: what they made of it decides.
  if (!moved) return refuse({ is: 'alreadyProcessed' });
  return { ...row, state: to.to };
};

/** Asks the backend of a `canceling` invoice to cancel it, and writes down what it answers. */
export const askToCancel = async (deps: InvoiceDeps, row: InvoiceRow, signal: AbortSignal): Promise<HoldOutcome> => {
  const registered = deps.registry.get(row.backendId);
  const hash = paymentHash(row.paymentHash);
  const { receive, hold } = registered?.backend ?? {};
  const cancel =
    row.kind === 'hold'
      ? hold && (() => hold.cancel({ hash, handle: row.heldHandle }, signal))
      : receive?.cancel && (() => receive.cancel?.(hash, signal));
  const outcome = (await cancel?.()) ?? {
    is: 'unknown',
    fault: { kind: 'unreachable', detail: `backend ${row.backendId} cannot cancel now` },
  };
  const seen = { hash: row.paymentHash, backendId: row.backendId, identityKey: row.backendIdentity };
  if (outcome.is === 'done') await observeInvoice(deps, { ...seen, sighting: { is: 'canceled' } });
  else if (outcome.is === 'refused' && receive) {
    // It says why not; what is true instead it must say itself.
    const sighting = await receive.find(hash, signal).catch(() => null);
    // A look-up that does not find what the refusal has just spoken of proves nothing: it would end the invoice as never paid.
    if (sighting && (sighting.is !== 'notFound' || outcome.because === 'notFound')) await observeInvoice(deps, { ...seen, sighting });
  }
  return outcome;
};
