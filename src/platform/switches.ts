// Switches of the whole gateway, stored, so that they hold for every replica and across a restart.
import type { Clock } from './clock.ts';
import { type Database, sql } from './db.ts';

const halted = 'outgoing.halted';
/** Open while a database that was restored to an earlier moment is reconciled (restored.ts): then nothing is sent, whoever resumes. */
export const restoreSetting = 'restore.open';

const read = { name: 'setting_read_halts', text: `SELECT name, value FROM settings WHERE name IN ('${halted}', '${restoreSetting}')` };
const write = {
  name: 'setting_write',
  text: `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2::jsonb, $3)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
};

export interface OutgoingSwitch {
  /** Why outgoing payments are halted; null when they are not. Read now: a halt must hold for the very next payment. */
  reason(): Promise<string | null>;
  halt(reason: string): Promise<void>;
  /** Ends a halt of a person's or of the watchdog's; one that a restored database asks for ends when it is reconciled. */
  resume(): Promise<void>;
}

const restored = 'the database was restored to an earlier moment; what the backends know since must be reconciled: switchyard restore';

export const outgoingSwitch = (db: Database, clock: Clock): OutgoingSwitch => {
  const set = async (reason: string | null): Promise<void> => {
    await sql(db, write, [halted, JSON.stringify(reason), clock.now()]);
  };
  return {
    reason: async () => {
      const rows = await sql<{ name: string; value: unknown }>(db, read);
      const said = rows.find((row) => row.name === halted)?.value;
      const reasons = [...(typeof said === 'string' ? [said] : []), ...(rows.some((row) => row.name === restoreSetting) ? [restored] : [])];
      return reasons.length === 0 ? null : reasons.join('; ');
    },
    halt: set,
    resume: () => set(null),
  };
};
