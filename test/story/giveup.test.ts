// A payment that nobody can tell anything of: it becomes a person's matter after an hour, and a person who has looked may say that it was not paid.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Registry } from '../../src/backends/registry.ts';
import { msat } from '../../src/lightning/values.ts';
import { paymentVerbs } from '../../src/main/payments.ts';
import { askAbout } from '../../src/payments/ask.ts';
import { giveUpPayment } from '../../src/payments/giveup.ts';
import { sendsAtRest } from '../../src/payments/send.ts';
import { attemptsForHash } from '../../src/payments/store.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { sql } from '../../src/platform/db.ts';
import { incidentsAbout } from '../../src/platform/incidents.ts';
import { auditFindings, auditLedger } from '../../src/wallets/audit.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

const time = { ms: Date.now() };
const clock: Clock = { ...systemClock, now: () => new Date(time.ms), every: () => async () => undefined };
const minute = 60_000;
const funds = 100_000_000n;

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ workers: false, clock, payments: { waitSeconds: 0.3 } });
  const [{ id } = expect.fail()] = await sql<{ id: string }>(core.db, { name: 'test_journal', text: 'SELECT gen_random_uuid() AS id' });
  const give = `WITH j AS (INSERT INTO journals (id, kind, subject_id, created_at) VALUES ($1, 'deposit', $1, now()))
    INSERT INTO entries (journal_id, account, amount_msat) VALUES ($1, 'backend:one', -$3::bigint), ($1, 'wallet:' || $2::text, $3::bigint)`;
  await sql(core.db, { name: 'test_give', text: give }, [id, core.ledgerId, funds]);
  await core.db.prisma.wallet.update({ where: { id: core.ledgerId }, data: { availableMsat: funds } });
});
afterAll(() => core.end());
beforeEach(() => core.backend.faults.clear());

const terms = { amount: msat(3_000_000n), expirySeconds: 40 * 86_400 };
const payee = () => core.backend.world.payee;
const send = (bolt11: string) =>
  core.ask('sendPayment', { walletId: core.ledgerId, bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null }, core.asking());
/** Sent, with an answer that says nothing. */
const sendInto = async (fault: 'dropRequest' | 'loseReply', target = payee().createInvoice(terms)) => {
  core.backend.faults.next('pay', { is: fault });
  expect((await send(target.bolt11)).is).toBe('pending');
  return target;
};
const attempts = (hash: string) => attemptsForHash(core.db, hash);
const only = async (hash: string) => (await attempts(hash))[0] ?? expect.fail('no attempt');
const available = async () => (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? -1n;
const told = async (hash: string) => (await incidentsAbout(core.db, hash)).map(({ kind, resolution }) => ({ kind, resolution }));
const movements = async (hash: string) => (await core.reads.transactionsByHash([core.ledgerId], hash)).map(({ status }) => status);
const losses = async () => {
  const text = `SELECT coalesce(sum(amount_msat), 0)::bigint AS msat FROM entries WHERE account = 'loss'`;
  return (await sql<{ msat: bigint }>(core.db, { name: 'test_losses', text }))[0]?.msat ?? 0n;
};
const sound = async () => expect(auditFindings(await auditLedger(core.db))).toBe(0);
/** What the command line asks. */
const giveUp = async (hash: string, why = 'the payee says unpaid') =>
  paymentVerbs['payments.giveUp']?.({ core, db: core.db }, { hash, why });
/** The stories, in a gateway whose backends are otherwise. */
const elsewhere = (get: Registry['get']) => ({ ...core.deps.payments, registry: { ...core.registry, get } });

describe('an attempt that nobody can tell of', () => {
  test('is told to a person after an hour, once, when its backend says only that it does not know', async () => {
    const { hash } = await sendInto('dropRequest');
    core.backend.faults.always('findPayment', { is: 'dropRequest' });
    time.ms += 59 * minute;
    await core.sweep.once();
    expect(await told(hash)).toEqual([]);
    time.ms += 11 * minute;
    await core.sweep.once();
    time.ms += 11 * minute;
    await core.sweep.once();
    expect(await told(hash)).toEqual([{ kind: 'attempt.unknownTooLong', resolution: null }]);
    expect(await attempts(hash)).toMatchObject([{ state: 'sending' }]);
  });

  test('and when its backend cannot be asked at all', async () => {
    const { hash } = await sendInto('dropRequest');
    const silent = elsewhere((id) => {
      const one = core.registry.get(id);
      return one && { ...one, identity: () => null, verify: async () => ({ kind: 'unreachable', detail: 'away' }) };
    });
    const tells: string[] = [];
    const deps = { ...silent, alarm: (kind: string) => tells.push(kind) };
    await askAbout(deps, await only(hash));
    expect(tells).toEqual([]);
    time.ms += 61 * minute;
    for (let looks = 0; looks < 3; looks++) await askAbout(deps, await only(hash));
    expect(tells).toEqual(['attempt.unknownTooLong']);
    expect(await told(hash)).toEqual([{ kind: 'attempt.unknownTooLong', resolution: null }]);
  });
});

describe('a person’s word that it was not paid', () => {
  test('ends it: the reserve is given back, the client reads FAILURE, the words are kept, and it may be sent again', async () => {
    const before = await available();
    const target = await sendInto('dropRequest');
    await expect(giveUp(target.hash)).rejects.toThrow('sending, and not in doubt');
    expect(await available()).toBeLessThan(before);
    time.ms += 61 * minute;
    expect(await giveUp(target.hash)).toMatchObject({ state: 'failed', failure: 'other', backendSaid: 'notFound' });
    expect(await available()).toBe(before);
    expect(await movements(target.hash)).toEqual(['failure']);
    expect(await told(target.hash)).toEqual([{ kind: 'attempt.unknownTooLong', resolution: 'the payee says unpaid' }]);
    await sound();
    await expect(giveUp(target.hash)).rejects.toThrow('it is failed: nothing was changed');
    expect(await giveUp('ab'.repeat(32))).toBeNull();

    expect((await send(target.bolt11)).is).toBe('succeeded');
    await sendsAtRest(core.deps.payments);
    expect((await attempts(target.hash)).map(({ state }) => state)).toEqual(['failed', 'succeeded']);
    await expect(giveUp(target.hash)).rejects.toThrow('it is succeeded');
    // The first is looked at again, and what is found is the second's.
    time.ms += 2 * minute;
    await core.sweep.once();
    expect((await attempts(target.hash)).map(({ state }) => state)).toEqual(['failed', 'succeeded']);
    await sound();
  });

  test('is refused while its backend says in flight, and when it says paid; what it says is written down', async () => {
    const target = await sendInto('loseReply', payee().createHoldInvoice(terms));
    await until('held', async () => payee().look(target).state === 'held');
    time.ms += 61 * minute;
    await expect(giveUp(target.hash)).rejects.toThrow('it is inFlight, says one: nothing was changed');
    expect(await only(target.hash)).toMatchObject({ state: 'sending', seenInFlight: true });
    payee().settle(target, target.preimage as never);
    await until('paid', async () => {
      await expect(giveUp(target.hash)).rejects.toThrow(/says one|it is succeeded/);
      return (await only(target.hash)).state === 'succeeded';
    });
    await sound();
  });

  test('is not needed where its backend says itself that it failed', async () => {
    const before = await available();
    const target = await sendInto('loseReply', payee().createHoldInvoice(terms));
    await until('held', async () => payee().look(target).state === 'held');
    payee().cancel(target);
    time.ms += 61 * minute;
    await until('failed', async () => (await core.backend.pay.find(target.hash, null, AbortSignal.timeout(5_000))).is === 'failed');
    expect(await giveUp(target.hash)).toMatchObject({ state: 'failed', failure: 'rejectedByPayee', backendSaid: 'failed' });
    expect(await available()).toBe(before);
    await sound();
  });

  test('that was wrong is found out, however late: it stands as paid, at the operator’s loss, and is told', async () => {
    const [before, lost] = [await available(), await losses()];
    const target = await sendInto('loseReply');
    await until('paid', async () => payee().look(target).state === 'settled');
    core.backend.faults.always('findPayment', { is: 'dropRequest' });
    time.ms += 61 * minute;
    expect(await giveUp(target.hash)).toMatchObject({ state: 'failed', backendSaid: 'unknown' });
    expect(await available()).toBe(before);
    // Nobody can tell for days; it is never the last look.
    for (let looks = 0; looks < 10; looks++) {
      time.ms = (await only(target.hash)).nextCheckAt?.getTime() ?? expect.fail('nobody asks any more');
      await core.sweep.once();
    }
    core.backend.faults.clear();
    time.ms = (await only(target.hash)).nextCheckAt?.getTime() ?? expect.fail('nobody asks any more');
    await core.sweep.once();
    const row = await only(target.hash);
    expect(row).toMatchObject({ state: 'succeeded', proof: 'preimage', failure: null, nextCheckAt: null });
    expect(await movements(target.hash)).toEqual(['success']);
    expect(await available()).toBe(before);
    expect(await losses()).toBe(lost - 3_000_000n - (row.feeMsat ?? 0n));
    expect((await told(target.hash)).at(-1)).toEqual({ kind: 'attempt.failed:sawSucceeded', resolution: null });
    expect((await send(target.bolt11)).is).toBe('alreadyPaid');
    await sound();
  });

  test('is enough where its backend is gone for good', async () => {
    const before = await available();
    const target = await sendInto('dropRequest');
    const gone = elsewhere(() => null);
    time.ms += 3 * minute;
    await expect(giveUpPayment(gone, { hash: target.hash, why: 'too early' })).rejects.toMatchObject({ refusal: { is: 'wrongState' } });
    await askAbout(gone, await only(target.hash));
    expect(await told(target.hash)).toEqual([{ kind: 'attempt.backendMissing', resolution: null }]);
    expect(await giveUpPayment(gone, { hash: target.hash, why: 'the node is lost' })).toMatchObject({
      row: { state: 'failed' },
      said: null,
    });
    expect(await available()).toBe(before);
    await sound();
  });
});
