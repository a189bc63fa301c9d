// Cash-outs as they are stored. A row comes in with its invoice, in one statement, and changes through `advance` alone, mostly together
// with the invoice: both move or neither does.
import type { CashOut, CashOutRefund } from '../generated/prisma/client.ts';
import { advanceInvoice, type InvoiceMove, type InvoiceRow } from '../invoices/store.ts';
import { viewOfPayment } from '../payments/store.ts';
import type { PaymentView } from '../payments/view.ts';
import { advance } from '../platform/advance.ts';
import { type Database, sql } from '../platform/db.ts';
import type { Effects } from '../platform/effects.ts';
import type { CashOutState } from './states.ts';
import type { StepView } from './view.ts';

export type CashOutRow = Omit<CashOut, 'state'> & { readonly state: CashOutState };
export type RefundRow = CashOutRefund;

const columns = `c.id, c.account_id AS "accountId", c.wallet_id AS "walletId", c.state, c.amount_msat AS "amountMsat", c.start_seconds AS "startSeconds",
  c.dispense_seconds AS "dispenseSeconds", c.refund_seconds AS "refundSeconds", c.dispensed_msat AS "dispensedMsat", c.created_at AS "createdAt",
  c.started_at AS "startedAt", c.report_by AS "reportBy", c.reported_at AS "reportedAt", c.ended_at AS "endedAt"`;
const byId = {
  name: 'cash_out_by_id',
  text: `SELECT ${columns}, i.payment_hash AS "paymentHash" FROM cash_outs AS c JOIN invoices AS i ON i.id = c.id WHERE c.id = $1`,
};
const byHash = {
  name: 'cash_out_by_hash',
  text: `SELECT c.id FROM cash_outs AS c JOIN invoices AS i ON i.id = c.id WHERE i.payment_hash = $1 AND c.wallet_id = $2`,
};
// Between the network's giving it back and its being claimed again, the invoice alone does not say that a machine has begun.
const begun = {
  name: 'cash_out_begun_by_hash',
  text: `${byHash.text} AND c.state IN ('dispensing', 'silent', 'dispensed', 'partial') AND i.state IN ('open', 'held')`,
};
// Due: held and not started in time, started and not reported in time, or ended by what the invoice did. Those of a machine at work come first:
// what waits may be kept waiting after a restore.
const due = {
  name: 'cash_outs_due',
  text: `SELECT c.id FROM cash_outs AS c JOIN invoices AS i ON i.id = c.id
    WHERE c.state IN ('waiting', 'dispensing') AND (
      (c.state = 'waiting' AND (i.state IN ('settling', 'settled', 'canceled') OR (i.state = 'held' AND i.held_at + make_interval(secs => c.start_seconds) <= $1)))
      OR (c.state = 'dispensing' AND (i.state IN ('held', 'settling', 'settled') OR c.report_by <= $1)))
    ORDER BY (c.state = 'waiting'), c.id LIMIT 500`,
};
const steps = {
  name: 'cash_out_steps',
  text: `SELECT at, about, event, from_state AS "from", to_state AS "to", detail FROM cash_out_events WHERE cash_out_id = $1 ORDER BY seq`,
};
const refund = {
  name: 'cash_out_refund',
  text: `SELECT id, cash_out_id AS "cashOutId", amount_msat AS "amountMsat", created_at AS "createdAt", expires_at AS "expiresAt"
    FROM cash_out_refunds WHERE cash_out_id = $1`,
};

/** With the hash of its invoice; null when there is none of this id. */
export const cashOutById = async (db: Database, id: string): Promise<(CashOutRow & { readonly paymentHash: string }) | null> =>
  (await sql<CashOutRow & { paymentHash: string }>(db, byId, [id]))[0] ?? null;

export interface HashInWallet {
  readonly walletId: string;
  readonly paymentHash: string;
}

/** True when a cash-out hangs on the wallet's invoice with this hash. */
export const isCashOut = async (db: Database, of: HashInWallet): Promise<boolean> =>
  (await sql(db, byHash, [of.paymentHash, of.walletId])).length > 0;

/** True when its machine has begun, and the network has given the payment back, or brought it once more, since then. */
export const isBegunUnclaimed = async (db: Database, of: HashInWallet): Promise<boolean> =>
  (await sql(db, begun, [of.paymentHash, of.walletId])).length > 0;

/** Ids of those that the clock or their invoices have something to say about. */
export const dueCashOuts = async (db: Database, now: Date): Promise<readonly string[]> =>
  (await sql<{ id: string }>(db, due, [now])).map((row) => row.id);

export const stepsOf = (db: Database, id: string): Promise<readonly StepView[]> => sql<StepView>(db, steps, [id]);

export const refundOf = async (db: Database, cashOutId: string): Promise<RefundRow | null> =>
  (await sql<RefundRow>(db, refund, [cashOutId]))[0] ?? null;

/** The payments of a voucher's uses, in the order of their numbers. */
export const voucherPayments = async (db: Database, voucherId: string): Promise<readonly PaymentView[]> => {
  const uses = await db.prisma.voucherUse.findMany({ where: { voucherId }, orderBy: { number: 'asc' }, include: { payment: true } });
  return Promise.all(uses.map(({ payment }) => viewOfPayment(db, payment)));
};

export interface CashOutMove {
  readonly from: CashOutState;
  readonly set: {
    readonly state: CashOutState;
    readonly dispensed_msat?: bigint;
    readonly started_at?: Date;
    readonly report_by?: Date;
    readonly reported_at?: Date;
    readonly ended_at?: Date;
  };
}

/** Moves a cash-out and its invoice (from the state in which both were read), or neither. True when this call did. */
export const advanceBoth = (
  db: Database,
  invoice: Pick<InvoiceRow, 'id' | 'state'>,
  move: { readonly cashOut: CashOutMove; readonly set: InvoiceMove['set']; readonly effects: Effects },
): Promise<boolean> =>
  advanceInvoice(db, {
    id: invoice.id,
    from: invoice.state,
    set: move.set,
    effects: move.effects,
    cashOut: { id: invoice.id, ...move.cashOut },
  });

/** Moves the cash-out alone. */
export const advanceCashOut = (db: Database, id: string, move: CashOutMove & { readonly effects: Effects }): Promise<boolean> =>
  advance(db, { table: 'cash_outs', id, ...move });
