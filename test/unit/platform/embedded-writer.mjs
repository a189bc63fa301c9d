// The victim of embedded.test.ts: writes one row after the other, in transactions of both kinds, and prints each row's number once its
// commit was answered, until it is killed. Arguments: the data directory, `durable` or `fast`. Runs the built sources, being a process of its own.
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openDatabase, sql } from '../../../dist/src/platform/db.js';

const [dataDir, mode] = process.argv.slice(2);
const migrationsDir = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
const log = { info: () => undefined, warn: () => undefined };
const db = await openDatabase({ url: null, dataDir, migrationsDir, durable: mode === 'durable', log });
await db.pool.query('CREATE TABLE IF NOT EXISTS acked (n int8 PRIMARY KEY, half int4 NOT NULL)');
const insert = {
  name: 'writer_insert',
  text: 'INSERT INTO acked (n, half) SELECT $1::int8 * 2 + half, half FROM generate_series(0, 1) AS half',
};
const { rows } = await db.pool.query('SELECT coalesce(max(n) / 2 + 1, 0)::int4 AS next FROM acked');

for (let n = rows[0].next; ; n += 1) {
  if (n % 2) await sql(db, insert, [n]);
  else {
    await db.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`INSERT INTO acked VALUES (${n * 2}, 0)`;
      await tx.$executeRaw`INSERT INTO acked VALUES (${n * 2 + 1}, 1)`;
    });
  }
  // Past every buffer of this process: what was printed was acknowledged, whatever happens next.
  writeSync(1, `${n}\n`);
}
