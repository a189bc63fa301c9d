// The money rules one by one, each where a single line keeps it (test/simulation/mutants.ts flips them): on a clock that stands still until it
// is moved and without a worker, so that nothing depends on how fast the machine is.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attemptRef } from '../../src/backends/port.ts';
import { observeInvoice } from '../../src/invoices/observe.ts';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { bolt11Text, msat, paymentHash, preimage } from '../../src/lightning/values.ts';
import { askAbout } from '../../src/payments/ask.ts';
import { observePaymentFact } from '../../src/payments/observe.ts';
import { mayGoOn, sendsAtRest } from '../../src/payments/send.ts';
import { advanceAttempt, attemptsForHash } from '../../src/payments/store.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { sql } from '../../src/platform/db.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

// Far longer than any test runs: the network beside it lives by the machine's own clock.
const [sendWithinSeconds, graceSeconds] = [600, 600];
const time = { ms: Date.now() };
const clock: Clock = { ...systemClock, now: () => new Date(time.ms), every: () => async () => undefined };

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ workers: false, clock, payments: { waitSeconds: 20, sendWithinSeconds, graceSeconds } });
});
afterAll(() => core.end());

const rows = (hash: string) => attemptsForHash(core.db, hash);
const impatient = { waitSeconds: 0.1 };
const send = async (bolt11: string, { walletId = core.walletId, waitSeconds = null as number | null } = {}): Promise<string> => {
  const asking = core.asking({ who: { ...core.who, waitSeconds } });
  const { is } = await core.ask('sendPayment', { walletId, bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null }, asking);
  // Nobody is in the call any more, who would know better than whoever asks.
  await sendsAtRest(core.deps.payments);
  return is;
};
/** Asks once about the newest attempt. */
const ask = async (hash: string): Promise<void> => {
  const row = (await rows(hash)).at(-1);
  if (row) await askAbout(core.deps.payments, row);
};

describe('notFound', () => {
  test('proves nothing before sendBy, nothing within the grace after it, and afterwards that nothing was sent', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: msat(1_000_000n) });
    core.backend.faults.next('pay', { is: 'dropRequest' });
    expect(await send(target.bolt11, impatient)).toBe('pending');
    await ask(target.hash);
    expect(await rows(target.hash)).toMatchObject([{ state: 'sending' }]);
    time.ms += (sendWithinSeconds + graceSeconds / 2) * 1000;
    await ask(target.hash);
    expect(await rows(target.hash)).toMatchObject([{ state: 'sending' }]);
    time.ms += (graceSeconds / 2) * 1000;
    await ask(target.hash);
    expect(await rows(target.hash)).toMatchObject([{ state: 'failed', failure: 'notSent' }]);
  });
});

describe('the floor', () => {
  test('keeps what the node still tells of the attempt before from ending this one', async () => {
    const target = core.backend.world.payee.createHoldInvoice({ amount: msat(2_000_000n) });
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect(await send(target.bolt11)).toBe('failed');
    core.backend.faults.next('pay', { is: 'loseReply', ms: 1 });
    expect(await send(target.bolt11, impatient)).toBe('pending');
    core.backend.faults.next('findPayment', { is: 'stale' });
    await ask(target.hash);
    expect(await rows(target.hash)).toMatchObject([{ state: 'failed' }, { state: 'sending' }]);
    await until('held', async () => core.backend.world.payee.look(target).state === 'held');
    core.backend.world.payee.settle(target, preimage(target.preimage ?? ''));
    await until('success', async () => {
      await ask(target.hash);
      return (await rows(target.hash))[1]?.state === 'succeeded';
    });
  });
});

describe('a floor that is too low', () => {
  test('begins nothing: what another attempt did since would be taken for ours', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: msat(2_500_000n) });
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect(await send(target.bolt11)).toBe('failed');
    // Found by the simulation: of two sends at once the second asked for its floor, waited, and was written when the first had failed.
    core.backend.faults.next('floor', { is: 'stale' });
    await expect(send(target.bolt11)).rejects.toMatchObject({ refusal: { is: 'paymentInFlight' } });
    expect(await rows(target.hash)).toHaveLength(1);
    expect(await send(target.bolt11)).toBe('succeeded');
    expect(await rows(target.hash)).toMatchObject([{ state: 'failed' }, { state: 'succeeded' }]);
  });
});

describe('what is told too late', () => {
  const told = async (hash: string) => {
    const row = (await rows(hash)).at(-1) ?? expect.fail('no attempt');
    return { hash, backendId: row.backendId, identityKey: row.backendIdentity };
  };
  const incidents = async (hash: string) =>
    (await sql<{ kind: string }>(core.db, { name: 'test_told', text: 'SELECT kind FROM incidents WHERE subject = $1' }, [hash])).map(
      ({ kind }) => kind,
    );

  test('a success after a failure stands and is paid for, and a person is told', async () => {
    await core.db.prisma.wallet.update({ where: { id: core.ledgerId }, data: { availableMsat: 100_000_000n } });
    const target = core.backend.world.payee.createInvoice({ amount: msat(4_000_000n) });
    core.backend.faults.next('pay', { is: 'sayFailed', reason: 'noRoute' });
    expect(await send(target.bolt11, { walletId: core.ledgerId })).toBe('failed');
    await until('paid', async () => core.backend.world.payee.look(target).state === 'settled');
    const outcome = await core.backend.pay.find(paymentHash(target.hash), null, AbortSignal.timeout(10_000));
    if (outcome.is !== 'succeeded') expect.fail('the network has not paid');
    await observePaymentFact(core.deps.payments, { ...(await told(target.hash)), outcome });
    expect(await rows(target.hash)).toMatchObject([{ state: 'succeeded', proof: 'preimage' }]);
    expect(await incidents(target.hash)).toContain('attempt.failed:sawSucceeded');
  });

  test('that it was in flight once is no news of one that has failed since', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: msat(1_000_000n) });
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect(await send(target.bolt11)).toBe('failed');
    const ref = (await rows(target.hash))[0]?.ref ?? expect.fail('no index');
    await observePaymentFact(core.deps.payments, { ...(await told(target.hash)), outcome: { is: 'inFlight', ref: attemptRef(ref) } });
    expect(await rows(target.hash)).toMatchObject([{ state: 'failed' }]);
    expect(await incidents(target.hash)).toEqual([]);
  });
});

describe('what nobody tells of', () => {
  test('is asked about within the minute, whatever becomes of the process that calls', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: msat(1_000_000n) });
    core.backend.faults.next('pay', { is: 'loseReply', ms: 1_000 });
    const sent = send(target.bolt11, impatient);
    const row = await until('the attempt', async () => (await rows(target.hash))[0]);
    expect(row.nextCheckAt?.getTime()).toBeLessThanOrEqual(time.ms + 60_000);
    await sent;
  });

  test('was left to a caller that has died, and is asked about as soon as nobody can be in the call', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: msat(1_000_000n) });
    core.backend.faults.next('pay', { is: 'dropRequest' });
    expect(await send(target.bolt11, { ...impatient, walletId: core.twoWalletId })).toBe('pending');
    const row = (await rows(target.hash)).at(-1) ?? expect.fail('no attempt');
    const { backendId, backendIdentity: identityKey, createdAt } = row;
    const failed = { is: 'failed', reason: 'noRoute', ref: null, routes: [] } as const;
    const told = () => observePaymentFact(core.deps.payments, { backendId, identityKey, hash: target.hash, outcome: failed });
    await told();
    const left = (await rows(target.hash)).at(-1);
    expect(left).toMatchObject({ state: 'sending', nextCheckAt: new Date(createdAt.getTime() + 45_001) });
    time.ms = left?.nextCheckAt?.getTime() ?? 0;
    await told();
    expect((await rows(target.hash)).at(-1)).toMatchObject({ state: 'failed', failure: 'noRoute' });
  });

  test('is asked about at the very moment when silence is proof, however often it has been asked about before', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: msat(1_000_000n) });
    core.backend.faults.next('pay', { is: 'dropRequest' });
    expect(await send(target.bolt11, impatient)).toBe('pending');
    // A gateway that was started again and again asks at each start.
    await sql(core.db, { name: 'test_asked', text: 'UPDATE attempts SET checks = 30 WHERE payment_hash = $1' }, [target.hash]);
    const { createdAt } = (await rows(target.hash))[0] ?? expect.fail('no attempt');
    const seconds = () => (time.ms - createdAt.getTime()) / 1000;
    const looks: number[] = [];
    for (let row = (await rows(target.hash))[0]; row?.nextCheckAt; row = (await rows(target.hash))[0]) {
      time.ms = row.nextCheckAt.getTime();
      looks.push(seconds());
      await core.sweep.once();
    }
    expect(looks.slice(1)).toEqual([45.001, 645.001, sendWithinSeconds + graceSeconds]);
    expect(await rows(target.hash)).toMatchObject([{ state: 'failed', failure: 'notSent' }]);
  });
});

describe('the compare-and-swap', () => {
  test('lets one of two win who have read the same state, and whoever loses has written nothing', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: msat(1_000_000n) });
    core.backend.faults.next('pay', { is: 'dropRequest' });
    await send(target.bolt11, impatient);
    const [row] = await rows(target.hash);
    if (!row) expect.fail('no attempt');
    const to = (failure: string) =>
      advanceAttempt(core.db, {
        id: row.id,
        from: 'sending',
        set: { state: 'failed', failure, disproved: true, next_check_at: null },
        effects: {},
      });
    expect(await to('noRoute')).toBe(true);
    expect(await to('other')).toBe(false);
    expect(await rows(target.hash)).toMatchObject([{ state: 'failed', failure: 'noRoute' }]);
  });
});

describe('the ledger', () => {
  test('gives back what a success has left of the reserve', async () => {
    await core.db.prisma.wallet.update({ where: { id: core.ledgerId }, data: { availableMsat: 100_000_000n } });
    const target = core.backend.world.payee.createInvoice({ amount: msat(3_000_000n) });
    expect(await send(target.bolt11, { walletId: core.ledgerId })).toBe('succeeded');
    const fee = (await rows(target.hash))[0]?.feeMsat ?? expect.fail('no fee');
    expect((await core.wallets.available([core.ledgerId])).get(core.ledgerId)).toBe(100_000_000n - 3_000_000n - fee);
  });

  test('credits what was received, not what was asked', async () => {
    const before = (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? 0n;
    const terms = { amountMsat: 1_000_000n, memo: null, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null };
    const invoice = await core.ask('createInvoice', { ...terms, walletId: core.ledgerId }, core.asking());
    await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11), amount: msat(1_500_000n) });
    const { backendId, backendIdentity: identityKey } = (await invoiceByHash(core.db, invoice.paymentHash)) ?? expect.fail('no row');
    const sighting = await core.backend.receive.find(paymentHash(invoice.paymentHash), AbortSignal.timeout(10_000));
    await observeInvoice(core.deps.invoices, { hash: invoice.paymentHash, backendId, identityKey, sighting });
    expect((await core.wallets.available([core.ledgerId])).get(core.ledgerId)).toBe(before + 1_500_000n);
  });
});

describe('a settlement', () => {
  test('is stored as an intention before the preimage leaves', async () => {
    const order = {
      walletId: core.walletId,
      amountMsat: 1_000_000n,
      memo: null,
      descriptionHash: null,
      expirySeconds: 600,
      externalId: null,
    };
    const hold = await core.ask(
      'createHoldInvoice',
      { ...order, paymentHash: null, longestHoldSeconds: null, onDeadline: 'cancel' },
      core.asking(),
    );
    const paid = core.backend.world.payer.pay({ bolt11: bolt11Text(hold.bolt11) });
    const { backendId, backendIdentity: identityKey } = (await invoiceByHash(core.db, hold.paymentHash)) ?? expect.fail('no row');
    await until('held', async () => {
      const sighting = await core.backend.hold.find(paymentHash(hold.paymentHash), AbortSignal.timeout(10_000));
      await observeInvoice(core.deps.invoices, { hash: hold.paymentHash, backendId, identityKey, sighting });
      return (await invoiceByHash(core.db, hold.paymentHash))?.state === 'held';
    });
    const settle = () =>
      core.ask('settleHoldInvoice', { walletId: core.walletId, paymentHash: hold.paymentHash, preimage: null }, core.asking());
    core.backend.faults.next('settleHold', { is: 'dropRequest' });
    expect((await settle()).state).toBe('settling');
    expect((await settle()).state).toBe('settled');
    expect((await paid).is).toBe('succeeded');
  });
});

describe('another backend', () => {
  test('is tried after a failure only where that is proof', () => {
    const { pay } = core.backend;
    const goesOn = (failureIsProof: boolean) =>
      mayGoOn({ pay: { ...pay, traits: { ...pay.traits, failureIsProof } } }, { is: 'failed', reason: 'noRoute', ref: null, routes: [] });
    expect(goesOn(true)).toBe(true);
    expect(goesOn(false)).toBe(false);
  });
});
