// An invoice of ours that one of our own ledger wallets pays: the intention is stored, its copy at the backend is canceled, and only when
// that is done are both sides posted (observe.ts). Whoever pays from outside in that moment wins, and nothing moves inside.
import { type Preimage, preimage as toPreimage } from '../lightning/values.ts';
import { step } from '../platform/machine.ts';
import { askToCancel } from './cancel.ts';
import type { InvoiceDeps } from './deps.ts';
import { invoiceTable } from './states.ts';
import { advanceInvoice, type InvoiceRow, invoiceByHash } from './store.ts';

export type Standing =
  | { readonly is: 'untouched' }
  | { readonly is: 'underWay' }
  | { readonly is: 'paid'; readonly preimage: Preimage | null }
  | { readonly is: 'closed' };

const askMs = 15_000;

/** True for what may be paid inside: a plain, open, unexpired invoice whose preimage we hold. A hold's hash anybody may repeat. */
export const payableInside = (row: InvoiceRow, now: Date): boolean =>
  row.kind === 'plain' && row.state === 'open' && row.preimage !== null && row.expiresAt > now;

/**
 * True when the node that the invoice was made at is registered, as itself, and can cancel: nobody else can void its copy, and until that is done the
 * payer's reserve waits. Says nothing of whether it answers just now: that passes, and the sweep carries on.
 */
export const canVoid = async ({ registry }: Pick<InvoiceDeps, 'registry'>, row: InvoiceRow): Promise<boolean> => {
  const registered = registry.get(row.backendId);
  if (!registered?.backend.receive?.cancel) return false;
  if (registered.identity() === null) await registered.verify();
  return registered.refusal() === null && registered.identity()?.key === row.backendIdentity;
};

/**
 * How the invoice stands for a payer inside. By the row alone, not by who is registered: a second process without the backend must not call closed
 * what the first is about to begin.
 */
export const standInside = async (deps: InvoiceDeps, hash: string): Promise<Standing> => {
  const row = await invoiceByHash(deps.db, hash);
  if (!row) return { is: 'closed' };
  if (row.settledBy === 'inside') {
    if (row.state === 'settled') return { is: 'paid', preimage: row.preimage === null ? null : toPreimage(row.preimage) };
    if (row.state === 'canceling') return { is: 'underWay' };
  }
  return payableInside(row, deps.clock.now()) ? { is: 'untouched' } : { is: 'closed' };
};

/** Byte-equal to our request and payable inside, or nothing happens. */
export const payInside = async (
  deps: InvoiceDeps,
  order: { readonly hash: string; readonly bolt11: string; readonly amount: bigint },
): Promise<Standing> => {
  const row = await invoiceByHash(deps.db, order.hash);
  if (row?.bolt11 !== order.bolt11 || !payableInside(row, deps.clock.now())) return standInside(deps, order.hash);
  if (!(await canVoid(deps, row))) return { is: 'closed' };
  const to = step(invoiceTable, row.state, 'cancelAsked');
  if (to.is !== 'moved') return { is: 'closed' };
  const next_check_at = new Date(deps.clock.now().getTime() + 2_000);
  const set = { state: to.to, settled_by: 'inside', received_msat: order.amount, next_check_at } as const;
  // From here on the invoice waits for its backend: the sweep carries on what a crash interrupts.
  const moved = await advanceInvoice(deps.db, { id: row.id, from: row.state, set, effects: {} });
  if (moved) await askToCancel(deps, { ...row, state: to.to, settledBy: 'inside' }, AbortSignal.timeout(askMs));
  return standInside(deps, order.hash);
};
