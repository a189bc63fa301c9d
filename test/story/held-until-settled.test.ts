// Plain invoices on a backend that holds whatever is paid until it is told to settle, as an lnmux cluster does: to whoever is paid and whoever pays,
// they must be like any other. The simulated network behaves like one: hash and preimage are its own, and it gives a set back after a while.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createInvoice, type InvoiceOrder } from '../../src/invoices/create.ts';
import { createHoldInvoice } from '../../src/invoices/hold.ts';
import { settleHold } from '../../src/invoices/settle.ts';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { statusOf } from '../../src/invoices/view.ts';
import { bolt11Text } from '../../src/lightning/values.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { sql } from '../../src/platform/db.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ simulated: { holdHashFrom: 'backend', heldUntilSettled: true, heldSeconds: 60 } });
});
afterAll(() => core.end());
beforeEach(() => core.backend.faults.clear());

const signal = new AbortController().signal;
const usual = {
  amountMsat: 1_000_000n,
  memo: null,
  descriptionHash: null,
  expirySeconds: 600,
  externalId: null,
  webhookUrl: null,
  asked: null,
};
const orderOf = async (more: Partial<InvoiceOrder> = {}): Promise<InvoiceOrder> => {
  const wallet = await core.wallets.wallet(core.ledgerId);
  if (!wallet) throw new Error('no wallet');
  return { ...usual, wallet, ...more };
};
const create = async (more: Partial<InvoiceOrder> = {}) => createInvoice(core.deps.invoices, await orderOf(more), signal);
const pay = (bolt11: string) => core.backend.world.payer.pay({ bolt11: bolt11Text(bolt11) });
const rowOf = async (hash: string) => {
  const row = await invoiceByHash(core.db, hash);
  if (!row) throw new Error('no such invoice');
  return row;
};
const reaches = (hash: string, wanted: string) => until(wanted, async () => (await rowOf(hash)).state === wanted);
const available = async () => (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? 0n;

describe('a plain invoice', () => {
  test('is settled by us as soon as it is held, and credited once', async () => {
    const before = await available();
    const invoice = await create();
    const row = await rowOf(invoice.paymentHash);
    expect(row.kind).toBe('plain');
    expect(row.preimage).toBeNull();
    expect(row.sealedPreimage).toMatch(/^k\d+\./);
    expect((await pay(invoice.bolt11)).is).toBe('succeeded');
    await reaches(invoice.paymentHash, 'settled');
    expect(await available()).toBe(before + 1_000_000n);
    expect((await rowOf(invoice.paymentHash)).preimage).toMatch(/^[0-9a-f]{64}$/);
  });

  test('at once, by the fact alone: no tick of a clock is waited for', async () => {
    const still: Clock = { ...systemClock, every: () => async () => undefined };
    const quiet = await testCore({ clock: still, simulated: { holdHashFrom: 'backend', heldUntilSettled: true, heldSeconds: 60 } });
    const wallet = await quiet.wallets.wallet(quiet.ledgerId);
    if (!wallet) throw new Error('no wallet');
    const { bolt11 } = await createInvoice(quiet.deps.invoices, { ...usual, wallet }, signal);
    expect((await quiet.backend.world.payer.pay({ bolt11: bolt11Text(bolt11) })).is).toBe('succeeded');
    await quiet.end();
  });

  test('many at once: each is settled and credited', async () => {
    const before = await available();
    const invoices = await Promise.all(Array.from({ length: 25 }, () => create({ amountMsat: 10_000n })));
    const ends = await Promise.all(invoices.map(({ bolt11 }) => pay(bolt11)));
    expect(ends.map((end) => end.is)).toEqual(invoices.map(() => 'succeeded'));
    for (const { paymentHash } of invoices) await reaches(paymentHash, 'settled');
    expect(await available()).toBe(before + 250_000n);
  });

  test('a lost answer to the settlement is doubt, and ends by the word of the backend', async () => {
    const invoice = await create();
    core.backend.faults.next('settleHold', { is: 'dropRequest' });
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'settling');
    expect(statusOf(await rowOf(invoice.paymentHash), new Date())).toBe('PENDING');
    await reaches(invoice.paymentHash, 'settled');
    expect((await paid).is).toBe('succeeded');
  });

  test('held while nobody followed: whoever comes back settles it', async () => {
    const invoice = await create();
    core.backend.restart(300);
    const paid = pay(invoice.bolt11);
    expect((await paid).is).toBe('succeeded');
    await reaches(invoice.paymentHash, 'settled');
  });

  test('that was canceled while it was open is given back when it is paid', async () => {
    const invoice = await create();
    const { cancelInvoice } = await import('../../src/invoices/cancel.ts');
    await cancelInvoice(core.deps.invoices, { walletId: core.ledgerId, paymentHash: invoice.paymentHash }, signal);
    expect((await pay(invoice.bolt11)).is).toBe('failed');
    expect((await rowOf(invoice.paymentHash)).state).toBe('canceled');
  });

  test('is never paid inside: its copy there could still be paid', async () => {
    const { payableInside } = await import('../../src/invoices/inside.ts');
    const invoice = await create();
    expect(payableInside(await rowOf(invoice.paymentHash), new Date())).toBe(false);
  });
});

describe('a hold invoice', () => {
  test('waits for its caller, and keeps the newest handle', async () => {
    const invoice = await createHoldInvoice(
      core.deps.invoices,
      { ...(await orderOf()), paymentHash: null, longestHoldSeconds: 60, onDeadline: 'cancel' },
      signal,
    );
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    const first = (await rowOf(invoice.paymentHash)).heldHandle;
    expect(first).toMatch(/^set-/);
    const { giveUpHeld } = await import('../../src/backends/simulated/invoices.ts');
    giveUpHeld(core.backend.world.network.sim, core.backend.node, invoice.paymentHash);
    expect((await paid).is).toBe('failed');
    await reaches(invoice.paymentHash, 'open');
    expect(await rowOf(invoice.paymentHash)).toMatchObject({ heldHandle: null, heldAt: null, deadlineAt: null });
    const again = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    const second = (await rowOf(invoice.paymentHash)).heldHandle;
    expect(second).not.toBe(first);
    await settleHold(core.deps.invoices, { walletId: core.ledgerId, paymentHash: invoice.paymentHash, preimage: null }, signal);
    expect((await again).is).toBe('succeeded');
  });

  test('for longer than the backend holds, or under a caller’s hash, is refused', async () => {
    const hold = { ...(await orderOf()), paymentHash: null, onDeadline: 'cancel' as const };
    const refusal = { refusal: { is: 'notSupported' } };
    await expect(createHoldInvoice(core.deps.invoices, { ...hold, longestHoldSeconds: 61 }, signal)).rejects.toMatchObject(refusal);
    await expect(
      createHoldInvoice(core.deps.invoices, { ...hold, longestHoldSeconds: 60, paymentHash: 'ab'.repeat(32) }, signal),
    ).rejects.toMatchObject(refusal);
  });

  test('no incident was made by any of this', async () => {
    expect(await sql(core.db, { name: 'test_incidents', text: 'SELECT kind, subject FROM incidents' }, [])).toEqual([]);
  });
});
