// The start-up migrator: order, once only, and nothing goes on after a failure.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/db.ts';
import { migrate } from '../../../src/platform/migrate.ts';
import { testDatabase } from '../../support/database.ts';

const directory = mkdtempSync(join(tmpdir(), 'switchyard-migrations-'));
const put = (name: string, sql: string): void => {
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, 'migration.sql'), sql);
};
let db: Database;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => {
  await db.close();
  rmSync(directory, { recursive: true });
});

const run = async (): Promise<readonly string[]> => {
  const client = await db.pool.connect();
  return migrate(client, directory).finally(() => client.release());
};
const exists = async (table: string): Promise<boolean> => {
  const { rows } = await db.pool.query('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
  return rows[0].there;
};

it('applies in order, once, and takes functions with semicolons', async () => {
  put('2', 'ALTER TABLE ordered ADD COLUMN b int;');
  put('1', `CREATE TABLE ordered (a int); CREATE FUNCTION two() RETURNS int AS $$ BEGIN PERFORM 1; RETURN 2; END $$ LANGUAGE plpgsql;`);
  writeFileSync(join(directory, 'migration_lock.toml'), '');
  expect(await run()).toEqual(['1', '2']);
  expect(await run()).toEqual([]);
});

it('writes the records that Prisma writes', async () => {
  const { rows } = await db.pool.query(
    `SELECT checksum ~ '^[0-9a-f]{64}$' AS sha256, finished_at IS NOT NULL AS finished, applied_steps_count AS steps, logs FROM _prisma_migrations`,
  );
  for (const row of rows) expect(row).toEqual({ sha256: true, finished: true, steps: 1, logs: null });
});

it('stops at a migration that fails, leaves nothing of it, says why, and refuses to go on', async () => {
  put('3', 'CREATE TABLE half (a int); SELECT 1 / 0;');
  put('4', 'CREATE TABLE after_it (a int);');
  await expect(run()).rejects.toThrow('migration 3 failed to apply (P3018): division by zero');
  expect(await exists('half')).toBe(false);
  await expect(run()).rejects.toThrow('migration 3 failed earlier (P3009)');
  expect(await exists('after_it')).toBe(false);
  await db.pool.query(`UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '3'`);
  put('3', 'CREATE TABLE half (a int);');
  expect(await run()).toEqual(['3', '4']);
});
