// The one function that writes state: compare-and-swap, ledger, transaction row, outbox and incidents in ONE statement.
// The network is never touched here, and whoever loses the swap has written nothing.
import { type Database, sql } from './db.ts';
import { type Effects, effectClauses, effectValues, toJson } from './effects.ts';

// What a move may change, by table; everything else of a row is written once.
const columns = {
  invoices:
    'state, preimage, received_msat, settled_by, held_handle, deadline_height, deadline_at, on_deadline, settle_at, sealed_preimage, held_at, settled_at, canceled_at, next_check_at, checks',
  attempts: 'state, disproved, ref, seen_in_flight, preimage, proof, fee_msat, failure, routes, ended_at, next_check_at, checks',
} as const;

export type AdvancedTable = keyof typeof columns;

export interface Move {
  readonly table: AdvancedTable;
  readonly id: string;
  /** The state that the caller has read and stepped from. */
  readonly from: string;
  /** The new state and newer details, by column name. Columns that are not named keep their value. */
  readonly set: Readonly<Record<string, string | number | bigint | boolean | Date | null | readonly unknown[]>> & {
    readonly state: string;
  };
  readonly effects: Effects;
}

const statement = (table: AdvancedTable): { readonly name: string; readonly text: string } => ({
  name: `advance_${table}`,
  // jsonb_populate_record takes the row as it is now and lays the given columns over it.
  text: `WITH moved AS (
    UPDATE ${table} AS r SET (${columns[table]}) =
      (SELECT ${columns[table]} FROM jsonb_populate_record(r, $3::jsonb))
    WHERE r.id = $1 AND r.state = $2 RETURNING r.id),
  ${effectClauses('moved', 4)}
  SELECT count(*)::int AS moved FROM moved`,
});
const statements = { invoices: statement('invoices'), attempts: statement('attempts') } as const;

/** True when this call moved the row; false when somebody else had moved it before: read again and step again. */
export const advance = async (db: Database, move: Move): Promise<boolean> => {
  const values = [move.id, move.from, toJson(move.set), ...effectValues(move.effects)];
  const [row] = await sql<{ moved: number }>(db, statements[move.table], values);
  return row?.moved === 1;
};
