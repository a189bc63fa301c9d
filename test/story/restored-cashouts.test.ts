// A start that was answered and then forgotten, for the database was put back to the moment before: cash comes out, and nothing here says so. The
// payment is kept for the machine's report, and the report is taken for the start.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorlds } from '../../src/backends/simulated/worlds.ts';
import { mayHaveStarted } from '../../src/cashouts/forgotten.ts';
import type { CashOutView } from '../../src/cashouts/view.ts';
import { paymentHash } from '../../src/lightning/values.ts';
import { type Database, sql } from '../../src/platform/db.ts';
import { readRestore } from '../../src/platform/restored.ts';
import { backUp, putBack } from '../support/backup.ts';
import { amountMsat, machineOf } from '../support/cashouts.ts';
import { type TestCore, testCore, testVault, until } from '../support/core.ts';
import { testDatabase } from '../support/database.ts';
import { markInMemory } from '../support/mark.ts';

const [worlds, vault] = [createWorlds(), testVault()];
const mark = markInMemory();
let db: Database;
let core: TestCore;
let machine: ReturnType<typeof machineOf>;
type Held = Awaited<ReturnType<typeof machine.held>>;
const names = ['all', 'none', 'partial', 'unseen', 'kept', 'blocks'] as const;
let held: Record<(typeof names)[number], Held>;

const begin = async (): Promise<void> => {
  core = await testCore({ db, worlds, vault, mark, workers: false });
  machine = machineOf(core);
  // As long as one backend cannot be asked the restore stays open.
  core.second.faults.always('recall', { is: 'notReady' });
  await core.restore.notice();
  core.start();
};
const end = async (): Promise<void> => {
  await core.restore.once();
  await core.end();
};
const set = (what: string, id: string) => sql(db, { name: `test_set_${what.length}`, text: `UPDATE ${what} WHERE id = $1` }, [id]);
/** Every clock says that it is over. */
const isLate = async (id: string) => {
  await machine.startIsLate(id);
  await machine.holdEndsIn(id, -1);
  await core.cashOuts.once();
  await core.deadlines.once();
};
/** At the node, and here: what the payer is told comes later than that. */
const ends = async (cashOut: CashOutView, how: 'settled' | 'canceled') => {
  const hash = paymentHash(cashOut.invoice.paymentHash);
  await until(`${how} there`, async () => (await core.backend.hold.find(hash, AbortSignal.timeout(10_000))).is === how);
  await machine.reaches(cashOut, how);
};
const refused = (state: string) => ({ refusal: { is: 'wrongState', state } });

beforeAll(async () => {
  db = await testDatabase();
  await begin();
  const all: [string, Held][] = [];
  // One is held for more blocks than the others.
  for (const name of names) all.push([name, await machine.held({ startSeconds: 600, dispenseSeconds: name === 'kept' ? 3_600 : 120 })]);
  held = Object.fromEntries(all) as typeof held;
  await end();
  const backup = await backUp(db);
  await begin();
  for (const { id } of Object.values(held)) await machine.start(id);
  await end();
  await putBack(db, backup);
  await begin();
});
afterAll(async () => {
  await core.end();
  await db.close();
});

describe('a start that a restored database has forgotten', () => {
  test('is taken with the report of all: kept until it comes, settled then, and a person is told', async () => {
    const { id, cashOut } = held.all;
    expect(await readRestore(db)).not.toBeNull();
    await isLate(id);
    expect(await machine.look(id)).toMatchObject({ state: 'waiting', invoice: { state: 'held' } });
    const before = await machine.balance();
    expect(await machine.report(id, 'all')).toMatchObject({ state: 'dispensed', refund: null });
    await ends(cashOut, 'settled');
    expect(await machine.balance()).toBe(before + amountMsat);
    expect(await machine.incidents(cashOut)).toContain('cashOut.startForgotten');
    expect((await machine.look(id)).steps.map(({ event }) => event)).toEqual([
      'created',
      'sawHeld',
      'startAsked',
      'claimAsked',
      'reportedAll',
      'dispensed',
      'sawSettled',
    ]);
    expect((await machine.report(id, 'all')).state).toBe('dispensed');
  });

  test('is taken with the report of a part: the rest is owed', async () => {
    const { id, cashOut } = held.partial;
    expect((await machine.report(id, 'partial', 15_000_000n)).refund).toMatchObject({ amountMsat: 5_000_000n });
    await ends(cashOut, 'settled');
  });

  test('is taken with the report of nothing: the customer has the money back', async () => {
    const { id, cashOut } = held.none;
    expect((await machine.report(id, 'none')).state).toBe('notDispensed');
    await ends(cashOut, 'canceled');
  });

  test('is taken though that it was paid is forgotten too', async () => {
    const { id, cashOut } = held.unseen;
    await set(`invoices SET state = 'open', held_at = NULL, deadline_at = NULL, deadline_height = NULL`, id);
    expect((await machine.report(id, 'all')).state).toBe('dispensed');
    await ends(cashOut, 'settled');
  });

  test('is not looked for in one that was made since', async () => {
    const { id, cashOut } = await machine.held({ startSeconds: 600 });
    await expect(machine.report(id, 'all')).rejects.toMatchObject(refused('waiting'));
    await isLate(id);
    await ends(cashOut, 'canceled');
    await machine.becomes(id, 'canceled');
  });

  test('is given back before the chain decides', async () => {
    const { id, cashOut } = held.blocks;
    await isLate(id);
    const { deadlineHeight } = await machine.row(cashOut);
    core.backend.world.network.mineBlocks((deadlineHeight ?? 0) - core.backend.world.network.height());
    await ends(cashOut, 'canceled');
    await machine.becomes(id, 'canceled');
  });

  test('is waited for when the restore is over at once, for as long as a machine may take, and no longer', async () => {
    const { id, cashOut } = held.kept;
    core.second.faults.clear();
    await until('the restore is over', async () => (await readRestore(db)) === null);
    await isLate(id);
    expect(await machine.look(id)).toMatchObject({ state: 'waiting', invoice: { state: 'held' } });
    const all = {
      name: 'test_long_ago',
      text: `UPDATE incidents SET created_at = created_at - interval '2 hours' WHERE kind = 'database.restored'`,
    };
    await set(`cash_outs SET created_at = created_at - interval '3 hours'`, id);
    await sql(db, all);
    await core.cashOuts.once();
    await ends(cashOut, 'canceled');
    await machine.becomes(id, 'canceled');
    await expect(machine.report(id, 'all')).rejects.toMatchObject(refused('canceled'));
  });
});

test('a start may be forgotten of what waits and was made before, while the restore is open or was noticed just now', () => {
  const at = new Date(1_000_000_000);
  const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);
  const row = { state: 'waiting', createdAt: after(-5), dispenseSeconds: 120 } as const;
  const open = { at, isOpen: true };
  expect(mayHaveStarted(row, open, after(80_000))).toBe(true);
  expect(mayHaveStarted({ ...row, createdAt: after(1) }, open, after(2))).toBe(false);
  expect(mayHaveStarted({ ...row, state: 'dispensing' }, open, after(2))).toBe(false);
  expect(mayHaveStarted(row, { at, isOpen: false }, after(149))).toBe(true);
  expect(mayHaveStarted(row, { at, isOpen: false }, after(150))).toBe(false);
  expect(mayHaveStarted(row, null, after(1))).toBe(false);
});
