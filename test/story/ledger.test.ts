// The watchdog and the audit: paying stops when the books contradict themselves or when more is owed than is there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, BackendFault } from '../../src/backends/port.ts';
import type { Registered, Registry } from '../../src/backends/registry.ts';
import { connectSimulated } from '../../src/backends/simulated/backend.ts';
import { simulatedSettings } from '../../src/backends/simulated/settings.ts';
import { createWorlds } from '../../src/backends/simulated/worlds.ts';
import { backendId, bolt11Text, fromSat } from '../../src/lightning/values.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { sql } from '../../src/platform/db.ts';
import { silentLog } from '../../src/platform/log.ts';
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

describe('what is owned', () => {
  const owned = async (...backends: readonly Partial<Backend & { readonly key: string }>[]) => {
    const configured = backends.map(({ key = 'x', ...backend }) => ({ backend, identity: () => ({ key }) }) as unknown as Registered);
    return (await coverage(core.db, { configured } as unknown as Registry)).ownedMsat;
  };
  const sats = async (spendable: bigint, of?: string) => {
    const rest = { receivable: null, chainConfirmed: fromSat(100n), chainPending: fromSat(10n), ...(of !== undefined && { of }) };
    return { spendable: fromSat(spendable), ...rest };
  };
  const node = { kind: 'lnd', balance: () => sats(1_000n), tiedUp: async () => fromSat(50_000n) };

  test('is counted once for each node, however many backends it is, with what is tied up there', async () => {
    expect(await owned({ ...node, key: 'a' })).toBe(fromSat(51_110n));
    expect(await owned({ ...node, key: 'a' }, { ...node, key: 'a' }, { ...node, key: 'b' })).toBe(fromSat(102_220n));
  });

  test('is counted for each wallet of a Galoy account, and once for each', async () => {
    const wallet = (of: string) => ({ kind: 'galoy', key: 'account', balance: () => sats(7n, of) });
    expect(await owned(wallet('one'), wallet('two'), wallet('one'), { kind: 'lnmux', key: 'account' })).toBe(fromSat(234n));
  });

  test('is known to nobody when somebody cannot say what is tied up', async () => {
    const silent = () => Promise.reject(new BackendFault({ kind: 'timeout', detail: 'a test' }));
    expect(await owned({ ...node, key: 'a' }, { ...node, key: 'b', tiedUp: silent })).toBeNull();
  });

  test('is not more because a node is configured twice', async () => {
    const worlds = createWorlds();
    const settings = simulatedSettings.parse({ latencyMs: 1, blockSeconds: 0, node: 'one' });
    const again = await connectSimulated(backendId('again'), settings, { log: silentLog, clock: systemClock, worlds });
    const other = await testCore({ worlds, more: [again], workers: false });
    const all = (await coverage(other.db, other.registry)).ownedMsat;
    const configured = other.registry.configured.filter(({ backend }) => backend.id !== 'again');
    expect(all).toBe((await coverage(other.db, { ...other.registry, configured })).ownedMsat);
    await other.end();
  });
});

test('halts when ledger wallets are owed more than the backends hold', async () => {
  await sql(core.db, { name: 'test_owe', text: 'UPDATE wallets SET available_msat = 900000000000000 WHERE id = $1' }, [core.ledgerId]);
  expect(await dog().once()).toMatch(/are owed/);
  await core.outgoing.resume();
});
