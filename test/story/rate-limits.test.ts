// How often somebody may make invoices: Galoy's numbers without a key, none with one unless the operator says so, and counted together by
// all replicas.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressGroup, createLimits, type LimitSettings } from '../../src/commands/limits.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/db.ts';
import { type Rates, ratesInMemory, ratesInTable } from '../../src/platform/rates.ts';
import { type TestCore, testCore } from '../support/core.ts';
import { testDatabase } from '../support/database.ts';

let db: Database;
let core: TestCore;
beforeAll(async () => {
  db = await testDatabase();
  core = await testCore({ db });
});
afterAll(async () => {
  await core.end();
  await db.close();
});

let ms = Date.parse('2026-11-29T12:00:00Z');
const clock = { ...systemClock, now: () => new Date(ms) };
let made = 0;
/** A new subject for each test, for the table is one. */
const rateOf = (most: number, name = 'subject') => {
  made += 1;
  return { subject: `${name} ${made}`, most, windowSeconds: 60, blockSeconds: 300 };
};

describe.each([
  ['in memory', () => ratesInMemory(clock)],
  ['in the table', () => ratesInTable(db, clock)],
] as const)('counting %s', (_name, make) => {
  let rates: Rates;
  beforeAll(() => {
    rates = make();
  });

  test('passes as many as it says, then blocks for the time that it says, then begins anew', async () => {
    const rate = rateOf(3);
    for (let at = 0; at < 3; at++) expect(await rates.count([rate])).toBeNull();
    expect(await rates.count([rate])).toBe(300_000);
    ms += 61_000;
    // The window is over, the block is not; and asking again does not make it longer.
    expect(await rates.count([rate])).toBe(239_000);
    ms += 238_000;
    expect(await rates.count([rate])).toBe(1_000);
    ms += 1_000;
    for (let at = 0; at < 3; at++) expect(await rates.count([rate])).toBeNull();
    expect(await rates.count([rate])).toBe(300_000);
  });

  test('begins a window anew when it is over', async () => {
    const rate = rateOf(2);
    for (let at = 0; at < 6; at++) {
      expect(await rates.count([rate])).toBeNull();
      ms += 31_000;
    }
  });

  test('counts each for itself, and one that is blocked blocks', async () => {
    const [one, other] = [rateOf(1), rateOf(5)];
    expect(await rates.count([one, other])).toBeNull();
    expect(await rates.count([one, other])).toBe(300_000);
    expect(await rates.count([other])).toBeNull();
    expect(await rates.count([one])).toBe(300_000);
  });

  test('lets nobody pass where none may', async () => {
    expect(await rates.count([rateOf(0)])).toBe(300_000);
  });

  test('counts fifty at once exactly', async () => {
    const rate = rateOf(20);
    const waits = await Promise.all(Array.from({ length: 50 }, () => rates.count([rate])));
    expect(waits.filter((wait) => wait === null)).toHaveLength(20);
  });
});

test('replicas count together, and who is known to be blocked costs no look', async () => {
  const rate = rateOf(20);
  let asked = 0;
  const query = ((...args: Parameters<Database['pool']['query']>) => {
    asked += 1;
    return db.pool.query(...args);
  }) as Database['pool']['query'];
  const counted: Database = { ...db, pool: Object.assign(Object.create(db.pool), { query }) };
  const replicas = [ratesInTable(counted, clock), ratesInTable(counted, clock)];
  const waits = await Promise.all(Array.from({ length: 60 }, (_none, at) => replicas[at % 2]?.count([rate]) ?? null));
  expect(waits.filter((wait) => wait === null)).toHaveLength(20);
  const before = asked;
  for (const one of replicas) expect(await one.count([rate])).toBe(300_000);
  expect(asked).toBe(before);
});

test('a table that is counted in by two subjects at once has nobody waiting for ever', async () => {
  const [one, other] = [rateOf(1000), rateOf(1000)];
  const rates = ratesInTable(db, clock);
  const waits = await Promise.all(Array.from({ length: 40 }, (_none, at) => rates.count(at % 2 ? [one, other] : [other, one])));
  expect(waits.every((wait) => wait === null)).toBe(true);
});

describe('an address', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:4711', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['unix', 'unix'],
  ])('%s counts as %s', (given, group) => {
    expect(addressGroup(given)).toBe(group);
  });
});

describe('invoices', () => {
  const input = (walletId: string) => ({
    ...{ walletId, amountMsat: 1000n, memo: null, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null },
  });
  const settings = (keyed: LimitSettings['keyed']) => ({ keyless: { perMinute: 2, blockSeconds: 300 }, keyed });
  const none = { invoices: null, addresses: null };
  const make = async (keyed: LimitSettings['keyed']) => {
    const { createAsk } = await import('../../src/commands/ask.ts');
    return createAsk({ ...core.deps, limits: createLimits(settings(keyed), ratesInMemory(clock)) });
  };
  const nobody = (from: string) => core.asking({ who: null, from });
  const tooMany = { refusal: { is: 'tooManyRequests', what: 'invoices', retryAfterSeconds: 300 } };

  test('without a key: two for an address, and two for a recipient, whoever asks', async () => {
    const ask = await make(undefined);
    await ask('createInvoiceOnBehalf', input(core.ledgerId), nobody('2001:db8::1'));
    await ask('createInvoiceOnBehalf', input(core.ledgerId), nobody('2001:db8::2'));
    await expect(ask('createInvoiceOnBehalf', input(core.ledgerId), nobody('192.0.2.1'))).rejects.toMatchObject(tooMany);
    await expect(ask('createInvoiceOnBehalf', input(core.ledgerId), nobody('2001:db8::ffff'))).rejects.toMatchObject(tooMany);
  });

  test('with a key as many as one likes', async () => {
    const ask = await make(undefined);
    for (let at = 0; at < 5; at++) await ask('createInvoice', input(core.walletId), core.asking());
    // And for one's own wallet by the way that needs no key.
    for (let at = 0; at < 5; at++) await ask('createInvoiceOnBehalf', input(core.ledgerId), core.asking());
  });

  test('with limits: each key its own, and the account for all of them', async () => {
    const ask = await make({ key: { ...none, invoices: 2 }, account: { ...none, invoices: 5 } });
    const by = (keyId: string) => core.asking({ who: { ...core.who, keyId } });
    const [one, two, three] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    for (const key of [one, one, two, two]) await ask('createInvoice', input(core.walletId), by(key));
    await expect(ask('createInvoice', input(core.walletId), by(one))).rejects.toMatchObject(tooMany);
    // That one counted for the account as well.
    await expect(ask('createInvoice', input(core.walletId), by(three))).rejects.toMatchObject(tooMany);
    // Neither the way that needs no key nor dollars get round it.
    await expect(ask('createInvoiceOnBehalf', input(core.ledgerId), by(one))).rejects.toMatchObject(tooMany);
    const { amountMsat: _none, ...dollars } = { ...input(core.walletId), amount: 5, inSats: false };
    await expect(ask('createUsdInvoice', dollars, by(one))).rejects.toMatchObject(tooMany);
    // What makes no invoice is not counted.
    await ask('decodeInvoice', { bolt11: core.backend.world.payee.createInvoice({ amount: 5_000n as never }).bolt11 }, by(one));
  });
});
