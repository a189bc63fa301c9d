// Incidents as a person reads them. They are written by the statement that saw them (effects.ts); here they are listed and put away.
import type { Clock } from './clock.ts';
import { type Database, sql } from './db.ts';
import { openAgain, toJson } from './effects.ts';
import { newId } from './ids.ts';

export interface IncidentView {
  readonly id: string;
  readonly kind: string;
  /** Mostly a payment hash. */
  readonly subject: string;
  readonly detail: unknown;
  readonly createdAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolution: string | null;
}

const columns = `id, kind, subject, detail, created_at AS "createdAt", resolved_at AS "resolvedAt", resolution`;
const list = {
  name: 'incidents_list',
  text: `SELECT ${columns} FROM incidents WHERE $1::boolean OR resolved_at IS NULL ORDER BY created_at DESC LIMIT 1000`,
};
const about = { name: 'incidents_about', text: `SELECT ${columns} FROM incidents WHERE subject = $1 ORDER BY created_at` };
const resolve = {
  name: 'incident_resolve',
  text: `UPDATE incidents SET resolved_at = $2, resolution = $3 WHERE id = $1 AND resolved_at IS NULL RETURNING ${columns}`,
};

// Told when they happen. All others are told as long as they stand, or as often as a backend repeats them: what a person has put away stays so.
const happenings: ReadonlySet<string> = new Set(['ledger.halted', 'callback.givenUp']);

const record = {
  name: 'incident_record',
  text: `INSERT INTO incidents (id, kind, subject, detail, created_at) VALUES ($1, $2, $3, $4::jsonb, $5) ${openAgain} AND $6::boolean`,
};

/** Writes down what was seen outside of any change of state; once for each kind and subject, and again when it happens after it was put away. */
export const recordIncident = async (
  db: Database,
  at: Date,
  of: { readonly kind: string; readonly subject: string; readonly detail: object },
): Promise<void> => {
  await sql(db, record, [newId(at), of.kind, of.subject, toJson(of.detail), at, happenings.has(of.kind)]);
};

/** Newest first, at most 1000; without `resolvedToo` only what is open. */
export const listIncidents = (db: Database, resolvedToo: boolean): Promise<readonly IncidentView[]> =>
  sql<IncidentView>(db, list, [resolvedToo]);

export const incidentsAbout = (db: Database, subject: string): Promise<readonly IncidentView[]> => sql<IncidentView>(db, about, [subject]);

const newest = { name: 'incident_newest', text: 'SELECT max(created_at) AS at FROM incidents WHERE kind = $1' };

/** When the last one of this kind was written down, put away or not; null: never. */
export const newestIncident = async (db: Database, kind: string): Promise<Date | null> =>
  (await sql<{ at: Date | null }>(db, newest, [kind]))[0]?.at ?? null;

const open = { name: 'incidents_open', text: 'SELECT count(*)::int AS open FROM incidents WHERE resolved_at IS NULL' };

export const openIncidents = async (db: Database): Promise<number> => (await sql<{ open: number }>(db, open))[0]?.open ?? 0;

/** Null when there is no open incident of this id. */
export const resolveIncident = async (
  db: Database,
  clock: Clock,
  of: { readonly id: string; readonly resolution: string },
): Promise<IncidentView | null> => {
  const [row] = await sql<IncidentView>(db, resolve, [of.id, clock.now(), of.resolution]);
  return row ?? null;
};
