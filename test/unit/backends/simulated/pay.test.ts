// The pay facet: what LND does with money, seen through the port.
import { describe, expect, it } from 'vitest';
import { attemptRef, type PayOutcome } from '../../../../src/backends/port.ts';
import { msat, proves } from '../../../../src/lightning/values.ts';
import { moneyIn, noFee, rig, sat, signal, start, unknownHash } from './rig.ts';

const succeeded = (outcome: PayOutcome | { is: 'notFound' }) => {
  if (outcome.is !== 'succeeded')
    throw new Error(JSON.stringify(outcome, (_key, value) => (typeof value === 'bigint' ? String(value) : value)));
  return outcome;
};

describe('pay', () => {
  it('pays over three hops through a private channel that only the hint names, and keeps the route', async () => {
    const { world, pay, backend } = await rig();
    const invoice = world.payee.createInvoice({ amount: sat(5_000), node: 'dave' });
    const paid = succeeded(await pay(invoice.bolt11));
    expect(proves(paid.preimage ?? '', invoice.hash)).toBe(true);
    const [route] = paid.routes;
    expect(route?.hops).toHaveLength(3);
    expect(route?.fee).toBe(paid.fee);
    expect(route?.hops.reduce((sum, hop) => sum + hop.fee, 0n)).toBe(paid.fee);
    expect(world.payee.look(invoice)).toMatchObject({ state: 'settled', received: sat(5_000) });
    expect((await backend.balance(signal)).spendable).toBe(sat(15_000_000) - sat(5_000) - paid.fee);
  });

  it('pays an invoice without amount what it is told to', async () => {
    const { world, pay } = await rig();
    const invoice = world.payee.createInvoice();
    succeeded(await pay(invoice.bolt11, { amount: msat(1_234_567) }));
    expect(world.payee.look(invoice).received).toBe(1_234_567n);
  });

  it('splits what no single channel carries, and no further than it may', async () => {
    const { world, pay, time } = await rig();
    const invoice = world.payee.createInvoice({ amount: sat(12_000_000), node: 'bob' });
    const inOne = world.payer.pay({ bolt11: invoice.bolt11, from: 'alice', parts: 1 });
    expect(await time.until(inOne)).toMatchObject({ is: 'failed', reason: 'noRoute' });
    const paid = succeeded(await pay(invoice.bolt11, { maxFee: sat(100_000) }));
    expect(paid.routes.filter((route) => route.failure === undefined).length).toBeGreaterThan(1);
    expect(paid.routes.filter((route) => route.failure === undefined).reduce((sum, route) => sum + route.amount, 0n)).toBe(sat(12_000_000));
    expect(moneyIn(world).held).toBe(moneyIn(world).capacity);
  });

  it('keeps the fee limit to the msat', async () => {
    const { world, pay, time, backend } = await rig();
    const invoice = world.payee.createInvoice({ amount: sat(5_000), node: 'carol' });
    const probed = await time.until(backend.pay.probeFee({ bolt11: invoice.bolt11, amount: sat(5_000), maxFee: sat(100) }, signal));
    if (probed.is !== 'fee') throw new Error(probed.is);
    expect(await pay(invoice.bolt11, { maxFee: msat(probed.fee - 1n) })).toMatchObject({ is: 'failed', reason: 'feeLimit' });
    expect(succeeded(await pay(invoice.bolt11, { maxFee: probed.fee })).fee).toBe(probed.fee);
  });

  it.each([
    ['insufficientBalance', 20_000_000, 'bob'],
    ['noRoute', 9_000_000, 'carol'],
  ] as const)('fails with %s and moves nothing', async (reason, amount, node) => {
    const { world, pay, backend } = await rig();
    for (const peer of ['alice', 'bob']) world.network.drain(world.network.channelBetween(peer, 'carol'), peer);
    const before = await backend.balance(signal);
    const invoice = world.payee.createInvoice({ amount: sat(amount), node });
    expect(await pay(invoice.bolt11, { maxFee: sat(1_000_000) })).toMatchObject({ is: 'failed', reason });
    expect(await backend.balance(signal)).toEqual(before);
  });

  it('waits, as LND does, two minutes for the parts that a payee keeps while the rest finds no way', async () => {
    const { world, pay, backend, time } = await rig();
    const before = await backend.balance(signal);
    const invoice = world.payee.createInvoice({ amount: sat(9_000_000), node: 'dave' });
    expect((await pay(invoice.bolt11, { maxFee: sat(1_000_000) })).is).toBe('inFlight');
    await time.advance(125_000);
    expect(await backend.pay.find(invoice.hash, null, signal)).toMatchObject({ is: 'failed', reason: 'noRoute' });
    expect(await backend.balance(signal)).toEqual(before);
  });

  it('learns of a drained channel only by trying it, and goes around', async () => {
    const { world, pay } = await rig();
    world.network.drain(world.network.channelBetween('alice', 'carol'), 'alice');
    const invoice = world.payee.createInvoice({ amount: sat(5_000), node: 'carol' });
    const paid = succeeded(await pay(invoice.bolt11));
    expect(paid.routes.map((route) => route.failure)).toEqual(['temporaryChannelFailure at hop 1', undefined]);
  });

  it('fails with rejectedByPayee when the payee has canceled, and with invoiceExpired unsent', async () => {
    const { world, pay, time, backend } = await rig();
    const canceled = world.payee.createInvoice({ amount: sat(1_000) });
    world.payee.cancel(canceled);
    expect(await pay(canceled.bolt11)).toMatchObject({ is: 'failed', reason: 'rejectedByPayee' });
    const expired = world.payee.createInvoice({ amount: sat(1_000), expirySeconds: 10 });
    await time.advance(10_000);
    expect(await pay(expired.bolt11)).toMatchObject({ is: 'failed', reason: 'invoiceExpired', ref: null });
    expect(await backend.pay.find(expired.hash, null, signal)).toEqual({ is: 'notFound' });
  });

  it('refuses itself, a wrong amount, a wrong hash and a missing amount, unsent', async () => {
    const { backend, pay, world } = await rig();
    const own = await backend.receive.create({ amount: sat(10), description: { text: '' }, expirySeconds: 60 }, signal);
    if (own.is !== 'issued') throw new Error(own.is);
    expect(await pay(own.bolt11)).toMatchObject({ is: 'failed', reason: 'selfPayment', ref: null });
    const invoice = world.payee.createInvoice({ amount: sat(10) });
    expect(await pay(invoice.bolt11, { amount: sat(11) })).toMatchObject({ is: 'failed', reason: 'other' });
    expect(await pay(invoice.bolt11, { hash: unknownHash })).toMatchObject({ is: 'failed', reason: 'other' });
    expect(await pay(invoice.bolt11, { amountless: true })).toMatchObject({ is: 'failed', reason: 'other' });
  });

  it('never sends at or after sendBy', async () => {
    const { world, pay, time, backend } = await rig();
    const invoice = world.payee.createInvoice({ amount: sat(10) });
    expect(await pay(invoice.bolt11, { sendBy: time.now() })).toMatchObject({ is: 'notSent' });
    expect(await backend.pay.find(invoice.hash, null, signal)).toEqual({ is: 'notFound' });
  });

  it('keeps the time lock within maxTimeoutHeight', async () => {
    const { world, pay } = await rig();
    const invoice = world.payee.createInvoice({ amount: sat(10), node: 'carol' });
    const height = world.network.height();
    // 80 for the payee, 3 for blocks in between, 40 for alice.
    expect(await pay(invoice.bolt11, { maxTimeoutHeight: (height + 122) as typeof height })).toMatchObject({
      is: 'failed',
      reason: 'noRoute',
    });
    succeeded(await pay(invoice.bolt11, { maxTimeoutHeight: (height + 123) as typeof height }));
  });

  it('goes out again after a failure, as a new attempt; not while in flight and not when paid', async () => {
    const { world, pay, backend, time, order } = await rig();
    const invoice = world.payee.createHoldInvoice({ amount: sat(5_000) });
    backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    const first = await pay(invoice.bolt11);
    if (first.is !== 'failed' || first.ref === null) throw new Error(first.is);
    expect(await backend.pay.floor(invoice.hash, signal)).toEqual({ is: 'failed', ref: first.ref });
    expect(await backend.pay.find(invoice.hash, first.ref, signal)).toEqual({ is: 'notFound' });
    const second = await pay(invoice.bolt11);
    if (second.is !== 'inFlight' || second.ref === null) throw new Error(second.is);
    expect(second.ref).toBeGreaterThan(first.ref);
    expect(time.now().getTime() - start.getTime()).toBeLessThan(60_000);
    expect(await backend.pay.pay(order(invoice.bolt11))).toEqual(second);
    world.payee.settle(world.payee.look(invoice), world.payee.look(invoice).preimage as never);
    await time.advance(1_000);
    const found = succeeded(await backend.pay.find(invoice.hash, first.ref, signal));
    expect(found.ref).toBe(second.ref);
    expect(await backend.pay.pay(order(invoice.bolt11))).toEqual(found);
    expect(await backend.pay.floor(invoice.hash, signal)).toEqual({ is: 'succeeded', ref: second.ref, preimage: found.preimage });
    expect(await backend.pay.find(invoice.hash, attemptRef(Number(second.ref)), signal)).toEqual({ is: 'notFound' });
  });

  it('answers inFlight after half a minute and ends when the stuck node wakes', async () => {
    const { world, pay, backend, time } = await rig();
    const invoice = world.payee.createInvoice({ amount: sat(5_000), node: 'carol' });
    world.network.setFrozen('carol', true);
    const asked = time.now().getTime();
    expect((await pay(invoice.bolt11)).is).toBe('inFlight');
    expect(time.now().getTime() - asked).toBe(30_000);
    expect(moneyIn(world).held).toBe(moneyIn(world).capacity);
    world.network.setFrozen('carol', false);
    await time.advance(1_000);
    expect((await backend.pay.find(invoice.hash, null, signal)).is).toBe('succeeded');
  });

  it('gets its money back by the chain when a stuck HTLC runs out of time', async () => {
    const { world, pay, backend, time } = await rig();
    const before = (await backend.balance(signal)).spendable;
    const invoice = world.payee.createInvoice({ amount: sat(5_000), node: 'carol' });
    world.network.setFrozen('carol', true);
    expect((await pay(invoice.bolt11)).is).toBe('inFlight');
    world.network.mineBlocks(200);
    await time.advance(1_000);
    expect(await backend.pay.find(invoice.hash, null, signal)).toMatchObject({ is: 'failed', reason: 'attemptsExhausted' });
    expect((await backend.balance(signal)).spendable).toBe(before);
    world.network.setFrozen('carol', false);
    await time.advance(1_000);
    expect(world.payee.look(invoice).state).toBe('open');
  });

  it('fails over an offline node, at the peer and behind it', async () => {
    const { world, pay } = await rig();
    const invoice = world.payee.createInvoice({ amount: sat(10), node: 'carol' });
    world.network.setOnline('carol', false);
    const behind = await pay(invoice.bolt11);
    expect(behind).toMatchObject({ is: 'failed', reason: 'noRoute' });
    if (behind.is === 'failed') expect(behind.routes[0]?.failure).toBe('unknownNextPeer at hop 1');
    world.network.setOnline('carol', true);
    world.network.setOnline('alice', false);
    const paid = succeeded(await pay(invoice.bolt11));
    expect(paid.routes).toHaveLength(1);
    expect(paid.routes[0]?.hops).toHaveLength(2);
  });
});

describe('probeFee', () => {
  it('walks the channels themselves: three amounts at once against a far side that is drained to the middle one', async () => {
    const { world, backend, time } = await rig();
    world.network.setEnabled(world.network.channelBetween('alice', 'carol'), false);
    const { network } = world;
    const last = network.channelBetween('bob', 'carol');
    network.drain(last, 'bob', msat(last.balanceA - sat(1_000_000)));
    const invoice = world.payee.createInvoice({ node: 'carol' });
    const probes = [900_000, 1_000_001, 5_000_000].map((amount) =>
      backend.pay.probeFee({ bolt11: invoice.bolt11, amount: sat(amount), maxFee: sat(50_000) }, signal),
    );
    const answers = await time.until(Promise.all(probes));
    expect(answers.map((answer) => answer.is)).toEqual(['fee', 'noRoute', 'noRoute']);
    expect(await backend.pay.find(invoice.hash, null, signal)).toEqual({ is: 'notFound' });
    expect(moneyIn(world).held).toBe(moneyIn(world).capacity);
  });

  it('says what the payment then costs, also when it takes several parts', async () => {
    const { world, backend, time, pay } = await rig();
    const invoice = world.payee.createInvoice({ amount: sat(12_000_000), node: 'bob' });
    const probed = await time.until(
      backend.pay.probeFee({ bolt11: invoice.bolt11, amount: sat(12_000_000), maxFee: sat(100_000) }, signal),
    );
    expect(probed).toEqual({ is: 'fee', fee: succeeded(await pay(invoice.bolt11, { maxFee: sat(100_000) })).fee });
  });

  it('does not take the liquidity of payments and of other probes', async () => {
    const { world, backend, time, order } = await rig();
    const invoice = world.payee.createInvoice({ node: 'alice' });
    const probe = () => backend.pay.probeFee({ bolt11: invoice.bolt11, amount: sat(9_000_000), maxFee: noFee }, signal);
    const all = await time.until(
      Promise.all([probe(), probe(), backend.pay.pay(order(invoice.bolt11, { amount: sat(9_500_000), maxFee: noFee })), probe()]),
    );
    expect(all.map((answer) => answer.is)).toEqual(['fee', 'fee', 'succeeded', 'noRoute']);
  });

  it('knows at once that the rest finds no way, unlike a payment, whose parts the payee keeps', async () => {
    const { world, backend, time } = await rig();
    const invoice = world.payee.createInvoice({ node: 'dave' });
    const probe = backend.pay.probeFee({ bolt11: invoice.bolt11, amount: sat(9_000_000), maxFee: sat(1_000_000) }, signal);
    expect(await time.until(probe)).toEqual({ is: 'noRoute' });
    expect(time.now().getTime() - start.getTime()).toBeLessThan(1_000);
  });

  it('gives up on a stuck probe after a minute', async () => {
    const { world, backend, time } = await rig();
    const invoice = world.payee.createInvoice({ node: 'carol' });
    world.network.setFrozen('carol', true);
    expect((await time.until(backend.pay.probeFee({ bolt11: invoice.bolt11, amount: sat(10), maxFee: sat(10) }, signal))).is).toBe(
      'noRoute',
    );
    expect(time.now().getTime() - start.getTime()).toBe(60_000);
  });
});
