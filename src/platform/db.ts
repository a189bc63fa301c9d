// The one door to the stored truth: PostgreSQL by URL, or PostgreSQL embedded in this process. Same schema, same SQL, same errors for both.
// Inside `prisma.$transaction` only its `tx` may be used: the embedded pool has one connection, and waiting for a second one is a deadlock.
import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';
import { listenOn } from './db-listen.ts';
import { migrate } from './migrate.ts';
import { openPool } from './pool.ts';

export type DatabaseOptions = {
  /** A PostgreSQL 15+ server; null: embedded, in `dataDir`. */
  readonly url: string | null;
  /** Where the embedded database lives, or `memory://`. */
  readonly dataDir: string;
  /** `prisma/migrations`: what is pending there is applied before this answers. */
  readonly migrationsDir: string;
  /** Embedded only: a commit is on disk before its answer leaves. Wanted as soon as a backend moves real money. */
  readonly durable: boolean;
  /** Connections to a server, 1 or more, 10 by default. The embedded database has one. */
  readonly poolSize?: number | undefined;
  /** Embedded only: what a new database starts from (see `openEmbedded`). */
  readonly seed?: Blob | undefined;
  readonly log: DatabaseLog;
};

export type DatabaseLog = {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
};

export type Database = {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  readonly embedded: boolean;
  /**
   * Calls `onNotify` at every NOTIFY on the channel (payload may be empty) and once after each (re)connection; the answer stops it.
   * Embedded: never calls, since everything that happens happens in this process.
   */
  readonly listen: (channel: string, onNotify: (payload: string) => void) => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
};

/** Opens and migrates. @throws Error when the server cannot be reached, the directory is taken, or a migration fails. */
export const openDatabase = async (options: DatabaseOptions): Promise<Database> => {
  const { url, log } = options;
  // Loaded only where it is wanted: a gateway on a server need not wait for it.
  const embedded = url === null ? await (await import('./pglite.ts')).openEmbedded(options) : null;
  const pool = openPool({ ...(embedded?.config ?? serverConfig(options)), connectionTimeoutMillis: 30_000 });
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  const end = async (): Promise<void> => {
    await pool.end();
    await embedded?.close();
  };
  await withConnection(pool, async (client) => {
    const applied = await migrate(client, options.migrationsDir);
    if (applied.length > 0) log.info({ applied }, 'database schema brought up to date');
  }).catch(async (error) => {
    await end();
    throw error;
  });
  const adapter = new PrismaPg(pool, { statementNameGenerator: createStatementNames() });
  const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 10_000 } });
  return {
    prisma,
    pool,
    embedded: embedded !== null,
    listen: (channel, onNotify) => (url === null ? Promise.resolve(() => Promise.resolve()) : listenOn({ url, channel, onNotify, log })),
    close: () => prisma.$disconnect().then(end),
  };
};

const serverConfig = ({ url, poolSize }: DatabaseOptions): pg.PoolConfig => ({
  connectionString: url ?? undefined,
  max: poolSize ?? 10,
  application_name: 'switchyard',
  keepAlive: true,
});

const withConnection = async (pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> => {
  const client = await pool.connect();
  try {
    await work(client);
  } finally {
    client.release();
  }
};

const MAX_PREPARED = 500;

/** Prisma's statements are prepared once per connection: up to twice the throughput. Bounded, because lists of different lengths are different SQL. */
const createStatementNames = (): ((query: { readonly sql: string }) => string) => {
  const names = new Map<string, string>();
  return ({ sql: text }) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    // No name: not prepared.
    if (names.size >= MAX_PREPARED) return '';
    const name = `p_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    names.set(text, name);
    return name;
  };
};

/** A statement of ours, prepared once per connection under its name. One name, one text, always. */
export type Statement = { readonly name: string; readonly text: string };

/** Who can run one: the database, a connection, a transaction's connection. */
export type Runner = pg.Pool | pg.ClientBase | { readonly pool: pg.Pool };

/**
 * Runs a statement. The caller says what a row looks like; what arrives is: int8, int8[] and xid8 as bigint, timestamptz as Date, json as parsed
 * value, numeric (also `sum` of int8: cast it back) as string, int4 and float as number.
 * @throws pg.DatabaseError: see `pgCode`.
 */
export const sql = async <Row extends object>(
  runner: Runner,
  statement: Statement,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> => {
  const target = 'pool' in runner ? runner.pool : runner;
  const { rows } = await target.query<Row & pg.QueryResultRow>({ ...statement, values: [...values], types: EXACT_TYPES });
  return rows;
};

const toBigInt = (text: string): bigint => BigInt(text);
const toBigIntList = (text: string): readonly (bigint | null)[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((item) => (item === 'NULL' ? null : BigInt(item)));

// Raw numbers of the PostgreSQL catalogue: int8, xid8, int8[].
const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [20, toBigInt],
  [5069, toBigInt],
  [1016, toBigIntList],
]);
// Per query and not `pg.types.setTypeParser`, which would change every other user of node-postgres in the process.
const EXACT_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => PARSERS.get(oid) ?? pg.types.getTypeParser(oid, format ?? 'text'),
};

const UNIQUE_VIOLATION = '23505';

/** The five-character PostgreSQL error code (SQLSTATE) inside an error of node-postgres or of Prisma; null for anything else. */
export const pgCode = (error: unknown): string | null => findPgError(error)?.code ?? null;

/** Whether a unique index refused the write; with `constraint` (its name in the migrations), whether it was that one. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean => {
  const found = findPgError(error);
  if (found?.code !== UNIQUE_VIOLATION) return false;
  return constraint === undefined || found.constraint === constraint || found.message.includes(`"${constraint}"`);
};

const CHECK_VIOLATION = '23514';

/** Whether this check constraint (its name in the migrations) refused the write. */
export const isCheckViolation = (error: unknown, constraint: string): boolean => {
  const found = findPgError(error);
  return found?.code === CHECK_VIOLATION && (found.constraint === constraint || found.message.includes(`"${constraint}"`));
};

/** What a trigger of ours says next to its refusal under the name of this constraint; null when it was not that one. */
export const checkDetail = (error: unknown, constraint: string): string | null => {
  const found = findPgError(error);
  return found?.code === CHECK_VIOLATION && found.constraint === constraint ? found.detail : null;
};

type PgError = { readonly code: string; readonly constraint: string | null; readonly message: string; readonly detail: string | null };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** Prisma keeps the database's own words in `originalCode` and `originalMessage`, some levels deep and depending on the kind of call. */
const findPgError = (error: unknown, depth = 0): PgError | null => {
  if (!isObject(error) || depth > 5) return null;
  if (typeof error.originalCode === 'string') {
    return { code: error.originalCode, constraint: null, message: String(error.originalMessage ?? ''), detail: null };
  }
  if (error instanceof pg.DatabaseError && error.code !== undefined) {
    return { code: error.code, constraint: error.constraint ?? null, message: error.message, detail: error.detail ?? null };
  }
  return findPgError(error.cause, depth + 1) ?? findPgError(error.meta, depth + 1) ?? findPgError(error.driverAdapterError, depth + 1);
};
