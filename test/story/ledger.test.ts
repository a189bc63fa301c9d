// The watchdog and the audit: paying stops when the books contradict themselves or when more is owed than is there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bolt11Text } from '../../src/lightning/values.ts';
import { sql } from '../../src/platform/db.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { auditFindings, auditLedger, coverage } from '../../src/wallets/audit.ts';
import { createWatchdog } from '../../src/workers/watchdog.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.end());

const dog = () => {
  const told: string[] = [];
  const quick = { ...core.deps.payments.clock, sleep: async () => undefined };
  const parts = { db: core.db, clock: quick, log: core.deps.payments.log, registry: core.registry, outgoing: core.outgoing };
  const metrics = createMetrics();
  return { told, metrics, ...createWatchdog({ ...parts, metrics, alarm: (kind) => void told.push(kind) }) };
};
const receive = async (msat: bigint): Promise<void> => {
  const input = {
    walletId: core.ledgerId,
    amountMsat: msat,
    memo: null,
    descriptionHash: null,
    expirySeconds: null,
    externalId: null,
    webhookUrl: null,
  };
  const invoice = await core.ask('createInvoice', input, core.asking());
  await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) });
  await until('credit', async () => (await core.reads.statusByHash(invoice.paymentHash))?.status === 'PAID');
};

test('says nothing about books that balance, also after receiving, sending and failing', async () => {
  await receive(5_000_000n);
  const target = core.backend.world.payee.createInvoice({ amount: 1_000_000n as never });
  const order = { walletId: core.ledgerId, amount: 'inInvoice' as const, memo: null, maxFeeMsat: null };
  await core.ask('sendPayment', { ...order, bolt11: target.bolt11 }, core.asking());
  core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
  await core.ask(
    'sendPayment',
    { ...order, bolt11: core.backend.world.payee.createInvoice({ amount: 500_000n as never }).bolt11 },
    core.asking(),
  );
  expect(auditFindings(await auditLedger(core.db))).toBe(0);
  const watchdog = dog();
  expect(await watchdog.once()).toBeNull();
  expect(await core.outgoing.reason()).toBeNull();
  expect(await watchdog.metrics.render()).toMatch(/^switchyard_ledger_findings 0$/m);
  expect(await watchdog.metrics.render()).toMatch(/^switchyard_ledger_owed_sats [1-9]\d*$/m);
});

test('does not halt because a backend cannot be asked', async () => {
  core.backend.faults.next('balance', { is: 'dropRequest' }, 4);
  expect((await coverage(core.db, core.registry)).ownedMsat).toBeNull();
  expect(await dog().once()).toBeNull();
});

test('halts when a wallet was changed without a journal, and a person resumes', async () => {
  await sql(core.db, { name: 'test_steal', text: 'UPDATE wallets SET available_msat = available_msat + 1 WHERE id = $1' }, [core.ledgerId]);
  const watchdog = dog();
  expect(await watchdog.once()).toMatch(/contradict/);
  expect(watchdog.told).toEqual(['ledger.halted']);
  expect(await watchdog.metrics.render()).toMatch(/^switchyard_ledger_findings 1$/m);
  const target = core.backend.world.payee.createInvoice({ amount: 1_000n as never });
  const order = { walletId: core.walletId, bolt11: target.bolt11, amount: 'inInvoice' as const, memo: null, maxFeeMsat: null };
  await expect(core.ask('sendPayment', order, core.asking())).rejects.toMatchObject({ refusal: { is: 'outgoingHalted' } });
  await sql(core.db, { name: 'test_repair', text: 'UPDATE wallets SET available_msat = available_msat - 1 WHERE id = $1' }, [
    core.ledgerId,
  ]);
  await core.outgoing.resume();
  expect((await core.ask('sendPayment', order, core.asking())).is).toBe('succeeded');
});

test('halts when ledger wallets are owed more than the backends hold', async () => {
  await sql(core.db, { name: 'test_owe', text: 'UPDATE wallets SET available_msat = 900000000000000 WHERE id = $1' }, [core.ledgerId]);
  expect(await dog().once()).toMatch(/are owed/);
  await core.outgoing.resume();
});
