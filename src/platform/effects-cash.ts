// What a change of state takes along where cash is about: cash-outs, the steps of their stories, refunds and the uses of vouchers.
// Apart from the other effects, so that the statements of the hot path do not carry them.

/** A new cash-out; `id` is its invoice's, and all else has its default. */
export interface CashOutRow {
  readonly id: string;
  readonly account_id: string;
  readonly wallet_id: string;
  readonly amount_msat: bigint;
  readonly start_seconds: number;
  readonly dispense_seconds: number;
  readonly refund_seconds: number;
  readonly created_at: Date;
}

/** A step of a hold invoice's story; kept only when a cash-out hangs on the invoice. */
export interface StepRow {
  readonly invoice_id: string;
  readonly about: 'invoice' | 'cashOut' | 'refund';
  readonly event: string;
  readonly from_state: string | null;
  readonly to_state: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

export interface RefundRow {
  readonly id: string;
  readonly cash_out_id: string;
  readonly amount_msat: bigint;
  readonly created_at: Date;
  readonly expires_at: Date;
}

/** Refused by its key when another payment has this number of the voucher: then nothing of the statement is written. */
export interface VoucherUseRow {
  readonly voucher_id: string;
  /** 1, 2, 3 …; the next one only after the payment of the one before has failed. */
  readonly number: number;
  readonly payment_id: string;
  readonly created_at: Date;
}

export interface CashEffects {
  readonly cashOuts?: readonly CashOutRow[];
  readonly steps?: readonly StepRow[];
  readonly refunds?: readonly RefundRow[];
  readonly voucherUses?: readonly VoucherUseRow[];
}

/** True when a statement needs the clauses below. */
export const hasCash = (effects: CashEffects): boolean =>
  [effects.cashOuts, effects.steps, effects.refunds, effects.voucherUses].some((rows) => (rows?.length ?? 0) > 0);

/** The one jsonb parameter of `cashClauses`, before it is text. */
export const cashValue = ({ cashOuts = [], steps = [], refunds = [], voucherUses = [] }: CashEffects): Required<CashEffects> => ({
  cashOuts,
  steps,
  refunds,
  voucherUses,
});

const cashOutColumns = 'id, account_id, wallet_id, amount_msat, start_seconds, dispense_seconds, refund_seconds, created_at';
const refundColumns = 'id, cash_out_id, amount_msat, created_at, expires_at';
const useColumns = 'voucher_id, number, payment_id, created_at';
const of = (alias: string, columns: string): string => columns.replaceAll(/\b([a-z_]+)\b/g, `${alias}.$1`);

/** The CTEs that write these effects when the CTE `source` has a row, with their parameter `$at`. */
export const cashClauses = (source: string, at: number): string => `
  effect_cash_outs AS (
    INSERT INTO cash_outs (${cashOutColumns})
    SELECT ${of('n', cashOutColumns)} FROM ${source}, jsonb_populate_recordset(null::cash_outs, $${at}::jsonb -> 'cashOuts') AS n),
  effect_refunds AS (
    INSERT INTO cash_out_refunds (${refundColumns})
    SELECT ${of('n', refundColumns)} FROM ${source}, jsonb_populate_recordset(null::cash_out_refunds, $${at}::jsonb -> 'refunds') AS n),
  effect_uses AS (
    INSERT INTO voucher_uses (${useColumns})
    SELECT ${of('n', useColumns)} FROM ${source}, jsonb_populate_recordset(null::voucher_uses, $${at}::jsonb -> 'voucherUses') AS n),
  effect_steps AS (
    INSERT INTO cash_out_events (cash_out_id, about, event, from_state, to_state, detail, at)
    SELECT c.id, s.about, s.event, s.from_state, s.to_state, s.detail, s.at
    FROM ${source}, ROWS FROM (jsonb_to_recordset($${at}::jsonb -> 'steps')
      AS (invoice_id uuid, about text, event text, from_state text, to_state text, detail jsonb, at timestamptz))
      WITH ORDINALITY AS s(invoice_id, about, event, from_state, to_state, detail, at, n)
    JOIN cash_outs AS c ON c.id = s.invoice_id ORDER BY s.n)`;
