// The books held against themselves and against the backends: what must always be true of the ledger, and whether what we owe is covered.
import type { Registered, Registry } from '../backends/registry.ts';
import { type Database, sql } from '../platform/db.ts';

export interface LedgerAudit {
  /** Journals whose entries do not sum to zero. */
  readonly unbalanced: readonly string[];
  /** Wallets whose stored balance is not the sum of their entries. */
  readonly drifted: readonly { readonly walletId: string; readonly availableMsat: bigint; readonly entriesMsat: bigint }[];
  /** Wallets whose reserve is not what their payments under way have set aside. */
  readonly reserves: readonly { readonly walletId: string; readonly reservedMsat: bigint; readonly underWayMsat: bigint }[];
}

const unbalanced = {
  name: 'audit_unbalanced',
  text: 'SELECT journal_id::text AS id FROM entries GROUP BY journal_id HAVING sum(amount_msat) <> 0 LIMIT 100',
};
const drifted = {
  name: 'audit_drifted',
  text: `SELECT w.id AS "walletId", w.available_msat AS "availableMsat", coalesce(sum(e.amount_msat), 0)::bigint AS "entriesMsat"
    FROM wallets w LEFT JOIN entries e ON e.account = 'wallet:' || w.id WHERE w.balance_kind = 'ledger'
    GROUP BY w.id HAVING w.available_msat <> coalesce(sum(e.amount_msat), 0) LIMIT 100`,
};
// A payment holds its reserve as long as its movement is pending; so does a payout, until a block has it.
const reserves = {
  name: 'audit_reserves',
  text: `WITH held AS (
      SELECT p.wallet_id, sum(p.msat)::bigint AS msat FROM (
        SELECT id, wallet_id, amount_msat + max_fee_msat AS msat FROM payments
        UNION ALL SELECT id, wallet_id, amount_msat + max_fee_msat FROM payouts WHERE NOT disproved) AS p
      JOIN transactions t ON t.subject_id = p.id AND t.wallet_id = p.wallet_id WHERE t.status = 'pending' GROUP BY p.wallet_id),
    booked AS (
      SELECT substr(account, 10)::uuid AS wallet_id, sum(amount_msat)::bigint AS msat FROM entries WHERE account LIKE 'reserved:%' GROUP BY account)
    SELECT w.id AS "walletId", coalesce(b.msat, 0)::bigint AS "reservedMsat", coalesce(h.msat, 0)::bigint AS "underWayMsat"
    FROM wallets w LEFT JOIN held h ON h.wallet_id = w.id LEFT JOIN booked b ON b.wallet_id = w.id
    WHERE w.balance_kind = 'ledger' AND coalesce(b.msat, 0) <> coalesce(h.msat, 0) LIMIT 100`,
};
const owed = {
  name: 'audit_owed',
  text: `SELECT coalesce(sum(available_msat), 0)::bigint AS owed FROM wallets WHERE balance_kind = 'ledger'`,
};

/** What is wrong in the books; three empty lists when nothing is. */
export const auditLedger = async (db: Database): Promise<LedgerAudit> => {
  const [one, two, three] = await Promise.all([
    sql<{ id: string }>(db, unbalanced),
    sql<LedgerAudit['drifted'][number]>(db, drifted),
    sql<LedgerAudit['reserves'][number]>(db, reserves),
  ]);
  return { unbalanced: one.map((row) => row.id), drifted: two, reserves: three };
};

/** How many things the audit found. */
export const auditFindings = (audit: LedgerAudit): number => audit.unbalanced.length + audit.drifted.length + audit.reserves.length;

export interface Coverage {
  /** What ledger wallets may spend, in msat; what is under way is neither owed nor owned any more. */
  readonly owedMsat: bigint;
  /** What the backends hold for us in channels and on chain, whatever of it can be spent now. Null: one of them cannot be asked, so nobody knows. */
  readonly ownedMsat: bigint | null;
}

const askMs = 10_000;

/**
 * What we owe against what we own. Owned may be far more than owed, for other people use the nodes too; only less is an alarm.
 * Payments under way count on neither side: their amount has left the spendable balance and is out of the wallets' reach.
 */
export const coverage = async (db: Database, registry: Registry): Promise<Coverage> => {
  const [row] = await sql<{ owed: bigint }>(db, owed);
  try {
    const held = new Map(await Promise.all(registry.configured.map(heldBy)));
    return { owedMsat: row?.owed ?? 0n, ownedMsat: [...held.values()].reduce((sum, one) => sum + one, 0n) };
  } catch {
    return { owedMsat: row?.owed ?? 0n, ownedMsat: null };
  }
};

/** Whose money a backend tells of, and how much: several may be ways to one node, whose money is there once. */
const heldBy = async ({ backend, identity }: Registered): Promise<readonly [whose: string, msat: bigint]> => {
  const signal = AbortSignal.timeout(askMs);
  const [has, tiedUp] = await Promise.all([backend.balance?.(signal), backend.tiedUp?.(signal)]);
  const whose = JSON.stringify([backend.kind, identity()?.key ?? backend.id, has?.of ?? null]);
  return [whose, (has?.spendable ?? 0n) + (has?.chainConfirmed ?? 0n) + (has?.chainPending ?? 0n) + (tiedUp ?? 0n)];
};
