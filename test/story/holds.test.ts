// Hold invoices over a real database and a simulated network: held, settled, canceled, timed out, and every wrong turn refused.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Registry } from '../../src/backends/registry.ts';
import { createWorlds } from '../../src/backends/simulated/worlds.ts';
import type { InvoiceDeps } from '../../src/invoices/deps.ts';
import { createHoldInvoice, type HoldOrder } from '../../src/invoices/hold.ts';
import { heldMsat } from '../../src/invoices/lists.ts';
import { observeInvoice } from '../../src/invoices/observe.ts';
import { cancelHold, settleHold } from '../../src/invoices/settle.ts';
import { hastenInvoices, invoiceByHash } from '../../src/invoices/store.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { bolt11Text, hashOf, msat, newPreimage, paymentHash as toHash } from '../../src/lightning/values.ts';
import { sql } from '../../src/platform/db.ts';
import { incidentsAbout } from '../../src/platform/incidents.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createDeadlineGuard } from '../../src/workers/deadlines.ts';
import { type TestCore, testCore, testVault, until } from '../support/core.ts';
import { testDatabase } from '../support/database.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
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
  paymentHash: null,
  longestHoldSeconds: null,
  onDeadline: 'cancel' as const,
};
const create = async (more: Partial<HoldOrder> = {}) => {
  const wallet = await core.wallets.wallet(core.ledgerId);
  if (!wallet) throw new Error('no wallet');
  return createHoldInvoice(core.deps.invoices, { ...usual, ...more, wallet }, signal);
};
const pay = (bolt11: string) => core.backend.world.payer.pay({ bolt11: bolt11Text(bolt11) });
const state = async (hash: string) => (await invoiceByHash(core.db, hash))?.state;
const reaches = (hash: string, wanted: string) => until(`${wanted}`, async () => (await state(hash)) === wanted);
const isOver = (hash: string, seconds = 1) =>
  sql(core.db, { name: 'test_over', text: 'UPDATE invoices SET deadline_at = $2 WHERE payment_hash = $1' }, [
    hash,
    new Date(Date.now() - seconds * 1000),
  ]);
const kinds = async (hash: string) => (await incidentsAbout(core.db, hash)).map(({ kind }) => kind);
const of = (hash: string) => ({ walletId: core.ledgerId, paymentHash: hash });

/** The invoices' story where each backend gives holds back so many blocks before their end. */
const givingBack = (deltas: Readonly<Record<string, number>>): InvoiceDeps => {
  const { registry } = core.deps.invoices;
  const get: Registry['get'] = (id) => {
    const one = registry.get(id);
    if (!one?.backend.hold) return one;
    const { hold } = one.backend;
    return { ...one, backend: { ...one.backend, hold: { ...hold, traits: { ...hold.traits, expiryDelta: deltas[id] ?? null } } } };
  };
  return { ...core.deps.invoices, registry: { ...registry, get } };
};

test('blocks are asked for, and the deadline is set, as the backend that has the invoice gives holds back by itself', async () => {
  const wallet = (await core.wallets.wallet(core.twoWalletId)) ?? expect.fail('no wallet');
  const deps = givingBack({ one: 18, two: 40 });
  const deltaOf = ({ bolt11 }: { readonly bolt11: string }) => {
    const decoding = decodeBolt11(bolt11);
    return decoding.is === 'decoded' ? decoding.invoice.finalCltvDelta : null;
  };
  const first = await createHoldInvoice(deps, { ...usual, wallet }, signal);
  expect(deltaOf(first)).toBe(6 + 24);
  core.backend.faults.next('createHold', { is: 'dropRequest' });
  const invoice = await createHoldInvoice(deps, { ...usual, wallet }, signal);
  expect(deltaOf(invoice)).toBe(6 + 46);
  const paid = pay(invoice.bolt11);
  await reaches(invoice.paymentHash, 'held');
  const row = (await invoiceByHash(core.db, invoice.paymentHash)) ?? expect.fail('no invoice');
  expect(row.backendId).toBe('two');
  const sighting = await core.second.hold.find(toHash(invoice.paymentHash), signal);
  const earliest = sighting.is === 'held' ? Number(sighting.deadline.height) : 0;
  const seen = { hash: invoice.paymentHash, backendId: 'two', identityKey: row.backendIdentity, sighting };
  expect((await observeInvoice(deps, seen))?.deadlineHeight).toBe(earliest - 46);
  for (const { paymentHash } of [first, invoice]) await cancelHold(core.deps.invoices, { walletId: wallet.id, paymentHash }, signal);
  expect((await paid).is).toBe('failed');
});

describe('held', () => {
  test('→ settled by hash with the preimage that the gateway guards, and credited', async () => {
    const before = (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? 0n;
    const invoice = await create();
    expect(invoice.preimage).toBeNull();
    const row = await invoiceByHash(core.db, invoice.paymentHash);
    expect(row?.sealedPreimage).toMatch(/^k\d+\./);
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    expect((await invoiceByHash(core.db, invoice.paymentHash))?.deadlineHeight).toBeGreaterThan(0);
    await settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: null }, signal);
    expect((await paid).is).toBe('succeeded');
    await reaches(invoice.paymentHash, 'settled');
    expect((await core.wallets.available([core.ledgerId])).get(core.ledgerId)).toBe(before + 1_000_000n);
    expect((await settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: null }, signal)).state).toBe('settled');
  });

  test('→ settled by a preimage that only the caller had, and not by another one', async () => {
    const secret = newPreimage();
    const invoice = await create({ paymentHash: hashOf(secret) });
    expect(invoice.paymentHash).toBe(hashOf(secret));
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    await expect(settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: newPreimage() }, signal)).rejects.toMatchObject({
      refusal: { is: 'invalidInput' },
    });
    await expect(settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: null }, signal)).rejects.toMatchObject({
      refusal: { is: 'invalidInput' },
    });
    await settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: secret }, signal);
    expect((await paid).is).toBe('succeeded');
    await reaches(invoice.paymentHash, 'settled');
    // Found by the simulation: what is settled already was "settled" once more by any preimage.
    const wrong = settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: newPreimage() }, signal);
    await expect(wrong).rejects.toMatchObject({ refusal: { is: 'invalidInput' } });
    expect((await settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: secret }, signal)).state).toBe('settled');
  });

  test('→ canceled, and the payer has the money back', async () => {
    const invoice = await create();
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    await cancelHold(core.deps.invoices, of(invoice.paymentHash), signal);
    expect((await paid).is).toBe('failed');
    await reaches(invoice.paymentHash, 'canceled');
    await expect(settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: null }, signal)).rejects.toMatchObject({
      refusal: { is: 'wrongState' },
    });
  });

  test('→ canceled by the clock when the longest hold is over, with no block mined', async () => {
    const invoice = await create();
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    await isOver(invoice.paymentHash);
    await core.deadlines.once();
    expect((await paid).is).toBe('failed');
    await reaches(invoice.paymentHash, 'canceled');
  });

  test('→ settled at the deadline when that is what is due', async () => {
    const invoice = await create({ onDeadline: 'settle' });
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    await isOver(invoice.paymentHash);
    await core.deadlines.once();
    expect((await paid).is).toBe('succeeded');
  });

  test('→ canceled by blocks before the node would, when they come too fast', async () => {
    const invoice = await create({ longestHoldSeconds: 600 });
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    const row = await invoiceByHash(core.db, invoice.paymentHash);
    const left = (row?.deadlineHeight ?? 0) - core.backend.world.network.height();
    expect(left).toBeGreaterThan(0);
    core.backend.world.network.mineBlocks(left);
    expect((await paid).is).toBe('failed');
    await reaches(invoice.paymentHash, 'canceled');
  });
});

describe('a deadline', () => {
  test('is the earlier of what the backend says and the longest hold', async () => {
    const seen = async (seconds: number) => {
      const invoice = await create({ longestHoldSeconds: 300 });
      const row = await invoiceByHash(core.db, invoice.paymentHash);
      const at = new Date(Date.now() + seconds * 1000);
      const held = { is: 'held', received: 1_000_000n as never, handle: 'set-1', deadline: { at } } as const;
      const from = { hash: invoice.paymentHash, backendId: 'one', identityKey: row?.backendIdentity ?? '' };
      const after = await observeInvoice(core.deps.invoices, { ...from, sighting: held });
      return { at, row: after };
    };
    const soon = await seen(60);
    expect(soon.row?.deadlineAt).toEqual(soon.at);
    const late = await seen(4_000);
    expect(late.row?.deadlineAt?.getTime()).toBe((late.row?.heldAt?.getTime() ?? 0) + 300_000);
  });

  test('of one hold never moves away, whatever a backend counts from after a restart; another hold has its own', async () => {
    const invoice = await create({ longestHoldSeconds: 300 });
    const row = await invoiceByHash(core.db, invoice.paymentHash);
    const from = { hash: invoice.paymentHash, backendId: 'one', identityKey: row?.backendIdentity ?? '' };
    const heldFor = async (seconds: number, handle: string) => {
      const at = new Date(Date.now() + seconds * 1000);
      const sighting = { is: 'held', received: 1_000_000n as never, handle, deadline: { at } } as const;
      return { at, row: await observeInvoice(core.deps.invoices, { ...from, sighting }) };
    };
    const first = await heldFor(50, 'set-1');
    expect((await heldFor(70, 'set-1')).row?.deadlineAt).toEqual(first.at);
    const other = await heldFor(80, 'set-2');
    expect(other.row?.deadlineAt).toEqual(other.at);
    await cancelHold(core.deps.invoices, of(invoice.paymentHash), signal);
  });

  test('of a hold whose backend is silent does not hold up another one', async () => {
    const guard = createDeadlineGuard({ clock: core.deps.invoices.clock, log: silentLog, cashOuts: core.deps });
    const heldUntilNow = async () => {
      const invoice = await create({ onDeadline: 'settle' });
      const paid = pay(invoice.bolt11);
      await reaches(invoice.paymentHash, 'held');
      return { invoice, paid };
    };
    const [stuck, other] = [await heldUntilNow(), await heldUntilNow()];
    core.backend.faults.next('settleHold', { is: 'delay', ms: 5_000 });
    await isOver(stuck.invoice.paymentHash);
    const all = guard.once();
    await reaches(stuck.invoice.paymentHash, 'settling');
    await isOver(other.invoice.paymentHash);
    guard.due();
    await reaches(other.invoice.paymentHash, 'settled');
    expect(await state(stuck.invoice.paymentHash)).toBe('settling');
    core.backend.faults.clear();
    await all;
    expect((await Promise.all([stuck.paid, other.paid])).map(({ is }) => is)).toEqual(['succeeded', 'succeeded']);
  }, 30_000);

  test('that passes with nothing done is told, once', async () => {
    const invoice = await create({ onDeadline: 'settle' });
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    const mend = core.backend.faults.always('settleHold', { is: 'dropRequest' });
    await isOver(invoice.paymentHash, 4);
    await core.deadlines.once();
    expect(await state(invoice.paymentHash)).toBe('settling');
    expect(await kinds(invoice.paymentHash)).toEqual([]);
    await isOver(invoice.paymentHash, 6);
    await until('the incident', async () => {
      await core.deadlines.once();
      return (await kinds(invoice.paymentHash)).length > 0;
    });
    expect(await kinds(invoice.paymentHash)).toEqual(['invoice.deadlineNear']);
    mend();
    await reaches(invoice.paymentHash, 'settled');
    expect((await paid).is).toBe('succeeded');
  });

  test('on a backend that is gone from the configuration is told', async () => {
    const invoice = await create();
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    const { registry } = core.deps.invoices;
    const told: string[] = [];
    const without = { ...core.deps.invoices, registry: { ...registry, get: () => null }, alarm: (kind: string) => void told.push(kind) };
    const guard = createDeadlineGuard({ clock: core.deps.invoices.clock, log: silentLog, cashOuts: { ...core.deps, invoices: without } });
    await guard.once();
    await guard.once();
    expect(told).toEqual(['invoice.backendMissing']);
    await cancelHold(core.deps.invoices, of(invoice.paymentHash), signal);
    expect((await paid).is).toBe('failed');
  });
});

test('trap: lnmux set_id: a new set replaces the one that was known, though the state stays held; the old one settles nothing', async () => {
  const invoice = await create();
  const row = await invoiceByHash(core.db, invoice.paymentHash);
  const from = { hash: invoice.paymentHash, backendId: 'one', identityKey: row?.backendIdentity ?? '' };
  const held = (handle: string) => ({ is: 'held', received: 1_000_000n as never, handle, deadline: {} }) as const;
  await observeInvoice(core.deps.invoices, { ...from, sighting: held('set-1') });
  const after = await observeInvoice(core.deps.invoices, { ...from, sighting: held('set-2') });
  expect(after).toMatchObject({ state: 'held', heldHandle: 'set-2' });
});

describe('an intention', () => {
  test('to settle survives an answer that is lost, and ends by the word of the backend', async () => {
    const invoice = await create();
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    core.backend.faults.next('settleHold', { is: 'dropRequest' });
    await settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: null }, signal);
    expect(await state(invoice.paymentHash)).toBe('settling');
    await expect(cancelHold(core.deps.invoices, of(invoice.paymentHash), signal)).rejects.toMatchObject({ refusal: { is: 'wrongState' } });
    await reaches(invoice.paymentHash, 'settled');
    expect((await paid).is).toBe('succeeded');
  });

  test('to settle survives that the payment was given back before: held once more, it is settled', async () => {
    const secret = newPreimage();
    const invoice = await create({ paymentHash: hashOf(secret) });
    const paid = pay(invoice.bolt11);
    await reaches(invoice.paymentHash, 'held');
    const mend = core.backend.faults.always('settleHold', { is: 'dropRequest' });
    await settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: secret }, signal);
    const seen = { hash: invoice.paymentHash, backendId: 'one', identityKey: (await core.backend.identity(signal)).key };
    const released = await observeInvoice(core.deps.invoices, { ...seen, sighting: { is: 'open' } });
    expect(released).toMatchObject({ state: 'open', heldAt: null });
    mend();
    await observeInvoice(core.deps.invoices, { ...seen, sighting: await core.backend.hold.find(toHash(invoice.paymentHash), signal) });
    await core.deadlines.once();
    expect((await paid).is).toBe('succeeded');
    await reaches(invoice.paymentHash, 'settled');
    expect(await kinds(invoice.paymentHash)).toEqual(['invoice.settling:sawReleased']);
  });

  test('trap: crash between settle and ledger credit: whoever comes back credits it, once', async () => {
    // A life of its own without workers: it settles at the backend and dies before it has written what came of it.
    const vault = testVault();
    const [worlds, db] = [createWorlds(), await testDatabase()];
    const first = await testCore({ db, worlds, vault, workers: false });
    const wallet = (await first.wallets.wallet(first.ledgerId)) ?? expect.fail('no wallet');
    const order = { ...usual, wallet };
    const { paymentHash, bolt11 } = await createHoldInvoice(first.deps.invoices, order, signal);
    const paid = first.backend.world.payer.pay({ bolt11: bolt11Text(bolt11) });
    const hash = toHash(paymentHash);
    await until('held there', async () => (await first.backend.hold.find(hash, signal)).is === 'held');
    const seen = { hash, backendId: 'one', identityKey: (await first.backend.identity(signal)).key };
    await observeInvoice(first.deps.invoices, { ...seen, sighting: await first.backend.hold.find(hash, signal) });
    first.backend.faults.next('settleHold', { is: 'loseReply' });
    await settleHold(first.deps.invoices, { walletId: first.ledgerId, paymentHash, preimage: null }, signal);
    expect((await paid).is).toBe('succeeded');
    expect((await invoiceByHash(db, paymentHash))?.state).toBe('settling');
    const balance = async (of: TestCore) => (await of.wallets.available([of.ledgerId])).get(of.ledgerId);
    expect(await balance(first)).toBe(0n);
    await first.end();
    const second = await testCore({ db, worlds, vault });
    await until('the credit', async () => (await invoiceByHash(db, paymentHash))?.state === 'settled');
    await second.sweep.once();
    expect(await balance(second)).toBe(1_000_000n);
    await second.end();
    await db.close();
  });

  test('to settle before anything is held is refused', async () => {
    const invoice = await create();
    await expect(settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: null }, signal)).rejects.toMatchObject({
      refusal: { is: 'wrongState', state: 'open' },
    });
  });

  test('to settle and one to cancel at once: one wins, the other is told, and money goes one way', async () => {
    for (let round = 0; round < 5; round++) {
      const invoice = await create();
      const paid = pay(invoice.bolt11);
      await reaches(invoice.paymentHash, 'held');
      const both = await Promise.allSettled([
        settleHold(core.deps.invoices, { ...of(invoice.paymentHash), preimage: null }, signal),
        cancelHold(core.deps.invoices, of(invoice.paymentHash), signal),
      ]);
      expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
      const end = (await paid).is === 'succeeded' ? 'settled' : 'canceled';
      await reaches(invoice.paymentHash, end);
    }
  });
});

test('an open hold is asked about as soon as its backend is back: nobody may have heard that it was accepted', async () => {
  const { paymentHash } = await create();
  const before = await invoiceByHash(core.db, paymentHash);
  const now = new Date((before?.nextCheckAt?.getTime() ?? 0) - 60_000);
  await hastenInvoices(core.db, 'one', now);
  expect((await invoiceByHash(core.db, paymentHash))?.nextCheckAt).toEqual(now);
});

test('fifty at once under one key and one hash of the caller’s are one', async () => {
  const asked = { by: core.accountId, key: crypto.randomUUID(), digest: 'the same' };
  const paymentHash = hashOf(newPreimage());
  const all = await Promise.all(Array.from({ length: 50 }, () => create({ asked, paymentHash })));
  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  await cancelHold(core.deps.invoices, of(paymentHash), signal);
});

describe('limits', () => {
  test('refuse what would fill the channels', async () => {
    await expect(create({ amountMsat: 9_999_999_999_000n })).rejects.toMatchObject({ refusal: { is: 'limitExceeded' } });
  });
  test('of a node: the next one of the route takes it, and when all are full nobody does', async () => {
    const wallet = (await core.wallets.wallet(core.twoWalletId)) ?? expect.fail('no wallet');
    const holds = { perWalletMsat: 10n ** 15n, perGatewayMsat: 10n ** 15n, perNodeMsat: 5_000_000n, longestSeconds: 600 };
    const before = await heldMsat(core.db, wallet.id, new Date());
    const room = (id: string) => 5_000_000n - (before.nodes.get(core.registry.get(id)?.identity()?.key ?? '') ?? 0n);
    const order = { ...usual, wallet };
    const made = async (amountMsat: bigint) => {
      const { paymentHash } = await createHoldInvoice({ ...core.deps.invoices, holds }, { ...order, amountMsat }, signal);
      return (await invoiceByHash(core.db, paymentHash))?.backendId;
    };
    // To the last satoshi, so that nothing is left there.
    if (room('one') > 0n) expect(await made(room('one'))).toBe('one');
    expect(await made(3_000_000n)).toBe('two');
    await expect(made(room('two') - 2_999_000n)).rejects.toMatchObject({
      refusal: { is: 'limitExceeded', limit: 'held at these nodes', remainingMsat: 0n },
    });
  });
  describe('hold when many are made at once', () => {
    const { amountMsat } = usual;
    const much = { perWalletMsat: 10n ** 15n, perGatewayMsat: 10n ** 15n, perNodeMsat: 10n ** 15n, longestSeconds: 600 };
    const maker = async (limits: Partial<typeof much>, walletId = core.walletId) => {
      const wallet = (await core.wallets.wallet(walletId)) ?? expect.fail('no wallet');
      const deps = { ...core.deps.invoices, holds: { ...much, ...limits } };
      return (asked: HoldOrder['asked'] = null) => createHoldInvoice(deps, { ...usual, wallet, asked }, signal);
    };
    const atOnce = async (make: () => Promise<unknown>) => {
      const all = await Promise.allSettled(Array.from({ length: 50 }, make));
      return all.filter((one) => one.status === 'fulfilled').length;
    };
    const held = () => heldMsat(core.db, core.walletId, new Date());
    const nodeKey = (id: string) => core.registry.get(id)?.identity()?.key ?? '';
    const roomFor = async (limit: 'wallet' | 'gateway' | 'node') => {
      const now = await held();
      if (limit === 'node') return { perNodeMsat: (now.nodes.get(nodeKey('one')) ?? 0n) + 10n * amountMsat };
      return limit === 'wallet' ? { perWalletMsat: now.wallet + 10n * amountMsat } : { perGatewayMsat: now.gateway + 10n * amountMsat };
    };

    test.each(['wallet', 'gateway', 'node'] as const)('by the %s, and give back what was refused', async (limit) => {
      const before = (await held()).gateway;
      const make = await maker(await roomFor(limit));
      const made = await atOnce(make);
      expect(made).toBeGreaterThan(0);
      expect(made).toBeLessThanOrEqual(10);
      expect((await held()).gateway).toBe(before + BigInt(made) * amountMsat);
      expect(core.deps.invoices.holdsInMaking.size).toBe(0);
      // One after the other to the last satoshi, and no further.
      for (let more = made; more < 10; more++) await make();
      await expect(make()).rejects.toMatchObject({ refusal: { is: 'limitExceeded', remainingMsat: 0n } });
    });

    test('also at a node that is full meanwhile: the next one of the route takes the rest', async () => {
      const now = await held();
      const [one, two] = [now.nodes.get(nodeKey('one')) ?? 0n, now.nodes.get(nodeKey('two')) ?? 0n];
      const perNodeMsat = (one > two ? one : two) + 5n * amountMsat;
      await atOnce(await maker({ perNodeMsat }, core.twoWalletId));
      const { nodes } = await held();
      for (const id of ['one', 'two']) expect(nodes.get(nodeKey(id))).toBeLessThanOrEqual(perNodeMsat);
    });

    test('and give back what a backend did not make', async () => {
      const make = await maker(await roomFor('wallet'));
      core.backend.faults.always('createHold', { is: 'notReady' });
      expect(await atOnce(make)).toBe(0);
      core.backend.faults.clear();
      for (let more = 0; more < 10; more++) await make();
    });

    test('but count one that is asked for twice under one key once', async () => {
      const make = await maker({ perWalletMsat: (await held()).wallet + amountMsat });
      const asked = { by: core.accountId, key: crypto.randomUUID(), digest: 'the same' };
      const all = await Promise.all([make(asked), make(asked), make(asked)]);
      expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    });
  });
  test('count what is held where that is more than was asked', async () => {
    const before = (await heldMsat(core.db, core.ledgerId, new Date())).wallet;
    const invoice = await create();
    void core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11), amount: msat(1_500_000n) });
    await reaches(invoice.paymentHash, 'held');
    expect((await heldMsat(core.db, core.ledgerId, new Date())).wallet).toBe(before + 1_500_000n);
    await cancelHold(core.deps.invoices, of(invoice.paymentHash), signal);
  });
  test('hold at a node that has not said yet who it is', async () => {
    const [worlds, db, vault] = [createWorlds(), await testDatabase(), testVault()];
    const order = { ...usual, amountMsat: 3_000_000n };
    const made = async () => {
      const life = await testCore({ db, worlds, vault, workers: false });
      const wallet = (await life.wallets.wallet(life.walletId)) ?? expect.fail('no wallet');
      expect(life.registry.get('one')?.identity()).toBeNull();
      const deps = { ...life.deps.invoices, holds: { ...life.deps.invoices.holds, perNodeMsat: 5_000_000n } };
      const answer = await createHoldInvoice(deps, { ...order, wallet }, signal).catch((error: unknown) => error);
      await life.end();
      return answer;
    };
    expect(await made()).toMatchObject({ state: 'open' });
    expect(await made()).toMatchObject({ refusal: { is: 'limitExceeded', limit: 'held at these nodes', remainingMsat: 2_000_000n } });
    await db.close();
  });
  test('refuse a hold without an amount, or longer than a day', async () => {
    await expect(create({ amountMsat: null })).rejects.toMatchObject({ refusal: { is: 'amountRequired' } });
    await expect(create({ longestHoldSeconds: 100_000 })).rejects.toMatchObject({ refusal: { is: 'invalidInput' } });
  });
});
