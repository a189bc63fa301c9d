// A database that was put back to an earlier moment: it has forgotten a payment, a receipt and a hold, and its clients have not. Nothing is sent
// until each of them has found its place in the books again, and nothing is paid twice on the way.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorlds } from '../../src/backends/simulated/worlds.ts';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { bolt11Text, hashOf, msat, newPreimage } from '../../src/lightning/values.ts';
import { restoreVerbs } from '../../src/main/restoring.ts';
import { attemptsForHash } from '../../src/payments/store.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/db.ts';
import { listIncidents } from '../../src/platform/incidents.ts';
import { readMark } from '../../src/platform/mark.ts';
import { listForgotten } from '../../src/platform/restored.ts';
import { auditFindings, auditLedger } from '../../src/wallets/audit.ts';
import { backUp, putBack } from '../support/backup.ts';
import { type TestCore, testCore, testVault, until } from '../support/core.ts';
import { testDatabase } from '../support/database.ts';
import { markInMemory } from '../support/mark.ts';

const worlds = createWorlds();
const vault = testVault();
const mark = markInMemory();
const secret = newPreimage();
let db: Database;
let core: TestCore;
/** What the command line asks. */
const admin = (verb: string, args: Record<string, unknown>) => restoreVerbs[verb]?.({ core, db }, args);

const begin = async (): Promise<void> => {
  core = await testCore({ db, worlds, vault, mark, workers: false });
  await core.restore.notice();
  core.start();
};
const send = (bolt11: string, walletId = core.ledgerId) =>
  core.ask('sendPayment', { walletId, bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null }, core.asking());
const receive = async (amount: bigint): Promise<string> => {
  const order = { walletId: core.ledgerId, amountMsat: amount, memo: null, descriptionHash: null };
  const rest = { expirySeconds: null, externalId: null, webhookUrl: null };
  const { bolt11, paymentHash } = await core.ask('createInvoice', { ...order, ...rest }, core.asking());
  await core.backend.world.payer.pay({ bolt11: bolt11Text(bolt11) });
  await until('the receipt', async () => (await invoiceByHash(db, paymentHash))?.state === 'settled');
  return paymentHash;
};
/** Coins that the node has of old; what they go for is the ledger wallet's. */
const sendCoins = async (): Promise<After['sent']> => {
  const { network, payee: outside } = core.backend.world;
  network.deposit(await core.backend.chain.createAddress(AbortSignal.timeout(10_000)), msat(50_000_000n));
  network.mineBlocks(1);
  const address = outside.address();
  const before = await balance();
  const order = { walletId: core.ledgerId, address, amount: { msat: msat(20_000_000n) }, speed: 'fast', memo: null } as const;
  const { payout } = await core.ask('sendOnChain', order, core.asking());
  return { txid: payout?.txid ?? expect.fail('not sent'), address, costMsat: before - (await balance()) };
};
const balance = async () => (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? 0n;
const halted = () => core.outgoing.reason();
const waiting = async () => (await listForgotten(db, false)).map(({ paymentHash, state }) => ({ paymentHash, state }));

const payee = () => core.backend.world.payee;
interface After {
  readonly paid: { readonly hash: string; readonly bolt11: string; readonly costMsat: bigint };
  readonly received: string;
  readonly foreign: string;
  readonly sent: { readonly txid: string; readonly address: string; readonly costMsat: bigint };
}
let after: After;

beforeAll(async () => {
  db = await testDatabase();
  await begin();
  await receive(90_000_000n);
  // Written at a look; a backup is made of a gateway that is down.
  await core.restore.once();
  await core.end();
  const backup = await backUp(db);

  await begin();
  const request = payee().createInvoice({ amount: msat(20_000_000n) });
  const before = await balance();
  expect(await send(request.bolt11)).toMatchObject({ is: 'succeeded' });
  const paid = { hash: String(request.hash), bolt11: String(request.bolt11), costMsat: before - (await balance()) };
  const received = await receive(7_000_000n);
  const sent = await sendCoins();
  const hold = await core.ask(
    'createHoldInvoice',
    {
      ...{ walletId: core.ledgerId, amountMsat: 3_000_000n, memo: null, descriptionHash: null, expirySeconds: null, externalId: null },
      ...{ paymentHash: hashOf(secret), longestHoldSeconds: 600, onDeadline: 'cancel' },
    },
    core.asking(),
  );
  void core.backend.world.payer.pay({ bolt11: bolt11Text(hold.bolt11) });
  await until('held', async () => (await invoiceByHash(db, hold.paymentHash))?.state === 'held');
  // Another program of the operator's pays through the same node.
  const foreign = payee().createInvoice({ amount: msat(1_000_000n) });
  await core.backend.world.payer.pay({ bolt11: foreign.bolt11, from: 'one' });
  await core.restore.once();
  await core.end();
  await putBack(db, backup);
  after = { paid, received, foreign: foreign.hash, sent };
  await begin();
  await until('asked', async () => (await waiting()).length === 5);
});
afterAll(async () => {
  await core.end();
  await db.close();
});

describe('a database that was restored to an earlier moment', () => {
  test('is noticed, told once, and halts sends whoever resumes', async () => {
    expect(await halted()).toMatch(/restored/);
    await core.outgoing.resume();
    expect(await halted()).toMatch(/restored/);
    const told = (await listIncidents(db, false)).filter(({ kind }) => kind === 'database.restored');
    expect(told).toMatchObject([{ detail: { why: expect.stringMatching(/newest change/) } }]);
    await expect(send(payee().createInvoice({ amount: msat(1_000_000n) }).bolt11)).rejects.toMatchObject({
      refusal: { is: 'outgoingHalted' },
    });
    expect(await waiting()).toEqual(
      expect.arrayContaining([
        { paymentHash: after.paid.hash, state: 'succeeded' },
        { paymentHash: after.foreign, state: 'succeeded' },
        { paymentHash: after.received, state: 'settled' },
        { paymentHash: hashOf(secret), state: 'held' },
        { paymentHash: after.sent.txid, state: 'sent' },
      ]),
    );
  });

  test('tells a client that asks again for a forgotten payment that it is paid, and pays nothing', async () => {
    expect(await send(after.paid.bolt11)).toMatchObject({ is: 'alreadyPaid' });
    expect(await attemptsForHash(db, after.paid.hash)).toEqual([]);
  });

  test('takes payment and receipt into the books of their wallet, each once', async () => {
    expect(await balance()).toBe(90_000_000n);
    await admin('restore.book', { hash: after.received, walletId: core.ledgerId });
    await admin('restore.book', { hash: after.paid.hash, walletId: core.ledgerId });
    expect(await balance()).toBe(97_000_000n - after.paid.costMsat);
    expect(await admin('restore.book', { hash: after.paid.hash, walletId: core.ledgerId })).toEqual({ resolved: 0 });
    expect(await attemptsForHash(db, after.paid.hash)).toMatchObject([{ state: 'succeeded', proof: 'preimage' }]);
    expect(auditFindings(await auditLedger(db))).toBe(0);
  });

  test('takes a send on the chain into the books, once, and does not send it again', async () => {
    const before = await balance();
    await admin('restore.book', { hash: after.sent.txid, walletId: core.ledgerId });
    expect(await balance()).toBe(before - after.sent.costMsat);
    expect(await admin('restore.book', { hash: after.sent.txid, walletId: core.ledgerId })).toEqual({ resolved: 0 });
    core.backend.world.network.mineBlocks(1);
    await until('confirmed', async () => (await db.prisma.payout.findMany())[0]?.state === 'confirmed');
    expect(await db.prisma.payout.findMany()).toMatchObject([{ txid: after.sent.txid, address: after.sent.address }]);
    const paid = [...core.backend.world.network.sim.records.transactions.values()].flatMap(({ outputs }) => outputs);
    expect(paid.filter(({ address }) => address === after.sent.address)).toHaveLength(1);
    expect(auditFindings(await auditLedger(db))).toBe(0);
  });

  test('takes a hold back as a hold: whoever has the preimage settles it', async () => {
    await admin('restore.book', { hash: hashOf(secret), walletId: core.ledgerId });
    const before = await balance();
    const ask = { walletId: core.ledgerId, paymentHash: hashOf(secret) };
    await core.ask('settleHoldInvoice', { ...ask, preimage: secret }, core.asking());
    await until('settled', async () => (await invoiceByHash(db, hashOf(secret)))?.state === 'settled');
    expect(await balance()).toBe(before + 3_000_000n);
  });

  test('sends again by itself when every hash has found its place, and pays none of them again', async () => {
    expect(await waiting()).toEqual([{ paymentHash: after.foreign, state: 'succeeded' }]);
    expect(await halted()).toMatch(/restored/);
    await admin('restore.dismiss', { hash: 'all' });
    await core.restore.once();
    expect(await halted()).toBeNull();
    expect(await send(after.paid.bolt11)).toMatchObject({ is: 'alreadyPaid' });
    expect(await send(payee().createInvoice({ amount: msat(1_000_000n) }).bolt11)).toMatchObject({ is: 'succeeded' });
    expect(auditFindings(await auditLedger(db))).toBe(0);
  });

  test('of which the mark stayed behind: a person says it, and what nobody forgot is not asked about', async () => {
    mark.keep(await readMark(db, systemClock));
    await admin('restore.begin', { why: 'a disk image of Monday' });
    expect(await halted()).toMatch(/restored/);
    await core.restore.once();
    expect(await halted()).toBeNull();
  });

  test('keeps sends back as long as a backend cannot be asked', async () => {
    core.second.faults.always('recall', { is: 'notReady' });
    await admin('restore.begin', { why: 'again' });
    await core.restore.once();
    expect(await waiting()).toEqual([]);
    expect(await halted()).toMatch(/restored/);
    core.second.faults.clear();
    await core.restore.once();
    expect(await halted()).toBeNull();
  });
});
