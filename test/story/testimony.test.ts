// A backend whose failure proves nothing says FAILED of what it pays after all, and its stream loses the fact: the attempt is asked about again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { msat, paymentHash } from '../../src/lightning/values.ts';
import { observePaymentFact } from '../../src/payments/observe.ts';
import { sendsAtRest } from '../../src/payments/send.ts';
import { attemptsForHash } from '../../src/payments/store.ts';
import { nextLook } from '../../src/payments/testimony.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { sql } from '../../src/platform/db.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

const time = { ms: Date.now() };
const clock: Clock = { ...systemClock, now: () => new Date(time.ms), every: () => async () => undefined };

let custodian: TestCore;
let node: TestCore;
beforeAll(async () => {
  custodian = await testCore({ workers: false, clock, simulated: { failureIsProof: false } });
  node = await testCore({ workers: false, clock });
});
afterAll(() => Promise.all([custodian.end(), node.end()]));

const minute = 60_000;

const fail = async (core: TestCore, how: 'sayFailed' | 'fail') => {
  const target = core.backend.world.payee.createInvoice({ amount: msat(3_000_000n) });
  core.backend.faults.next('pay', { is: how, reason: 'noRoute' });
  const input = { walletId: core.ledgerId, bolt11: target.bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null } as const;
  expect((await core.ask('sendPayment', input, core.asking())).is).toBe('failed');
  await sendsAtRest(core.deps.payments);
  return target;
};
const last = async (core: TestCore, hash: string) => (await attemptsForHash(core.db, hash)).at(-1) ?? expect.fail('no attempt');
const balance = async (core: TestCore) => (await core.db.prisma.wallet.findUniqueOrThrow({ where: { id: core.ledgerId } })).availableMsat;
const statuses = async (core: TestCore, hash: string) =>
  (await core.db.prisma.transaction.findMany({ where: { paymentHash: hash, walletId: core.ledgerId } })).map((row) => row.status);

describe('a failure that proves nothing', () => {
  // Found by the simulation (seed 46331): the fact came between the second send and its answer, and both were booked.
  test('sent again while it is paid after all: what was paid once is one success, and the second send is told that it is paid', async () => {
    await custodian.db.prisma.wallet.update({ where: { id: custodian.ledgerId }, data: { availableMsat: 100_000_000n } });
    const target = await fail(custodian, 'sayFailed');
    await until('paid', async () => custodian.backend.world.payee.look(target).state === 'settled');
    const first = await last(custodian, target.hash);
    // The custodian does not show yet what it has paid, and answers the second call late. A first send is not begun over an index that is known,
    // one that goes on from another backend is: so the index is hidden.
    const indexIs = (ref: bigint | null) => custodian.db.prisma.attempt.update({ where: { id: first.id }, data: { ref } });
    await indexIs(null);
    custodian.backend.faults.next('floor', { is: 'stale' });
    custodian.backend.faults.next('pay', { is: 'delay', ms: 2_000 });
    const input = { walletId: custodian.ledgerId, bolt11: target.bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null } as const;
    const again = custodian.ask('sendPayment', input, custodian.asking());
    await until('the second attempt', async () => (await last(custodian, target.hash)).id !== first.id);
    await indexIs(first.ref);
    const outcome = await custodian.backend.pay.find(paymentHash(target.hash), null, AbortSignal.timeout(5_000));
    if (outcome.is !== 'succeeded') throw new Error(`it is ${outcome.is}`);
    const { backendId, backendIdentity: identityKey } = first;
    await observePaymentFact(custodian.deps.payments, { hash: target.hash, backendId, identityKey, outcome });
    expect((await again).is).toBe('alreadyPaid');
    await sendsAtRest(custodian.deps.payments);
    const rows = await attemptsForHash(custodian.db, target.hash);
    expect(rows.map(({ state, failure }) => [state, failure])).toEqual([
      ['succeeded', null],
      ['failed', 'notSent'],
    ]);
    expect(await balance(custodian)).toBe(100_000_000n);
    const spent = { name: 'test_spent', text: `SELECT sum(amount_msat)::bigint AS msat FROM entries WHERE account LIKE 'backend:%'` };
    expect(await sql(custodian.db, spent)).toEqual([{ msat: 3_000_000n + (rows[0]?.feeMsat ?? 0n) }]);
    await sql(custodian.db, { name: 'test_forget', text: `TRUNCATE journals, entries CASCADE` });
  });

  test('is asked about again: what was paid after all stands, is the operator’s loss once, and a person is told', async () => {
    const before = 100_000_000n;
    await custodian.db.prisma.wallet.update({ where: { id: custodian.ledgerId }, data: { availableMsat: before } });
    const target = await fail(custodian, 'sayFailed');
    expect(await balance(custodian)).toBe(before);
    expect((await last(custodian, target.hash)).nextCheckAt).toEqual(new Date(time.ms + minute));
    await until('paid', async () => custodian.backend.world.payee.look(target).state === 'settled');
    time.ms += minute;
    await custodian.sweep.once();
    const row = await last(custodian, target.hash);
    expect(row).toMatchObject({ state: 'succeeded', proof: 'preimage', nextCheckAt: null });
    expect(await statuses(custodian, target.hash)).toEqual(['success']);
    // The client was answered FAILURE and has its money back; what left is nobody's until a person decides.
    expect(await balance(custodian)).toBe(before);
    const lost = { name: 'test_lost', text: `SELECT sum(amount_msat)::bigint AS msat FROM entries WHERE account = 'loss'` };
    const loss = [{ msat: -3_000_000n - (row.feeMsat ?? 0n) }];
    expect(await sql(custodian.db, lost)).toEqual(loss);
    const told = { name: 'test_told', text: 'SELECT kind FROM incidents WHERE subject = $1' };
    expect(await sql(custodian.db, told, [target.hash])).toEqual([{ kind: 'attempt.failed:sawSucceeded' }]);
    await custodian.sweep.once();
    expect(await sql(custodian.db, lost)).toEqual(loss);
  });

  test('is asked about ever later, and no more after a day', async () => {
    await custodian.db.prisma.wallet.update({ where: { id: custodian.ledgerId }, data: { availableMsat: 100_000_000n } });
    const target = await fail(custodian, 'fail');
    const asked: number[] = [];
    const began = time.ms;
    for (let next = (await last(custodian, target.hash)).nextCheckAt; next; next = (await last(custodian, target.hash)).nextCheckAt) {
      time.ms = next.getTime();
      asked.push((time.ms - began) / minute);
      await custodian.sweep.once();
    }
    expect(asked).toEqual([1, 3, 9, 27, 81, 243, 729, 2187]);
    expect(await last(custodian, target.hash)).toMatchObject({ state: 'failed' });
    expect(await statuses(custodian, target.hash)).toEqual(['failure']);
  });

  test('says nothing for an earlier attempt when a later one has paid', async () => {
    await custodian.db.prisma.wallet.update({ where: { id: custodian.ledgerId }, data: { availableMsat: 100_000_000n } });
    const target = await fail(custodian, 'fail');
    const input = { walletId: custodian.ledgerId, bolt11: target.bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null } as const;
    expect((await custodian.ask('sendPayment', input, custodian.asking())).is).toBe('succeeded');
    await sendsAtRest(custodian.deps.payments);
    time.ms += minute;
    await custodian.sweep.once();
    expect((await attemptsForHash(custodian.db, target.hash)).map((row) => row.state)).toEqual(['failed', 'succeeded']);
  });

  test('of a node is proof: nobody asks again', async () => {
    await node.db.prisma.wallet.update({ where: { id: node.ledgerId }, data: { availableMsat: 100_000_000n } });
    const target = await fail(node, 'fail');
    expect(await last(node, target.hash)).toMatchObject({ state: 'failed', nextCheckAt: null });
  });
});

test('a look comes no sooner than a minute after the one before', () => {
  const now = new Date(1_000_000_000);
  expect(nextLook({ endedAt: new Date(now.getTime() - 1_000) }, now)).toEqual(new Date(now.getTime() + minute));
});
