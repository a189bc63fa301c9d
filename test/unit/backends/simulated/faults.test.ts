// Every planned fault at every call it can befall: what the caller hears, and what is true all the same.
import { describe, expect, it } from 'vitest';
import { BackendFault } from '../../../../src/backends/port.ts';
import { calls, createFaults } from '../../../../src/backends/simulated/faults.ts';
import { hashOf, preimage } from '../../../../src/lightning/values.ts';
import { rig, sat, signal, start, terms } from './rig.ts';

describe('a fault while paying', () => {
  it('notReady: not sent, and known not to be', async () => {
    const r = await rig();
    const invoice = r.world.payee.createInvoice({ amount: sat(10) });
    r.backend.faults.next('pay', { is: 'notReady' });
    expect(await r.pay(invoice.bolt11)).toMatchObject({ is: 'notSent', fault: { kind: 'unreachable' } });
    expect(await r.backend.pay.find(invoice.hash, null, signal)).toEqual({ is: 'notFound' });
  });

  it('dropRequest: unknown, and nothing was sent', async () => {
    const r = await rig();
    const invoice = r.world.payee.createInvoice({ amount: sat(10) });
    r.backend.faults.next('pay', { is: 'dropRequest' });
    expect((await r.pay(invoice.bolt11)).is).toBe('unknown');
    await r.time.advance(60_000);
    expect(await r.backend.pay.find(invoice.hash, null, signal)).toEqual({ is: 'notFound' });
  });

  it('loseReply: unknown, and paid', async () => {
    for (const ms of [0, 5_000]) {
      const r = await rig();
      const invoice = r.world.payee.createInvoice({ amount: sat(10) });
      r.backend.faults.next('pay', { is: 'loseReply', ms });
      expect(await r.pay(invoice.bolt11)).toMatchObject({ is: 'unknown', fault: { kind: 'timeout' } });
      expect((await r.backend.pay.find(invoice.hash, null, signal)).is).toBe('succeeded');
    }
  });

  it('delay beyond sendBy: not sent', async () => {
    const r = await rig();
    const invoice = r.world.payee.createInvoice({ amount: sat(10) });
    r.backend.faults.next('pay', { is: 'delay', ms: 61_000 });
    expect((await r.pay(invoice.bolt11)).is).toBe('notSent');
    r.backend.faults.next('pay', { is: 'delay', ms: 59_000 });
    expect((await r.pay(invoice.bolt11)).is).toBe('succeeded');
  });

  it('a restart while it is on its way: unknown, in flight, then found by the word of the network', async () => {
    const r = await rig();
    const invoice = r.world.payee.createInvoice({ amount: sat(10), node: 'carol' });
    const paying = r.backend.pay.pay(r.order(invoice.bolt11));
    await r.time.advance(5);
    r.backend.restart(20);
    expect((await r.time.until(paying)).is).toBe('unknown');
    expect((await r.backend.pay.pay(r.order(invoice.bolt11))).is).toBe('notSent');
    expect((await r.backend.pay.find(invoice.hash, null, signal)).is).toBe('unknown');
    await r.time.advance(20);
    expect((await r.backend.pay.find(invoice.hash, null, signal)).is).toBe('inFlight');
    await r.time.advance(1_000);
    expect((await r.backend.pay.find(invoice.hash, null, signal)).is).toBe('succeeded');
  });

  it('a restart starts no new part: what comes back is not tried again', async () => {
    const r = await rig();
    r.world.network.drain(r.world.network.channelBetween('alice', 'carol'), 'alice');
    const invoice = r.world.payee.createInvoice({ amount: sat(10), node: 'carol' });
    const paying = r.backend.pay.pay(r.order(invoice.bolt11));
    await r.time.advance(1);
    r.backend.restart(1);
    await r.time.until(paying);
    await r.time.advance(1_000);
    const found = await r.backend.pay.find(invoice.hash, null, signal);
    expect(found.is === 'failed' && found.routes).toHaveLength(1);
    expect((await r.pay(invoice.bolt11)).is).toBe('succeeded');
  });

  it('stale: the older attempt’s failure is told until the fault is over', async () => {
    const r = await rig();
    const invoice = r.world.payee.createInvoice({ amount: sat(10) });
    r.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    const first = await r.pay(invoice.bolt11);
    const floor = await r.backend.pay.floor(invoice.hash, signal);
    if (first.is !== 'failed' || floor.is !== 'failed') throw new Error(first.is);
    expect((await r.pay(invoice.bolt11)).is).toBe('succeeded');
    r.backend.faults.next('findPayment', { is: 'stale' });
    r.backend.faults.next('floor', { is: 'stale' });
    expect(await r.backend.pay.find(invoice.hash, floor.ref, signal)).toEqual(first);
    expect(await r.backend.pay.floor(invoice.hash, signal)).toEqual(floor);
    expect((await r.backend.pay.find(invoice.hash, floor.ref, signal)).is).toBe('succeeded');
  });

  it('notFound: the payment is there, and not shown yet', async () => {
    const r = await rig();
    const invoice = r.world.payee.createInvoice({ amount: sat(10) });
    await r.pay(invoice.bolt11);
    r.backend.faults.next('findPayment', { is: 'notFound' }, 2);
    r.backend.faults.next('floor', { is: 'notFound' });
    const asked = () => r.backend.pay.find(invoice.hash, null, signal);
    expect([(await asked()).is, (await asked()).is, (await asked()).is]).toEqual(['notFound', 'notFound', 'succeeded']);
    expect([(await r.backend.pay.floor(invoice.hash, signal)).is, (await r.backend.pay.floor(invoice.hash, signal)).is]).toEqual([
      'nothing',
      'succeeded',
    ]);
  });

  it.each(['noRoute', 'feeLimit', 'insufficientBalance', 'rejectedByPayee', 'attemptsExhausted', 'canceled', 'other'] as const)(
    'fail: %s',
    async (reason) => {
      const r = await rig();
      const invoice = r.world.payee.createInvoice({ amount: sat(10) });
      r.backend.faults.next('pay', { is: 'fail', reason });
      const failed = await r.pay(invoice.bolt11);
      expect(failed).toMatchObject({ is: 'failed', reason });
      expect(await r.backend.pay.find(invoice.hash, null, signal)).toEqual(failed);
      expect(r.world.payee.look(invoice).state).toBe('open');
    },
  );
});

describe('a backend whose word is no proof', () => {
  it('sayFailed: failed with the attempt’s own ref, and paid all the same', async () => {
    const r = await rig({ failureIsProof: false, findIsComplete: false });
    expect(r.backend.pay.traits).toMatchObject({ failureIsProof: false, findIsComplete: false });
    const invoice = r.world.payee.createInvoice({ amount: sat(10) });
    r.backend.faults.next('pay', { is: 'sayFailed', reason: 'noRoute' });
    const said = await r.backend.pay.pay(r.order(invoice.bolt11));
    expect(said).toMatchObject({ is: 'failed', reason: 'noRoute' });
    await r.time.advance(1_000);
    const found = await r.backend.pay.find(invoice.hash, null, signal);
    expect(found.is === 'succeeded' && said.is === 'failed' && found.ref === said.ref).toBe(true);
  });
});

describe('a fault while receiving and holding', () => {
  it('loseReply: unknown, and it is done', async () => {
    const r = await rig();
    const secret = preimage('07'.repeat(32));
    const held = { hash: hashOf(secret), handle: null };
    r.backend.faults.next('createHold', { is: 'loseReply' });
    expect((await r.backend.hold.create({ ...terms(), hash: held.hash }, signal)).is).toBe('unknown');
    const again = await r.backend.hold.create({ ...terms(), hash: held.hash }, signal);
    if (again.is !== 'issued') throw new Error(again.is);
    void r.world.payer.pay({ bolt11: again.bolt11 });
    await r.time.advance(1_000);
    r.backend.faults.next('settleHold', { is: 'loseReply' });
    expect((await r.backend.hold.settle(held, secret, signal)).is).toBe('unknown');
    expect((await r.backend.hold.find(held.hash, signal)).is).toBe('settled');
  });

  it('dropRequest and notReady: unknown, and nothing is done', async () => {
    const r = await rig();
    const invoice = await r.backend.receive.create(terms(), signal);
    if (invoice.is !== 'issued') throw new Error(invoice.is);
    for (const is of ['dropRequest', 'notReady'] as const) {
      r.backend.faults.next('createInvoice', { is });
      expect((await r.backend.receive.create(terms(), signal)).is).toBe('unknown');
      r.backend.faults.next('cancelInvoice', { is });
      expect((await r.backend.receive.cancel(invoice.hash, signal)).is).toBe('unknown');
    }
    expect(r.world.network.sim.records.invoices.size).toBe(1);
    expect((await r.backend.receive.find(invoice.hash, signal)).is).toBe('open');
  });

  it('notFound: hidden from one look', async () => {
    const r = await rig();
    const invoice = await r.backend.receive.create(terms(), signal);
    if (invoice.is !== 'issued') throw new Error(invoice.is);
    r.backend.faults.next('findInvoice', { is: 'notFound' });
    expect((await r.backend.receive.find(invoice.hash, signal)).is).toBe('notFound');
    expect((await r.backend.receive.find(invoice.hash, signal)).is).toBe('open');
  });
});

describe('reads', () => {
  it('throw a BackendFault when the node is away, and money calls say so', async () => {
    const r = await rig();
    r.world.network.setOnline('switchyard', false);
    const invoice = r.world.payee.createInvoice({ amount: sat(10) });
    const to = { address: '', amount: sat(1) };
    const pace = { speed: 'fast', targetConfirmations: 1 } as const;
    const asks = [
      () => r.backend.identity(signal),
      () => r.backend.balance(signal),
      () => r.backend.pay.floor(invoice.hash, signal),
      () => r.backend.receive.find(invoice.hash, signal),
      () => r.backend.hold.find(invoice.hash, signal),
      () => r.backend.chain.createAddress(signal),
      () => r.backend.chain.estimateFee(to, pace, signal),
      () => r.backend.chain.deposits(null, signal),
    ];
    for (const ask of asks) await expect(ask()).rejects.toBeInstanceOf(BackendFault);
    expect(await r.backend.health(signal)).toMatchObject({ ready: false, trouble: 'down' });
    expect((await r.backend.pay.pay(r.order(invoice.bolt11))).is).toBe('notSent');
    expect((await r.backend.chain.send({ ...pace, to, label: 'a', maxFee: null, sendBy: new Date(8.64e15) })).is).toBe('notSent');
    expect((await r.backend.pay.probeFee({ bolt11: invoice.bolt11, amount: sat(1), maxFee: sat(1) }, signal)).is).toBe('unknown');
    r.world.network.setOnline('switchyard', true);
    expect(await r.backend.health(signal)).toEqual({ ready: true, syncedToChain: true, detail: 'ok' });
  });

  it('end with their caller’s signal', async () => {
    const r = await rig();
    r.backend.faults.always('balance', { is: 'delay', ms: 10_000 });
    const end = new AbortController();
    const asked = r.backend.balance(end.signal);
    end.abort();
    await expect(asked).rejects.toMatchObject({ fault: { kind: 'timeout' } });
    await expect(r.backend.balance(AbortSignal.abort())).rejects.toBeInstanceOf(BackendFault);
    expect((await r.backend.receive.create(terms(), AbortSignal.abort())).is).toBe('unknown');
  });

  it('take as long as a delay says', async () => {
    const r = await rig();
    r.backend.faults.next('identity', { is: 'delay', ms: 1_500 });
    expect((await r.time.until(r.backend.identity(signal))).network).toBe('regtest');
    expect(r.time.now().getTime() - start.getTime()).toBe(1_500);
  });
});

describe('createFaults', () => {
  it('gives those of next first, then the standing ones until they are lifted, and remembers them', () => {
    const faults = createFaults();
    const lift = faults.always('pay', { is: 'dropRequest' });
    faults.next('pay', { is: 'notReady' }, 2);
    expect([faults.take('pay'), faults.take('pay'), faults.take('pay'), faults.take('balance')].map((fault) => fault?.is)).toEqual([
      'notReady',
      'notReady',
      'dropRequest',
      undefined,
    ]);
    lift();
    expect(faults.take('pay')).toBeNull();
    expect(faults.met).toHaveLength(3);
  });

  it('draws the same from the same seed, at about the rate', () => {
    const drawn = (seed: string) => {
      const faults = createFaults();
      faults.random({ seed, rate: 0.2 });
      return Array.from({ length: 2_000 }, (_unused, at) => faults.take(calls[at % calls.length] ?? 'pay'));
    };
    expect(drawn('a')).toEqual(drawn('a'));
    expect(drawn('a')).not.toEqual(drawn('b'));
    const met = drawn('a').filter((fault) => fault !== null).length;
    expect(met).toBeGreaterThan(250);
    expect(met).toBeLessThan(450);
  });
});
