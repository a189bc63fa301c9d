// What an API key may spend: reserved with the payment, given back when it fails, and never exceeded, however many sends come at once and
// through however many replicas.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/platform/db.ts';
import { silentLog } from '../../src/platform/log.ts';
import type { LimitWindow } from '../../src/wallets/spending.ts';
import { type TestCore, testCore, until } from '../support/core.ts';
import { migrationsDir } from '../support/database.ts';

let core: TestCore;
let aheadMs = 0;
const clock = { now: () => new Date(Date.now() + aheadMs) };
beforeAll(async () => {
  const { systemClock } = await import('../../src/platform/clock.ts');
  core = await testCore({ clock: { ...systemClock, ...clock }, payments: { waitSeconds: 5 } });
});
afterAll(() => core.end());
beforeEach(() => core.backend.faults.clear());

const admin = () => core.asking({ who: { ...core.who, scopes: new Set(['ADMIN']) } });
let made = 0;
const newKey = async (): Promise<string> => {
  made += 1;
  const input = { name: `key ${made}`, scopes: ['READ', 'WRITE'] as const, walletId: null, expireInDays: null, waitSeconds: null };
  return (await core.ask('createKey', input, admin())).view.id;
};
const limit = (id: string, window: LimitWindow, sats: number | null) => core.ask('setKeyLimit', { id, window, sats }, admin());
const foreign = (sats: number): string => core.backend.world.payee.createInvoice({ amount: (BigInt(sats) * 1000n) as never }).bolt11;
const order = (bolt11: string, more: object = {}) =>
  ({ walletId: core.walletId, bolt11, amount: 'inInvoice' as const, memo: null, maxFeeMsat: 0n, ...more }) as const;
const by = (keyId: string, on: TestCore = core) => on.asking({ who: { ...on.who, keyId } });
const send = (keyId: string, sats: number, more: object = {}) => core.ask('sendPayment', order(foreign(sats), more), by(keyId));
const spent = async (keyId: string) => {
  const [one] = await core.reads.spentByKeys([keyId]);
  return one;
};
const over = (window: string, remainingMsat: bigint) => ({
  refusal: { is: 'limitExceeded', limit: `API key ${window}`, remainingMsat },
});

describe('a limit', () => {
  test('lets pass up to its last satoshi and refuses what is more, without a trace', async () => {
    const id = await newKey();
    expect((await limit(id, 'daily', 10_000)).limits).toEqual({ daily: 10_000, weekly: null, monthly: null, annual: null });
    expect((await send(id, 4_000)).is).toBe('succeeded');
    await expect(send(id, 6_001)).rejects.toMatchObject(over('daily', 6_000_000n));
    expect((await send(id, 6_000)).is).toBe('succeeded');
    await expect(send(id, 1)).rejects.toMatchObject(over('daily', 0n));
    const all = { daily: 10_000_000n, weekly: 10_000_000n, monthly: 10_000_000n, annual: 10_000_000n };
    expect(await spent(id)).toMatchObject(all);
    const { rows } = await core.db.pool.query('SELECT count(*)::int AS n FROM payments WHERE key_id = $1', [id]);
    expect(rows[0].n).toBe(2);
  });

  test('counts the fee, all of the reserve while it is under way', async () => {
    const id = await newKey();
    await limit(id, 'daily', 1_000);
    await expect(send(id, 995, { maxFeeMsat: 5_001n })).rejects.toMatchObject(over('daily', 1_000_000n));
    const held = core.backend.world.payee.createHoldInvoice({ amount: 900_000n as never });
    const sending = core.ask('sendPayment', order(held.bolt11, { maxFeeMsat: 50_000n }), by(id));
    await until('the reserve', async () => (await spent(id))?.daily === 950_000n);
    await until('the payee holds it', async () => core.backend.world.payee.look(held).state === 'held');
    core.backend.world.payee.settle(held, held.preimage as never);
    const { transaction } = await sending;
    expect((await spent(id))?.daily).toBe(900_000n + (transaction?.feeMsat ?? -1n));
  });

  test('is given back when the payment fails, and by nobody else', async () => {
    const id = await newKey();
    await limit(id, 'daily', 5_000);
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect((await send(id, 5_000)).is).toBe('failed');
    expect((await spent(id))?.daily).toBe(0n);
    expect((await send(id, 5_000)).is).toBe('succeeded');
    await expect(send(id, 1)).rejects.toMatchObject(over('daily', 0n));
    // The key of somebody else has its own.
    expect((await send(await newKey(), 5_000)).is).toBe('succeeded');
  });

  test('stays taken while nobody knows what became of the payment', async () => {
    const id = await newKey();
    await limit(id, 'weekly', 3_000);
    core.backend.faults.next('pay', { is: 'loseReply' });
    const sending = send(id, 3_000);
    await expect(until('reserve', async () => (await spent(id))?.weekly === 3_000_000n)).resolves.toBe(true);
    await expect(send(id, 1)).rejects.toMatchObject(over('weekly', 0n));
    await sending;
  });

  test('holds for the narrowest of several, and says which', async () => {
    const id = await newKey();
    for (const [window, sats] of [
      ['daily', 9_000],
      ['weekly', 8_000],
      ['monthly', 7_000],
      ['annual', 6_000],
    ] as const)
      await limit(id, window, sats);
    await expect(send(id, 6_500)).rejects.toMatchObject(over('annual', 6_000_000n));
    await expect(send(id, 8_500)).rejects.toMatchObject(over('weekly', 8_000_000n));
    expect((await limit(id, 'annual', null)).limits.annual).toBeNull();
    expect((await send(id, 6_500)).is).toBe('succeeded');
    await expect(send(id, 600)).rejects.toMatchObject(over('monthly', 500_000n));
  });

  test('rolls: what is older than its window is free again, to the second', async () => {
    const id = await newKey();
    const day = 86_400_000;
    for (const [window, days] of [
      ['daily', 1],
      ['weekly', 7],
      ['monthly', 30],
      ['annual', 365],
    ] as const) {
      await limit(id, window, 1_000);
      expect((await send(id, 1_000)).is).toBe('succeeded');
      aheadMs += days * day - 5_000;
      await expect(send(id, 1)).rejects.toMatchObject(over(window, 0n));
      aheadMs += 6_000;
      await limit(id, window, null);
      expect((await spent(id))?.[window]).toBe(0n);
      await limit(id, window, 1_000);
      expect((await send(id, 1)).is).toBe('succeeded');
      aheadMs += 366 * day;
      await limit(id, window, null);
    }
  });

  test('of 1 satoshi at least; a key of another account, or outside the binding, does not exist', async () => {
    const id = await newKey();
    for (const sats of [0, -100]) await expect(limit(id, 'daily', sats)).rejects.toMatchObject({ refusal: { is: 'invalidInput' } });
    const accountId = await core.wallets.ensureAccount('somebody else', null);
    const stranger = core.asking({ who: { ...core.who, accountId, scopes: new Set(['ADMIN']) } });
    const bound = core.asking({ who: { ...core.who, walletId: core.walletId, scopes: new Set(['ADMIN']) } });
    for (const asking of [stranger, bound])
      for (const ask of [
        () => core.ask('setKeyLimit', { id, window: 'daily', sats: 5 }, asking),
        () => core.ask('revokeKey', { id }, asking),
      ])
        await expect(ask()).rejects.toMatchObject({ refusal: { is: 'notFound', what: 'key' } });
    await expect(core.ask('setKeyLimit', { id, window: 'daily', sats: 5 }, core.asking())).rejects.toMatchObject({
      refusal: { is: 'forbidden', needs: 'ADMIN' },
    });
  });
});

describe('on the chain', () => {
  const network = () => core.backend.world.network;
  const sendOn = (keyId: string, sats: number, more: object = {}) => {
    const input = { walletId: core.walletId, address: core.backend.world.payee.address(), amount: { msat: BigInt(sats) * 1000n } } as const;
    return core.ask('sendOnChain', { ...input, speed: 'fast', memo: null, ...more }, by(keyId));
  };

  test('a send counts with its fee, is refused above the limit, and counts no more when it has failed', async () => {
    const { address } = await core.ask('createAddress', { walletId: core.walletId }, core.asking());
    network().deposit(address, 5_000_000_000n as never);
    network().mineBlocks(2);
    await until('funds', async () => ((await core.backend.balance?.(AbortSignal.timeout(1000)))?.chainConfirmed ?? 0n) > 0n);
    const id = await newKey();
    await limit(id, 'daily', 30_000);
    core.backend.faults.next('sendOnChain', { is: 'notReady' });
    expect((await sendOn(id, 20_000)).is).toBe('failed');
    expect((await spent(id))?.daily).toBe(0n);
    const answer = await sendOn(id, 20_000);
    expect(answer.is).toBe('succeeded');
    const fee = answer.transaction?.feeMsat ?? -1n;
    expect((await spent(id))?.daily).toBe(20_000_000n + fee);
    await expect(sendOn(id, 10_000)).rejects.toMatchObject(over('daily', 10_000_000n - fee));
    expect((await send(id, 5_000)).is).toBe('succeeded');
  });
});

describe('at once', () => {
  // Fifty sends of a thousand satoshis against a limit of ten thousand.
  const outcome = async (sends: readonly ReturnType<typeof send>[]) => {
    const answers = await Promise.allSettled(sends);
    const count = (is: string) =>
      answers.filter((one) => (one.status === 'fulfilled' ? one.value.is : (one.reason.refusal?.is ?? String(one.reason))) === is).length;
    return { good: count('succeeded'), refused: count('limitExceeded') };
  };

  test('fifty sends never exceed it', async () => {
    const id = await newKey();
    await limit(id, 'daily', 10_000);
    expect(await outcome(Array.from({ length: 50 }, () => send(id, 1_000)))).toEqual({ good: 10, refused: 40 });
    expect((await spent(id))?.daily).toBe(10_000_000n);
  });

  test('nor do fifty through two replicas', async () => {
    const { rows } = await core.db.pool.query('SELECT current_database() AS name');
    const url = process.env.TEST_DATABASE_URL;
    // The embedded database has one owner and one connection: two cores over it are as much of a replica as there can be.
    const other = url
      ? await openDatabase({ url: new URL(`/${rows[0].name}`, url).href, dataDir: '', durable: true, migrationsDir, log: silentLog })
      : core.db;
    const second = await testCore({ db: other, more: [], payments: { waitSeconds: 5 } });
    try {
      const id = await newKey();
      // The other one pays through its own simulated network: what counts here is the database.
      await limit(id, 'daily', 10_000);
      const mine = Array.from({ length: 25 }, () => core.ask('sendPayment', order(foreign(1_000)), by(id)));
      const theirs = Array.from({ length: 25 }, () => {
        const { bolt11 } = second.backend.world.payee.createInvoice({ amount: 1_000_000n as never });
        return second.ask('sendPayment', order(bolt11), by(id, second));
      });
      expect(await outcome([...mine, ...theirs])).toEqual({ good: 10, refused: 40 });
    } finally {
      await second.end();
      if (url) await other.close();
    }
  });
});
