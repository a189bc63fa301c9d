// The edges of an invoice, each by the fact or the intention that takes it, over a real database and a simulated network.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InvoiceSighting } from '../../src/backends/port.ts';
import { observeInvoice } from '../../src/invoices/observe.ts';
import { type InvoiceEvent, type InvoiceState, invoiceAlarms, invoiceTable } from '../../src/invoices/states.ts';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { bolt11Text, msat } from '../../src/lightning/values.ts';
import { sql } from '../../src/platform/db.ts';
import { incidentsAbout } from '../../src/platform/incidents.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ workers: false });
});
afterAll(() => core.end());
beforeEach(() => core.backend.faults.clear());

const input = (more: object = {}) => ({
  walletId: core.walletId,
  amountMsat: 1_000_000n,
  memo: null,
  descriptionHash: null,
  expirySeconds: null,
  externalId: null,
  webhookUrl: null,
  ...more,
});
const create = (more: object = {}) => core.ask('createInvoice', input(more), core.asking());
const put = (hash: string, state: InvoiceState) =>
  sql(
    core.db,
    {
      name: 'test_put',
      text: `UPDATE invoices SET state = $2, received_msat = CASE WHEN $2 = 'settled' THEN 5 END, settled_at = CASE WHEN $2 = 'settled' THEN now() END WHERE payment_hash = $1`,
    },
    [hash, state],
  );
const identity = async (hash: string) => (await invoiceByHash(core.db, hash))?.backendIdentity ?? '';

const facts = {
  sawHeld: { is: 'held', received: msat(1_000_000n), handle: 'set-1', deadline: {} },
  sawSettled: { is: 'settled', received: msat(1_234_567n), preimage: null },
  sawCanceled: { is: 'canceled' },
} satisfies Partial<Record<InvoiceEvent, InvoiceSighting>>;
const states = Object.keys(invoiceTable) as InvoiceState[];

describe.each(states)('%s', (from) => {
  test.each(Object.keys(facts) as (keyof typeof facts)[])('goes where the table says when %s', async (event) => {
    const invoice = await create();
    await put(invoice.paymentHash, from);
    const seen = { hash: invoice.paymentHash, backendId: 'one', identityKey: await identity(invoice.paymentHash), sighting: facts[event] };
    await observeInvoice(core.deps.invoices, seen);
    const expected = invoiceTable[from][event] ?? from;
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.state).toBe(expected);
    const told = (await incidentsAbout(core.db, invoice.paymentHash)).length > 0;
    expect(told).toBe(invoiceAlarms.has(`${from}:${event}`) || invoiceTable[from][event] === undefined);
    const credited = await core.reads.transactionsByHash([core.walletId], invoice.paymentHash);
    expect(credited.length).toBe(expected === 'settled' && from !== 'settled' ? 1 : 0);
    // The same fact once more changes nothing and credits nothing.
    await observeInvoice(core.deps.invoices, seen);
    expect((await core.reads.transactionsByHash([core.walletId], invoice.paymentHash)).length).toBe(credited.length);
  });
});

describe('a fact', () => {
  test('from another backend, or from another node under the same name, is none of ours', async () => {
    const invoice = await create();
    const seen = {
      hash: invoice.paymentHash,
      backendId: 'one',
      identityKey: await identity(invoice.paymentHash),
      sighting: facts.sawSettled,
    };
    expect(await observeInvoice(core.deps.invoices, { ...seen, backendId: 'two' })).toBeNull();
    expect(await observeInvoice(core.deps.invoices, { ...seen, identityKey: 'f'.repeat(66) })).toBeNull();
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.state).toBe('open');
  });

  test('credits what was received, not what was asked', async () => {
    const invoice = await create();
    await observeInvoice(core.deps.invoices, {
      hash: invoice.paymentHash,
      backendId: 'one',
      identityKey: await identity(invoice.paymentHash),
      sighting: facts.sawSettled,
    });
    expect(await core.reads.transactionsByHash([core.walletId], invoice.paymentHash)).toMatchObject([{ amountMsat: 1_234_567n }]);
  });

  test('told fifty times at once credits once', async () => {
    const invoice = await create({ walletId: core.ledgerId });
    const before = (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? 0n;
    const seen = {
      hash: invoice.paymentHash,
      backendId: 'one',
      identityKey: await identity(invoice.paymentHash),
      sighting: facts.sawSettled,
    };
    await Promise.all(Array.from({ length: 50 }, () => observeInvoice(core.deps.invoices, seen)));
    expect((await core.wallets.available([core.ledgerId])).get(core.ledgerId)).toBe(before + 1_234_567n);
  });
});

describe('the sweep', () => {
  // Twice: a worker sweeps too, and the first may be a sweep of its own that had claimed its rows before.
  const sweep = async (hash: string): Promise<void> => {
    const text = `UPDATE invoices SET next_check_at = now() - interval '1 second' WHERE payment_hash = $1 AND next_check_at IS NOT NULL`;
    for (let times = 0; times < 2; times++) {
      await sql(core.db, { name: 'test_due_invoice', text }, [hash]);
      await core.sweep.once();
    }
  };

  test('finds a settlement that no stream told of', async () => {
    const invoice = await create();
    expect((await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) })).is).toBe('succeeded');
    await sweep(invoice.paymentHash);
    expect((await core.reads.statusByHash(invoice.paymentHash))?.status).toBe('PAID');
  });

  test('carries a cancellation out when the backend did not answer at first', async () => {
    const invoice = await create();
    core.backend.faults.next('cancelInvoice', { is: 'dropRequest' });
    await expect(
      core.ask('cancelInvoice', { walletId: core.walletId, paymentHash: invoice.paymentHash }, core.asking()),
    ).rejects.toMatchObject({ refusal: { is: 'backendUnavailable' } });
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.state).toBe('canceling');
    await until('canceled', async () => {
      await sweep(invoice.paymentHash);
      return (await invoiceByHash(core.db, invoice.paymentHash))?.state === 'canceled';
    });
    expect((await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) })).is).toBe('failed');
  });

  test('asks again and again while the backend is away, and never gives an answer of its own', async () => {
    const invoice = await create();
    const back = core.backend.faults.always('findInvoice', { is: 'dropRequest' });
    await sweep(invoice.paymentHash);
    await sweep(invoice.paymentHash);
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.nextCheckAt).not.toBeNull();
    back();
  });
});

describe('a creation', () => {
  test('goes on to the next backend of the route when the first is silent', async () => {
    core.backend.faults.next('createInvoice', { is: 'dropRequest' });
    const invoice = await create({ walletId: core.twoWalletId });
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.backendId).toBe('two');
  });

  test('refuses an expiry out of its range instead of silently taking another', async () => {
    for (const expirySeconds of [0, 59, 86_401, 1e12]) {
      await expect(create({ expirySeconds })).rejects.toMatchObject({ refusal: { is: 'invalidInput', field: 'expirySeconds' } });
    }
  });

  test('with an idempotency key happens once, also for fifty at once', async () => {
    const asking = core.asking({ key: '5c5e0b5e-0000-4000-8000-000000000002' });
    const made = await Promise.all(Array.from({ length: 50 }, () => core.ask('createInvoice', input({ memo: 'once' }), asking)));
    expect(new Set(made.map((one) => one.id)).size).toBe(1);
    await expect(core.ask('createInvoice', input({ memo: 'other' }), asking)).rejects.toMatchObject({
      refusal: { is: 'idempotencyConflict' },
    });
  });

  test('takes an external id once', async () => {
    await create({ externalId: 'order-1' });
    await expect(create({ externalId: 'order-1' })).rejects.toMatchObject({ refusal: { is: 'externalIdTaken' } });
  });

  test('on behalf of a wallet needs its owner to allow it, and is limited', async () => {
    const stranger = core.asking({ who: null, from: '203.0.113.9' });
    await expect(core.ask('createInvoiceOnBehalf', input(), stranger)).rejects.toMatchObject({ refusal: { is: 'notFound' } });
    for (let i = 0; i < 60; i++) await core.ask('createInvoiceOnBehalf', input({ walletId: core.ledgerId }), stranger);
    await expect(core.ask('createInvoiceOnBehalf', input({ walletId: core.ledgerId }), stranger)).rejects.toMatchObject({
      refusal: { is: 'tooManyRequests' },
    });
  });
});
