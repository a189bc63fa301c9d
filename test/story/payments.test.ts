// The money rules of a payment under every kind of doubt, over a real database and a simulated network that misbehaves on request.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { msat } from '../../src/lightning/values.ts';
import { attemptsForHash, paymentById, viewOfPayment } from '../../src/payments/store.ts';
import { sql } from '../../src/platform/db.ts';
import { toJson } from '../../src/platform/effects.ts';
import { listIncidents } from '../../src/platform/incidents.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ workers: false, payments: { waitSeconds: 0.3, graceSeconds: 1, sendWithinSeconds: 2 } });
});
afterAll(() => core.end());
beforeEach(() => {
  core.backend.faults.clear();
  core.second.faults.clear();
});

const order = (walletId: string, bolt11: string) => ({ walletId, bolt11, amount: 'inInvoice' as const, memo: null, maxFeeMsat: null });
const theirs = (sat = 1_000) => core.backend.world.payee.createInvoice({ amount: msat(BigInt(sat) * 1000n) });
const held = (sat = 1_000) => core.backend.world.payee.createHoldInvoice({ amount: msat(BigInt(sat) * 1000n) });
const attempts = (hash: string) => attemptsForHash(core.db, hash);
const due = (hash: string) =>
  sql(
    core.db,
    {
      name: 'test_due',
      text: `UPDATE attempts SET next_check_at = now() - interval '1 second' WHERE payment_hash = $1 AND next_check_at IS NOT NULL`,
    },
    [hash],
  );
const older = (hash: string, seconds: number) =>
  sql(
    core.db,
    {
      name: 'test_older',
      text: `UPDATE attempts SET created_at = created_at - make_interval(secs => $2), send_by = send_by - make_interval(secs => $2), next_check_at = now() - interval '1 second' WHERE payment_hash = $1`,
    },
    [hash, seconds],
  );

/** Sweeps what waits for this hash. Twice: a worker sweeps too, and the first may be a sweep of its own that had claimed its rows before. */
const sweep = async (hash: string): Promise<void> => {
  for (let times = 0; times < 2; times++) {
    await due(hash);
    await core.sweep.once();
  }
};

test('a fee limit of the client’s is kept to, and given back with the rest when no route is so cheap', async () => {
  // Somebody who is two channels away: the first of them wants a fee.
  const target = core.backend.world.payee.createInvoice({ amount: msat(50_000_000n), node: 'carol' });
  const dear = await core.ask('sendPayment', { ...order(core.walletId, target.bolt11), maxFeeMsat: 0n }, core.asking());
  expect(dear).toMatchObject({ is: 'failed', payment: { failure: 'feeLimit', maxFeeMsat: 0n, feeMsat: null } });
  const paid = await core.ask('sendPayment', { ...order(core.walletId, target.bolt11), maxFeeMsat: 400_000n }, core.asking());
  expect(paid).toMatchObject({ is: 'succeeded', payment: { maxFeeMsat: 400_000n } });
  expect(paid.payment?.feeMsat).toBeGreaterThan(0n);
});

describe('an answer that is lost', () => {
  test('trap: connection drop mid-pay: stays sending, is PENDING for the caller, and ends by the word of the backend', async () => {
    const target = theirs();
    core.backend.faults.next('pay', { is: 'loseReply' });
    const answer = await core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking());
    expect(answer).toMatchObject({ is: 'pending', transaction: { status: 'pending' } });
    await until('the payee is paid', async () => core.backend.world.payee.look(target).state === 'settled');
    await sweep(target.hash);
    expect(await attempts(target.hash)).toMatchObject([{ state: 'succeeded', proof: 'preimage' }]);
  });

  test('of a request that never arrived is not failed while notFound proves nothing, and is unsent after sendBy and the grace', async () => {
    const target = theirs();
    core.backend.faults.next('pay', { is: 'dropRequest' });
    expect((await core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking())).is).toBe('pending');
    await sweep(target.hash);
    expect(await attempts(target.hash)).toMatchObject([{ state: 'sending' }]);
    await older(target.hash, 30);
    await sweep(target.hash);
    expect(await attempts(target.hash)).toMatchObject([{ state: 'failed', failure: 'notSent' }]);
  });

  test('is an incident and still sending when nobody knows it for more than an hour', async () => {
    const target = theirs();
    core.backend.faults.next('pay', { is: 'dropRequest' });
    await core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking());
    await older(target.hash, 4_000);
    await sweep(target.hash);
    expect(await attempts(target.hash)).toMatchObject([{ state: 'sending' }]);
    expect(await listIncidents(core.db, false)).toContainEqual(
      expect.objectContaining({ kind: 'attempt.unknownTooLong', subject: target.hash }),
    );
  });

  test('is not unsent by one notFound, when the node knows an attempt that is newer than the floor', async () => {
    const target = held();
    core.backend.faults.next('pay', { is: 'loseReply', ms: 1 });
    await core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking());
    await until('the payee holds it', async () => core.backend.world.payee.look(target).state === 'held');
    await older(target.hash, 100);
    core.backend.faults.next('findPayment', { is: 'stale' });
    await core.sweep.once();
    expect(await attempts(target.hash)).toMatchObject([{ state: 'sending' }]);
    core.backend.world.payee.settle(target, target.preimage as never);
    await until('its success', async () => {
      await sweep(target.hash);
      return (await attempts(target.hash))[0]?.state === 'succeeded';
    });
  });

  test('is not unsent when it was once seen in flight, whatever notFound says', async () => {
    const target = held();
    await core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking());
    await until('in flight', async () => core.backend.world.payee.look(target).state === 'held');
    await sweep(target.hash);
    expect(await attempts(target.hash)).toMatchObject([{ state: 'sending', seenInFlight: true }]);
    await older(target.hash, 100);
    core.backend.faults.next('findPayment', { is: 'notFound' }, 2);
    await sweep(target.hash);
    expect(await attempts(target.hash)).toMatchObject([{ state: 'sending' }]);
    core.backend.world.payee.cancel(target);
    core.backend.faults.clear();
    await until('its failure', async () => {
      await sweep(target.hash);
      return (await attempts(target.hash))[0]?.state === 'failed';
    });
  });
});

describe('a success', () => {
  const patient = () => core.asking({ who: { ...core.who, waitSeconds: 30 } });
  const plain = (value: unknown): unknown => JSON.parse(toJson(value));

  test.each(['walletId', 'twoWalletId'] as const)('is answered as it was written, without being read again (%s)', async (name) => {
    const target = theirs(4_321);
    const answer = await core.ask('sendPayment', { ...order(core[name], target.bolt11), memo: 'as written' }, patient());
    expect(answer).toMatchObject({
      is: 'succeeded',
      payment: { state: 'succeeded' },
      transaction: { status: 'success', memo: 'as written' },
    });
    const row = await paymentById(core.db, answer.payment?.id ?? '');
    expect(plain(row && (await viewOfPayment(core.db, row)))).toEqual(plain(answer.payment));
    expect(await core.reads.transactionById([core[name]], answer.transaction?.id ?? '')).toEqual(answer.transaction);
  });

  test('after another backend has failed tells of both attempts', async () => {
    const target = theirs(4_322);
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    const answer = await core.ask('sendPayment', order(core.twoWalletId, target.bolt11), patient());
    expect(answer).toMatchObject({ is: 'succeeded', payment: { attempts: [{ state: 'failed' }, { state: 'succeeded' }] } });
    expect(await core.reads.transactionById([core.twoWalletId], answer.transaction?.id ?? '')).toEqual(answer.transaction);
  });
});

describe('a second payment', () => {
  test('of a request that is on its way is refused, and money moves once', async () => {
    const target = held(2_000);
    expect((await core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking())).is).toBe('pending');
    await expect(core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking())).rejects.toMatchObject({
      refusal: { is: 'paymentInFlight' },
    });
    await expect(core.ask('sendPayment', order(core.twoWalletId, target.bolt11), core.asking())).rejects.toMatchObject({
      refusal: { is: 'paymentInFlight' },
    });
    expect(await attempts(target.hash)).toHaveLength(1);
  });

  test('fifty at once write one attempt', async () => {
    const target = theirs(3_000);
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, () => core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking())),
    );
    expect(await attempts(target.hash)).toHaveLength(1);
    expect(answers.filter((one) => one.status === 'fulfilled' && one.value.is !== 'alreadyPaid')).toHaveLength(1);
  });

  test('after a failure goes out again, and an old story of the first does not end it', async () => {
    const target = held(4_000);
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect((await core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking())).is).toBe('failed');
    // Nobody is in the call any more, who would know better than the old story.
    core.backend.faults.next('pay', { is: 'loseReply', ms: 1 });
    expect((await core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking())).is).toBe('pending');
    core.backend.faults.next('findPayment', { is: 'stale' });
    await sweep(target.hash);
    expect(await attempts(target.hash)).toMatchObject([{ state: 'failed' }, { state: 'sending' }]);
    await until('held', async () => core.backend.world.payee.look(target).state === 'held');
    core.backend.world.payee.settle(target, target.preimage as never);
    await until('success', async () => {
      await sweep(target.hash);
      return (await attempts(target.hash))[1]?.state === 'succeeded';
    });
  });
});

describe('a request that has expired', () => {
  const expire = (target: { readonly expiresAt: number }) => until('its expiry', async () => Date.now() >= target.expiresAt);
  const short = () => core.backend.world.payee.createInvoice({ amount: msat(5_000_000n), expirySeconds: 2 });
  const send = (walletId: string, bolt11: string) => core.ask('sendPayment', order(walletId, bolt11), core.asking());

  // Forgotten by a restored database, or made by another program of the operator's: "expired" would be read as "not paid".
  test.each(['one', 'two'])('and that the node "%s" of the route has paid is told as paid', async (from) => {
    const target = short();
    expect((await core.backend.world.payer.pay({ bolt11: target.bolt11, from })).is).toBe('succeeded');
    await expire(target);
    expect(await send(core.twoWalletId, target.bolt11)).toMatchObject({ is: 'alreadyPaid', payment: null });
    expect(await attempts(target.hash)).toEqual([]);
  });

  test('and that the node is paying is told as in flight', async () => {
    const target = core.backend.world.payee.createHoldInvoice({ amount: msat(5_000_000n), expirySeconds: 2 });
    const paying = core.backend.world.payer.pay({ bolt11: target.bolt11, from: 'one' });
    await until('held', async () => core.backend.world.payee.look(target).state === 'held');
    await expire(target);
    await expect(send(core.walletId, target.bolt11)).rejects.toMatchObject({ refusal: { is: 'paymentInFlight' } });
    core.backend.world.payee.cancel(target);
    await paying;
    await expect(send(core.walletId, target.bolt11)).rejects.toMatchObject({ refusal: { is: 'invoiceExpired' } });
  });

  test('is called expired only when every backend of the route has said that it has not paid it', async () => {
    const target = short();
    await expire(target);
    core.second.faults.always('floor', { is: 'dropRequest' });
    await expect(send(core.twoWalletId, target.bolt11)).rejects.toMatchObject({ refusal: { is: 'backendUnavailable' } });
    core.second.faults.clear();
    await expect(send(core.twoWalletId, target.bolt11)).rejects.toMatchObject({ refusal: { is: 'invoiceExpired' } });
    expect(await attempts(target.hash)).toEqual([]);
  });
});

describe('another backend', () => {
  test('pays when the first was not called', async () => {
    const target = theirs();
    core.backend.faults.next('pay', { is: 'notReady' });
    const answer = await core.ask('sendPayment', order(core.twoWalletId, target.bolt11), core.asking());
    expect(answer.is).toBe('succeeded');
    expect(await attempts(target.hash)).toMatchObject([
      { state: 'failed', failure: 'notSent', backendId: 'one' },
      { state: 'succeeded', backendId: 'two' },
    ]);
  });

  test('pays after a failure that is proof', async () => {
    const target = theirs();
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect((await core.ask('sendPayment', order(core.twoWalletId, target.bolt11), core.asking())).is).toBe('succeeded');
    expect((await attempts(target.hash)).map((one) => one.backendId)).toEqual(['one', 'two']);
  });

  test.each(['rejectedByPayee', 'invoiceExpired'] as const)('does not pay after %s', async (reason) => {
    const target = theirs();
    core.backend.faults.next('pay', { is: 'fail', reason });
    expect((await core.ask('sendPayment', order(core.twoWalletId, target.bolt11), core.asking())).is).toBe('failed');
    expect(await attempts(target.hash)).toHaveLength(1);
  });

  test('does not pay after an unknown answer', async () => {
    const target = theirs();
    core.backend.faults.next('pay', { is: 'dropRequest' });
    expect((await core.ask('sendPayment', order(core.twoWalletId, target.bolt11), core.asking())).is).toBe('pending');
    expect(await attempts(target.hash)).toHaveLength(1);
  });

  // Found by the simulation (seed 56611): the second send went on to a backend that had paid the first, and both were booked.
  test('does not pay what was called failed before and has been paid meanwhile; nor does the database take a row for it', async () => {
    const target = theirs();
    const send = () => core.ask('sendPayment', { ...order(core.twoWalletId, target.bolt11) }, core.asking());
    for (const backend of [core.backend, core.second]) backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect((await send()).is).toBe('failed');
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    core.second.faults.next('floor', { is: 'delay', ms: 2_000 });
    const ending = until('the second send', async () => (await attempts(target.hash))[2]);
    const again = send();
    const [first] = await attempts(target.hash);
    await ending;
    const paid = `UPDATE attempts SET state = 'succeeded', proof = 'backendWord', failure = NULL WHERE id = $1`;
    await sql(core.db, { name: 'test_paid_meanwhile', text: paid }, [first?.id]);
    await again;
    await until('the end', async () => (await attempts(target.hash)).every(({ state }) => state !== 'sending'));
    expect((await attempts(target.hash)).map(({ state, backendId }) => [state, backendId])).toEqual([
      ['succeeded', 'one'],
      ['failed', 'two'],
      ['failed', 'one'],
    ]);
    expect((await send()).is).toBe('alreadyPaid');
    const fields = 'payment_id, payment_hash, backend_id, backend_identity, amount_msat, max_fee_msat, send_by, created_at';
    const late = `INSERT INTO attempts (id, state, ${fields}) SELECT gen_random_uuid(), 'sending', ${fields} FROM attempts WHERE id = $1`;
    await expect(sql(core.db, { name: 'test_late_attempt', text: late }, [first?.id])).rejects.toThrow('has succeeded');
  });

  test('is not called without a row of its own when the stream told the failure first', async () => {
    const target = theirs();
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    // Somebody else writes the failure while the call is under way.
    const ending = until('the attempt', async () => (await attempts(target.hash))[0]).then((row) =>
      sql(
        core.db,
        {
          name: 'test_end',
          text: `UPDATE attempts SET state = 'failed', disproved = true, failure = 'noRoute', next_check_at = NULL WHERE id = $1 AND state = 'sending'`,
        },
        [row.id],
      ),
    );
    const answer = await core.ask('sendPayment', order(core.twoWalletId, target.bolt11), core.asking());
    await ending;
    const rows = await attempts(target.hash);
    const paid = core.backend.world.payee.look(target).state === 'settled';
    expect(paid).toBe(rows.some((row) => row.state === 'succeeded'));
    expect(answer.is).toBe(paid ? 'succeeded' : 'failed');
  });
});

describe('the ledger', () => {
  const available = async (): Promise<bigint> => (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? -1n;
  const imbalance = async (): Promise<readonly object[]> =>
    sql(core.db, { name: 'test_sums', text: 'SELECT journal_id FROM entries GROUP BY journal_id HAVING sum(amount_msat) <> 0' }, []);

  beforeAll(async () => {
    await sql(core.db, { name: 'test_fund', text: 'UPDATE wallets SET available_msat = 100000000 WHERE id = $1' }, [core.ledgerId]);
  });

  test('gives the whole reserve back after a failure', async () => {
    const before = await available();
    const target = theirs();
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect((await core.ask('sendPayment', order(core.ledgerId, target.bolt11), core.asking())).is).toBe('failed');
    expect(await available()).toBe(before);
    expect(await imbalance()).toEqual([]);
  });

  test('keeps the reserve while nobody knows', async () => {
    const before = await available();
    const target = theirs(5_000);
    core.backend.faults.next('pay', { is: 'dropRequest' });
    await core.ask('sendPayment', order(core.ledgerId, target.bolt11), core.asking());
    expect(await available()).toBe(before - 5_000_000n - 25_000n);
    expect(await imbalance()).toEqual([]);
  });

  test('never goes below zero, however many ask at once', async () => {
    await sql(core.db, { name: 'test_set', text: 'UPDATE wallets SET available_msat = 2500000 WHERE id = $1' }, [core.ledgerId]);
    const targets = Array.from({ length: 12 }, () => theirs(1_000));
    const answers = await Promise.allSettled(
      targets.map((target) => core.ask('sendPayment', order(core.ledgerId, target.bolt11), core.asking())),
    );
    expect(answers.filter((one) => one.status === 'fulfilled')).toHaveLength(2);
    expect(await available()).toBeGreaterThanOrEqual(0n);
  });
});

describe('what may not be paid', () => {
  test('an invoice of the same wallet, or of the same node', async () => {
    const own = await core.ask(
      'createInvoice',
      {
        walletId: core.walletId,
        amountMsat: 1000n,
        memo: null,
        descriptionHash: null,
        expirySeconds: null,
        externalId: null,
        webhookUrl: null,
      },
      core.asking(),
    );
    await expect(core.ask('sendPayment', order(core.walletId, own.bolt11), core.asking())).rejects.toMatchObject({
      refusal: { is: 'selfPayment' },
    });
    await expect(core.ask('sendPayment', order(core.twoWalletId, own.bolt11), core.asking())).rejects.toMatchObject({
      refusal: { is: 'selfPayment' },
    });
  });

  test('anything while outgoing payments are halted', async () => {
    await core.outgoing.halt('test');
    await expect(core.ask('sendPayment', order(core.walletId, theirs().bolt11), core.asking())).rejects.toMatchObject({
      refusal: { is: 'outgoingHalted' },
    });
    await core.outgoing.resume();
  });

  test('by a backend that cannot be asked: nothing is written', async () => {
    const target = theirs();
    core.backend.faults.next('floor', { is: 'dropRequest' });
    await expect(core.ask('sendPayment', order(core.walletId, target.bolt11), core.asking())).rejects.toMatchObject({
      refusal: { is: 'backendUnavailable' },
    });
    expect(await attempts(target.hash)).toEqual([]);
  });
});

describe('an idempotency key', () => {
  test('replays the payment with the same input and refuses another one', async () => {
    const target = theirs();
    const asking = core.asking({ key: '5c5e0b5e-0000-4000-8000-000000000001' });
    const [first, second] = [
      await core.ask('sendPayment', order(core.walletId, target.bolt11), asking),
      await core.ask('sendPayment', order(core.walletId, target.bolt11), asking),
    ];
    expect(second.payment?.id).toBe(first.payment?.id);
    expect(second.is).toBe('succeeded');
    await expect(core.ask('sendPayment', order(core.walletId, theirs().bolt11), asking)).rejects.toMatchObject({
      refusal: { is: 'idempotencyConflict' },
    });
  });
});
