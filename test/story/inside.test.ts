// Payments between our own ledger wallets: the invoice is canceled at its backend before anything is posted, and whoever is first wins.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectSimulated } from '../../src/backends/simulated/backend.ts';
import { simulatedSettings } from '../../src/backends/simulated/settings.ts';
import { createWorlds } from '../../src/backends/simulated/worlds.ts';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { backendId, bolt11Text, hashOf, newPreimage, paymentHash } from '../../src/lightning/values.ts';
import { attemptsForHash } from '../../src/payments/store.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { sql } from '../../src/platform/db.ts';
import { listIncidents } from '../../src/platform/incidents.ts';
import { silentLog } from '../../src/platform/log.ts';
import { type TestCore, testCore, until, walletTerms } from '../support/core.ts';
import { testDatabase } from '../support/database.ts';

let core: TestCore;
let payer: string;
beforeAll(async () => {
  core = await testCore({ workers: false, payments: { waitSeconds: 20 } });
  payer = await core.wallets.ensureWallet(core.accountId, walletTerms('payer', { balanceKind: 'ledger' }));
  await sql(core.db, { name: 'test_fund', text: 'UPDATE wallets SET available_msat = 50000000 WHERE id = $1' }, [payer]);
});
afterAll(() => core.end());
beforeEach(() => core.backend.faults.clear());

const create = (more: object = {}) =>
  core.ask(
    'createInvoice',
    {
      walletId: core.ledgerId,
      amountMsat: 1_000_000n,
      memo: null,
      descriptionHash: null,
      expirySeconds: null,
      externalId: null,
      webhookUrl: null,
      ...more,
    },
    core.asking(),
  );
const send = (bolt11: string, { walletId = payer, waitSeconds = null as number | null } = {}) =>
  core.ask(
    'sendPayment',
    { walletId, bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null },
    core.asking({ who: { ...core.who, waitSeconds } }),
  );
const available = async (id: string): Promise<bigint> => (await core.wallets.available([id])).get(id) ?? -1n;
const sum = async (): Promise<bigint> => (await available(payer)) + (await available(core.ledgerId));
// Twice: a worker sweeps too, and the first may be a sweep of its own that had claimed its rows before.
const sweep = async (hash: string) => {
  for (let times = 0; times < 2; times++) {
    for (const table of ['invoices', 'attempts']) {
      const text = `UPDATE ${table} SET next_check_at = now() - interval '1 second' WHERE payment_hash = $1 AND next_check_at IS NOT NULL`;
      await sql(core.db, { name: `test_due_${table}`, text }, [hash]);
    }
    await core.sweep.once();
  }
};

describe('inside', () => {
  test('trap: internal payment must cancel the backend invoice: it moves the amount, costs nothing, and leaves nothing to pay there', async () => {
    const [before, total] = [await available(payer), await sum()];
    const invoice = await create();
    const answer = await send(invoice.bolt11);
    expect(answer).toMatchObject({ is: 'succeeded', transaction: { kind: 'intraledger', feeMsat: 0n, status: 'success' } });
    expect(hashOf(answer.payment?.preimage as never)).toBe(invoice.paymentHash);
    expect(await available(payer)).toBe(before - 1_000_000n);
    expect(await sum()).toBe(total);
    expect((await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) })).is).toBe('failed');
    expect(await core.reads.transactionsByHash([core.ledgerId], invoice.paymentHash)).toMatchObject([
      { kind: 'intraledger', direction: 'receive' },
    ]);
    expect((await send(invoice.bolt11)).is).toBe('alreadyPaid');
  });

  test('posts nothing until the backend has canceled, and then without a hand', async () => {
    const [before, total] = [await available(payer), await sum()];
    const invoice = await create();
    core.backend.faults.next('cancelInvoice', { is: 'dropRequest' });
    expect((await send(invoice.bolt11, { waitSeconds: 0.5 })).is).toBe('pending');
    expect(await available(core.ledgerId)).toBe(total - before);
    await until('both sides', async () => {
      await sweep(invoice.paymentHash);
      return (await attemptsForHash(core.db, invoice.paymentHash))[0]?.state === 'succeeded';
    });
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.settledBy).toBe('inside');
    expect(await available(payer)).toBe(before - 1_000_000n);
    expect(await sum()).toBe(total);
  });

  test('is told to a person, once, when the backend has not canceled for an hour; and ends by itself when it is back', async () => {
    const [before, total] = [await available(payer), await sum()];
    const invoice = await create();
    core.backend.faults.always('cancelInvoice', { is: 'dropRequest' });
    expect((await send(invoice.bolt11, { waitSeconds: 0.5 })).is).toBe('pending');
    const told = async () => (await listIncidents(core.db, false)).filter(({ subject }) => subject === invoice.paymentHash);
    await sweep(invoice.paymentHash);
    expect(await told()).toEqual([]);
    const text = `UPDATE attempts SET created_at = created_at - interval '61 minutes' WHERE payment_hash = $1`;
    await sql(core.db, { name: 'test_older_attempt', text }, [invoice.paymentHash]);
    await sweep(invoice.paymentHash);
    await until('a person is told', async () => (await told()).length > 0);
    expect(await told()).toMatchObject([{ kind: 'invoice.cancelingTooLong', detail: { backendId: 'one' } }]);
    core.backend.faults.clear();
    await until('both sides', async () => {
      await sweep(invoice.paymentHash);
      return (await attemptsForHash(core.db, invoice.paymentHash))[0]?.state === 'succeeded';
    });
    expect(await available(payer)).toBe(before - 1_000_000n);
    expect(await sum()).toBe(total);
  });

  test('refuses, and gives everything back, when somebody outside was first', async () => {
    const before = await available(payer);
    const invoice = await create();
    // Paid at the backend, and we have not heard of it yet.
    expect((await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) })).is).toBe('succeeded');
    expect((await send(invoice.bolt11)).is).toBe('failed');
    expect(await available(payer)).toBe(before);
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.state).toBe('settled');
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.settledBy).toBe('backend');
  });

  test('is not posted because a look-up does not find what the backend has just called settled', async () => {
    const before = await available(payer);
    const invoice = await create();
    expect((await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) })).is).toBe('succeeded');
    core.backend.faults.next('findInvoice', { is: 'notFound' });
    await send(invoice.bolt11, { waitSeconds: 0.5 });
    await until('an end', async () => {
      await sweep(invoice.paymentHash);
      return (await attemptsForHash(core.db, invoice.paymentHash))[0]?.state !== 'sending';
    });
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.settledBy).toBe('backend');
    expect(await available(payer)).toBe(before);
  });

  test('seventy races of a payer inside with one outside: one of them pays, never both', async () => {
    for (let round = 0; round < 70; round++) {
      const [before, mine] = [await sum(), await available(payer)];
      const invoice = await create({ amountMsat: 1_000n });
      const [inside, outside] = await Promise.all([
        send(invoice.bolt11),
        core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) }),
      ]);
      await until('an end', async () => {
        await sweep(invoice.paymentHash);
        return (await attemptsForHash(core.db, invoice.paymentHash))[0]?.state !== 'sending';
      });
      const paidInside = (await attemptsForHash(core.db, invoice.paymentHash))[0]?.state === 'succeeded';
      expect(paidInside).toBe(outside.is !== 'succeeded');
      expect(await available(payer)).toBe(paidInside ? mine - 1_000n : mine);
      expect(await sum()).toBe(paidInside ? before : before + 1_000n);
      expect(['succeeded', 'failed', 'pending']).toContain(inside.is);
    }
  });

  test('is refused, and nothing waits, while the backend of the invoice is not there or is another node', async () => {
    const db = await testDatabase();
    const worlds = createWorlds();
    const third = (node: string) => {
      const settings = simulatedSettings.parse({ latencyMs: 1, blockSeconds: 0, node });
      return connectSimulated(backendId('three'), settings, { log: silentLog, clock: systemClock, worlds });
    };
    const asking = { memo: null, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null };
    const sendIn = (life: TestCore, walletId: string, bolt11: string) =>
      life.ask('sendPayment', { walletId, bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null }, life.asking());

    const first = await testCore({ db, worlds, workers: false, more: [await third('three')] });
    const terms = walletTerms('from', { balanceKind: 'ledger' });
    const from = await first.wallets.ensureWallet(first.accountId, terms);
    const to = await first.wallets.ensureWallet(first.accountId, walletTerms('to', { balanceKind: 'ledger', receiveRoute: ['three'] }));
    await sql(db, { name: 'test_fund', text: 'UPDATE wallets SET available_msat = 50000000 WHERE id = $1' }, [from]);
    const { bolt11, paymentHash: hash } = await first.ask(
      'createInvoice',
      { walletId: to, amountMsat: 1_000_000n, ...asking },
      first.asking(),
    );
    await first.end();

    for (const more of [[], [await third('another')]]) {
      const life = await testCore({ db, worlds, workers: false, more });
      await expect(sendIn(life, from, bolt11)).rejects.toMatchObject({ refusal: { is: 'backendUnavailable' } });
      expect(await attemptsForHash(db, hash)).toEqual([]);
      expect((await life.wallets.available([from])).get(from)).toBe(50_000_000n);
      expect((await invoiceByHash(db, hash))?.state).toBe('open');
      await life.end();
    }

    const last = await testCore({ db, worlds, workers: false, more: [await third('three')] });
    expect(await sendIn(last, from, bolt11)).toMatchObject({ is: 'succeeded', transaction: { kind: 'intraledger' } });
    expect((await last.wallets.available([from, to])).get(to)).toBe(1_000_000n);
    await last.end();
    await db.close();
  });

  test('is never taken for a hash that only looks like ours', async () => {
    // Somebody outside repeats the hash of our invoice in a request of their own: paying it must not touch ours.
    const invoice = await create();
    const theirs = core.backend.world.payee.createHoldInvoice({ amount: 1_000_000n as never, hash: paymentHash(invoice.paymentHash) });
    expect((await send(theirs.bolt11, { waitSeconds: 0.5 })).is).toBe('pending');
    await until('the payee holds it', async () => core.backend.world.payee.look(theirs).state === 'held');
    core.backend.world.payee.cancel(theirs);
    await until('the end of the payment', async () => {
      await sweep(invoice.paymentHash);
      return (await attemptsForHash(core.db, invoice.paymentHash))[0]?.state === 'failed';
    });
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.state).toBe('open');
    expect(await core.reads.transactionsByHash([core.ledgerId], invoice.paymentHash)).toEqual([]);
  });

  test('is not offered for a node wallet, nor for a hold invoice', async () => {
    const invoice = await create();
    await expect(send(invoice.bolt11, { walletId: core.walletId })).rejects.toMatchObject({ refusal: { is: 'selfPayment' } });
    const held = await core.ask(
      'createHoldInvoice',
      {
        walletId: core.ledgerId,
        amountMsat: 1_000n,
        memo: null,
        descriptionHash: null,
        expirySeconds: 600,
        externalId: null,
        paymentHash: hashOf(newPreimage()),
        longestHoldSeconds: null,
        onDeadline: 'cancel',
      },
      core.asking(),
    );
    await expect(send(held.bolt11)).rejects.toMatchObject({ refusal: { is: 'selfPayment' } });
  });
});
