// How a cash-out moves: one step in its table, one in its invoice's, written together with the story and what a person must be told.
import { changed } from '../invoices/settle.ts';
import { type InvoiceEvent, invoiceTable } from '../invoices/states.ts';
import { holdSteps } from '../invoices/steps.ts';
import { type InvoiceMove, type InvoiceRow, invoiceByHash } from '../invoices/store.ts';
import type { IncidentRow } from '../platform/effects.ts';
import type { RefundRow } from '../platform/effects-cash.ts';
import { newId } from '../platform/ids.ts';
import { step } from '../platform/machine.ts';
import { refuse } from '../platform/refusal.ts';
import type { CashOutDeps } from './deps.ts';
import { type CashOutEvent, cashOutAlarms, cashOutTable } from './states.ts';
import { advanceBoth, type CashOutMove, type CashOutRow, cashOutById } from './store.ts';

export interface Both {
  readonly row: CashOutRow;
  readonly invoice: InvoiceRow;
}

/** Throws Refused notFound when no cash-out of this wallet (null: of any) has the id. */
export const readBoth = async (deps: CashOutDeps, id: string, walletId: string | null): Promise<Both> => {
  const row = await cashOutById(deps.invoices.db, id);
  const invoice = row && (await invoiceByHash(deps.invoices.db, row.paymentHash));
  return row && invoice && (walletId === null || row.walletId === walletId)
    ? { row, invoice }
    : refuse({ is: 'notFound', what: 'cashOut', given: id });
};

export interface CashOutStep {
  readonly event: CashOutEvent;
  /** What it means for the invoice; null when that stays as it is (it must still be in the state that was read). */
  readonly invoiceEvent: InvoiceEvent | null;
  readonly set: Omit<CashOutMove['set'], 'state'>;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly refund?: RefundRow | null;
  /** From when on the invoice is settled as soon as it is held again; absent: as before. */
  readonly settleAt?: Date;
  /** Beside those that the table names. */
  readonly incident?: string | null;
}

/**
 * Takes the step from where both rows were read. True when it is written; false when somebody moved one of them: read and decide again.
 * Throws Refused wrongState when either table forbids it.
 */
export const moveBoth = async (deps: CashOutDeps, { row, invoice }: Both, taken: CashOutStep): Promise<boolean> => {
  const to = step(cashOutTable, row.state, taken.event);
  if (to.is !== 'moved') return refuse({ is: 'wrongState', state: row.state, asked: taken.event });
  const at = deps.invoices.clock.now();
  const invoiceTo = taken.invoiceEvent === null ? null : step(invoiceTable, invoice.state, taken.invoiceEvent);
  if (invoiceTo?.is === 'forbidden') return refuse({ is: 'wrongState', state: invoice.state, asked: taken.invoiceEvent ?? '' });
  const invoiceState = invoiceTo?.is === 'moved' ? invoiceTo.to : invoice.state;
  const incidents = incidentsOf({ row, invoice }, taken, at);
  const set: InvoiceMove['set'] = {
    state: invoiceState,
    ...(invoiceState !== invoice.state && { next_check_at: new Date(at.getTime() + 2_000), checks: 0 }),
    ...(taken.settleAt && { settle_at: taken.settleAt }),
  };
  const own = { invoice_id: row.id, about: 'cashOut' as const, event: taken.event, from_state: row.state, to_state: to.to, at };
  const invoiceSteps = taken.invoiceEvent === null ? [] : holdSteps(invoice, { event: taken.invoiceEvent, to: invoiceState, at });
  const moved = await advanceBoth(deps.invoices.db, invoice, {
    cashOut: { from: row.state, set: { state: to.to, ...taken.set } },
    set,
    effects: {
      events: [
        {
          ...changed(deps.invoices, invoice, invoiceState),
          topic: 'cashOut',
          subject: row.id,
          payload: { cashOutId: row.id, state: to.to },
        },
        ...(invoiceState === invoice.state ? [] : [changed(deps.invoices, invoice, invoiceState)]),
      ],
      steps: [{ ...own, detail: taken.detail }, ...invoiceSteps],
      refunds: taken.refund ? [taken.refund] : [],
      incidents,
    },
  });
  if (!moved) return false;
  deps.invoices.poke();
  deps.invoices.log.info(
    { cashOutId: row.id, paymentHash: invoice.paymentHash, from: row.state, to: to.to, event: taken.event },
    'cash-out moved',
  );
  for (const { kind, subject, detail } of incidents) deps.invoices.alarm(kind, subject, detail);
  return true;
};

const incidentsOf = ({ row, invoice }: Both, taken: CashOutStep, at: Date): readonly IncidentRow[] => {
  const alarm = cashOutAlarms.has(`${row.state}:${taken.event}`) ? [`cashOut.${row.state}:${taken.event}`] : [];
  const kinds = taken.incident ? [...alarm, taken.incident] : alarm;
  const detail = { cashOutId: row.id, invoiceState: invoice.state, ...taken.detail };
  return kinds.map((kind) => ({ id: newId(at), kind, subject: invoice.paymentHash, detail, created_at: at }));
};
