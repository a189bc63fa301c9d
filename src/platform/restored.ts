// A database that was restored to an earlier moment: what it knows of that, and what the backends remember that it does not. As long as the
// restore is open nothing is sent (switches.ts); it is closed when every backend was asked and every hash has found its place.
import type { Clock } from './clock.ts';
import { type Database, sql } from './db.ts';
import { newestIncident } from './incidents.ts';
import { restoreSetting } from './switches.ts';

export interface Restore {
  readonly why: string;
  /** When it was noticed. */
  readonly at: Date;
  /** From when on the backends are asked: an hour before the backup was made, or before the newest change that is known to be older than the restore. */
  readonly since: Date;
  /** Backends whose memory was read. */
  readonly asked: readonly string[];
}

export interface ForgottenRow {
  readonly backendId: string;
  readonly backendIdentity: string;
  readonly about: 'payment' | 'invoice' | 'send';
  /** Of a send on the chain: its transaction id. */
  readonly paymentHash: string;
  readonly state: 'inFlight' | 'succeeded' | 'open' | 'held' | 'settled' | 'sent';
  readonly isHold: boolean;
  readonly amountMsat: bigint | null;
  readonly bolt11: string | null;
  /** Of a send on the chain: the payout's id, and where it went. */
  readonly payoutId: string | null;
  readonly address: string | null;
  readonly begunAt: Date;
  readonly foundAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolution: Resolution | null;
}

/** `booked`: in a wallet's books now. `dismissed`: another program's. `ended`: nothing moved after all. */
export type Resolution = 'booked' | 'dismissed' | 'ended';

// One that is open is moved back, never forward: every backend is asked again.
const open = {
  name: 'restore_open',
  text: `INSERT INTO settings (name, value, updated_at) VALUES ('${restoreSetting}', $1::jsonb, $2)
    ON CONFLICT (name) DO UPDATE SET value = settings.value || jsonb_build_object('since', excluded.value->'since', 'asked', '[]'::jsonb),
      updated_at = excluded.updated_at
    WHERE (settings.value->>'since')::timestamptz > (excluded.value->>'since')::timestamptz
    RETURNING xmax = 0 AS "isNew"`,
};
const read = { name: 'restore_read', text: `SELECT value FROM settings WHERE name = '${restoreSetting}'` };
const asked = {
  name: 'restore_asked',
  text: `UPDATE settings SET value = jsonb_set(value, '{asked}', (value->'asked') || to_jsonb($1::text)), updated_at = $2
    WHERE name = '${restoreSetting}' AND NOT value->'asked' ? $1 AND (value->>'since')::timestamptz = $3`,
};
// In one statement: a row that another replica finds at the same moment keeps it open, and so does a person who moves it back.
const close = {
  name: 'restore_close',
  text: `DELETE FROM settings WHERE name = '${restoreSetting}' AND (value->>'since')::timestamptz = $1
    AND NOT EXISTS (SELECT 1 FROM forgotten WHERE resolved_at IS NULL) RETURNING name`,
};
const newest = {
  name: 'restore_newest',
  text: 'SELECT created_at AS at FROM outbox WHERE $1::timestamptz IS NULL OR created_at <= $1 ORDER BY seq DESC LIMIT 1',
};

const overlapMs = 3_600_000;

/** From when on to ask about what the database has known until a moment: the clocks of the nodes need not be ours. */
export const overlapping = (until: Date): Date => new Date(Math.max(0, until.getTime() - overlapMs));

/** From when on to ask when every change that was written until then (null: until now) is older than the restore. */
export const recallSince = async (db: Database, until: Date | null): Promise<Date> => {
  const [last] = await sql<{ at: Date }>(db, newest, [until]);
  return overlapping(last?.at ?? new Date(0));
};

/** Stores that the database was restored. One that is open is moved back to an earlier `since`, and all are asked again; else it stays as it is. */
export const openRestore = async (
  db: Database,
  clock: Clock,
  of: Pick<Restore, 'why' | 'since'>,
): Promise<'opened' | 'movedBack' | 'openAlready'> => {
  const at = clock.now();
  const [row] = await sql<{ isNew: boolean }>(db, open, [JSON.stringify({ ...of, at, asked: [] }), at]);
  return row === undefined ? 'openAlready' : row.isNew ? 'opened' : 'movedBack';
};

/** The restore that is open; null when none is. */
export const readRestore = async (db: Database): Promise<Restore | null> => {
  const [row] = await sql<{ value: { why: string; at: string; since: string; asked: string[] } }>(db, read);
  return row ? { ...row.value, at: new Date(row.value.at), since: new Date(row.value.since) } : null;
};

export interface Restored {
  /** When it was noticed. */
  readonly at: Date;
  readonly isOpen: boolean;
}

/** The last restore, open or over; null: never, as far as the database knows. */
export const lastRestore = async (db: Database): Promise<Restored | null> => {
  const open = await readRestore(db);
  if (open) return { at: open.at, isOpen: true };
  const at = await newestIncident(db, 'database.restored');
  return at && { at, isOpen: false };
};

/** This backend was asked what it remembers since then: nothing is noted when that has been moved back meanwhile. */
export const markAsked = async (db: Database, clock: Clock, of: { readonly backendId: string; readonly since: Date }): Promise<void> => {
  await sql(db, asked, [of.backendId, clock.now(), of.since]);
};

/** True when it is over: every row has found its place. Call it when every backend was asked what it remembers since then. */
export const closeRestore = async (db: Database, since: Date): Promise<boolean> => (await sql(db, close, [since])).length > 0;

const columns = `backend_id AS "backendId", backend_identity AS "backendIdentity", about, payment_hash AS "paymentHash", state, is_hold AS "isHold",
  amount_msat AS "amountMsat", bolt11, payout_id AS "payoutId", address, begun_at AS "begunAt", found_at AS "foundAt", resolved_at AS "resolvedAt", resolution`;
const list = {
  name: 'forgotten_list',
  text: `SELECT ${columns} FROM forgotten WHERE resolved_at IS NULL OR $1::boolean ORDER BY begun_at, payment_hash`,
};
const find = { name: 'forgotten_find', text: `SELECT ${columns} FROM forgotten WHERE payment_hash = $1 AND resolved_at IS NULL` };
const keep = {
  name: 'forgotten_keep',
  // What a person has said of it stands; the backend's newer word is kept.
  text: `INSERT INTO forgotten (backend_id, backend_identity, about, payment_hash, state, is_hold, amount_msat, bolt11, payout_id, address, begun_at, found_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (backend_identity, about, payment_hash) DO UPDATE SET state = excluded.state`,
};
const resolve = {
  name: 'forgotten_resolve',
  text: `UPDATE forgotten SET resolved_at = $4, resolution = $5
    WHERE backend_identity = $1 AND about = $2 AND payment_hash = $3 AND resolved_at IS NULL RETURNING payment_hash`,
};

/** Oldest first; without `resolvedToo` only what waits. */
export const listForgotten = (db: Database, resolvedToo: boolean): Promise<readonly ForgottenRow[]> =>
  sql<ForgottenRow>(db, list, [resolvedToo]);

/** What waits under this hash: at most one row for each identity and kind, however many of our backends are that one node. */
export const forgottenUnder = (db: Database, hash: string): Promise<readonly ForgottenRow[]> => sql<ForgottenRow>(db, find, [hash]);

export type FoundForgotten = Omit<ForgottenRow, 'foundAt' | 'resolvedAt' | 'resolution'>;

export const keepForgotten = async (db: Database, clock: Clock, row: FoundForgotten): Promise<void> => {
  const { backendId, backendIdentity, about, paymentHash, state, isHold, amountMsat, bolt11, payoutId, address, begunAt } = row;
  const what = [about, paymentHash, state, isHold, amountMsat, bolt11, payoutId, address, begunAt];
  await sql(db, keep, [backendId, backendIdentity, ...what, clock.now()]);
};

/** False when somebody was faster. */
export const resolveForgotten = async (
  db: Database,
  clock: Clock,
  of: { readonly row: Pick<ForgottenRow, 'backendIdentity' | 'about' | 'paymentHash'>; readonly as: Resolution },
): Promise<boolean> => {
  const { backendIdentity, about, paymentHash } = of.row;
  return (await sql(db, resolve, [backendIdentity, about, paymentHash, clock.now(), of.as])).length > 0;
};
