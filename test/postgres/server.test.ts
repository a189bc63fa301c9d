// What only a server can show: replicas that start at once migrate once, and Prisma's own command line agrees with what they did.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/platform/db.ts';
import { silentLog } from '../../src/platform/log.ts';
import { migrationsDir } from '../support/database.ts';

const server = process.env.TEST_DATABASE_URL;
if (!server) throw new Error('these tests run by `npm run test:postgres`');
const name = `switchyard_replicas_${randomBytes(6).toString('hex')}`;
const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
const admin = new pg.Client(server);
const open = () => openDatabase({ url, dataDir: 'unused', migrationsDir, durable: true, poolSize: 2, log: silentLog });

beforeAll(async () => {
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
});
afterAll(async () => {
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.end();
});

it('migrates once when four replicas start at once', async () => {
  const replicas = await Promise.all([open(), open(), open(), open()]);
  const rows = await replicas[0].pool.query('SELECT migration_name, count(*)::int AS times FROM _prisma_migrations GROUP BY 1');
  expect(rows.rows.length).toBeGreaterThan(0);
  for (const row of rows.rows) expect(row.times).toBe(1);
  await Promise.all(replicas.map((replica) => replica.close()));
});

const prisma = async (...words: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['node_modules/prisma/build/index.js', ...words], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: { ...process.env, DATABASE_URL: url },
  });
  return stdout;
};

it('leaves a database that Prisma calls up to date', async () => {
  expect(await prisma('migrate', 'status')).toContain('Database schema is up to date');
  expect(await prisma('migrate', 'deploy')).toContain('No pending migrations');
});

it('has in its migrations what schema.prisma says, and in schema.prisma what the migrations say', async () => {
  const difference = await prisma('migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/schema.prisma', '--script');
  expect(difference).toContain('This is an empty migration');
});

it('hears on one replica what another one says', async () => {
  const [one, other] = await Promise.all([open(), open()]);
  const heard: string[] = [];
  const stop = await one.listen('wake', (payload) => heard.push(payload));
  await other.pool.query('NOTIFY wake');
  await expect.poll(() => heard).toEqual(['', '']);
  await stop();
  await Promise.all([one.close(), other.close()]);
});

it('says what is wrong when nobody answers', async () => {
  const gone = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none', dataDir: '', migrationsDir, durable: true, log: silentLog });
  await expect(gone).rejects.toThrow(/ECONNREFUSED/);
});
