// What comes to our addresses: seen pending, credited once at its depth, forgotten when the chain forgets it, found when nobody told of it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { observeDeposits } from '../../src/deposits/observe.ts';
import { fromSat } from '../../src/lightning/values.ts';
import { sql } from '../../src/platform/db.ts';
import { listIncidents } from '../../src/platform/incidents.ts';
import { auditFindings, auditLedger } from '../../src/wallets/audit.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.end());
beforeEach(() => core.backend.faults.clear());

const network = () => core.backend.world.network;
const address = async (walletId: string) => (await core.ask('createAddress', { walletId }, core.asking())).address;
const pending = (to: string) => core.reads.pendingIncoming([core.ledgerId, core.walletId], to);
const page = { take: 100, after: null, before: null, fromEnd: false };
const moved = async (walletId: string, to: string) =>
  (await core.reads.transactionsByAddress([walletId], to, page)).rows.map(({ node }) => node);
const available = async () => (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? 0n;
const row = async (txid: string) =>
  (
    await sql<{ state: string; confirmations: number; watched: boolean }>(
      core.db,
      { name: 'test_deposit', text: 'SELECT state, confirmations, watched FROM deposits WHERE txid = $1' },
      [txid],
    )
  )[0];
/** Twice, because the first may be the worker's own sweep, begun before anything was due. */
const list = async () => {
  for (let round = 0; round < 2; round++) {
    await sql(core.db, { name: 'test_list', text: `UPDATE chain_watches SET next_check_at = now() - interval '1 second'` });
    await core.sweep.once();
  }
};
const sound = async () => expect(auditFindings(await auditLedger(core.db))).toBe(0);
const seen = (to: string) => until('the deposit is seen', async () => (await pending(to))[0]);
const credited = (walletId: string, to: string) => until('the deposit is credited', async () => (await moved(walletId, to))[0]);

describe('an address', () => {
  test('is new each time, belongs to its wallet, and is the current one until the next', async () => {
    const first = await address(core.walletId);
    expect((await core.ask('currentAddress', { walletId: core.walletId }, core.asking())).address).toBe(first);
    const second = await address(core.walletId);
    expect(second).not.toBe(first);
    expect((await core.ask('currentAddress', { walletId: core.walletId }, core.asking())).address).toBe(second);
    expect(first).toMatch(/^bcrt1q/);
  });

  test('is made by the first question for the current one', async () => {
    const { address: current } = await core.ask('currentAddress', { walletId: core.twoWalletId }, core.asking());
    expect((await core.ask('currentAddress', { walletId: core.twoWalletId }, core.asking())).address).toBe(current);
  });

  test('is given once under an idempotency key', async () => {
    const ask = (walletId: string) => core.ask('createAddress', { walletId }, core.asking({ key: 'an address' }));
    const [one, two] = await Promise.all([ask(core.walletId), ask(core.walletId)]);
    expect(two).toEqual(one);
    expect(await ask(core.walletId)).toEqual(one);
    await expect(ask(core.ledgerId)).rejects.toMatchObject({ refusal: { is: 'idempotencyConflict' } });
  });

  test('comes from the next backend when the first cannot be asked, and from none when none can', async () => {
    core.backend.faults.next('createAddress', { is: 'notReady' });
    expect(await address(core.twoWalletId)).toMatch(/^bcrt1q/);
    core.backend.faults.next('createAddress', { is: 'notReady' });
    await expect(address(core.walletId)).rejects.toMatchObject({ refusal: { is: 'chainUnavailable' } });
  });
});

describe('a deposit', () => {
  // Found by the simulation (seed 4212): listed from too high a block, what is there counts as gone.
  test('of which an old fact comes late, when many blocks are on top of it, is listed from where it is', async () => {
    const to = await address(core.ledgerId);
    await list();
    // The worker lists at every block: it may not, until the fact has come.
    const unlisted = core.backend.faults.always('deposits', { is: 'notReady' });
    const deaf = core.backend.faults.always('fact', { is: 'lose' });
    const txid = network().deposit(to, fromSat(7_000));
    network().mineBlocks(40);
    deaf();
    network().mineBlocks(1);
    const { heights } = core.deps.deposits;
    await until('the height', async () => heights.of('one') === network().height());
    const from = { backendId: 'one', identityKey: core.registry.get('one')?.identity()?.key ?? '' };
    await observeDeposits(core.deps.deposits, from, [{ txid, output: 0, address: to, amount: fromSat(7_000), confirmations: 0 }]);
    expect(await row(txid)).toMatchObject({ state: 'pending', confirmations: 0 });
    unlisted();
    await list();
    expect(await row(txid)).toMatchObject({ state: 'credited', confirmations: 41 });
    expect((await listIncidents(core.db, true)).filter(({ subject }) => subject.startsWith(txid))).toEqual([]);
    await sound();
  });

  test('is pending until it is deep enough, then it is credited, once', async () => {
    const to = await address(core.ledgerId);
    const before = await available();
    const txid = network().deposit(to, fromSat(50_000));
    expect(await seen(to)).toMatchObject({
      status: 'pending',
      direction: 'receive',
      amountMsat: fromSat(50_000),
      txid,
      vout: 0,
      address: to,
    });
    expect(await core.reads.pendingIncomingBalances([core.ledgerId])).toEqual([fromSat(50_000)]);
    expect(await moved(core.ledgerId, to)).toEqual([]);
    network().mineBlocks(1);
    await until('one block', async () => (await row(txid))?.confirmations === 1);
    expect(await available()).toBe(before);
    network().mineBlocks(1);
    expect(await credited(core.ledgerId, to)).toMatchObject({
      status: 'success',
      kind: 'onchain',
      amountMsat: fromSat(50_000),
      txid,
      vout: 0,
    });
    expect(await pending(to)).toEqual([]);
    expect(await available()).toBe(before + fromSat(50_000));
    network().mineBlocks(5);
    await list();
    expect(await available()).toBe(before + fromSat(50_000));
    expect(await moved(core.ledgerId, to)).toHaveLength(1);
    await sound();
  });

  test('is credited once however often it is told', async () => {
    core.backend.faults.always('fact', { is: 'duplicate' });
    const to = await address(core.ledgerId);
    const before = await available();
    network().deposit(to, fromSat(1_000));
    network().deposit(to, fromSat(2_000));
    network().mineBlocks(3);
    await until('both', async () => (await moved(core.ledgerId, to)).length === 2);
    await list();
    expect(await available()).toBe(before + fromSat(3_000));
    await sound();
  });

  test('to a wallet that books nothing shows all the same', async () => {
    const to = await address(core.walletId);
    network().deposit(to, fromSat(7_000));
    expect((await seen(to)).walletId).toBe(core.walletId);
    network().mineBlocks(2);
    expect(await credited(core.walletId, to)).toMatchObject({ amountMsat: fromSat(7_000) });
  });

  test('that no stream told of is found by the list', async () => {
    core.backend.faults.always('fact', { is: 'lose' });
    const to = await address(core.ledgerId);
    network().deposit(to, fromSat(9_000));
    network().mineBlocks(8);
    expect(await pending(to)).toEqual([]);
    await list();
    expect(await credited(core.ledgerId, to)).toMatchObject({ amountMsat: fromSat(9_000) });
    await sound();
  });

  test('that its sender replaced is never credited', async () => {
    const to = await address(core.ledgerId);
    const before = await available();
    const txid = network().deposit(to, fromSat(30_000));
    await seen(to);
    network().reorganise(0, [txid]);
    await list();
    expect(await pending(to)).toEqual([]);
    expect((await row(txid))?.state).toBe('vanished');
    network().mineBlocks(3);
    await list();
    expect(await available()).toBe(before);
    expect(await core.reads.pendingIncomingBalances([core.ledgerId])).toEqual([0n]);
    await sound();
  });

  test('that a reorganisation puts back waits again, and is credited when it is deep', async () => {
    const to = await address(core.ledgerId);
    const txid = network().deposit(to, fromSat(11_000));
    network().mineBlocks(1);
    await until('one block', async () => (await row(txid))?.confirmations === 1);
    network().reorganise(1);
    await list();
    expect(await row(txid)).toMatchObject({ state: 'pending', confirmations: 0 });
    network().mineBlocks(2);
    expect(await credited(core.ledgerId, to)).toMatchObject({ amountMsat: fromSat(11_000) });
    await sound();
  });

  test('that was credited and is gone stays credited, and a person is told once', async () => {
    const to = await address(core.ledgerId);
    const before = await available();
    const txid = network().deposit(to, fromSat(13_000));
    network().mineBlocks(2);
    await credited(core.ledgerId, to);
    network().reorganise(2, [txid]);
    await list();
    await list();
    expect((await listIncidents(core.db, false)).filter(({ subject }) => subject === `${txid}:0`)).toMatchObject([
      { kind: 'deposit.credited:sawGone' },
    ]);
    expect(await available()).toBe(before + fromSat(13_000));
    await sound();
  });

  test('is not gone because the backend cannot be asked', async () => {
    const to = await address(core.ledgerId);
    const txid = network().deposit(to, fromSat(15_000));
    await seen(to);
    core.backend.faults.always('deposits', { is: 'dropRequest' });
    await list();
    expect((await row(txid))?.state).toBe('pending');
  });

  test('to an address of nobody is nobody’s', async () => {
    const stranger = await core.backend.chain.createAddress(new AbortController().signal);
    network().deposit(stranger, fromSat(1_000));
    network().mineBlocks(3);
    await list();
    expect(await pending(stranger)).toEqual([]);
    expect(await moved(core.ledgerId, stranger)).toEqual([]);
  });
});
