// A restored database and backends that remember hashes and no payment requests, as Galoy and lnmux do: a person says the request, and it must be of
// the hash.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorlds } from '../../src/backends/simulated/worlds.ts';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { bolt11Text, msat } from '../../src/lightning/values.ts';
import { restoreVerbs } from '../../src/main/restoring.ts';
import type { Database } from '../../src/platform/db.ts';
import { listForgotten } from '../../src/platform/restored.ts';
import { auditFindings, auditLedger } from '../../src/wallets/audit.ts';
import { backUp, putBack } from '../support/backup.ts';
import { type TestCore, testCore, testVault, until } from '../support/core.ts';
import { testDatabase } from '../support/database.ts';
import { markInMemory } from '../support/mark.ts';

const worlds = createWorlds();
const vault = testVault();
const mark = markInMemory();
let db: Database;
let core: TestCore;

const start = async (): Promise<void> => {
  core = await testCore({ db, worlds, vault, mark, workers: false });
  await core.restore.notice();
  core.start();
};
const book = (hash: string, more: Record<string, unknown> = {}) =>
  restoreVerbs['restore.book']?.({ core, db }, { hash, walletId: core.ledgerId, ...more });
const balance = async () => (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? 0n;
const receive = async (amountMsat: bigint) => {
  const rest = { memo: null, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null };
  const made = await core.ask('createInvoice', { walletId: core.ledgerId, amountMsat, ...rest }, core.asking());
  await core.backend.world.payer.pay({ bolt11: bolt11Text(made.bolt11) });
  await until('the receipt', async () => (await invoiceByHash(db, made.paymentHash))?.state === 'settled');
  return { hash: made.paymentHash, bolt11: made.bolt11 };
};
const pay = async (amountInRequest: boolean) => {
  const amount = msat(5_000_000n);
  const { bolt11, hash } = core.backend.world.payee.createInvoice({ amount: amountInRequest ? amount : null });
  const order = { walletId: core.ledgerId, bolt11, amount: amountInRequest ? 'inInvoice' : { msat: amount }, memo: null } as const;
  const before = await balance();
  expect(await core.ask('sendPayment', { ...order, maxFeeMsat: null }, core.asking())).toMatchObject({ is: 'succeeded' });
  return { hash: String(hash), bolt11: String(bolt11), costMsat: before - (await balance()) };
};

type Made = { readonly hash: string; readonly bolt11: string };
type Paid = Made & { readonly costMsat: bigint };
let made: { readonly received: Made; readonly paid: Paid; readonly open: Paid };

beforeAll(async () => {
  db = await testDatabase();
  await start();
  await receive(90_000_000n);
  await core.end();
  const backup = await backUp(db);
  await start();
  made = { received: await receive(7_000_000n), paid: await pay(true), open: await pay(false) };
  await core.restore.once();
  await core.end();
  await putBack(db, backup);
  await start();
  await until('asked', async () => (await listForgotten(db, false)).length === 3);
  await db.pool.query('UPDATE forgotten SET bolt11 = NULL');
  // As of a wallet of dollars, whose ledger says nothing in satoshis.
  await db.pool.query('UPDATE forgotten SET amount_msat = NULL WHERE payment_hash = $1', [made.open.hash]);
});
afterAll(async () => {
  await core.end();
  await db.close();
});

describe('a hash that is remembered without its request', () => {
  test.each(['received', 'paid'] as const)('%s: is not booked without one, and the flag is named', async (which) => {
    await expect(book(made[which].hash)).rejects.toThrow(/--request <bolt11>/);
  });

  test('is not booked by a request of another hash, or by none at all', async () => {
    await expect(book(made.paid.hash, { request: made.open.bolt11 })).rejects.toThrow(`another payment hash, ${made.open.hash}`);
    await expect(book(made.paid.hash, { request: 'lnbc1nonsense' })).rejects.toThrow(/cannot be read/);
    expect(await listForgotten(db, false)).toHaveLength(3);
    expect(await balance()).toBe(90_000_000n);
  });

  test('is booked by its own: a receipt is credited, a payment charged, once', async () => {
    expect(await book(made.received.hash, { request: made.received.bolt11 })).toEqual({ resolved: 1 });
    expect(await balance()).toBe(97_000_000n);
    expect(await book(made.paid.hash, { request: made.paid.bolt11 })).toEqual({ resolved: 1 });
    expect(await book(made.paid.hash, { request: made.paid.bolt11 })).toEqual({ resolved: 0 });
    expect(await balance()).toBe(97_000_000n - made.paid.costMsat);
  });

  test('and without an amount either: what was sent is said too', async () => {
    const before = await balance();
    await expect(book(made.open.hash, { request: made.open.bolt11 })).rejects.toThrow(/--amount <sats>/);
    expect(await book(made.open.hash, { request: made.open.bolt11, amountSats: '5000' })).toEqual({ resolved: 1 });
    expect(await balance()).toBe(before - made.open.costMsat);
    expect(auditFindings(await auditLedger(db))).toBe(0);
  });
});
