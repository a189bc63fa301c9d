// What the doctor says of a real PostgreSQL server. Runs by `npm run test:postgres`, which names the server in TEST_DATABASE_URL.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendKinds } from '../../src/backends/index.ts';
import type { Checkup, Finding } from '../../src/cli/doctor/finding.ts';
import { checkDatabaseServer, serverClockAhead, serverPins } from '../../src/cli/doctor/server.ts';
import { installation } from '../../src/cli/root.ts';
import { loadConfig } from '../../src/config.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { migrationsDir } from '../support/database.ts';

const server = process.env.TEST_DATABASE_URL ?? '';
const name = `doctor_${process.pid}_${Date.now()}`;
const urlOf = (database: string, user?: string): string => {
  const url = new URL(server);
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = user;
  return url.href;
};

const run = async (database: string, ...sql: readonly string[]): Promise<void> => {
  const client = new pg.Client(urlOf(database));
  await client.connect();
  for (const line of sql) await client.query(line);
  await client.end();
};

const examine = async (url: string, { real = false, poolSize = 10 } = {}): Promise<readonly Finding[]> => {
  const config = loadConfig({ kinds: backendKinds, env: {}, cwd: '/' });
  const backends = config.backends.map((backend) => ({ ...backend, simulated: !real }));
  const unused = (): never => {
    throw new Error('not for this');
  };
  const io: Checkup['io'] = { out: unused, err: unused, cwd: '/', env: {}, onStop: unused, now: () => new Date() };
  const checkup: Checkup = {
    config: { ...config, backends },
    io,
    kinds: backendKinds,
    running: null,
    openAdmin: unused,
    folder: installation().folder,
  };
  return checkDatabaseServer(url, poolSize, checkup);
};
const texts = (found: readonly Finding[]): string => found.map(({ level, text }) => `${level} ${text}`).join('\n');

beforeAll(() => run('postgres', `CREATE DATABASE ${name}`, `CREATE ROLE ${name}_reader LOGIN`));
afterAll(() => run('postgres', `DROP DATABASE ${name} WITH (FORCE)`, `DROP ROLE ${name}_reader`));

describe('a PostgreSQL server', () => {
  it('that has no such database', async () => {
    expect(await examine(urlOf('nowhere_at_all'))).toEqual([
      expect.objectContaining({ level: 'bad', todo: expect.stringContaining('create the database') }),
    ]);
  });

  it('that does not know the user', async () => {
    expect(texts(await examine(urlOf(name, 'nobody_at_all')))).toMatch(/^bad PostgreSQL at .* cannot be reached: .*nobody_at_all/);
  });

  it('that is empty', async () => {
    expect(texts(await examine(urlOf(name)))).toMatch(/warn it is empty/);
    expect(await serverPins(urlOf(name))).toBeNull();
  });

  it('that is empty and closed to this user', async () => {
    expect(texts(await examine(urlOf(name, `${name}_reader`)))).toMatch(/bad this user may not create tables/);
  });

  it('that is up to date', async () => {
    const client = new pg.Client(urlOf(name));
    await client.connect();
    await migrate(client, migrationsDir);
    await client.query(
      `INSERT INTO backend_pins (backend_id, kind, network, identity_key, pinned_at, updated_at) VALUES ('a', 'lnd', 'regtest', 'k', now(), now())`,
    );
    await client.end();
    const found = await examine(urlOf(name));
    expect(texts(found)).toMatch(/ok up to date and writable/);
    expect(found.filter(({ level }) => level === 'bad')).toEqual([]);
    expect(await serverPins(urlOf(name))).toEqual([{ backendId: 'a', kind: 'lnd', network: 'regtest', identityKey: 'k' }]);
  });

  it('looking writes nothing', async () => {
    const client = new pg.Client(urlOf(name));
    await client.connect();
    expect((await client.query(`SELECT name FROM settings WHERE name = 'doctor'`)).rows).toEqual([]);
    await client.end();
  });

  it('that this user may not write', async () => {
    await run(name, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}_reader`);
    expect(texts(await examine(urlOf(name, `${name}_reader`)))).toMatch(/bad it cannot be written: permission denied/);
  });

  it('that is read-only', async () => {
    await run('postgres', `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    expect(texts(await examine(urlOf(name)))).toMatch(/bad this user or database is read-only/);
    await run('postgres', `ALTER DATABASE ${name} RESET default_transaction_read_only`);
  });

  it('that is careless with its disk: a warning with play money, a problem with real money', async () => {
    // The throwaway server of npm run test:postgres runs without fsync; any other is made careless here.
    await run('postgres', `ALTER DATABASE ${name} SET synchronous_commit = off`);
    expect(texts(await examine(urlOf(name)))).toMatch(/warn PostgreSQL runs with .*synchronous_commit = off/);
    expect(texts(await examine(urlOf(name), { real: true }))).toMatch(/bad PostgreSQL runs with .*synchronous_commit = off/);
    await run('postgres', `ALTER DATABASE ${name} RESET synchronous_commit`);
  });

  it('that has fewer connections than we would take', async () => {
    expect(texts(await examine(urlOf(name), { poolSize: 100_000 }))).toMatch(
      /warn \d+ connections are free and database.poolSize is 100000/,
    );
  });

  it('that waits for migrations, has a broken one, or one of a newer version', async () => {
    await run(name, `UPDATE _prisma_migrations SET rolled_back_at = now()`);
    expect(texts(await examine(urlOf(name)))).toMatch(/warn \d+ migration\(s\) are waiting/);
    await run(name, `UPDATE _prisma_migrations SET rolled_back_at = NULL, finished_at = NULL`);
    expect(texts(await examine(urlOf(name)))).toMatch(/bad migration .* failed half-way/);
    await run(
      name,
      `UPDATE _prisma_migrations SET finished_at = now()`,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29991231000000_future', now())`,
    );
    expect(texts(await examine(urlOf(name)))).toMatch(/bad a newer version of switchyard has changed it \(29991231000000_future\)/);
  });

  it('agrees about the time, being on this machine', async () => {
    const ahead = await serverClockAhead(urlOf(name));
    expect(Math.abs(ahead ?? Number.NaN)).toBeLessThan(1000);
    expect(await serverClockAhead('postgresql://127.0.0.1:1/x')).toBeNull();
  });
});
