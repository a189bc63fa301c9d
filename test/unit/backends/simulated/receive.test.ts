// The receive and hold facets: what a payer and a payee can do to an invoice, in every order.
import { parsePaymentRequest } from 'ln-service';
import { describe, expect, it } from 'vitest';
import type { Issue } from '../../../../src/backends/port.ts';
import { encodeBolt11 } from '../../../../src/lightning/bolt11-encode.ts';
import { hashOf, preimage } from '../../../../src/lightning/values.ts';
import { collect, moneyIn, type Rig, rig, sat, signal, start, terms, unknownHash } from './rig.ts';

const issued = (issue: Issue) => {
  if (issue.is !== 'issued') throw new Error(JSON.stringify(issue));
  return issue;
};
const secret = preimage('07'.repeat(32));
const hash = hashOf(secret);
const ref = { hash, handle: null };
const heldInvoice = async (r: Rig, more: object = {}) => {
  const invoice = issued(await r.backend.hold.create({ ...terms(), hash, ...more }, signal));
  const paying = r.world.payer.pay({ bolt11: invoice.bolt11, from: 'carol' });
  await r.time.advance(1_000);
  return { invoice, paying };
};

describe('receive', () => {
  it('signs what ln-service reads back: our node, the terms, the preimage of the hash', async () => {
    const { backend } = await rig();
    const invoice = issued(await backend.receive.create({ ...terms(sat(1_234)), finalCltvDelta: 144 }, signal));
    const parsed = parsePaymentRequest({ request: invoice.bolt11 });
    expect(parsed).toMatchObject({
      id: invoice.hash,
      destination: (await backend.identity(signal)).key,
      mtokens: '1234000',
      cltv_delta: 144,
      payment: invoice.paymentSecret,
      network: 'regtest',
    });
    expect(Date.parse(parsed.expires_at)).toBe(invoice.expiresAt.getTime());
    expect(hashOf(preimage(invoice.preimage ?? ''))).toBe(invoice.hash);
  });

  it('names its private channels in hints by itself, so that it can be paid over them', async () => {
    const r = await rig();
    r.world.network.openChannel({ between: ['switchyard', 'carol'], balances: [sat(0), sat(1_000_000)], isPrivate: true });
    const invoice = issued(await r.backend.receive.create(terms(sat(500_000)), signal));
    expect(parsePaymentRequest({ request: invoice.bolt11 }).routes).toHaveLength(1);
    r.world.network.setOnline('bob', false);
    const paid = await r.time.until(r.world.payer.pay({ bolt11: invoice.bolt11, from: 'carol' }));
    if (paid.is !== 'succeeded') throw new Error(paid.is);
    expect(paid.routes[0]?.hops).toHaveLength(1);
  });

  it.each([
    [{ amount: 0n as never }],
    [{ expirySeconds: 0 }],
    [{ expirySeconds: 31_536_001 }],
    [{ expirySeconds: 1.5 }],
    [{ finalCltvDelta: 23 }],
    [{ finalCltvDelta: 65_536 }],
    [{ description: { text: 'x'.repeat(640) } }],
    [{ description: { hash: 'no hash' } }],
  ])('refuses terms, case %#', async (wrong) => {
    const { backend } = await rig();
    expect(await backend.receive.create({ ...terms(), ...wrong }, signal)).toMatchObject({ is: 'refused', because: 'terms' });
  });

  it('credits an overpayment as it came and refuses an underpayment', async () => {
    const r = await rig();
    const invoice = issued(await r.backend.receive.create(terms(sat(1_000)), signal));
    expect(await r.time.until(r.world.payer.pay({ bolt11: invoice.bolt11, amount: sat(999) }))).toMatchObject({
      is: 'failed',
      reason: 'rejectedByPayee',
    });
    expect((await r.time.until(r.world.payer.pay({ bolt11: invoice.bolt11, amount: sat(3_000) }))).is).toBe('succeeded');
    expect(await r.backend.receive.find(invoice.hash, signal)).toEqual({ is: 'settled', received: sat(3_000), preimage: invoice.preimage });
  });

  it('is paid at most once, whoever tries', async () => {
    const r = await rig();
    const before = (await r.backend.balance(signal)).spendable;
    const invoice = issued(await r.backend.receive.create(terms(sat(1_000)), signal));
    const outcomes = await r.time.until(
      Promise.all(['alice', 'bob', 'carol', 'dave'].map((from) => r.world.payer.pay({ bolt11: invoice.bolt11, from }))),
    );
    expect(outcomes.filter((outcome) => outcome.is === 'succeeded')).toHaveLength(1);
    expect((await r.backend.balance(signal)).spendable).toBe(before + sat(1_000));
  });

  it('cannot be paid once canceled or expired; canceling twice is done, of a settled one refused', async () => {
    const r = await rig();
    const canceled = issued(await r.backend.receive.create(terms(), signal));
    const cancel = (of: typeof canceled) => r.backend.receive.cancel(of.hash, signal);
    expect([await cancel(canceled), await cancel(canceled)]).toEqual([{ is: 'done' }, { is: 'done' }]);
    expect((await r.time.until(r.world.payer.pay({ bolt11: canceled.bolt11 }))).is).toBe('failed');
    const settled = issued(await r.backend.receive.create(terms(), signal));
    await r.time.until(r.world.payer.pay({ bolt11: settled.bolt11 }));
    expect(await cancel(settled)).toEqual({ is: 'refused', because: 'alreadySettled' });
    expect(await r.backend.receive.cancel(unknownHash, signal)).toEqual({ is: 'refused', because: 'notFound' });
    const expired = issued(await r.backend.receive.create({ ...terms(), expirySeconds: 5 }, signal));
    await r.time.advance(5_000);
    expect(await r.backend.receive.find(expired.hash, signal)).toEqual({ is: 'canceled' });
    expect(await r.backend.receive.find(unknownHash, signal)).toEqual({ is: 'notFound' });
  });

  it('refuses a part that does not know the payment secret', async () => {
    const r = await rig();
    const invoice = issued(await r.backend.receive.create(terms(), signal));
    const { privateKey } = r.world.network.addNode('switchyard');
    const draft = {
      network: 'regtest',
      amount: sat(1_000),
      hash: invoice.hash,
      description: { text: '' },
      createdAt: start,
      expirySeconds: 600,
      finalCltvDelta: 80,
      featureBits: [8, 14, 17],
    } as const;
    const forged = encodeBolt11({ ...draft, paymentSecret: 'cd'.repeat(32) }, privateKey);
    expect(await r.time.until(r.world.payer.pay({ bolt11: forged }))).toMatchObject({ is: 'failed', reason: 'rejectedByPayee' });
    const genuine = encodeBolt11({ ...draft, paymentSecret: invoice.paymentSecret }, privateKey);
    expect((await r.time.until(r.world.payer.pay({ bolt11: genuine }))).is).toBe('succeeded');
  });

  it('never pays and cancels: seventy races', async () => {
    for (let lead = 0; lead < 70; lead++) {
      const r = await rig();
      const invoice = issued(await r.backend.receive.create(terms(), signal));
      const paying = r.world.payer.pay({ bolt11: invoice.bolt11 });
      await r.time.advance(lead);
      const canceled = await r.backend.receive.cancel(invoice.hash, signal);
      expect((await r.time.until(paying)).is).toBe(canceled.is === 'done' ? 'failed' : 'succeeded');
    }
  });

  it('gives the parts of an incomplete set back after two minutes', async () => {
    const r = await rig();
    const invoice = issued(await r.backend.receive.create(terms(sat(12_000_000)), signal));
    // The larger part arrives, the other gets stuck behind bob until it has gone back.
    r.world.network.setFrozen('bob', true);
    const paying = r.world.payer.pay({ bolt11: invoice.bolt11, from: 'alice' });
    await r.time.advance(125_000);
    r.world.network.setFrozen('bob', false);
    await r.time.advance(125_000);
    expect((await paying).is).toBe('inFlight');
    expect(await r.backend.receive.find(invoice.hash, signal)).toEqual({ is: 'open' });
    expect(r.world.network.sim.records.htlcs.size).toBe(0);
  });
});

describe('hold', () => {
  it('is held with the full amount, the earliest end and no handle, and settles once and for all', async () => {
    const r = await rig();
    const told = collect(r.backend.facts(null, signal));
    const { invoice, paying } = await heldInvoice(r);
    expect(invoice.preimage).toBeUndefined();
    expect(await r.backend.hold.find(hash, signal)).toEqual({
      is: 'held',
      received: sat(1_000),
      handle: null,
      deadline: { height: r.world.network.height() + 83 },
    });
    expect(await r.backend.hold.settle(ref, preimage('08'.repeat(32)), signal)).toEqual({ is: 'refused', because: 'wrongPreimage' });
    expect(await r.backend.hold.settle(ref, secret, signal)).toEqual({ is: 'done' });
    expect(await r.backend.hold.settle(ref, secret, signal)).toEqual({ is: 'done' });
    expect(await r.backend.hold.cancel(ref, signal)).toEqual({ is: 'refused', because: 'alreadySettled' });
    expect(await r.time.until(paying)).toMatchObject({ is: 'succeeded', preimage: secret });
    expect(await r.backend.hold.find(hash, signal)).toEqual({ is: 'settled', received: sat(1_000), preimage: secret });
    expect(told.facts.flatMap((fact) => (fact.about === 'invoice' ? [fact.sighting.is] : []))).toEqual(['held', 'settled']);
  });

  it('goes back to the payer when canceled, and can never be paid again', async () => {
    const r = await rig();
    const { invoice, paying } = await heldInvoice(r);
    expect([await r.backend.hold.cancel(ref, signal), await r.backend.hold.cancel(ref, signal)]).toEqual([{ is: 'done' }, { is: 'done' }]);
    expect(await r.backend.hold.settle(ref, secret, signal)).toEqual({ is: 'refused', because: 'alreadyCanceled' });
    expect(await r.time.until(paying)).toMatchObject({ is: 'failed', reason: 'rejectedByPayee' });
    expect((await r.time.until(r.world.payer.pay({ bolt11: invoice.bolt11, from: 'bob' }))).is).toBe('failed');
    expect(moneyIn(r.world).held).toBe(moneyIn(r.world).capacity);
  });

  it('refuses to settle what is not held, and what is not there', async () => {
    const r = await rig();
    issued(await r.backend.hold.create({ ...terms(), hash }, signal));
    expect(await r.backend.hold.settle(ref, secret, signal)).toEqual({ is: 'refused', because: 'notHeld' });
    expect(await r.backend.hold.settle({ hash: unknownHash, handle: null }, secret, signal)).toEqual({
      is: 'refused',
      because: 'notFound',
    });
  });

  it('is canceled by the node 18 blocks before its HTLCs end, not one earlier', async () => {
    const r = await rig();
    const { paying } = await heldInvoice(r);
    r.world.network.mineBlocks(83 - 18 - 1);
    expect((await r.backend.hold.find(hash, signal)).is).toBe('held');
    r.world.network.mineBlocks(1);
    expect((await r.backend.hold.find(hash, signal)).is).toBe('canceled');
    expect((await r.time.until(paying)).is).toBe('failed');
  });

  it('stays held beyond its expiry in time', async () => {
    const r = await rig();
    await heldInvoice(r, { expirySeconds: 5 });
    await r.time.advance(60_000);
    expect((await r.backend.hold.find(hash, signal)).is).toBe('held');
  });

  it('is issued again for equal terms and refused for others; takes a stranger’s hash as LND does', async () => {
    const r = await rig();
    const first = issued(await r.backend.hold.create({ ...terms(), hash }, signal));
    expect(issued(await r.backend.hold.create({ ...terms(), hash }, signal)).bolt11).toBe(first.bolt11);
    expect(await r.backend.hold.create({ ...terms(sat(2)), hash }, signal)).toMatchObject({ is: 'refused', because: 'hashInUse' });
    expect(await r.backend.hold.create(terms(), signal)).toMatchObject({ is: 'refused', because: 'terms' });
    const stranger = r.world.payee.createInvoice({ amount: sat(10) });
    expect((await r.backend.hold.create({ ...terms(), hash: stranger.hash }, signal)).is).toBe('issued');
  });

  it('in the manner of lnmux draws its own hash and gives a held set back after its seconds, open for another', async () => {
    const r = await rig({ holdHashFrom: 'backend', heldSeconds: 60 });
    expect(await r.backend.hold.create({ ...terms(), hash }, signal)).toMatchObject({ is: 'refused', because: 'terms' });
    const invoice = issued(await r.backend.hold.create(terms(), signal));
    const paying = r.world.payer.pay({ bolt11: invoice.bolt11 });
    await r.time.advance(1_000);
    expect(await r.backend.hold.find(invoice.hash, signal)).toMatchObject({ is: 'held', handle: 'set-1' });
    await r.time.advance(60_000);
    expect(await r.backend.hold.find(invoice.hash, signal)).toEqual({ is: 'open' });
    expect((await paying).is).toBe('inFlight');
    const again = r.world.payer.pay({ bolt11: invoice.bolt11, from: 'bob' });
    await r.time.advance(1_000);
    expect(await r.backend.hold.find(invoice.hash, signal)).toMatchObject({ is: 'held', handle: 'set-2' });
    expect(await r.backend.hold.settle({ hash: invoice.hash, handle: 'set-2' }, preimage(invoice.preimage ?? ''), signal)).toEqual({
      is: 'done',
    });
    expect((await r.time.until(again)).is).toBe('succeeded');
  });
});
