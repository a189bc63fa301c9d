// The one function that writes state: compare-and-swap, ledger, transaction row, outbox and incidents in ONE statement.
// The network is never touched here, and whoever loses the swap has written nothing.
import { type Database, type Statement, sql } from './db.ts';
import { type Effects, effectClauses, effectValues, toJson } from './effects.ts';
import { cashClauses, cashValue, hasCash } from './effects-cash.ts';

// What a move may change, by table; everything else of a row is written once.
const columns = {
  invoices:
    'state, preimage, received_msat, settled_by, held_handle, deadline_height, deadline_at, on_deadline, settle_at, sealed_preimage, held_at, settled_at, canceled_at, next_check_at, checks',
  attempts: 'state, disproved, ref, seen_in_flight, preimage, proof, fee_msat, failure, routes, ended_at, next_check_at, checks',
  cash_outs: 'state, dispensed_msat, started_at, report_by, reported_at, ended_at',
  payouts: 'state, disproved, taken, txid, vout, paid_msat, fee_msat, failure, ended_at, next_check_at, checks',
  deposits: 'state, confirmations, watched, ended_at',
} as const;

export type AdvancedTable = keyof typeof columns;

/** A row, the state that the caller has read and stepped from, and what it becomes. */
export interface Swap {
  readonly id: string;
  readonly from: string;
  /** The new state and newer details, by column name. Columns that are not named keep their value. */
  readonly set: Readonly<Record<string, string | number | bigint | boolean | Date | null | readonly unknown[]>> & {
    readonly state: string;
  };
}

export interface Move extends Swap {
  readonly table: AdvancedTable;
  readonly effects: Effects;
  /** A cash-out that moves with this row, or neither does. */
  readonly cashOut?: Swap;
}

// jsonb_populate_record takes the row as it is now and lays the given columns over it.
const update = (table: AdvancedTable, value: string, where: string): string => `
    UPDATE ${table} AS r SET (${columns[table]}) = (SELECT ${columns[table]} FROM jsonb_populate_record(r, ${value}::jsonb))
    WHERE ${where} RETURNING r.id`;

const moves = (from: string, set: string): string => `${from} <> ${set}::jsonb ->> 'state'`;

const single = (table: AdvancedTable, cash: boolean): Statement => ({
  name: `advance_${table}${cash ? '_cash' : ''}`,
  text: `WITH moved AS (${update(table, '$3', 'r.id = $1 AND r.state = $2')}),
  ${effectClauses('moved', 4, moves('$2', '$3'))}${cash ? `,${cashClauses('moved', 9)}` : ''}
  SELECT count(*)::int AS moved FROM moved`,
});

const pair = (table: AdvancedTable): Statement => ({
  name: `advance_${table}_and_cash_out`,
  // Both rows are locked, in this order, and looked at before either is written: both move or neither does.
  text: `WITH both_there AS MATERIALIZED (
    SELECT a.id FROM ${table} AS a, cash_outs AS b WHERE a.id = $1 AND a.state = $2 AND b.id = $10 AND b.state = $11 FOR UPDATE OF a, b),
  moved AS (${update(table, '$3', 'r.id = $1 AND r.state = $2 AND EXISTS (SELECT 1 FROM both_there)')}),
  moved_cash_out AS (${update('cash_outs', '$12', 'r.id = $10 AND r.state = $11 AND EXISTS (SELECT 1 FROM both_there)')}),
  ${effectClauses('moved', 4, `${moves('$2', '$3')} OR ${moves('$11', '$12')}`)},${cashClauses('moved', 9)}
  SELECT count(*)::int AS moved FROM moved`,
});

const statements = {
  invoices: { plain: single('invoices', false), cash: single('invoices', true), pair: pair('invoices') },
  attempts: { plain: single('attempts', false), cash: single('attempts', true), pair: pair('attempts') },
  cash_outs: { plain: single('cash_outs', false), cash: single('cash_outs', true), pair: pair('cash_outs') },
  payouts: { plain: single('payouts', false), cash: single('payouts', true), pair: pair('payouts') },
  deposits: { plain: single('deposits', false), cash: single('deposits', true), pair: pair('deposits') },
} as const;

/** True when this call moved the row; false when somebody else had moved it before: read again and step again. */
export const advance = async (db: Database, move: Move): Promise<boolean> => {
  const { effects, cashOut } = move;
  const values = [move.id, move.from, toJson(move.set), ...effectValues(effects)];
  const cash = toJson(cashValue(effects));
  const known = statements[move.table];
  const ask = async (statement: Statement, all: readonly unknown[]): Promise<boolean> =>
    (await sql<{ moved: number }>(db, statement, all))[0]?.moved === 1;
  if (cashOut) return ask(known.pair, [...values, cash, cashOut.id, cashOut.from, toJson(cashOut.set)]);
  return hasCash(effects) ? ask(known.cash, [...values, cash]) : ask(known.plain, values);
};
