// A hold on the node that nobody here knows: told once, never touched, and given back only where no other program uses the node.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bolt11Text, hashOf, msat, newPreimage, type PaymentHash, paymentHash as toHash } from '../../src/lightning/values.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { listIncidents, recordIncident } from '../../src/platform/incidents.ts';
import { openRestore } from '../../src/platform/restored.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

const clock: Clock = { ...systemClock, every: () => async () => undefined };
const signal = new AbortController().signal;

let shared: TestCore;
let alone: TestCore;
let old: Awaited<ReturnType<typeof foreign>>;
beforeAll(async () => {
  shared = await testCore({ workers: false, clock });
  alone = await testCore({ workers: false, clock, exclusive: true });
  old = await foreign(alone);
  // The first connection; a node tells the time of an invoice in whole seconds.
  await alone.registry.get('one')?.verify();
  await sleep(1_100);
});
afterAll(() => Promise.all([shared.end(), alone.end()]));

/** Another program's, held. */
const foreign = async (core: TestCore) => {
  const hash = hashOf(newPreimage());
  const terms = { amount: msat(7_000_000n), description: { text: 'theirs' }, expirySeconds: 600, hash };
  const made = await core.backend.hold.create(terms, signal);
  if (made.is !== 'issued') return expect.fail(made.is);
  const paid = core.backend.world.payer.pay({ bolt11: made.bolt11 });
  await until('held', async () => (await stands(core, hash)) === 'held');
  return { hash, paid };
};
const stands = async (core: TestCore, hash: PaymentHash) => (await core.backend.hold.find(hash, signal)).is;
const told = async (core: TestCore, hash: string) => {
  const all = (await listIncidents(core.db, false)).filter((one) => one.kind === 'hold.unknown' && one.subject === hash);
  return all.map(({ detail }) => detail);
};
const incident = (core: TestCore, hash: string) =>
  until('told', async () => {
    const found = await told(core, hash);
    return found.length > 0 && found;
  });

describe('a hold that nobody here knows', () => {
  test('is an incident, once, and is not touched', async () => {
    const { hash, paid } = await foreign(shared);
    await shared.strangers.once();
    expect(await incident(shared, hash)).toMatchObject([{ backendId: 'one', receivedMsat: '7000000' }]);
    await shared.strangers.once();
    await shared.strangers.once();
    expect(await told(shared, hash)).toHaveLength(1);
    expect(await stands(shared, hash)).toBe('held');
    await shared.backend.hold.cancel({ hash, handle: null }, signal);
    expect((await paid).is).toBe('failed');
  });

  test('is told though the node could not be asked at first', async () => {
    const { hash } = await foreign(shared);
    shared.backend.faults.next('listHeld', { is: 'notReady' });
    await shared.strangers.once();
    expect(await told(shared, hash)).toEqual([]);
    await shared.strangers.once();
    await incident(shared, hash);
  });

  test('is given back where no other program uses the node, when it was found twice', async () => {
    const { hash, paid } = await foreign(alone);
    await alone.strangers.once();
    await incident(alone, hash);
    expect(await stands(alone, hash)).toBe('held');
    await alone.strangers.once();
    expect((await paid).is).toBe('failed');
    expect(await stands(alone, hash)).toBe('canceled');
  });

  test('may be ours when it is older than this database’s acquaintance with the node: it is left alone', async () => {
    for (let look = 0; look < 3; look++) await alone.strangers.once();
    await incident(alone, old.hash);
    expect(await stands(alone, old.hash)).toBe('held');
  });

  test('may be ours when the database was put back after it was made: it is left alone', async () => {
    const { hash } = await foreign(alone);
    await recordIncident(alone.db, new Date(), { kind: 'database.restored', subject: 'then', detail: {} });
    for (let look = 0; look < 3; look++) await alone.strangers.once();
    expect(await stands(alone, hash)).toBe('held');
    const later = await foreign(alone);
    await openRestore(alone.db, clock, { why: 'test', since: new Date(0) });
    for (let look = 0; look < 3; look++) await alone.strangers.once();
    expect(await stands(alone, later.hash)).toBe('held');
  });
});

test('a hold of ours is nothing to tell', async () => {
  const order = { amountMsat: 1_000_000n, memo: null, descriptionHash: null, expirySeconds: 600, externalId: null, paymentHash: null };
  const input = { ...order, walletId: shared.walletId, longestHoldSeconds: null, onDeadline: 'cancel' } as const;
  const made = await shared.ask('createHoldInvoice', input, shared.asking());
  const hash = toHash(made.paymentHash);
  const paid = shared.backend.world.payer.pay({ bolt11: bolt11Text(made.bolt11) });
  await until('held', async () => (await stands(shared, hash)) === 'held');
  await shared.strangers.once();
  expect(await told(shared, hash)).toEqual([]);
  await shared.backend.hold.cancel({ hash, handle: null }, signal);
  await paid;
});
