// A wallet that settles late, asked as the unmodified Lamassu asks: an invoice over an amount, then its status by the request, over and
// over. HELD is told as PAID; a jam can be undone by an admin until the gateway settles.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CreateInvoice } from '../../src/commands/table.ts';
import { invoiceByHash } from '../../src/invoices/store.ts';
import type { InvoiceView } from '../../src/invoices/view.ts';
import { bolt11Text } from '../../src/lightning/values.ts';
import { sql } from '../../src/platform/db.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
let walletId: string;
const windowSeconds = 45;

beforeAll(async () => {
  core = await testCore();
  walletId = await core.wallets.ensureWallet(core.accountId, {
    name: 'late',
    balanceKind: 'ledger',
    receiveRoute: ['one'],
    payRoute: ['one'],
    acceptFixedAmount: true,
    keylessCreate: true,
    defaultExpirySeconds: 600,
    defaultFeeLimitPpm: null,
    settleAfterSeconds: windowSeconds,
  });
});
afterAll(() => core.end());
beforeEach(() => core.backend.faults.clear());

// galoy.js sends wallet and amount, and nothing else.
const order = (more: Partial<CreateInvoice> = {}): CreateInvoice => ({
  walletId,
  amountMsat: 21_000_000n,
  memo: null,
  descriptionHash: null,
  expirySeconds: null,
  externalId: null,
  webhookUrl: null,
  ...more,
});
const create = (more: Partial<CreateInvoice> = {}): Promise<InvoiceView> => core.ask('createInvoice', order(more), core.asking());
const pay = (invoice: InvoiceView) => core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) });
const poll = async (invoice: InvoiceView) => (await core.reads.statusByRequest(invoice.bolt11)).status;
const paid = (invoice: InvoiceView) => until('PAID', async () => (await poll(invoice)) === 'PAID');
const row = async (invoice: InvoiceView) => (await invoiceByHash(core.db, invoice.paymentHash)) ?? expect.fail('no row');
const reaches = (invoice: InvoiceView, state: string) => until(state, async () => (await row(invoice)).state === state);
const balance = async () => (await core.wallets.available([walletId])).get(walletId) ?? 0n;
const windowIsOver = (invoice: InvoiceView) =>
  sql(core.db, { name: 'test_window_over', text: `UPDATE invoices SET settle_at = now() - interval '1 second' WHERE payment_hash = $1` }, [
    invoice.paymentHash,
  ]);
const admin = () => core.asking({ who: { ...core.who, scopes: new Set(['ADMIN']) } });
const of = (invoice: InvoiceView) => ({ walletId, paymentHash: invoice.paymentHash });

describe('a plain invoice of a wallet that settles late', () => {
  test('is PENDING, then PAID as soon as it is held, and settled when the window is over', async () => {
    const before = await balance();
    const invoice = await create();
    expect(await poll(invoice)).toBe('PENDING');
    const payment = pay(invoice);
    await paid(invoice);
    const held = await row(invoice);
    expect(held.state).toBe('held');
    expect((held.settleAt?.getTime() ?? 0) - (held.heldAt?.getTime() ?? 0)).toBe(windowSeconds * 1000);
    expect((await core.reads.statusByRequest(invoice.bolt11)).preimage).toBeNull();
    expect(await balance()).toBe(before);
    await windowIsOver(invoice);
    await core.deadlines.once();
    expect((await payment).is).toBe('succeeded');
    await reaches(invoice, 'settled');
    expect(await poll(invoice)).toBe('PAID');
    expect(await balance()).toBe(before + 21_000_000n);
  });

  test('tells PAID to a subscriber and by its hash too', async () => {
    const invoice = await create();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { status } of core.reads.watchStatus({ bolt11: invoice.bolt11 }, AbortSignal.timeout(10_000))) seen.push(status);
    })();
    await until('the first status', async () => seen.length === 1);
    const payment = pay(invoice);
    await watching;
    expect(seen).toEqual(['PENDING', 'PAID']);
    expect((await core.reads.statusByHash(invoice.paymentHash))?.status).toBe('PAID');
    await core.ask('cancelHoldInvoice', of(invoice), admin());
    await payment;
  });

  test('is undone by an admin before that, and by nobody else', async () => {
    const before = await balance();
    const invoice = await create();
    const payment = pay(invoice);
    await paid(invoice);
    await expect(core.ask('cancelHoldInvoice', of(invoice), core.asking())).rejects.toMatchObject({
      refusal: { is: 'forbidden', needs: 'ADMIN' },
    });
    await expect(core.ask('cancelInvoice', of(invoice), core.asking())).rejects.toMatchObject({ refusal: { is: 'alreadyProcessed' } });
    expect((await row(invoice)).state).toBe('held');
    await core.ask('cancelHoldInvoice', of(invoice), admin());
    expect((await payment).is).toBe('failed');
    await reaches(invoice, 'canceled');
    expect(await poll(invoice)).toBe('PENDING');
    expect(await balance()).toBe(before);
    await windowIsOver(invoice);
    await core.deadlines.once();
    expect((await row(invoice)).state).toBe('canceled');
  });

  test('is settled before its blocks run out, whatever is left of the window', async () => {
    const invoice = await create();
    const payment = pay(invoice);
    await paid(invoice);
    const left = ((await row(invoice)).deadlineHeight ?? 0) - core.backend.world.network.height();
    core.backend.world.network.mineBlocks(left);
    expect((await payment).is).toBe('succeeded');
    await reaches(invoice, 'settled');
  });

  test('stays PAID while its settlement is in doubt, and is settled by the next answer', async () => {
    const invoice = await create();
    const payment = pay(invoice);
    await paid(invoice);
    core.backend.faults.next('settleHold', { is: 'dropRequest' });
    await windowIsOver(invoice);
    await core.deadlines.once();
    expect((await row(invoice)).state).toBe('settling');
    expect(await poll(invoice)).toBe('PAID');
    await expect(core.ask('cancelHoldInvoice', of(invoice), admin())).rejects.toMatchObject({ refusal: { is: 'wrongState' } });
    await reaches(invoice, 'settled');
    expect((await payment).is).toBe('succeeded');
  });

  test('may be canceled by its own key while nobody has paid', async () => {
    const invoice = await create();
    await core.ask('cancelHoldInvoice', of(invoice), core.asking());
    await reaches(invoice, 'canceled');
  });

  test('is a replay under the same idempotency key, and no second hold', async () => {
    const key = crypto.randomUUID();
    const [one, two] = await Promise.all([0, 1].map(() => core.ask('createInvoice', order(), core.asking({ key }))));
    expect(one?.paymentHash).toBe(two?.paymentHash);
  });
});

describe('what the policy does not touch', () => {
  test('an invoice whose payer chooses the amount, and one made on behalf, are plain', async () => {
    expect((await create({ amountMsat: null })).kind).toBe('plain');
    expect((await core.ask('createInvoiceOnBehalf', order(), core.asking({ who: null }))).kind).toBe('plain');
  });
  test('another wallet', async () => {
    const invoice = await create({ walletId: core.ledgerId });
    expect(invoice).toMatchObject({ kind: 'plain', paidWhenHeld: false });
  });
  test('a hold invoice that was asked for as one reads PENDING while it is held', async () => {
    const hold = await core.ask(
      'createHoldInvoice',
      {
        walletId,
        amountMsat: 1_000_000n,
        memo: null,
        descriptionHash: null,
        expirySeconds: null,
        externalId: null,
        paymentHash: null,
        longestHoldSeconds: null,
        onDeadline: 'cancel',
      },
      core.asking(),
    );
    const payment = pay(hold);
    await reaches(hold, 'held');
    expect(await poll(hold)).toBe('PENDING');
    await core.ask('cancelHoldInvoice', of(hold), core.asking());
    await payment;
  });
});
