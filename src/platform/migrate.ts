// Brings a database to the newest schema at start-up. Keeps Prisma's own records (`_prisma_migrations`, its checksums, its advisory lock),
// so that `prisma migrate deploy` and this may take turns, and several replicas may start at once.
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientBase } from 'pg';

const PRISMA_ADVISORY_LOCK = 72707369;
const RECORDS = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;

type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

/**
 * Applies what is pending in `directory` (`<name>/migration.sql`, in order of name) on one connection, and answers the names applied.
 * @throws Error when a migration fails now (P3018) or failed earlier (P3009): nothing after it is tried.
 */
export const migrate = async (client: ClientBase, directory: string): Promise<readonly string[]> => {
  await client.query(`SELECT pg_advisory_lock(${PRISMA_ADVISORY_LOCK})`);
  try {
    await client.query(RECORDS);
    const applied = await readApplied(client);
    const pending = readMigrations(directory).filter((one) => !applied.has(one.name));
    for (const one of pending) await apply(client, one);
    return pending.map((one) => one.name);
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${PRISMA_ADVISORY_LOCK})`);
  }
};

const readMigrations = (directory: string): readonly Migration[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });

const readApplied = async (client: ClientBase): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ name: string; finished: boolean }>(
    'SELECT migration_name AS name, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const failed = rows.find((row) => !row.finished);
  if (failed) throw new Error(`migration ${failed.name} failed earlier (P3009): mend the database, then "npx prisma migrate resolve"`);
  return new Set(rows.map((row) => row.name));
};

const apply = async (client: ClientBase, { name, sql, checksum }: Migration): Promise<void> => {
  const id = randomUUID();
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [id, checksum, name]);
  try {
    // One simple query: PostgreSQL runs the whole file in one transaction.
    await client.query(sql);
  } catch (error) {
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, String(error)]);
    throw new Error(`migration ${name} failed to apply (P3018): ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id]);
};
