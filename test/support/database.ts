// A fresh, migrated database for one test file: embedded in memory, or, with TEST_DATABASE_URL, a database of its own on that server.
// Both start from a copy of a database that was migrated once, so a test waits for neither initdb nor the migrations.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/platform/db.ts';
import { silentLog } from '../../src/platform/log.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { openEmbedded } from '../../src/platform/pglite.ts';

// From the sources as from what `tsc` makes of them in dist.
const rootOf = (folder: string): string => (existsSync(join(folder, 'prisma/migrations')) ? folder : rootOf(dirname(folder)));
const root = rootOf(dirname(fileURLToPath(import.meta.url)));
export const migrationsDir = join(root, 'prisma/migrations');

/** Whoever opens it closes it; on a server, closing drops it. */
export const testDatabase = (): Promise<Database> => {
  const server = process.env.TEST_DATABASE_URL;
  return server ? onServer(server) : inMemory();
};

const options = { dataDir: 'memory://', migrationsDir, durable: false, log: silentLog };

/** Whatever `TEST_DATABASE_URL` says. */
export const inMemory = async (): Promise<Database> => openDatabase({ ...options, url: null, seed: await migratedSeed() });

/** What a new embedded database may start from: all migrations applied, no rows. Made once and kept until the migrations change. */
export const migratedSeed = async (): Promise<Blob> => {
  const directory = join(root, 'node_modules/.cache/switchyard');
  const path = join(directory, `migrated-${fingerprint()}.tar.gz`);
  const kept = readOrNull(path);
  if (kept) return new Blob([kept]);
  const seed = await makeSeed();
  mkdirSync(directory, { recursive: true });
  // Another worker may be doing the same: whoever renames last wins, and both files are good.
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, new Uint8Array(await seed.arrayBuffer()));
  renameSync(draft, path);
  return seed;
};

const readOrNull = (path: string): Uint8Array<ArrayBuffer> | null => {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    return null;
  }
};

const makeSeed = async (): Promise<Blob> => {
  const embedded = await openEmbedded({ dataDir: 'memory://', durable: false });
  const pool = new pg.Pool(embedded.config);
  const client = await pool.connect();
  await migrate(client, migrationsDir);
  client.release();
  await pool.end();
  const seed = await embedded.dump();
  await embedded.close();
  return seed;
};

/** Changes with the migrations and with PGlite, whose files another version may not read. */
const fingerprint = (): string => {
  const hash = createHash('sha256');
  hash.update(readFileSync(join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), '../package.json')));
  for (const name of readdirSync(migrationsDir).sort()) {
    if (!name.endsWith('.toml')) hash.update(name).update(readFileSync(join(migrationsDir, name, 'migration.sql')));
  }
  return hash.digest('hex').slice(0, 16);
};

const onServer = async (server: string): Promise<Database> => {
  const template = `switchyard_template_${fingerprint()}`;
  const name = `switchyard_test_${randomBytes(8).toString('hex')}`;
  await asAdmin(server, async (admin) => {
    // One worker makes the template, the others wait for it.
    await admin.query('SELECT pg_advisory_lock(7271)');
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (!rowCount) await makeTemplate(server, admin, template);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const database = await openDatabase({ ...options, url: urlOf(server, name) });
  const close = async (): Promise<void> => {
    await database.close();
    await asAdmin(server, (admin) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`));
  };
  return { ...database, close };
};

const makeTemplate = async (server: string, admin: pg.Client, template: string): Promise<void> => {
  const draft = `${template}_draft`;
  await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${draft}`);
  const client = new pg.Client(urlOf(server, draft));
  await client.connect();
  await migrate(client, migrationsDir);
  await client.end();
  await admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
};

const asAdmin = async (server: string, work: (admin: pg.Client) => Promise<unknown>): Promise<void> => {
  const admin = new pg.Client(server);
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
};

const urlOf = (server: string, database: string): string => {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
};
