// One cash-out as a whole: row, invoice, refund and every step.
import { type InvoiceRow, toInvoiceView } from '../invoices/store.ts';
import type { CashOutDeps } from './deps.ts';
import { readBoth } from './move.ts';
import { type CashOutRow, refundOf, stepsOf, voucherPayments } from './store.ts';
import { type CashOutView, type RefundView, refundStateOf } from './view.ts';

/** Throws Refused notFound when no cash-out of this wallet (null: of any) has the id. */
export const cashOutView = async (deps: CashOutDeps, id: string, walletId: string | null): Promise<CashOutView> => {
  const { row, invoice } = await readBoth(deps, id, walletId);
  const [taken, refund] = await Promise.all([stepsOf(deps.invoices.db, id), refundView(deps, row, invoice)]);
  const created = { at: row.createdAt, about: 'cashOut' as const, event: 'created', from: null, to: 'waiting', detail: {} };
  return {
    id: row.id,
    accountId: row.accountId,
    walletId: row.walletId,
    state: row.state,
    amountMsat: row.amountMsat,
    dispensedMsat: row.dispensedMsat,
    startSeconds: row.startSeconds,
    dispenseSeconds: row.dispenseSeconds,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    reportBy: row.reportBy,
    reportedAt: row.reportedAt,
    invoice: toInvoiceView(invoice),
    refund,
    steps: [created, ...taken],
  };
};

/** Null when nothing is to be paid back. */
export const refundView = async (
  deps: CashOutDeps,
  row: Pick<CashOutRow, 'id'>,
  invoice: Pick<InvoiceRow, 'state'>,
): Promise<RefundView | null> => {
  const refund = await refundOf(deps.invoices.db, row.id);
  if (!refund) return null;
  const { id, amountMsat, createdAt, expiresAt } = refund;
  const payments = await voucherPayments(deps.invoices.db, id);
  const state = refundStateOf({ expiresAt, payments }, { settled: invoice.state === 'settled', now: deps.invoices.clock.now() });
  return { id, state, amountMsat, createdAt, expiresAt, payments };
};
