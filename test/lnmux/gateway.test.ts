// A whole gateway over an lnmux cluster: wallets that receive by it and pay by nodes of their own, and every row reaching its true end whoever is
// restarted meanwhile.
import { afterEach, expect, test } from 'vitest';
import type { Backend } from '../../src/backends/port.ts';
import { cancelInvoice } from '../../src/invoices/cancel.ts';
import { createInvoice } from '../../src/invoices/create.ts';
import { createHoldInvoice } from '../../src/invoices/hold.ts';
import { settleHold } from '../../src/invoices/settle.ts';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { statusOf } from '../../src/invoices/view.ts';
import { sql } from '../../src/platform/db.ts';
import { balanceReader } from '../../src/wallets/balances.ts';
import { type TestCore, type TestCoreOptions, testCore, testVault, until } from '../support/core.ts';
import { testDatabase } from '../support/database.ts';
import { adapterOn } from './bench.ts';
import { type OurBench, openOurs } from './ours.ts';

const signal = new AbortController().signal;
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Gateway {
  readonly core: TestCore;
  readonly backend: Backend;
  readonly walletId: string;
  end(): Promise<void>;
}

const gatewayOn = async (bench: OurBench, options: TestCoreOptions = {}): Promise<Gateway> => {
  const { backend } = adapterOn(bench);
  const core = await testCore({ ...options, more: [backend] });
  const usual = { acceptFixedAmount: true, keylessCreate: false, defaultExpirySeconds: null, defaultFeeLimitPpm: null };
  const routes = { receiveRoute: ['cluster'], payRoute: ['one', 'two'] };
  const walletId = await core.wallets.ensureWallet(core.accountId, { name: 'clustered', balanceKind: 'node', ...routes, ...usual });
  return { core, backend, walletId, end: core.end };
};
const started = async (options: Parameters<typeof openOurs>[0] = {}) => {
  const bench = await openOurs({ acceptMs: 30_000, ...options });
  open.push(bench.close);
  const gateway = await gatewayOn(bench);
  open.push(gateway.end);
  await until('somebody to listen', async () => bench.server.listeners() === 1);
  return { bench, ...gateway };
};
const usual = {
  amountMsat: 1_000_000n,
  memo: 'a ticket',
  descriptionHash: null,
  expirySeconds: 600,
  externalId: null,
  webhookUrl: null,
  asked: null,
};
const walletOf = async ({ core, walletId }: Pick<Gateway, 'core' | 'walletId'>) => {
  const wallet = await core.wallets.wallet(walletId);
  if (!wallet) throw new Error('no wallet');
  return wallet;
};
const plain = async (gateway: Pick<Gateway, 'core' | 'walletId'>) =>
  createInvoice(gateway.core.deps.invoices, { ...usual, wallet: await walletOf(gateway) }, signal);
const hold = async (gateway: Pick<Gateway, 'core' | 'walletId'>, seconds: number) => {
  const order = {
    ...usual,
    wallet: await walletOf(gateway),
    paymentHash: null,
    longestHoldSeconds: seconds,
    onDeadline: 'cancel' as const,
  };
  return createHoldInvoice(gateway.core.deps.invoices, order, signal);
};
const rowOf = async (core: TestCore, hash: string) => {
  const row = await invoiceByHash(core.db, hash);
  if (!row) throw new Error('no such invoice');
  return row;
};
const reaches = (core: TestCore, hash: string, state: string, ms = 20_000) =>
  until(state, async () => (await rowOf(core, hash)).state === state, ms);
const incidents = (core: TestCore) =>
  sql<{ readonly kind: string }>(core.db, { name: 'test_incidents', text: 'SELECT kind FROM incidents' }, []);

test('a plain invoice is paid as by any other node; the wallet pays by its own nodes, and their balances are its own', async () => {
  const { bench, core, walletId } = await started();
  const invoice = await plain({ core, walletId });
  expect(await bench.pay(invoice.bolt11)).toMatchObject({ is: 'succeeded' });
  await reaches(core, invoice.paymentHash, 'settled');
  const row = await rowOf(core, invoice.paymentHash);
  expect(statusOf(row, new Date())).toBe('PAID');
  expect(row).toMatchObject({ receivedMsat: 1_000_000n, backendId: 'cluster', settledBy: 'backend' });
  const [one, two] = await Promise.all([core.backend.balance(signal), core.second.balance(signal)]);
  expect(await balanceReader(core.wallets, core.registry)([walletId])).toEqual([one.spendable + two.spendable]);
  expect(await incidents(core)).toEqual([]);
});

test('a hold invoice waits for its caller within the time that lnmux gives', async () => {
  const { bench, core, walletId } = await started();
  const invoice = await hold({ core, walletId }, 30);
  const paid = bench.pay(invoice.bolt11);
  await reaches(core, invoice.paymentHash, 'held');
  const row = await rowOf(core, invoice.paymentHash);
  expect(row.heldHandle).toMatch(/^[0-9a-f]{64}$/);
  expect(row.receivedMsat).toBe(1_000_000n);
  const left = (row.deadlineAt?.getTime() ?? 0) - Date.now();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(30_000);
  await settleHold(core.deps.invoices, { walletId, paymentHash: invoice.paymentHash, preimage: null }, signal);
  expect(await paid).toMatchObject({ is: 'succeeded' });
  await reaches(core, invoice.paymentHash, 'settled');
  await expect(hold({ core, walletId }, 31)).rejects.toMatchObject({ refusal: { is: 'notSupported' } });
});

test('a node of the cluster stops after the invoice was made: it is paid through the other; what is more than either can take arrives over both', async () => {
  const { bench, core, walletId } = await started();
  const invoice = await plain({ core, walletId });
  const large = await createInvoice(
    core.deps.invoices,
    { ...usual, amountMsat: bench.needsBoth, wallet: await walletOf({ core, walletId }) },
    signal,
  );
  await bench.stopNode(0);
  expect(await bench.pay(invoice.bolt11)).toMatchObject({ is: 'succeeded', parts: 1 });
  await reaches(core, invoice.paymentHash, 'settled');
  expect(statusOf(await rowOf(core, invoice.paymentHash), new Date())).toBe('PAID');
  await bench.startNode(0);
  const paid = await bench.pay(large.bolt11);
  expect(paid.is === 'succeeded' && paid.parts).toBeGreaterThan(1);
  await reaches(core, large.paymentHash, 'settled');
  expect(await rowOf(core, large.paymentHash)).toMatchObject({ receivedMsat: bench.needsBoth });
  expect(await incidents(core)).toEqual([]);
}, 90_000);

test('canceled while it was open: whatever is paid is given back, and it ends when nobody can pay it any more', async () => {
  const { bench, core, walletId } = await started();
  const invoice = await plain({ core, walletId });
  const canceled = await cancelInvoice(core.deps.invoices, { walletId, paymentHash: invoice.paymentHash }, signal);
  expect(canceled.state).toBe('canceling');
  expect(await bench.pay(invoice.bolt11)).toEqual({ is: 'failed', reason: 'rejectedByPayee' });
  expect((await rowOf(core, invoice.paymentHash)).state).toBe('canceling');
  const over = {
    name: 'test_over',
    text: `UPDATE invoices SET expires_at = now() - interval '10 minutes', next_check_at = now() - interval '1 second' WHERE payment_hash = $1`,
  };
  const unpaid = await plain({ core, walletId });
  for (const { paymentHash } of [invoice, unpaid]) await sql(core.db, over, [paymentHash]);
  for (const { paymentHash } of [invoice, unpaid]) await reaches(core, paymentHash, 'canceled');
  expect(await incidents(core)).toEqual([]);
}, 60_000);

test('lnmux restarted while invoices are open, held, and being settled: each reaches its true end without a hand', async () => {
  const { bench, core, walletId } = await started();
  const [unpaid, held, settling] = [await plain({ core, walletId }), await hold({ core, walletId }, 30), await plain({ core, walletId })];
  const paid = bench.pay(held.bolt11);
  await reaches(core, held.paymentHash, 'held');
  const stuck = bench.pay(settling.bolt11);
  bench.server.cluster.network.setFrozen('node-1', true);
  bench.server.cluster.network.setFrozen('node-2', true);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await bench.restart();
  bench.server.cluster.network.setFrozen('node-1', false);
  bench.server.cluster.network.setFrozen('node-2', false);
  // Held again or given back: what was held says which, and is settled or open accordingly.
  const end = await until(
    'what became of the held one',
    async () => {
      const { state } = await rowOf(core, held.paymentHash);
      if (state === 'open') return 'open';
      const seen = await core.registry
        .get('cluster')
        ?.backend.hold?.find(held.paymentHash as never, signal)
        .catch(() => null);
      return seen?.is === 'held' ? 'held' : null;
    },
    20_000,
  );
  if (end === 'held') await settleHold(core.deps.invoices, { walletId, paymentHash: held.paymentHash, preimage: null }, signal);
  expect((await paid).is).toBe(end === 'held' ? 'succeeded' : 'failed');
  const last = await stuck;
  await until(
    'the third one',
    async () => (await rowOf(core, settling.paymentHash)).state === (last.is === 'succeeded' ? 'settled' : 'open'),
  );
  expect((await bench.pay(unpaid.bolt11)).is).toBe('succeeded');
  await reaches(core, unpaid.paymentHash, 'settled');
}, 90_000);

test('the gateway dies while a payment is held: the next one settles it, and it is credited once', async () => {
  const bench = await openOurs({ acceptMs: 30_000 });
  open.push(bench.close);
  const db = await testDatabase();
  open.push(() => db.close());
  const vault = testVault();
  const first = await gatewayOn(bench, { db, vault });
  await until('somebody to listen', async () => bench.server.listeners() === 1);
  const [invoice, kept] = [await plain(first), await hold(first, 30)];
  await first.end();
  await until('nobody to listen', async () => bench.server.listeners() === 0);
  const [paid, waiting] = [bench.pay(invoice.bolt11), bench.pay(kept.bolt11)];
  const second = await gatewayOn(bench, { db, vault });
  open.push(second.end);
  expect((await paid).is).toBe('succeeded');
  await reaches(second.core, invoice.paymentHash, 'settled');
  await reaches(second.core, kept.paymentHash, 'held');
  await settleHold(second.core.deps.invoices, { walletId: second.walletId, paymentHash: kept.paymentHash, preimage: null }, signal);
  expect((await waiting).is).toBe('succeeded');
  await reaches(second.core, kept.paymentHash, 'settled');
  const credited = {
    name: 'test_credited',
    text: `SELECT payment_hash FROM transactions WHERE direction = 'receive' ORDER BY payment_hash`,
  };
  const rows = await sql<{ readonly payment_hash: string }>(db, credited, []);
  expect(rows.map(({ payment_hash }) => payment_hash)).toEqual([invoice.paymentHash, kept.paymentHash].sort());
  expect(await incidents(second.core)).toEqual([]);
}, 60_000);

test('paid sixty times at once over two nodes, with streams that are cut: each is settled and credited once', async () => {
  const { bench, core, walletId } = await started();
  const invoices: Awaited<ReturnType<typeof plain>>[] = [];
  for (let i = 0; i < 60; i++) invoices.push(await plain({ core, walletId }));
  const cutting = setInterval(() => bench.server.cutStreams(), 150);
  const ends = await Promise.all(invoices.map(({ bolt11 }) => bench.pay(bolt11))).finally(() => clearInterval(cutting));
  expect(ends.filter(({ is }) => is === 'succeeded')).toHaveLength(invoices.length);
  for (const { paymentHash } of invoices) await reaches(core, paymentHash, 'settled');
  expect(await incidents(core)).toEqual([]);
}, 90_000);
