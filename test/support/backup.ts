// A backup of a database and its return, as a dump of all rows: what `pg_dump --data-only` and `pg_restore` do, on either kind of database.
import type { Database } from '../../src/platform/db.ts';

/** Rows of every table, as PostgreSQL's own JSON. */
export type Backup = ReadonlyMap<string, string>;

const tablesOf = async ({ pool }: Database): Promise<readonly string[]> => {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_prisma%' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
};

export const backUp = async (db: Database): Promise<Backup> => {
  const backup = new Map<string, string>();
  for (const table of await tablesOf(db)) {
    const { rows } = await db.pool.query<{ rows: string }>(`SELECT coalesce(json_agg(t), '[]')::text AS rows FROM "${table}" AS t`);
    backup.set(table, rows[0]?.rows ?? '[]');
  }
  return backup;
};

/** Everything since is gone. Nobody else may use the database meanwhile. */
export const putBack = async (db: Database, backup: Backup): Promise<void> => {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    // Rows come in any order and are not checked again: they are as they were.
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(`TRUNCATE ${[...backup.keys()].map((table) => `"${table}"`).join(', ')} CASCADE`);
    for (const [table, rows] of backup)
      await client.query(`INSERT INTO "${table}" SELECT * FROM json_populate_recordset(null::"${table}", $1::json)`, [rows]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
};
