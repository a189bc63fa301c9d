// Switches of the whole gateway, stored, so that they hold for every replica and across a restart.
import type { Clock } from './clock.ts';
import { type Database, sql } from './db.ts';

const read = { name: 'setting_read', text: 'SELECT value FROM settings WHERE name = $1' };
const write = {
  name: 'setting_write',
  text: `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2::jsonb, $3)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
};
const name = 'outgoing.halted';

export interface OutgoingSwitch {
  /** Why outgoing payments are halted; null when they are not. Read now: a halt must hold for the very next payment. */
  reason(): Promise<string | null>;
  halt(reason: string): Promise<void>;
  resume(): Promise<void>;
}

export const outgoingSwitch = (db: Database, clock: Clock): OutgoingSwitch => {
  const set = async (reason: string | null): Promise<void> => {
    await sql(db, write, [name, JSON.stringify(reason), clock.now()]);
  };
  return {
    reason: async () => {
      const [row] = await sql<{ value: unknown }>(db, read, [name]);
      return typeof row?.value === 'string' ? row.value : null;
    },
    halt: set,
    resume: () => set(null),
  };
};
