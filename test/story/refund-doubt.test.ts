// A refund that a custodian pays: what it calls failed it may pay after all, so no other request is taken for as long as that is asked about.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { msat } from '../../src/lightning/values.ts';
import { byPerson } from '../../src/payments/states.ts';
import { sql } from '../../src/platform/db.ts';
import { machineOf } from '../support/cashouts.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
let machine: ReturnType<typeof machineOf>;
beforeAll(async () => {
  core = await testCore({ simulated: { failureIsProof: false } });
  machine = machineOf(core);
});
afterAll(() => core.end());
afterEach(() => core.backend.faults.clear());

const refused = (is: string) => ({ refusal: { is } });
const request = () => core.backend.world.payee.createInvoice({ amount: msat(2_000_000n) });
/** Redeemed once; the custodian says that it failed. */
const failed = async (how: 'fail' | 'sayFailed') => {
  const [id, first] = [await machine.refundable(), request()];
  // Its stream loses the word of what it pays after all.
  core.backend.faults.always('fact', { is: 'lose' });
  core.backend.faults.next('pay', { is: how, reason: 'noRoute' });
  expect((await machine.redeem(id, first.bolt11)).refund).toMatchObject({ state: 'paying', payments: [{ state: 'failed' }] });
  return { id, first };
};
const paidThere = (first: ReturnType<typeof request>) =>
  until('paid there', async () => core.backend.world.payee.look(first).state === 'settled');
const asked = async (hash: string, set: string) => {
  await sql(core.db, { name: `test_${set.length}`, text: `UPDATE attempts SET next_check_at = now()${set} WHERE payment_hash = $1` }, [
    hash,
  ]);
  await core.sweep.once();
};
const refund = async (id: string) => (await machine.look(id)).refund ?? expect.fail('no refund');

describe('a refund whose payment a custodian calls failed', () => {
  test('is refused to another request, and paid to the same one when it is sent again', async () => {
    const { id, first } = await failed('fail');
    await expect(machine.redeem(id, request().bolt11)).rejects.toMatchObject(refused('paymentInFlight'));
    const { payments, state } = (await machine.redeem(id, first.bolt11)).refund ?? expect.fail('no refund');
    expect(state).toBe('paid');
    expect(payments).toMatchObject([
      { paymentHash: first.hash, state: 'failed' },
      { paymentHash: first.hash, state: 'succeeded' },
    ]);
    await expect(machine.redeem(id, request().bolt11)).rejects.toMatchObject(refused('voucherUsed'));
    expect((await machine.look(id)).steps.filter(({ event }) => event === 'redeemAsked').map(({ from }) => from)).toEqual([
      'open',
      'paying',
    ]);
  });

  test('is paid when the custodian has paid it after all, and nobody else was meanwhile', async () => {
    const { id, first } = await failed('sayFailed');
    await paidThere(first);
    await expect(machine.redeem(id, request().bolt11)).rejects.toMatchObject(refused('paymentInFlight'));
    await asked(first.hash, '');
    expect(await refund(id)).toMatchObject({ state: 'paid', payments: [{ state: 'succeeded' }] });
    await expect(machine.redeem(id, request().bolt11)).rejects.toMatchObject(refused('voucherUsed'));
  });

  test('is found paid at once when the same request is sent again', async () => {
    const { id, first } = await failed('sayFailed');
    await paidThere(first);
    expect((await machine.redeem(id, first.bolt11)).refund).toMatchObject({ state: 'paid', payments: [{ state: 'succeeded' }] });
  });

  test('is open to another request when it was asked about for the last time', async () => {
    const { id, first } = await failed('fail');
    await asked(first.hash, '');
    expect((await refund(id)).state).toBe('paying');
    await asked(first.hash, `, ended_at = now() - interval '25 hours'`);
    expect((await refund(id)).state).toBe('open');
    expect((await machine.redeem(id, request().bolt11)).refund).toMatchObject({
      state: 'paid',
      payments: [{ state: 'failed' }, { state: 'succeeded' }],
    });
  });

  test('is open to another request when a person has given the first one up', async () => {
    const { id, first } = await failed('fail');
    await core.db.prisma.attempt.updateMany({ where: { paymentHash: first.hash }, data: { failure: byPerson } });
    expect((await refund(id)).state).toBe('open');
  });

  test('is asked of that custodian again and of no other backend', async () => {
    const { id, first } = await failed('fail');
    const routed = (payRoute: string[]) => core.wallets.setRoutes(core.ledgerId, { receiveRoute: ['one'], payRoute });
    await routed(['one', 'two']);
    core.backend.faults.always('floor', { is: 'notReady' });
    await expect(machine.redeem(id, first.bolt11)).rejects.toMatchObject(refused('backendUnavailable'));
    await routed(['two']);
    await expect(machine.redeem(id, first.bolt11)).rejects.toMatchObject(refused('paymentInFlight'));
    await routed(['one']);
    expect((await refund(id)).payments).toHaveLength(1);
  });

  test('ends in its time, to the same request too', async () => {
    const { id, first } = await failed('fail');
    await core.db.prisma.cashOutRefund.update({ where: { cashOutId: id }, data: { expiresAt: new Date(Date.now() - 1000) } });
    await expect(machine.redeem(id, first.bolt11)).rejects.toMatchObject(refused('voucherExpired'));
  });
});
