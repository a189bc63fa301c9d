// Who is behind each backend, as it was at the first connection, and how far its facts are stored.
// A backend that turns out to be somebody else is refused: its answers would be about other money.
import type { Clock } from '../platform/clock.ts';
import { type Database, sql } from '../platform/db.ts';
import { type Cursor, cursor, type Identity, type Network } from './port.ts';

export interface Pin {
  readonly backendId: string;
  readonly kind: string;
  readonly network: string;
  readonly identityKey: string;
  readonly cursor: Cursor | null;
  /** Of the first connection. */
  readonly pinnedAt: Date;
}

interface Row {
  readonly backend_id: string;
  readonly kind: string;
  readonly network: string;
  readonly identity_key: string;
  readonly cursor: string | null;
  readonly pinned_at: Date;
}

const insert = {
  name: 'pin_insert',
  text: `INSERT INTO backend_pins (backend_id, kind, network, identity_key, pinned_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
    ON CONFLICT (backend_id) DO NOTHING`,
};
const columns = 'backend_id, kind, network, identity_key, cursor, pinned_at';
const read = { name: 'pin_read', text: `SELECT ${columns} FROM backend_pins WHERE backend_id = $1` };
const readAll = {
  name: 'pin_read_all',
  text: `SELECT ${columns} FROM backend_pins ORDER BY backend_id`,
};
const keep = {
  name: 'pin_cursor',
  text: 'UPDATE backend_pins SET cursor = $2, updated_at = $3 WHERE backend_id = $1 AND identity_key = $4',
};

const toPin = (row: Row): Pin => ({
  backendId: row.backend_id,
  kind: row.kind,
  network: row.network,
  identityKey: row.identity_key,
  cursor: row.cursor === null ? null : cursor(row.cursor),
  pinnedAt: row.pinned_at,
});

/** The pin of a backend, made from `seen` when there is none yet. */
export const pinned = async (
  db: Database,
  clock: Clock,
  seen: { readonly backendId: string; readonly kind: string; readonly identity: Identity },
): Promise<Pin> => {
  await sql(db, insert, [seen.backendId, seen.kind, seen.identity.network, seen.identity.key, clock.now()]);
  const [row] = await sql<Row>(db, read, [seen.backendId]);
  if (!row) throw new Error(`the pin of backend ${seen.backendId} was not stored`);
  return toPin(row);
};

export const readPin = async (db: Database, backendId: string): Promise<Pin | null> => {
  const [row] = await sql<Row>(db, read, [backendId]);
  return row ? toPin(row) : null;
};

export const readPins = async (db: Database): Promise<readonly Pin[]> => (await sql<Row>(db, readAll, [])).map(toPin);

/** Stored after the fact's effect, never before. */
export const keepCursor = async (
  db: Database,
  clock: Clock,
  at: { readonly backendId: string; readonly identityKey: string; readonly cursor: Cursor },
): Promise<void> => {
  await sql(db, keep, [at.backendId, at.cursor, clock.now(), at.identityKey]);
};

/** What is wrong with who answered, in a sentence for the operator; null when it is the one we know on the network we serve. */
export const mismatch = (pin: Pin, identity: Identity, network: Network): string | null => {
  if (identity.network !== network) return `it is on ${identity.network}, the configuration says ${network}`;
  if (identity.key !== pin.identityKey)
    return `it is ${identity.key}, but ${pin.backendId} was ${pin.identityKey} when it was first connected`;
  if (pin.network !== network) return `${pin.backendId} was pinned on ${pin.network}, the configuration says ${network}`;
  return null;
};
