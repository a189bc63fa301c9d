// The database as the rest of the gateway meets it: exact values, one set of errors for raw SQL and Prisma, on either kind of database.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, isUniqueViolation, pgCode, sql } from '../../../src/platform/db.ts';
import { testDatabase } from '../../support/database.ts';

let db: Database;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );
const newAccount = (name: string): { id: string; name: string } => ({ id: randomUUID(), name });

describe('sql', () => {
  it('reads int8, int8[] and xid8 as bigint, timestamptz as Date, jsonb as value', async () => {
    const text = `SELECT 9007199254740993::int8 AS big, ARRAY[1, NULL, 9007199254740993]::int8[] AS list, '{}'::int8[] AS none,
      timestamptz '2026-01-01T00:00:00.123Z' AS at, '{"a":[1]}'::jsonb AS json, pg_current_xact_id() AS xid, 7::int4 AS small, NULL::int8 AS nothing`;
    const [row] = await sql<Record<string, unknown>>(db, { name: 'test_types', text });
    expect(row).toMatchObject({
      big: 9007199254740993n,
      list: [1n, null, 9007199254740993n],
      none: [],
      at: new Date('2026-01-01T00:00:00.123Z'),
      json: { a: [1] },
      small: 7,
      nothing: null,
    });
    expect(typeof row?.xid).toBe('bigint');
  });

  it('takes bigint, Date, object and list as values', async () => {
    const values = [9007199254740993n, new Date(5), { a: 1 }, [1n, 2n]];
    const statement = { name: 'test_values', text: 'SELECT $1::int8 AS a, $2::timestamptz AS b, $3::jsonb AS c, $4::int8[] AS d' };
    expect(await sql(db, statement, values)).toEqual([{ a: 9007199254740993n, b: new Date(5), c: { a: 1 }, d: [1n, 2n] }]);
  });

  it('runs on the connection of a transaction, and a rollback takes it back', async () => {
    const account = newAccount('rolled back');
    const client = await db.pool.connect();
    await client.query('BEGIN');
    await sql(client, { name: 'test_insert', text: 'INSERT INTO accounts (id, name) VALUES ($1, $2)' }, [account.id, account.name]);
    await client.query('ROLLBACK');
    client.release();
    expect(await db.prisma.account.findUnique({ where: { id: account.id } })).toBeNull();
  });
});

describe('errors', () => {
  const twice = { name: 'test_twice', text: 'INSERT INTO accounts (id, name) VALUES ($1, $2)' };

  it('names the constraint, for every way of writing', async () => {
    const account = newAccount('taken');
    await db.prisma.account.create({ data: account });
    const again = newAccount('taken');
    const ways = [
      () => db.prisma.account.create({ data: again }),
      () => db.prisma.account.createMany({ data: [again] }),
      () => db.prisma.$transaction(async (tx) => tx.account.create({ data: again })),
      () => db.prisma.$executeRaw`INSERT INTO accounts (id, name) VALUES (${again.id}::uuid, ${again.name})`,
      () => sql(db, twice, [again.id, again.name]),
    ];
    for (const way of ways) {
      const error = await caught(way());
      expect(pgCode(error)).toBe('23505');
      expect(isUniqueViolation(error)).toBe(true);
      expect(isUniqueViolation(error, 'accounts_name_key')).toBe(true);
      expect(isUniqueViolation(error, 'accounts_pkey')).toBe(false);
    }
  });

  it('does not take one error for another', async () => {
    const division = await caught(db.prisma.$queryRaw`SELECT 1 / 0`);
    expect(pgCode(division)).toBe('22012');
    expect(isUniqueViolation(division)).toBe(false);
    for (const stranger of [new Error('23505'), null, undefined, '23505', { code: 'ENOENT' }]) expect(pgCode(stranger)).toBeNull();
  });

  it('goes on after an error, also with a statement that was prepared', async () => {
    const account = newAccount('goes on');
    await sql(db, twice, [account.id, account.name]);
    await caught(sql(db, twice, [account.id, account.name]));
    const next = newAccount('went on');
    await sql(db, twice, [next.id, next.name]);
    expect(await db.prisma.account.count({ where: { name: { in: ['goes on', 'went on'] } } })).toBe(2);
  });
});

describe('connections', () => {
  it('clears what a broken connection left open', async () => {
    const account = newAccount('left open');
    const client = await db.pool.connect();
    await client.query('BEGIN');
    await sql(client, { name: 'test_left', text: 'INSERT INTO accounts (id, name) VALUES ($1, $2)' }, [account.id, account.name]);
    client.release(new Error('broken'));
    const after = newAccount('after');
    await sql(db, { name: 'test_left', text: 'INSERT INTO accounts (id, name) VALUES ($1, $2)' }, [after.id, after.name]);
    expect(await db.prisma.account.count({ where: { name: 'left open' } })).toBe(0);
    expect(await db.prisma.account.count({ where: { name: 'after' } })).toBe(1);
  });

  it('serves many at once and leaves timers their turn', async () => {
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 5);
    const one = { name: 'test_one', text: 'SELECT $1::int8 AS n' };
    const rows = await Promise.all(Array.from({ length: 2000 }, (_, n) => sql<{ n: bigint }>(db, one, [n])));
    clearInterval(ticking);
    expect(rows.map(([row]) => row?.n)).toEqual(rows.map((_, n) => BigInt(n)));
    expect(ticks).toBeGreaterThan(2);
  });

  it('wakes a listener once it listens, and at every notification', async () => {
    const heard: string[] = [];
    const stop = await db.listen('test_channel', (payload) => heard.push(payload));
    await db.pool.query(`NOTIFY test_channel, 'hello'`);
    if (db.embedded) expect(heard).toEqual([]);
    else {
      await expect.poll(() => heard).toEqual(['', 'hello']);
      await db.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'switchyard listen' AND datname = current_database()`,
      );
      await expect.poll(() => heard, { timeout: 5000 }).toEqual(['', 'hello', '']);
    }
    await stop();
  });
});
