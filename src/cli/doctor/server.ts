// A PostgreSQL server: reachable, new enough, ours to write, and careful with its disk. Everything is asked on one connection and rolled back.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { bad, type Checkup, codeOf, type Finding, messageOf, ok, warn } from './finding.ts';

const oldest = 150_000;

/** The password is not for the screen. */
const place = (url: string): string => {
  if (!URL.canParse(url)) return 'database.url';
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'local socket'}${port ? `:${port}` : ''}${pathname}`;
};

const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'start PostgreSQL, or correct host and port in database.url',
  ENOTFOUND: 'correct the host name in database.url',
  ETIMEDOUT: 'look at the network and the firewall between here and the database',
  '28P01': 'correct user and password in database.url',
  '28000': 'allow this user and this host in pg_hba.conf',
  '3D000': 'create the database (createdb), or correct its name in database.url',
  '53300': 'raise max_connections, or lower database.poolSize',
  '57P03': 'wait until PostgreSQL has started',
};

const unreachable = (url: string, error: unknown): Finding => {
  const code = codeOf(error) ?? '';
  const text = `PostgreSQL at ${place(url)} cannot be reached: ${messageOf(error) || code}`;
  return bad('database', text, advice[code] ?? 'look at the log of PostgreSQL and at database.url');
};

const one = async (client: pg.Client, sql: string): Promise<Readonly<Record<string, unknown>>> => (await client.query(sql)).rows[0] ?? {};

const checkServer = async (client: pg.Client, isReal: boolean): Promise<readonly Finding[]> => {
  const row = await one(
    client,
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version, pg_is_in_recovery() AS replica,
       current_setting('default_transaction_read_only') AS readonly, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit`,
  );
  const found: Finding[] = [];
  if (Number(row.number) < oldest) found.push(bad('database', `PostgreSQL ${row.version} is too old`, 'move to PostgreSQL 15 or newer'));
  if (row.replica === true) found.push(bad('database', 'this server is a standby and takes no writes', 'name the primary in database.url'));
  else if (row.readonly === 'on')
    found.push(bad('database', 'this user or database is read-only (default_transaction_read_only)', 'allow writes'));
  const careless = [...(row.fsync === 'off' ? ['fsync = off'] : []), ...(row.commit === 'off' ? ['synchronous_commit = off'] : [])];
  if (careless.length > 0) {
    const text = `PostgreSQL runs with ${careless.join(' and ')}: a power cut loses what was acknowledged`;
    found.push((isReal ? bad : warn)('database', text, 'turn it on in postgresql.conf'));
  }
  return found.length > 0 ? found : [ok('database', `PostgreSQL ${row.version}`)];
};

const checkSchema = async (client: pg.Client, folder: string): Promise<readonly Finding[]> => {
  const { found } = await one(client, `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`);
  const { may } = await one(client, `SELECT has_schema_privilege(current_schema(), 'CREATE') AS may`);
  const denied = bad('database', 'this user may not create tables', 'GRANT CREATE ON SCHEMA public TO the user of database.url');
  if (found !== true) return [may === true ? warn('database', 'it is empty', 'nothing: the first start fills it') : denied];
  const { rows } = await client.query<{ name: string; ended: boolean }>(
    'SELECT migration_name AS name, finished_at IS NOT NULL AS ended FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const ours = readdirSync(join(folder, 'prisma', 'migrations'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const broken = rows.find((row) => !row.ended);
  if (broken) return [bad('database', `migration ${broken.name} failed half-way`, 'mend the database, then: npx prisma migrate resolve')];
  const strange = rows.filter((row) => !ours.some((entry) => entry.name === row.name));
  if (strange.length > 0)
    return [
      bad('database', `a newer version of switchyard has changed it (${strange.map((row) => row.name).join(', ')})`, 'run that version'),
    ];
  const waiting = ours.filter((entry) => !rows.some((row) => row.name === entry.name)).length;
  if (waiting > 0)
    return [may === true ? warn('database', `${waiting} migration(s) are waiting`, 'nothing: the next start applies them') : denied];
  return checkWrite(client);
};

const checkWrite = async (client: pg.Client): Promise<readonly Finding[]> => {
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO settings (name, value, updated_at) VALUES ('doctor', 'true', now()) ON CONFLICT (name) DO UPDATE SET updated_at = now()`,
    );
    return [ok('database', 'up to date and writable')];
  } catch (error) {
    return [
      bad(
        'database',
        `it cannot be written: ${messageOf(error)}`,
        'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES to the user of database.url; look at its disk',
      ),
    ];
  } finally {
    await client.query('ROLLBACK');
  }
};

const checkConnections = async (client: pg.Client, poolSize: number): Promise<readonly Finding[]> => {
  const { free } = await one(
    client,
    `SELECT current_setting('max_connections')::int - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS free`,
  );
  if (Number(free) >= poolSize) return [];
  return [
    warn(
      'database',
      `${free} connections are free and database.poolSize is ${poolSize}`,
      'raise max_connections, or lower database.poolSize',
    ),
  ];
};

const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
    application_name: 'switchyard doctor',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
};

/** Milliseconds by which the server's clock is ahead of ours; null when it cannot be asked. */
export const serverClockAhead = (url: string): Promise<number | null> =>
  withClient(url, async (client) => {
    const before = Date.now();
    const { at } = await one(client, 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at');
    return Number(at) - (before + Date.now()) / 2;
  }).catch(() => null);

/** Rows of `backend_pins`; null when they cannot be read. */
export const serverPins = (url: string): Promise<unknown> =>
  withClient(url, async (client) => {
    const sql = 'SELECT backend_id AS "backendId", kind, network, identity_key AS "identityKey" FROM backend_pins';
    return (await client.query(sql)).rows;
  }).catch(() => null);

export const checkDatabaseServer = async (url: string, poolSize: number, { config, folder }: Checkup): Promise<readonly Finding[]> => {
  if (!existsSync(join(folder, 'prisma', 'migrations')))
    return [bad('database', 'the migrations of this installation are missing', 'install switchyard anew')];
  const isReal = config.backends.some((backend) => !backend.simulated);
  return withClient(url, async (client) => {
    const server = await checkServer(client, isReal);
    if (server.some((found) => found.level === 'bad')) return server;
    return [...server, ...(await checkSchema(client, folder)), ...(await checkConnections(client, poolSize))];
  }).catch((error: unknown) => [unreachable(url, error)]);
};
