// The embedded database answers for months in one process: what a query leaves behind must be nothing.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/platform/db.ts';
import { testDatabase } from '../../support/database.ts';

let db: Database;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const heap = async (): Promise<number> => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('garbage cannot be collected on demand');
  for (let times = 0; times < 4; times++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
};

const ask = async (times: number): Promise<void> => {
  const columns = Array.from({ length: 20 }, (_, at) => `$1::text || '${at}' AS column_${at}`).join(', ');
  for (let at = 0; at < times; at++) await db.pool.query({ name: 'wide', text: `SELECT ${columns}`, values: [`value ${at}`] });
};

test('three thousand queries leave nothing in memory', async () => {
  await ask(500);
  const before = await heap();
  await ask(3000);
  const each = ((await heap()) - before) / 3000;
  expect(each).toBeLessThan(400);
});
