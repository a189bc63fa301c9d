// What the database refuses costs a statement and not its connection; what a connection was told it still knows.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, isUniqueViolation } from '../../../src/platform/db.ts';
import { testDatabase } from '../../support/database.ts';

let db: Database;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

test('a connection is kept after a refusal of the database, by either way to ask', async () => {
  await db.pool.query('CREATE TABLE kept (id int PRIMARY KEY)');
  await db.pool.query(`SELECT set_config('switchyard.kept', 'yes', false)`);
  const insert = { name: 'test_kept', text: 'INSERT INTO kept VALUES ($1)', values: [1] };
  await db.pool.query(insert);
  const again = await db.pool.query(insert).catch((error: unknown) => error);
  expect(isUniqueViolation(again)).toBe(true);
  await expect(db.prisma.$queryRawUnsafe('INSERT INTO kept VALUES (1) RETURNING id')).rejects.toThrow();
  const { rows } = await db.pool.query<{ kept: string }>(`SELECT current_setting('switchyard.kept', true) AS kept`);
  expect(rows).toEqual([{ kept: 'yes' }]);
});
