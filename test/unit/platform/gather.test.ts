// Gathered inserts on a real database: each caller hears of its own row alone, after it is committed.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, isUniqueViolation, sql } from '../../../src/platform/db.ts';
import { gathered } from '../../../src/platform/gather.ts';
import { testDatabase } from '../../support/database.ts';

let db: Database;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

interface Account {
  readonly id: string;
  readonly name: string;
}

const one = { name: 'gather_one', text: 'INSERT INTO accounts (id, name) VALUES ($1, $2)' };
const many = {
  name: 'gather_many',
  text: 'INSERT INTO accounts (id, name) SELECT id, name FROM json_populate_recordset(null::accounts, $1::json)',
};

/** With the size of every statement. */
const inserter = () => {
  const sizes: number[] = [];
  const insert = gathered<Account>({
    one: async ({ id, name }) => {
      sizes.push(1);
      await sql(db, one, [id, name]);
    },
    many: async (rows) => {
      sizes.push(rows.length);
      await sql(db, many, [JSON.stringify(rows)]);
    },
  });
  return { insert, sizes };
};

const account = (name: string): Account => ({ id: randomUUID(), name });
const stored = async (names: readonly string[]): Promise<number> => db.prisma.account.count({ where: { name: { in: [...names] } } });

it('writes what is asked for together with one statement, and answers when it is there', async () => {
  const { insert, sizes } = inserter();
  const names = Array.from({ length: 50 }, (_none, index) => `together ${index}`);
  await Promise.all(names.map((name) => insert(account(name))));
  expect(sizes).toEqual([50]);
  expect(await stored(names)).toBe(50);
});

it('writes a single row alone', async () => {
  const { insert, sizes } = inserter();
  await insert(account('alone'));
  expect(sizes).toEqual([1]);
  expect(await stored(['alone'])).toBe(1);
});

it('lets a refused row take no other with it, and tells its caller why', async () => {
  const { insert } = inserter();
  await insert(account('taken'));
  const names = ['before', 'taken', 'after', 'a \u0000 that no text holds'];
  const [before, taken, after, impossible] = await Promise.allSettled(names.map((name) => insert(account(name))));
  expect([before?.status, after?.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(taken?.status === 'rejected' && isUniqueViolation(taken.reason, 'accounts_name_key')).toBe(true);
  expect(impossible?.status).toBe('rejected');
  expect(await stored(names.slice(0, 3))).toBe(3);
});

it('writes one of two rows that exclude each other', async () => {
  const { insert } = inserter();
  const both = await Promise.allSettled([insert(account('twins')), insert(account('twins'))]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await stored(['twins'])).toBe(1);
});

it('repeats nothing when nobody knows whether it was committed', async () => {
  let calls = 0;
  const insert = gathered<number>({
    one: () => Promise.reject(new Error('never asked')),
    many: () => {
      calls += 1;
      return Promise.reject(new Error('the connection was lost'));
    },
  });
  const all = await Promise.allSettled([insert(1), insert(2), insert(3)]);
  expect(all.map((each) => each.status === 'rejected' && String(each.reason))).toEqual(Array(3).fill('Error: the connection was lost'));
  expect(calls).toBe(1);
});

it('gathers while statements are under way, and goes on afterwards', async () => {
  const sizes: number[] = [];
  const gates: (() => void)[] = [];
  const hold = (size: number) => {
    sizes.push(size);
    return new Promise<void>((open) => void gates.push(open));
  };
  const insert = gathered<number>({ one: () => hold(1), many: (rows) => hold(rows.length) });
  const turn = () => new Promise((resume) => setTimeout(resume, 5));
  const all: Promise<void>[] = [];
  for (let row = 0; row < 5; row += 1) {
    all.push(insert(row));
    await turn();
  }
  expect(sizes).toEqual([1, 1]);
  gates.shift()?.();
  await turn();
  expect(sizes).toEqual([1, 1, 3]);
  for (const open of gates) open();
  await Promise.all(all);
});
