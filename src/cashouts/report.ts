// The machine says what it gave out: all, nothing or a part. The report and what it decides over the payment are one statement; the same
// report again is answered as before, another one is refused. What was paid for and not given out becomes a refund.
import { askToCancel } from '../invoices/cancel.ts';
import { askToSettle, intend } from '../invoices/settle.ts';
import type { InvoiceEvent } from '../invoices/states.ts';
import type { InvoiceRow } from '../invoices/store.ts';
import type { RefundRow } from '../platform/effects-cash.ts';
import { newId } from '../platform/ids.ts';
import { step } from '../platform/machine.ts';
import { refuse } from '../platform/refusal.ts';
import type { CashOutDeps } from './deps.ts';
import { takeForgottenStart } from './forgotten.ts';
import { cashOutView } from './look.ts';
import { type Both, type CashOutStep, moveBoth, readBoth } from './move.ts';
import { type CashOutEvent, cashOutTable, cashOutTerminal } from './states.ts';
import type { CashOutRow } from './store.ts';
import type { CashOutView } from './view.ts';

export interface Report {
  readonly result: 'all' | 'none' | 'partial';
  /** Of `partial`: the part of the amount that was given out, in msat. Null else. */
  readonly dispensedMsat: bigint | null;
  /** For people: what the machine says of itself. */
  readonly note: string | null;
}

const maxTries = 10;
const events = { all: 'reportedAll', none: 'reportedNone', partial: 'reportedPart' } as const satisfies Record<
  Report['result'],
  CashOutEvent
>;

/** Throws Refused: notFound, invalidInput (dispensedMsat), wrongState (not started), reportConflict (another result was reported). */
export const reportDispense = async (deps: CashOutDeps, id: string, report: Report, signal: AbortSignal): Promise<CashOutView> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const both = await readBoth(deps, id, null);
    const dispensed = dispensedOf(report, both.row);
    if (await takeForgottenStart(deps, both, signal)) continue;
    const to = step(cashOutTable, both.row.state, events[report.result]);
    if (to.is !== 'moved') return answered(deps, both.row, { same: to.is === 'same', dispensed });
    if (both.invoice.state === 'held') await intend(deps.invoices, both.invoice, { event: 'claimAsked', sealed: null });
    else if (await moveBoth(deps, both, stepOf(deps, both, { report, dispensed }))) {
      await carryOut(deps, id, signal);
      return cashOutView(deps, id, null);
    }
  }
  return refuse({ is: 'backendUnavailable' });
};

const answered = (
  deps: CashOutDeps,
  row: CashOutRow,
  report: { readonly same: boolean; readonly dispensed: bigint },
): Promise<CashOutView> => {
  if (report.same && row.dispensedMsat === report.dispensed) return cashOutView(deps, row.id, null);
  const reported = cashOutTerminal.has(row.state) && row.state !== 'canceled';
  return refuse(reported ? { is: 'reportConflict' } : { is: 'wrongState', state: row.state, asked: 'reported' });
};

const dispensedOf = ({ result, dispensedMsat }: Report, row: CashOutRow): bigint => {
  const whole = result === 'all' ? row.amountMsat : 0n;
  if (result !== 'partial' && (dispensedMsat === null || dispensedMsat === whole)) return whole;
  if (result === 'partial' && dispensedMsat !== null && dispensedMsat > 0n && dispensedMsat < row.amountMsat) return dispensedMsat;
  return refuse({ is: 'invalidInput', field: 'dispensedMsat', rule: 'a part for partial alone', given: String(dispensedMsat) });
};

/** What the report means for the payment, wherever that is by now. */
const meaning = (invoice: InvoiceRow, result: Report['result']): InvoiceEvent | 'unpaid' | null => {
  switch (invoice.state) {
    case 'claimed':
      return result === 'none' ? 'notDispensed' : 'dispensed';
    case 'settling':
    case 'settled':
      // The deadline came first: it cannot be given back through the channels any more, only refunded.
      return result === 'none' ? null : 'dispensed';
    case 'open':
      // Released while the machine worked: nobody shall pay it now.
      return result === 'none' ? 'cancelAsked' : 'unpaid';
    default:
      return result === 'none' ? null : 'unpaid';
  }
};

const stepOf = (deps: CashOutDeps, { row, invoice }: Both, of: { readonly report: Report; readonly dispensed: bigint }): CashOutStep => {
  const now = deps.invoices.clock.now();
  const means = meaning(invoice, of.report.result);
  // Given back while the machine worked, it may be held again by and by: then it is settled, and what was not given out is owed.
  const mayReturn = invoice.state === 'open' && means === 'unpaid';
  const taken = invoice.state === 'settling' || invoice.state === 'settled' || means === 'dispensed' || mayReturn;
  const rest = (invoice.receivedMsat ?? row.amountMsat) - of.dispensed;
  const refund = taken && of.report.result !== 'all' ? refundRow(row, rest, now) : null;
  const { note } = of.report;
  return {
    event: events[of.report.result],
    invoiceEvent: means === 'unpaid' ? null : means,
    set: { dispensed_msat: of.dispensed, reported_at: now, ended_at: now },
    detail: { dispensedMsat: of.dispensed, refundMsat: refund?.amount_msat ?? 0n, ...(note !== null && { note }) },
    refund,
    ...(mayReturn && { settleAt: now }),
    incident: means === 'unpaid' ? 'cashOut.unpaid' : null,
  };
};

/** Whole satoshis: what a request of the customer's can ask for. Null when less is left. */
const refundRow = (row: CashOutRow, restMsat: bigint, now: Date): RefundRow | null => {
  const amount = restMsat - (restMsat % 1000n);
  if (amount <= 0n) return null;
  const expires_at = new Date(now.getTime() + row.refundSeconds * 1000);
  return { id: newId(now), cash_out_id: row.id, amount_msat: amount, created_at: now, expires_at };
};

/** Asks the backend for what was stored; what it does not answer now, the sweep asks again. */
export const carryOut = async (deps: CashOutDeps, id: string, signal: AbortSignal): Promise<void> => {
  const { invoice } = await readBoth(deps, id, null);
  try {
    if (invoice.state === 'settling') await askToSettle(deps.invoices, invoice, signal);
    if (invoice.state === 'canceling') await askToCancel(deps.invoices, invoice, signal);
  } catch (error) {
    deps.invoices.log.warn(
      { err: error, paymentHash: invoice.paymentHash },
      'a cash-out could not be ended at the backend yet; it is asked again',
    );
  }
};
