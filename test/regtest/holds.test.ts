// Hold invoices, cash-outs and late settlement on real nodes, through the gateway's own process and door: what is held, settled and given
// back is what payer and node say, across SIGKILL, without a block and with too many of them.
import { cancelHodlInvoice, createHodlInvoice, createInvoice, getClosedChannels, getInvoice, getWalletInfo } from 'ln-service';
import { describe, expect, test } from 'vitest';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { hashOf, newPreimage } from '../../src/lightning/values.ts';
import { statusOf, walletAt } from '../support/operations.ts';
import { configOn, lndBackend, useGateway } from './gatewayBench.ts';
import { payFrom, settlementAt } from './people.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { a, b, c } = network.nodes;
const windowSeconds = 20;
const { accounts, ...config } = configOn(lndBackend(a));
const late = { name: 'late', backend: 'main', settleAfter: windowSeconds };
const { gateway, door, anyone, wallet, checkBooks } = await useGateway(network, {
  ...config,
  accounts: accounts.map((account) => ({ ...account, wallets: [...account.wallets, late] })),
});
const { walletId } = wallet;

interface Hold {
  readonly paymentHash: string;
  readonly paymentRequest: string;
  readonly status: string;
  readonly preimage: string | null;
  readonly receivedSatoshis: number | null;
  readonly deadline: { readonly height: number | null; readonly blocksLeft: number | null } | null;
}
interface CashOut {
  readonly id: string;
  readonly status: string;
  readonly paymentRequest: string;
  readonly invoice: Hold;
  readonly refund: { readonly status: string; readonly satoshis: number } | null;
}
interface Answer<T> {
  readonly answer: { readonly errors: readonly { readonly code: string }[] } & T;
}

const holdFields = '{ paymentHash paymentRequest status preimage receivedSatoshis deadline { height blocksLeft } }';
const cashFields = `{ id status paymentRequest invoice ${holdFields} refund { status satoshis } }`;
const mutate = async <T>(
  name: string,
  type: string,
  of: { readonly input: object; readonly select: string },
): Promise<Answer<T>['answer']> =>
  (
    await door.ask<Answer<T>>(`mutation m($input: ${type}!) { answer: ${name}(input: $input) { errors { code message } ${of.select} } }`, {
      input: of.input,
    })
  ).answer;
const onHold = (name: string, input: object) =>
  mutate<{ invoice: Hold | null }>(`lnHoldInvoice${name}`, `LnHoldInvoice${name}Input`, { input, select: `invoice ${holdFields}` });
const onCash = (name: string, input: object) =>
  mutate<{ cashOut: CashOut | null }>(`cashOut${name}`, `CashOut${name}Input`, { input, select: `cashOut ${cashFields}` });

const create = async (more: object = {}): Promise<Hold> => {
  const { errors, invoice } = await onHold('Create', { walletId, amount: 2_000, ...more });
  expect(errors).toEqual([]);
  return invoice ?? expect.fail('no invoice');
};
const look = async (paymentHash: string): Promise<Hold> =>
  (
    await door.ask<{ lnHoldInvoice: Hold }>(`query q($h: PaymentHash!) { lnHoldInvoice(paymentHash: $h) ${holdFields} }`, {
      h: paymentHash,
    })
  ).lnHoldInvoice;
const becomes = (paymentHash: string, status: string, ms = 60_000) =>
  waitUntil(`the hold ${status}`, async () => (await look(paymentHash)).status === status, ms);
/** Somebody outside pays: `paid`, or `failed` when the money comes back. */
const pay = (request: string): Promise<'paid' | 'failed'> =>
  payFrom(b, request).then(
    () => 'paid' as const,
    () => 'failed' as const,
  );
const held = async (more: object = {}) => {
  const hold = await create(more);
  const paid = pay(hold.paymentRequest);
  await becomes(hold.paymentHash, 'HELD');
  return { hold, paid, of: { walletId, paymentHash: hold.paymentHash } };
};
const closed = async () => (await getClosedChannels({ lnd: a.lnd })).channels.length;

describe('a hold', () => {
  test('is settled by hash, and told to who follows it', async () => {
    const hold = await create();
    const stream = door.overWs<{ lnHoldInvoice: { invoice: Hold } }>(
      `subscription s($h: PaymentHash!) { lnHoldInvoice(paymentHash: $h) { errors { code } invoice ${holdFields} } }`,
      { h: hold.paymentHash },
    );
    await stream.find('OPEN first', ({ lnHoldInvoice }) => lnHoldInvoice.invoice.status === 'OPEN');
    const paid = pay(hold.paymentRequest);
    const { lnHoldInvoice } = await stream.find('HELD', (event) => event.lnHoldInvoice.invoice.status === 'HELD');
    expect(lnHoldInvoice.invoice).toMatchObject({ preimage: null, receivedSatoshis: 2_000 });
    expect(lnHoldInvoice.invoice.deadline?.blocksLeft).toBeGreaterThanOrEqual(6);
    expect((await onHold('Settle', { walletId, paymentHash: hold.paymentHash })).errors).toEqual([]);
    expect(await paid).toBe('paid');
    await stream.over();
    expect(await settlementAt(a, hold.paymentHash)).toMatchObject({ settled: true, msat: 2_000_000n });
    expect((await look(hold.paymentHash)).preimage).toMatch(/^[0-9a-f]{64}$/);
  });

  test('under a caller’s hash is settled by the preimage alone', async () => {
    const secret = newPreimage();
    const { paid, of } = await held({ paymentHash: hashOf(secret) });
    expect((await onHold('Settle', { ...of, preimage: newPreimage() })).errors).toMatchObject([{ code: 'WRONG_PREIMAGE' }]);
    expect((await onHold('Settle', of)).errors).toMatchObject([{ code: 'PREIMAGE_REQUIRED' }]);
    expect((await onHold('Settle', { ...of, preimage: secret })).errors).toEqual([]);
    expect(await paid).toBe('paid');
  });

  test('under the hash of a request elsewhere pays that request, by the same node, and is settled with what it brings (a swap)', async () => {
    const target = await createInvoice({ lnd: c.lnd, tokens: 1_900 });
    const { hold, paid, of } = await held({ paymentHash: target.id });
    expect(await wallet.pay(hold.paymentRequest)).toMatchObject({ status: 'FAILURE', errors: [{ code: 'CANT_PAY_SELF' }] });
    expect(await wallet.pay(target.request)).toMatchObject({ status: 'SUCCESS' });
    expect((await look(hold.paymentHash)).status).toBe('HELD');
    expect((await onHold('Settle', { ...of, preimage: target.secret })).errors).toEqual([]);
    expect(await paid).toBe('paid');
    expect(await settlementAt(c, target.id)).toMatchObject({ settled: true, msat: 1_900_000n });
    expect(await settlementAt(a, target.id)).toMatchObject({ settled: true, msat: 2_000_000n });
  });

  test('of another program is not taken for one of ours by who repeats its hash and its terms', async () => {
    const secret = newPreimage();
    const ours = await create({ longestHold: 600, memo: 'swap' });
    const decoded = decodeBolt11(ours.paymentRequest);
    if (decoded.is !== 'decoded') throw new Error(decoded.why);
    const { createdAt, expiresAt, finalCltvDelta } = decoded.invoice;
    const lifeMs = expiresAt.getTime() - createdAt.getTime();
    const equal = {
      tokens: 2_000,
      description: 'swap',
      cltv_delta: finalCltvDelta,
      expires_at: new Date(Date.now() + lifeMs).toISOString(),
    };
    const foreign = await createHodlInvoice({ lnd: a.lnd, id: hashOf(secret), ...equal });
    const asked = { walletId, amount: 2_000, longestHold: 600, memo: 'swap', paymentHash: hashOf(secret) };
    expect((await onHold('Create', asked)).errors).toMatchObject([{ code: 'HASH_IN_USE' }]);
    const paid = pay(foreign.request);
    await waitUntil('the foreign hold', async () => (await getInvoice({ lnd: a.lnd, id: hashOf(secret) })).is_held === true);
    expect((await onHold('Create', asked)).errors).toMatchObject([{ code: 'HASH_IN_USE' }]);
    await cancelHodlInvoice({ lnd: a.lnd, id: hashOf(secret) });
    expect(await paid).toBe('failed');
  });

  test('is canceled, and the payer has the money back', async () => {
    const { hold, paid, of } = await held();
    expect((await onHold('Cancel', of)).errors).toEqual([]);
    expect(await paid).toBe('failed');
    await becomes(hold.paymentHash, 'CANCELED');
    expect((await onHold('Settle', of)).errors).toMatchObject([{ code: 'HOLD_CANCELED' }]);
  });

  test('is given back by the clock when its longest time is over, with no block mined', async () => {
    const height = (await getWalletInfo({ lnd: a.lnd })).current_block_height;
    const { hold, paid } = await held({ longestHold: 30 });
    expect(await paid).toBe('failed');
    await becomes(hold.paymentHash, 'CANCELED');
    expect((await getWalletInfo({ lnd: a.lnd })).current_block_height).toBe(height);
  });

  test('is given back before the node would, when blocks come too fast, and no channel closes', async () => {
    const before = await closed();
    const { hold, paid } = await held({ longestHold: 3_600 });
    await network.mine((await look(hold.paymentHash)).deadline?.blocksLeft ?? 0);
    expect(await paid).toBe('failed');
    await becomes(hold.paymentHash, 'CANCELED');
    expect(await closed()).toBe(before);
  });

  test('of ten at once: half are settled, half are given back', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => held({ amount: 1_100 })));
    const ends = await Promise.all(all.map(({ of }, index) => onHold(index % 2 === 0 ? 'Settle' : 'Cancel', of)));
    expect(ends.flatMap(({ errors }) => errors)).toEqual([]);
    expect(await Promise.all(all.map(({ paid }) => paid))).toEqual(all.map((_, index) => (index % 2 === 0 ? 'paid' : 'failed')));
  });

  test('outlives SIGKILL: what was held is still held, and what was asked is done', async () => {
    const [settled, canceled] = [await held(), await held()];
    await gateway.kill();
    await gateway.start();
    for (const { hold } of [settled, canceled]) expect((await look(hold.paymentHash)).status).toBe('HELD');
    await Promise.all([onHold('Settle', settled.of), onHold('Cancel', canceled.of)]);
    expect([await settled.paid, await canceled.paid]).toEqual(['paid', 'failed']);
  });

  test('trap: ACCEPTED before start-up is not re-announced: what was paid while the gateway was down is HELD after its start', async () => {
    const hold = await create();
    await gateway.kill();
    const paid = pay(hold.paymentRequest);
    await waitUntil('the node to hold it', async () => (await getInvoice({ lnd: a.lnd, id: hold.paymentHash })).is_held === true);
    await gateway.start();
    await becomes(hold.paymentHash, 'HELD');
    expect((await onHold('Settle', { walletId, paymentHash: hold.paymentHash })).errors).toEqual([]);
    expect(await paid).toBe('paid');
  });

  test('outlives SIGKILL in every other state: open, settling, canceling, settled, canceled', async () => {
    const [open, done, undone] = [await create(), await held(), await held()];
    await Promise.all([onHold('Settle', done.of), onHold('Cancel', undone.of)]);
    const [settling, canceling] = [await held(), await held()];
    // Asked, stored, and killed as soon as the row can say so; whether the node was asked already nobody knows.
    for (const asked of [onHold('Settle', settling.of), onHold('Cancel', canceling.of)]) asked.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 12));
    await gateway.kill();
    await gateway.start();
    // What was not stored is asked again, as its client would.
    await Promise.all([onHold('Settle', settling.of), onHold('Cancel', canceling.of)]);
    expect([await settling.paid, await canceling.paid]).toEqual(['paid', 'failed']);
    for (const [{ hold }, status] of [
      [done, 'SETTLED'],
      [undone, 'CANCELED'],
      [settling, 'SETTLED'],
      [canceling, 'CANCELED'],
    ] as const)
      await becomes(hold.paymentHash, status);
    expect((await look(open.paymentHash)).status).toBe('OPEN');
    expect((await onHold('Cancel', { walletId, paymentHash: open.paymentHash })).errors).toEqual([]);
    await becomes(open.paymentHash, 'CANCELED');
    expect(await pay(open.paymentRequest)).toBe('failed');
  });

  test('of another program on the same node is left alone', async () => {
    const secret = newPreimage();
    const { request } = await createHodlInvoice({ lnd: a.lnd, id: hashOf(secret), cltv_delta: 80, tokens: 1_300 });
    const paid = pay(request);
    const isHeld = async () => (await getInvoice({ lnd: a.lnd, id: hashOf(secret) })).is_held === true;
    await waitUntil('the foreign hold', isHeld);
    const ours = await held({ longestHold: 3_600 });
    await network.mine((await look(ours.hold.paymentHash)).deadline?.blocksLeft ?? 0);
    expect(await ours.paid).toBe('failed');
    await gateway.kill();
    await gateway.start();
    await becomes(ours.hold.paymentHash, 'CANCELED');
    expect(await isHeld()).toBe(true);
    // It looks at what the node holds once a minute.
    const isTold = async () => (await gateway.cli('incidents', '--json')).out.includes(hashOf(secret));
    await waitUntil('the incident', isTold, 90_000);
    expect((await gateway.cli('incidents')).out).toContain('hold.unknown');
    expect(await isHeld()).toBe(true);
    await cancelHodlInvoice({ lnd: a.lnd, id: hashOf(secret) });
    expect(await paid).toBe('failed');
  });
});

describe('a cash-out', () => {
  const ready = async (more: object = {}) => {
    const { errors, cashOut } = await onCash('Create', { walletId, amount: 4_000, ...more });
    expect(errors).toEqual([]);
    const { id, paymentRequest, invoice } = cashOut ?? expect.fail('no cash-out');
    const paid = pay(paymentRequest);
    await becomes(invoice.paymentHash, 'HELD');
    return { id, paid, hash: invoice.paymentHash };
  };
  const started = async (more: object = {}) => {
    const found = await ready(more);
    expect((await onCash('StartDispense', { id: found.id })).errors).toEqual([]);
    return found;
  };
  const status = async (id: string) =>
    (await door.ask<{ cashOut: CashOut }>(`query q($id: ID!) { cashOut(id: $id) ${cashFields} }`, { id })).cashOut;

  test('that gave all is settled, one that gave nothing is given back', async () => {
    const [full, none] = [await started(), await started()];
    expect((await onCash('ReportDispense', { id: full.id, result: 'FULL' })).errors).toEqual([]);
    expect((await onCash('ReportDispense', { id: none.id, result: 'NONE' })).errors).toEqual([]);
    expect([await full.paid, await none.paid]).toEqual(['paid', 'failed']);
    expect([(await status(full.id)).status, (await status(none.id)).status]).toEqual(['DISPENSED', 'NOT_DISPENSED']);
  });

  test('that gave a part pays the rest back once, to a request of the customer’s', async () => {
    const { id, paid } = await started();
    await onCash('ReportDispense', { id, result: 'PARTIAL', dispensed: 2_500 });
    expect(await paid).toBe('paid');
    await waitUntil('the refund', async () => (await status(id)).refund?.status === 'OPEN');
    const [request, other] = [await createInvoice({ lnd: b.lnd, tokens: 1_500 }), await createInvoice({ lnd: b.lnd, tokens: 1_500 })];
    const redeemed = await onCash('RefundRedeem', { id, paymentRequest: request.request });
    expect(redeemed).toMatchObject({ errors: [], cashOut: { refund: { status: 'PAID', satoshis: 1_500 } } });
    expect((await onCash('RefundRedeem', { id, paymentRequest: other.request })).errors).toMatchObject([{ code: 'REFUND_USED' }]);
    expect(await settlementAt(b, request.id)).toMatchObject({ settled: true });
    expect(await settlementAt(b, other.id)).toMatchObject({ settled: false });
  });

  test('that is not started in time is given back; one without a report is settled', async () => {
    const silent = await ready({ startWithin: 10 });
    expect((await onCash('StartDispense', { id: crypto.randomUUID() })).errors).toMatchObject([{ code: 'CASH_OUT_NOT_FOUND' }]);
    expect(await silent.paid).toBe('failed');
    const unreported = await started({ dispenseWithin: 10 });
    expect(await unreported.paid).toBe('paid');
    await waitUntil('unreported', async () => (await status(unreported.id)).status === 'UNREPORTED');
    expect((await gateway.cli('incidents')).out).toContain('cashOut.dispensing:unreported');
  });

  test('outlives SIGKILL between start and report: started once, settled once', async () => {
    const { id, paid } = await started();
    await gateway.kill();
    await gateway.start();
    expect((await onCash('StartDispense', { id })).errors).toMatchObject([{ code: 'CASH_OUT_STARTED' }]);
    expect((await onCash('ReportDispense', { id, result: 'FULL' })).errors).toEqual([]);
    expect(await paid).toBe('paid');
    expect((await onCash('ReportDispense', { id, result: 'FULL' })).errors).toEqual([]);
  });

  test('by blocks at its deadline is settled, never given back', async () => {
    const { id, paid, hash } = await started();
    await network.mine((await look(hash)).deadline?.blocksLeft ?? 0);
    expect(await paid).toBe('paid');
    await waitUntil('unreported', async () => (await status(id)).status === 'UNREPORTED');
  });
});

test('in the end the books say what the nodes say', checkBooks);

describe('a wallet that settles late, asked as Lamassu asks', () => {
  test('says PAID while it is held, and settles by itself; or an admin undoes it in time', async () => {
    const id = await gateway.walletId('late');
    const machine = walletAt(gateway.door(await gateway.key({ wallet: 'late' })), id);
    const admin = gateway.door(await gateway.key({ account: 'operator' }, { scopes: 'ADMIN' }));
    const kept = await machine.invoice(3_000);
    const keptPayment = pay(kept.paymentRequest);
    await waitUntil('PAID', async () => (await statusOf(anyone, kept.paymentRequest)) === 'PAID');
    expect((await getInvoice({ lnd: a.lnd, id: kept.paymentHash })).is_held).toBe(true);
    const undone = await machine.invoice(3_100);
    const undonePayment = pay(undone.paymentRequest);
    await waitUntil('PAID', async () => (await statusOf(anyone, undone.paymentRequest)) === 'PAID');
    const undo =
      'mutation u($input: LnHoldInvoiceCancelInput!) { lnHoldInvoiceCancel(input: $input) { errors { code } invoice { status } } }';
    const { lnHoldInvoiceCancel } = await admin.ask<{ lnHoldInvoiceCancel: { errors: readonly unknown[] } }>(undo, {
      input: { walletId: id, paymentHash: undone.paymentHash },
    });
    expect(lnHoldInvoiceCancel.errors).toEqual([]);
    expect(await undonePayment).toBe('failed');
    expect(await keptPayment).toBe('paid');
    expect(await settlementAt(a, kept.paymentHash)).toMatchObject({ settled: true, msat: 3_000_000n });
    expect((await machine.transactions()).map(({ settlementAmount }) => settlementAmount)).toEqual([3_000]);
  });
});
