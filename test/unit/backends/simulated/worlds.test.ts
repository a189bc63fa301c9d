// Worlds: several backends in one network, the same world from the same seed, and what a state file keeps over the end of a process.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulatedKind, simulatedKind } from '../../../../src/backends/simulated/backend.ts';
import { realTime, virtualTime } from '../../../../src/backends/simulated/time.ts';
import { createWorlds } from '../../../../src/backends/simulated/worlds.ts';
import { backendId } from '../../../../src/lightning/values.ts';
import { collect, moneyIn, rig, sat, signal, start, terms } from './rig.ts';

describe('a world', () => {
  it('lets two backends pay each other through outside nodes, and keeps identities apart from the order of connecting', async () => {
    const one = await rig();
    const two = await one.connect('second');
    const invoice = await two.receive.create(terms(sat(50_000)), signal);
    if (invoice.is !== 'issued') throw new Error(invoice.is);
    const paid = await one.pay(invoice.bolt11);
    expect(paid.is === 'succeeded' && paid.routes[0]?.hops).toHaveLength(2);
    expect((await two.receive.find(invoice.hash, signal)).is).toBe('settled');
    const other = await rig({ node: 'second' });
    expect((await other.backend.identity(signal)).key).toBe((await two.identity(signal)).key);
    expect((await other.backend.identity(signal)).key).not.toBe((await one.backend.identity(signal)).key);
  });

  it('keeps worlds of other names apart, and forgets all on reset', async () => {
    const one = await rig();
    const apart = await one.connect('second', { world: 'elsewhere' });
    const invoice = await apart.receive.create(terms(), signal);
    if (invoice.is !== 'issued') throw new Error(invoice.is);
    expect((await one.pay(invoice.bolt11)).is).toBe('failed');
    expect(one.worlds.names()).toEqual(['sandbox', 'elsewhere']);
    expect(one.worlds.get('elsewhere')?.network).toBe(apart.world.network);
    one.worlds.reset();
    expect(one.worlds.get('sandbox')).toBeNull();
  });

  it('keeps its planned faults while backends come and go', async () => {
    const one = await rig();
    one.world.faultsOf('switchyard').next('balance', { is: 'dropRequest' });
    await one.backend.close();
    const again = await one.connect('switchyard');
    await expect(again.balance(signal)).rejects.toThrow('unreachable');
  });

  it('reads its settings strictly and connects by the kind', async () => {
    expect(() => simulatedKind.settings.parse({ sed: 'x' })).toThrow('sed');
    expect(() => simulatedKind.settings.parse({ network: 'mainnet' })).toThrow('regtest');
    const kind = createSimulatedKind(createWorlds({ time: virtualTime(start) }));
    const one = await rig();
    const backend = await kind.connect(backendId('kind'), kind.settings.parse({}), one.tools);
    expect(await backend.identity(signal)).toMatchObject({ network: 'regtest', label: 'switchyard' });
    expect(kind.simulated).toBe(true);
  });

  it('works in real time too', async () => {
    const one = await rig();
    const worlds = createWorlds({ time: realTime() });
    const kind = createSimulatedKind(worlds);
    const backend = await kind.connect(backendId('real'), kind.settings.parse({ latencyMs: 2 }), one.tools);
    const invoice = worlds.get('sandbox')?.payee.createInvoice({ amount: sat(10), node: 'carol' });
    if (invoice === undefined || backend.pay === undefined) throw new Error('no world');
    const order = { ...one.order(invoice.bolt11), sendBy: new Date(Date.now() + 10_000) };
    expect((await backend.pay.pay(order)).is).toBe('succeeded');
    worlds.reset();
  });
});

describe('a state file', () => {
  let folder = '';
  let stateFile = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    stateFile = join(folder, 'deeper', 'world.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  // As after a kill: nobody closed the old world; the new process finds the file as it is.
  const nextLife = () => rig({ stateFile }, new Date(start.getTime() + 60_000));

  it('keeps open and settled invoices, payments, balances, addresses and facts with their cursors', async () => {
    const old = await rig({ stateFile });
    const open = await old.backend.receive.create(terms(), signal);
    const settled = await old.backend.receive.create(terms(), signal);
    if (open.is !== 'issued' || settled.is !== 'issued') throw new Error('not issued');
    await old.time.until(old.world.payer.pay({ bolt11: settled.bolt11 }));
    const payee = old.world.payee.createInvoice({ amount: sat(77), node: 'dave' });
    const paid = await old.pay(payee.bolt11);
    const address = await old.backend.chain.createAddress(signal);
    const told = collect(old.backend.facts(null, signal));
    await old.time.advance(1);
    const balance = await old.backend.balance(signal);

    const now = await nextLife();
    expect(await now.backend.balance(signal)).toEqual(balance);
    expect(await now.backend.pay.find(payee.hash, null, signal)).toEqual(paid);
    expect((await now.backend.receive.find(settled.hash, signal)).is).toBe('settled');
    expect((await now.time.until(now.world.payer.pay({ bolt11: open.bolt11 }))).is).toBe('succeeded');
    now.world.network.deposit(address, sat(5));
    expect((await now.backend.balance(signal)).chainPending).toBe(sat(5));
    const first = told.facts.find((fact) => fact.about === 'invoice');
    const again = collect(now.backend.facts(first?.cursor ?? null, signal));
    await now.time.advance(1);
    expect(again.facts.map((fact) => fact.about)).toEqual(['block', 'payment', 'invoice', 'deposit']);
    const fresh = await now.backend.receive.create(terms(), signal);
    expect(fresh.is === 'issued' && fresh.hash).not.toBe(settled.hash);
  });

  it('takes up what was in flight at every moment of a payment, without losing or making money', async () => {
    for (let ms = 0; ms < 400; ms += 20) {
      rmSync(stateFile, { force: true });
      const old = await rig({ stateFile });
      const invoice = old.world.payee.createInvoice({ amount: sat(5_000), node: 'dave' });
      const before = (await old.backend.balance(signal)).spendable;
      void old.backend.pay.pay(old.order(invoice.bolt11));
      await old.time.advance(ms);

      const now = await nextLife();
      await now.time.advance(2_000);
      const found = await now.backend.pay.find(invoice.hash, null, signal);
      const spent = before - (await now.backend.balance(signal)).spendable;
      expect(found.is).toBe('succeeded');
      expect(now.world.payee.look(invoice).state).toBe('settled');
      expect(found.is === 'succeeded' && spent).toBe(found.is === 'succeeded' && sat(5_000) + found.fee);
      expect(moneyIn(now.world).held).toBe(moneyIn(now.world).capacity);
    }
  });

  it('sends nothing new for a payment of before: what comes back is the end of it', async () => {
    const old = await rig({ stateFile });
    old.world.network.drain(old.world.network.channelBetween('alice', 'carol'), 'alice');
    const invoice = old.world.payee.createInvoice({ amount: sat(10), node: 'carol' });
    void old.backend.pay.pay(old.order(invoice.bolt11));
    await old.time.advance(1);
    const now = await nextLife();
    await now.time.advance(1_000);
    const found = await now.backend.pay.find(invoice.hash, null, signal);
    expect(found).toMatchObject({ is: 'failed', reason: 'other' });
    expect(found.is === 'failed' && found.routes).toHaveLength(1);
    expect((await now.pay(invoice.bolt11)).is).toBe('succeeded');
  });

  it('keeps a held invoice held, and the expiry of an open one running', async () => {
    const old = await rig({ stateFile });
    const held = await old.backend.receive.create(terms(), signal);
    const hold = old.world.payee.createHoldInvoice({ amount: sat(10) });
    const expiring = await old.backend.receive.create({ ...terms(), expirySeconds: 90 }, signal);
    if (held.is !== 'issued' || expiring.is !== 'issued') throw new Error('not issued');
    expect((await old.pay(hold.bolt11)).is).toBe('inFlight');
    const now = await nextLife();
    const seen = collect(now.backend.facts(null, signal));
    expect(now.world.payee.look(hold).state).toBe('held');
    now.world.payee.settle(now.world.payee.look(hold), now.world.payee.look(hold).preimage as never);
    await now.time.advance(31_000);
    expect((await now.backend.pay.find(hold.hash, null, signal)).is).toBe('succeeded');
    expect(seen.facts.filter((fact) => fact.about === 'invoice').map((fact) => fact.hash)).toEqual([expiring.hash]);
  });

  it('is readable by its owner alone, survives a line cut in half, and is written anew without what is over', async () => {
    const old = await rig({ stateFile });
    for (let i = 0; i < 20; i++) old.world.network.mineBlocks(1);
    await old.time.advance(1);
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    appendFileSync(stateFile, '[["counters","height",9');
    const long = readFileSync(stateFile, 'utf8').length;
    const now = await nextLife();
    expect(now.world.network.height()).toBe(old.world.network.height());
    expect(readFileSync(stateFile, 'utf8').length).toBeLessThan(long);
    now.world.network.mineBlocks(1);
    await now.time.advance(1);
    expect((await nextLife()).world.network.height()).toBe(old.world.network.height() + 1);
  });

  it('forgets unpaid invoices a week after their expiry, and nothing else', async () => {
    const old = await rig({ stateFile });
    const unpaid = await old.backend.receive.create(terms(), signal);
    const paid = await old.backend.receive.create(terms(), signal);
    const long = await old.backend.receive.create({ ...terms(), expirySeconds: 14 * 24 * 3_600 }, signal);
    if (unpaid.is !== 'issued' || paid.is !== 'issued' || long.is !== 'issued') throw new Error('not issued');
    await old.time.until(old.world.payer.pay({ bolt11: paid.bolt11 }));
    const later = await rig({ stateFile }, new Date(start.getTime() + 8 * 24 * 3_600_000));
    const states = await Promise.all([unpaid, paid, long].map(({ hash }) => later.backend.receive.find(hash, signal)));
    expect(states.map((state) => state.is)).toEqual(['notFound', 'settled', 'open']);
  });

  it('gives a held set back in its seconds after a restart too', async () => {
    const settings = { stateFile, holdHashFrom: 'backend', heldSeconds: 60 };
    const old = await rig(settings);
    const hold = await old.backend.hold.create(terms(), signal);
    if (hold.is !== 'issued') throw new Error(hold.is);
    void old.world.payer.pay({ bolt11: hold.bolt11 });
    await old.time.advance(1_000);
    const now = await rig(settings, new Date(start.getTime() + 2_000));
    expect((await now.backend.hold.find(hold.hash, signal)).is).toBe('held');
    await now.time.advance(61_000);
    expect((await now.backend.hold.find(hold.hash, signal)).is).toBe('open');
    expect(moneyIn(now.world).held).toBe(moneyIn(now.world).capacity);
    expect(now.world.network.sim.records.htlcs.size).toBe(0);
  });

  it('starts over when a kill left nothing but half a line', async () => {
    await rig({ stateFile });
    rmSync(stateFile);
    appendFileSync(stateFile, '[["life","x');
    const now = await nextLife();
    const issue = await now.backend.receive.create(terms(), signal);
    if (issue.is !== 'issued') throw new Error(issue.is);
    expect((await (await nextLife()).backend.receive.find(issue.hash, signal)).is).toBe('open');
  });
});
