// Safe cash-out over a real database and a simulated network: every ending, every edge of both tables that a machine or the clock can
// reach, and the traps: a second start, a report that got lost, a payment that comes after the machine gave up.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { InvoiceSighting } from '../../src/backends/port.ts';
import { advanceBoth } from '../../src/cashouts/store.ts';
import type { CashOutView } from '../../src/cashouts/view.ts';
import { cashOutStatusOf } from '../../src/cashouts/view.ts';
import { observeInvoice } from '../../src/invoices/observe.ts';
import { msat } from '../../src/lightning/values.ts';
import { amountMsat, machineOf } from '../support/cashouts.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
let machine: ReturnType<typeof machineOf>;
beforeAll(async () => {
  core = await testCore();
  machine = machineOf(core);
});
afterAll(() => core.end());
afterEach(() => core.backend.faults.clear());

const refused = (is: string, more: object = {}) => ({ refusal: { is, ...more } });
const status = (cashOut: CashOutView) => cashOutStatusOf(cashOut, new Date());
const sighted = async (cashOut: CashOutView, sighting: InvoiceSighting) => {
  const { backendId, backendIdentity } = await machine.row(cashOut);
  return observeInvoice(core.deps.invoices, { hash: cashOut.invoice.paymentHash, backendId, identityKey: backendIdentity, sighting });
};

describe('the endings', () => {
  test('all: held → claimed → settled, credited, and one answer tells the whole story', async () => {
    const before = await machine.balance();
    const made = await machine.create();
    expect(status(made)).toBe('WAITING');
    const paid = machine.pay(made);
    await machine.reaches(made, 'held');
    expect(status(await machine.look(made.id))).toBe('READY');
    const started = await machine.start(made.id);
    expect(status(started)).toBe('DISPENSING');
    expect(started.reportBy?.getTime()).toBe((started.startedAt?.getTime() ?? 0) + 120_000);
    await machine.report(made.id, 'all');
    expect((await paid).is).toBe('succeeded');
    await machine.reaches(made, 'settled');
    expect(await machine.balance()).toBe(before + amountMsat);
    const story = await machine.look(made.id);
    expect(status(story)).toBe('DISPENSED');
    expect(story).toMatchObject({ refund: null, dispensedMsat: amountMsat });
    expect(story.steps.map(({ event, to }) => `${event} ${to}`)).toEqual([
      'created waiting',
      'sawHeld held',
      'startAsked dispensing',
      'claimAsked claimed',
      'reportedAll dispensed',
      'dispensed settling',
      'sawSettled settled',
    ]);
    expect(await machine.incidents(made)).toEqual([]);
  });

  test('none: canceled, the customer has the money back and nothing is credited', async () => {
    const before = await machine.balance();
    const { cashOut, id, paid } = await machine.dispensing();
    await machine.report(id, 'none');
    expect((await paid).is).toBe('failed');
    await machine.reaches(cashOut, 'canceled');
    expect(status(await machine.look(id))).toBe('NOT_DISPENSED');
    expect(await machine.balance()).toBe(before);
  });

  test('partial: settled, and the rest becomes a refund that is paid once', async () => {
    const before = await machine.balance();
    const { cashOut, id, paid } = await machine.dispensing();
    const reported = await machine.report(id, 'partial', 15_000_000n);
    expect(reported.refund).toMatchObject({ amountMsat: 5_000_000n });
    expect((await paid).is).toBe('succeeded');
    await machine.reaches(cashOut, 'settled');
    expect((await machine.look(id)).refund?.state).toBe('open');
    const bolt11 = machine.request(5_000_000n);
    expect((await machine.redeem(id, bolt11)).refund?.state).toBe('paid');
    const again = await machine.redeem(id, bolt11);
    expect(again.refund?.payments).toHaveLength(1);
    await expect(machine.redeem(id, machine.request(5_000_000n))).rejects.toMatchObject(refused('voucherUsed'));
    const fee = again.refund?.payments[0]?.feeMsat ?? 0n;
    expect(await machine.balance()).toBe(before + amountMsat - 5_000_000n - fee);
    expect((await machine.look(id)).steps.at(-1)).toMatchObject({ about: 'refund', event: 'redeemAsked', detail: { number: 1 } });
  });

  test('an overpayment is credited, and paid back with what was not given out', async () => {
    const cashOut = await machine.create();
    const paid = machine.pay(cashOut, msat(22_000_000n));
    await machine.reaches(cashOut, 'held');
    await machine.start(cashOut.id);
    const { refund } = await machine.report(cashOut.id, 'partial', 15_000_000n);
    expect(refund?.amountMsat).toBe(7_000_000n);
    await paid;
  });
});

describe('a start', () => {
  test('trap: second dispense start: of ten at once one succeeds, and none after it', async () => {
    const { id, paid } = await machine.held();
    const starts = await Promise.allSettled(Array.from({ length: 10 }, () => machine.start(id)));
    expect(starts.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    await expect(machine.start(id)).rejects.toMatchObject(refused('wrongState', { state: 'dispensing' }));
    expect((await machine.look(id)).steps.filter(({ event }) => event === 'startAsked')).toHaveLength(1);
    await machine.report(id, 'none');
    await expect(machine.start(id)).rejects.toMatchObject(refused('wrongState', { state: 'notDispensed' }));
    await paid;
  });

  test('is refused before anything is held, and after a cancel', async () => {
    const cashOut = await machine.create();
    await expect(machine.start(cashOut.id)).rejects.toMatchObject(refused('wrongState', { state: 'open' }));
    const paid = machine.pay(cashOut);
    await machine.reaches(cashOut, 'held');
    await core.ask('cancelHoldInvoice', { walletId: core.ledgerId, paymentHash: cashOut.invoice.paymentHash }, core.asking());
    await expect(machine.start(cashOut.id)).rejects.toMatchObject(refused('wrongState'));
    expect((await paid).is).toBe('failed');
    expect(status(await machine.becomes(cashOut.id, 'canceled'))).toBe('CANCELED');
  });

  test('is refused when the backend cannot be asked, and changes nothing', async () => {
    const { id, cashOut, paid } = await machine.held();
    const mend = core.backend.faults.always('findHold', { is: 'dropRequest' });
    await expect(machine.start(id)).rejects.toMatchObject(refused('backendUnavailable'));
    mend();
    expect((await machine.row(cashOut)).state).toBe('held');
    expect((await machine.start(id)).state).toBe('dispensing');
    await machine.report(id, 'none');
    await paid;
  }, 30_000);

  test('is refused when the backend does not see it held, whatever our row says', async () => {
    const { id, paid } = await machine.held();
    core.backend.faults.next('findHold', { is: 'notFound' });
    await expect(machine.start(id)).rejects.toMatchObject(refused('wrongState', { state: 'open' }));
    expect((await machine.look(id)).state).toBe('waiting');
    await machine.start(id);
    await machine.report(id, 'none');
    await paid;
  });

  test('is refused when seconds are left, but not enough of them', async () => {
    // Nobody else looks at it: neither a stream nor the guard.
    const quiet = await testCore({ workers: false });
    const slow = machineOf(quiet);
    try {
      const cashOut = await slow.create();
      const paid = slow.pay(cashOut);
      await until('held', async () => {
        await quiet.db.prisma.invoice.update({ where: { id: cashOut.id }, data: { nextCheckAt: new Date(0) } });
        await quiet.sweep.once();
        return (await slow.row(cashOut)).state === 'held';
      });
      const heldAt = new Date(Date.now() - (cashOut.startSeconds + 20) * 1000);
      await quiet.db.prisma.invoice.update({ where: { id: cashOut.id }, data: { heldAt } });
      await expect(slow.start(cashOut.id)).rejects.toMatchObject(refused('tooLittleTime', { neededSeconds: 135 }));
      expect((await slow.row(cashOut)).state).toBe('held');
      await quiet.cashOuts.once();
      expect((await paid).is).toBe('failed');
    } finally {
      await quiet.end();
    }
  }, 20_000);

  test('is refused when blocks are left, but not enough of them', async () => {
    const { id, cashOut, paid } = await machine.held();
    const left = ((await machine.row(cashOut)).deadlineHeight ?? 0) - core.backend.world.network.height();
    core.backend.world.network.mineBlocks(left - 1);
    await until('the block', async () => core.deps.invoices.heights.of('one') === core.backend.world.network.height());
    await expect(machine.start(id)).rejects.toMatchObject(refused('tooLittleTime'));
    core.backend.world.network.mineBlocks(1);
    expect((await paid).is).toBe('failed');
    await machine.becomes(id, 'canceled');
  });

  test('moves both rows or neither: a cash-out whose invoice moved meanwhile stays as it was', async () => {
    const { id, cashOut, paid } = await machine.held();
    const { state, ...invoice } = await machine.row(cashOut);
    const move = {
      cashOut: { from: 'waiting' as const, set: { state: 'dispensing' as const } },
      set: { state: 'claimed' as const },
      effects: {},
    };
    expect(state).toBe('held');
    expect(await advanceBoth(core.db, { ...invoice, state: 'open' }, move)).toBe(false);
    expect((await machine.look(id)).state).toBe('waiting');
    expect(await advanceBoth(core.db, { ...invoice, state: 'held' }, { ...move, cashOut: { ...move.cashOut, from: 'silent' } })).toBe(
      false,
    );
    expect((await machine.row(cashOut)).state).toBe('held');
    await machine.start(id);
    await machine.report(id, 'none');
    await paid;
  });
});

describe('while a machine gives out cash', () => {
  test('nobody can cancel or settle but its report', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    const of = { walletId: core.ledgerId, paymentHash: cashOut.invoice.paymentHash };
    const admin = core.asking({ who: { ...core.who, scopes: new Set(['ADMIN', 'WRITE']) } });
    await expect(core.ask('cancelHoldInvoice', of, admin)).rejects.toMatchObject(refused('wrongState', { state: 'claimed' }));
    await expect(core.ask('cancelInvoice', of, admin)).rejects.toMatchObject(refused('alreadyProcessed'));
    await expect(core.ask('settleHoldInvoice', { ...of, preimage: null }, admin)).rejects.toMatchObject(
      refused('wrongState', { state: 'cashOut' }),
    );
    await core.cashOuts.once();
    await core.deadlines.once();
    expect((await machine.row(cashOut)).state).toBe('claimed');
    await machine.report(id, 'none');
    await paid;
  });

  test('the deadline settles, by blocks, and a person is told', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    core.backend.world.network.mineBlocks(((await machine.row(cashOut)).deadlineHeight ?? 0) - core.backend.world.network.height());
    expect((await paid).is).toBe('succeeded');
    expect(status(await machine.becomes(id, 'silent'))).toBe('UNREPORTED');
    expect(await machine.incidents(cashOut)).toContain('cashOut.dispensing:sawTaken');
  });

  test('the network gives it back: all is reported as unpaid, nothing is settled', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    await sighted(cashOut, { is: 'canceled' });
    await machine.report(id, 'all');
    expect(await machine.incidents(cashOut)).toEqual(expect.arrayContaining(['invoice.claimed:sawCanceled', 'cashOut.unpaid']));
    expect((await machine.look(id)).state).toBe('dispensed');
    core.backend.world.network.mineBlocks(200);
    await paid;
  });

  test('the payment comes once more after it was given back: it is that machine’s again, and the report settles it', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    await sighted(cashOut, { is: 'open' });
    // The simulated node still holds it, and says so at the next look.
    await sighted(cashOut, { is: 'held', received: msat(amountMsat), handle: null, deadline: {} });
    await until('claimed again', async () => {
      await core.cashOuts.once();
      return (await machine.row(cashOut)).state === 'claimed';
    });
    await machine.report(id, 'all');
    expect((await paid).is).toBe('succeeded');
  });

  const heldAgain: InvoiceSighting = { is: 'held', received: msat(amountMsat), handle: null, deadline: {} };

  test('given back, reported, and paid once more: what was given out is settled, and nobody is asked', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    await sighted(cashOut, { is: 'open' });
    expect((await machine.report(id, 'all')).state).toBe('dispensed');
    expect(await machine.incidents(cashOut)).toEqual(expect.arrayContaining(['invoice.claimed:sawReleased', 'cashOut.unpaid']));
    await sighted(cashOut, heldAgain);
    await core.deadlines.once();
    expect((await paid).is).toBe('succeeded');
    await machine.reaches(cashOut, 'settled');
  });

  test('given back, a part reported, and paid once more: settled, and the rest is paid back', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    await sighted(cashOut, { is: 'open' });
    expect((await machine.report(id, 'partial', 15_000_000n)).refund).toMatchObject({ amountMsat: 5_000_000n, state: 'waiting' });
    await expect(machine.redeem(id, machine.request(5_000_000n))).rejects.toMatchObject(refused('voucherNotReady'));
    await sighted(cashOut, heldAgain);
    await core.deadlines.once();
    await paid;
    await machine.reaches(cashOut, 'settled');
    expect((await machine.redeem(id, machine.request(5_000_000n))).refund?.state).toBe('paid');
  });

  test('given back, never reported, and paid once more: cash may be out, so it is settled', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    await sighted(cashOut, { is: 'open' });
    await machine.reportIsLate(id);
    await core.cashOuts.once();
    expect((await machine.look(id)).state).toBe('silent');
    await sighted(cashOut, heldAgain);
    await core.deadlines.once();
    expect((await paid).is).toBe('succeeded');
    await machine.reaches(cashOut, 'settled');
  });

  test('given back, and paid once more or not: nobody but the machine cancels it', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    const of = { walletId: core.ledgerId, paymentHash: cashOut.invoice.paymentHash };
    const cancels = async () => {
      await expect(core.ask('cancelHoldInvoice', of, core.asking())).rejects.toMatchObject(refused('wrongState', { state: 'claimed' }));
      await expect(core.ask('cancelInvoice', of, core.asking())).rejects.toMatchObject(refused('wrongState', { state: 'claimed' }));
    };
    await sighted(cashOut, { is: 'open' });
    await cancels();
    await machine.report(id, 'all');
    await cancels();
    await sighted(cashOut, heldAgain);
    await core.deadlines.once();
    expect((await paid).is).toBe('succeeded');
  });
});

describe('a report', () => {
  test('trap: dispense report lost: the same again is answered, another one is refused', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    const reports = await Promise.all(Array.from({ length: 5 }, () => machine.report(id, 'all')));
    expect(new Set(reports.map(({ state }) => state))).toEqual(new Set(['dispensed']));
    await paid;
    expect((await machine.report(id, 'all')).state).toBe('dispensed');
    await expect(machine.report(id, 'none')).rejects.toMatchObject(refused('reportConflict'));
    await expect(machine.report(id, 'partial', 1_000n)).rejects.toMatchObject(refused('reportConflict'));
    await machine.reaches(cashOut, 'settled');
    expect((await machine.look(id)).steps.filter(({ event }) => event === 'reportedAll')).toHaveLength(1);
  });

  test('of a part cannot become another part', async () => {
    const { id, paid } = await machine.dispensing();
    await machine.report(id, 'partial', 2_000_000n);
    expect((await machine.report(id, 'partial', 2_000_000n)).refund?.amountMsat).toBe(18_000_000n);
    await expect(machine.report(id, 'partial', 3_000_000n)).rejects.toMatchObject(refused('reportConflict'));
    await paid;
  });

  test.each([
    ['all', 'settleHold', 'settled', 'succeeded'],
    ['none', 'cancelHold', 'canceled', 'failed'],
  ] as const)('of %s outlives a backend that does not answer', async (result, call, end, paidAs) => {
    const { id, cashOut, paid } = await machine.dispensing();
    core.backend.faults.next(call, { is: 'dropRequest' });
    const reported = await machine.report(id, result);
    expect(reported.invoice.state).toBe(result === 'all' ? 'settling' : 'canceling');
    await machine.reaches(cashOut, end);
    expect((await paid).is).toBe(paidAs);
  });

  test('of a part that is no part, before a start, or of a cash-out of nobody, is refused', async () => {
    const { id, paid } = await machine.held();
    await expect(machine.report(id, 'all')).rejects.toMatchObject(refused('wrongState', { state: 'waiting' }));
    await machine.start(id);
    for (const wrong of [0n, amountMsat, amountMsat + 1n, -1n, null])
      await expect(machine.report(id, 'partial', wrong)).rejects.toMatchObject(refused('invalidInput', { field: 'dispensedMsat' }));
    await expect(machine.report(id, 'all', 1n)).rejects.toMatchObject(refused('invalidInput', { field: 'dispensedMsat' }));
    await expect(machine.report(crypto.randomUUID(), 'all')).rejects.toMatchObject(refused('notFound', { what: 'cashOut' }));
    await expect(machine.report('nothing', 'all')).rejects.toMatchObject(refused('notFound', { what: 'cashOut' }));
    await machine.report(id, 'none');
    await paid;
  });
});

describe('silence', () => {
  test('trap: late payment after the machine gave up: held and not started in time is canceled', async () => {
    const { id, cashOut, paid } = await machine.held();
    await core.cashOuts.once();
    expect((await machine.row(cashOut)).state).toBe('held');
    await machine.startIsLate(id);
    await core.cashOuts.once();
    expect((await paid).is).toBe('failed');
    expect(status(await machine.becomes(id, 'canceled'))).toBe('CANCELED');
    await expect(machine.start(id)).rejects.toMatchObject(refused('wrongState', { state: 'canceled' }));
  });

  test('after a start: settled at the time for the report, with an incident; a late report of all changes nothing more', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    await machine.reportIsLate(id);
    await core.cashOuts.once();
    expect((await paid).is).toBe('succeeded');
    expect(status(await machine.becomes(id, 'silent'))).toBe('UNREPORTED');
    expect(await machine.incidents(cashOut)).toContain('cashOut.dispensing:unreported');
    expect(await machine.report(id, 'all')).toMatchObject({ state: 'dispensed', refund: null });
  });

  test('and then a late report of nothing: all of it is paid back', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    await machine.reportIsLate(id);
    await core.cashOuts.once();
    await paid;
    await machine.reaches(cashOut, 'settled');
    const { refund, state } = await machine.report(id, 'none');
    expect({ state, refund }).toMatchObject({ state: 'notDispensed', refund: { amountMsat, state: 'open' } });
    expect(await machine.incidents(cashOut)).toContain('cashOut.silent:reportedNone');
    // The ledger wallet pays the routing fee from what it has beside.
    expect((await machine.redeem(id, machine.request(null))).refund?.state).toBe('paid');
  });

  test('an invoice that nobody pays ends the cash-out', async () => {
    const cashOut = await machine.create();
    await core.ask('cancelHoldInvoice', { walletId: core.ledgerId, paymentHash: cashOut.invoice.paymentHash }, core.asking());
    await machine.becomes(cashOut.id, 'canceled');
  });
});

describe('a refund', () => {
  test('is paid once, whoever asks at once with different requests', async () => {
    const id = await machine.refundable();
    const asked = await Promise.allSettled(Array.from({ length: 6 }, () => machine.redeem(id, machine.request(2_000_000n))));
    expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const { refund } = await machine.look(id);
    expect(refund).toMatchObject({ state: 'paid' });
    expect(refund?.payments).toHaveLength(1);
  });

  test('is paid once by one request that comes many times at once, and nobody is told that it is in flight elsewhere', async () => {
    const id = await machine.refundable();
    const bolt11 = machine.request(2_000_000n);
    const asked = await Promise.all(Array.from({ length: 6 }, () => machine.redeem(id, bolt11)));
    for (const { refund } of asked) expect(refund?.state).toMatch(/paying|paid/);
    expect((await machine.look(id)).refund).toMatchObject({ state: 'paid', payments: [{ state: 'succeeded' }] });
  });

  test('trap: voucher burnt by wallet cancel: a payment that fails frees it, and every try stays in the story', async () => {
    const id = await machine.refundable();
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect((await machine.redeem(id, machine.request(2_000_000n))).refund?.state).toBe('open');
    const { refund } = await machine.redeem(id, machine.request(2_000_000n));
    expect(refund).toMatchObject({ state: 'paid', payments: [{ state: 'failed' }, { state: 'succeeded' }] });
  });

  test('refuses a second request while the first is unknown, and is paid by the first', async () => {
    const id = await machine.refundable();
    core.backend.faults.next('pay', { is: 'loseReply' });
    const stop = core.backend.faults.always('findPayment', { is: 'dropRequest' });
    const silent = core.backend.faults.always('fact', { is: 'delay', ms: 1_500 });
    const who = { ...core.who, waitSeconds: 0 };
    const bolt11 = machine.request(2_000_000n);
    const first = await core.ask('redeemRefund', { id, bolt11 }, core.asking({ who }));
    expect(first.refund?.state).toBe('paying');
    await expect(machine.redeem(id, machine.request(2_000_000n))).rejects.toMatchObject(refused('paymentInFlight'));
    expect((await machine.redeem(id, bolt11)).refund?.state).toMatch(/paying|paid/);
    stop();
    silent();
    await until('paid', async () => (await machine.look(id)).refund?.state === 'paid', 20_000);
    expect((await machine.look(id)).refund?.payments).toHaveLength(1);
  }, 30_000);

  test('is not ready before the customer’s payment is settled', async () => {
    const { id, cashOut, paid } = await machine.dispensing();
    const mend = core.backend.faults.always('settleHold', { is: 'dropRequest' });
    expect((await machine.report(id, 'partial', 18_000_000n)).refund?.state).toBe('waiting');
    await expect(machine.redeem(id, machine.request(2_000_000n))).rejects.toMatchObject(refused('voucherNotReady'));
    mend();
    await paid;
    await machine.reaches(cashOut, 'settled');
    expect((await machine.redeem(id, machine.request(2_000_000n))).refund?.state).toBe('paid');
  });

  test('ends', async () => {
    const id = await machine.refundable();
    const { refund } = await machine.look(id);
    await core.db.prisma.cashOutRefund.update({ where: { id: refund?.id ?? '' }, data: { expiresAt: new Date(Date.now() - 1000) } });
    expect((await machine.look(id)).refund?.state).toBe('expired');
    await expect(machine.redeem(id, machine.request(2_000_000n))).rejects.toMatchObject(refused('voucherExpired'));
  });

  test('is refused over another amount, to nobody, by a key that may not pay, and where there is none', async () => {
    const id = await machine.refundable();
    await expect(machine.redeem(id, machine.request(2_000_001_000n))).rejects.toMatchObject(
      refused('invalidInput', { field: 'refundAmount' }),
    );
    await expect(machine.redeem(id, 'lnbcrt1nonsense')).rejects.toMatchObject(refused('invalidInvoice'));
    const receiver = core.asking({ who: { ...core.who, scopes: new Set(['RECEIVE']) } });
    await expect(core.ask('redeemRefund', { id, bolt11: machine.request(2_000_000n) }, receiver)).rejects.toMatchObject(
      refused('forbidden'),
    );
    const { cashOut, paid } = await machine.dispensing();
    await machine.report(cashOut.id, 'all');
    await paid;
    await expect(machine.redeem(cashOut.id, machine.request(1_000n))).rejects.toMatchObject(refused('notFound', { what: 'refund' }));
  });
});

describe('a creation', () => {
  test('is refused when the longest hold is shorter than the dispense may take', async () => {
    await expect(machine.create({ longestHoldSeconds: 200 })).rejects.toMatchObject(
      refused('tooLittleTime', { neededSeconds: 240, leftSeconds: 200 }),
    );
    await expect(machine.create({ dispenseSeconds: 4_000 })).rejects.toMatchObject(refused('invalidInput', { field: 'dispenseSeconds' }));
  });

  test('is refused when so much cannot be received', async () => {
    const room = (await core.registry.get('one')?.backend.balance?.(AbortSignal.timeout(1_000)))?.receivable ?? 0n;
    expect(room).toBeGreaterThan(0n);
    await expect(machine.create({ amountMsat: room + 1_000n })).rejects.toMatchObject(refused('notReceivable'));
  });

  test('twice under one key is one cash-out', async () => {
    const key = crypto.randomUUID();
    const made = await Promise.all([machine.create({}, key), machine.create({}, key)]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    await expect(machine.create({ amountMsat: 1_000n }, key)).rejects.toMatchObject(refused('idempotencyConflict'));
  });

  test('is answered again under its key though its own payment has filled the channel', async () => {
    const room = async () => (await core.registry.get('one')?.backend.balance?.(AbortSignal.timeout(1_000)))?.receivable ?? 0n;
    const order = { amountMsat: ((await room()) / 10_000n) * 6_000n };
    const key = crypto.randomUUID();
    const cashOut = await machine.create(order, key);
    const paid = machine.pay(cashOut);
    await machine.reaches(cashOut, 'held');
    expect(await room()).toBeLessThan(order.amountMsat);
    await expect(machine.create(order)).rejects.toMatchObject(refused('notReceivable'));
    expect(await machine.create(order, key)).toMatchObject({ id: cashOut.id, invoice: { state: 'held' } });
    await machine.start(cashOut.id);
    await machine.report(cashOut.id, 'none');
    await paid;
  });

  test('is seen by nobody else', async () => {
    const made = await machine.create();
    const bound = { ...core.who, walletId: core.walletId };
    expect(await core.reads.cashOut(bound, made.id)).toBeNull();
    await expect(core.ask('startDispense', { id: made.id }, core.asking({ who: bound }))).rejects.toMatchObject(
      refused('notFound', { what: 'cashOut' }),
    );
  });
});
