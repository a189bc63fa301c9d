// The LND adapter on real nodes, through the port alone: hold invoices, the chain, and what is known after a break.
import {
  createHodlInvoice,
  createInvoice,
  getInvoice,
  getPayment,
  sendToChainAddress,
  settleHodlInvoice,
  subscribeToInvoice,
} from 'ln-service';
import { describe, expect, test } from 'vitest';
import { lndKind } from '../../src/backends/lnd/backend.ts';
import { newBell } from '../../src/backends/lnd/bell.ts';
import { openConnection } from '../../src/backends/lnd/connection.ts';
import { lndHold } from '../../src/backends/lnd/hold.ts';
import { holdWatch } from '../../src/backends/lnd/hold-watch.ts';
import type { LndStubs } from '../../src/backends/lnd/stubs.ts';
import { type ChainOrder, cursor } from '../../src/backends/port.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { fromSat, hashOf, msat, newPreimage } from '../../src/lightning/values.ts';
import { adapterOf, issue, listen, must, orderOf, payFrom, said, signal, terms, tools } from './adapterBench.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { a, b } = network.nodes;
const lnd = adapterOf(a);
const [pay, receive, hold, chain] = [must(lnd.pay), must(lnd.receive), must(lnd.hold), must(lnd.chain)];

/** The adapter's holds on node a, whose answers to a new hold get lost after LND has given them, until it is healed. */
const holdThatLosesAnswers = () => {
  const settings = lndKind.settings.parse({ kind: 'lnd', socket: a.socket, cert: a.certPath, macaroon: a.macaroonPath });
  const connection = openConnection(settings, tools.log);
  let loses = true;
  const addHoldInvoice: LndStubs['addHoldInvoice'] = async (request, limits) => {
    const answer = await connection.stubs().addHoldInvoice(request, limits);
    if (loses) throw Object.assign(new Error('Connection dropped'), { code: 14, details: 'Connection dropped' });
    return answer;
  };
  const stubs = (): LndStubs => ({ ...connection.stubs(), addHoldInvoice });
  const context = { ...tools, settings, bell: newBell(), connection: { ...connection, stubs } };
  signal.addEventListener('abort', connection.close, { once: true });
  return {
    hold: lndHold(context, { hints: () => false, watch: holdWatch(context) }),
    heal: () => {
      loses = false;
    },
  };
};

describe('holding', () => {
  const height = async () => Number(await network.btcdRpc('getblockcount'));

  test('a caller’s hash is held, settled and settled again', async () => {
    const stream = listen(lnd);
    const secret = newPreimage();
    const made = await issue(hold, { ...terms(5_000), hash: hashOf(secret), finalCltvDelta: 60 });
    expect(made.preimage).toBeUndefined();
    const held = { hash: made.hash, handle: null };
    expect(await hold.settle(held, secret, signal)).toEqual({ is: 'refused', because: 'notHeld' });
    expect(await hold.settle(held, newPreimage(), signal)).toEqual({ is: 'refused', because: 'wrongPreimage' });
    const paying = payFrom(b, made.bolt11);
    const fact = await stream.invoice(made.hash, 'held');
    const sighting = await hold.find(made.hash, signal);
    expect(sighting).toMatchObject({ is: 'held', received: 5_000_000n });
    expect(fact).toMatchObject({ sighting });
    const deadline = sighting.is === 'held' ? Number(sighting.deadline.height) - (await height()) : 0;
    expect(deadline).toBeGreaterThanOrEqual(60);
    expect(deadline).toBeLessThan(70);
    expect(await hold.settle(held, secret, signal)).toEqual({ is: 'done' });
    expect((await paying).secret).toBe(secret);
    expect(await hold.settle(held, secret, signal)).toEqual({ is: 'done' });
    expect(await hold.cancel(held, signal)).toEqual({ is: 'refused', because: 'alreadySettled' });
    expect(await stream.invoice(made.hash, 'settled')).toMatchObject({ sighting: { received: 5_000_000n, preimage: secret } });
    await stream.stop();
  });

  test('our own hash is canceled and canceled again; the payer has it back', async () => {
    const [stream, another] = [listen(lnd), listen(lnd)];
    const made = await issue(hold, terms(5_000));
    const secret = made.preimage;
    if (secret === undefined) throw new Error('no preimage');
    const held = { hash: made.hash, handle: null };
    const paying = payFrom(b, made.bolt11).catch((error: unknown) => error);
    await Promise.all([stream.invoice(made.hash, 'held'), another.invoice(made.hash, 'held')]);
    expect(await hold.cancel(held, signal)).toEqual({ is: 'done' });
    expect(await paying).toEqual([503, 'PaymentRejectedByDestination']);
    expect(await hold.cancel(held, signal)).toEqual({ is: 'done' });
    expect(await hold.settle(held, secret, signal)).toEqual({ is: 'refused', because: 'alreadyCanceled' });
    await Promise.all([stream.invoice(made.hash, 'canceled'), another.invoice(made.hash, 'canceled')]);
    const nobody = newPreimage();
    expect(await hold.settle({ hash: hashOf(nobody), handle: null }, nobody, signal)).toEqual({ is: 'refused', because: 'notFound' });
    expect(await hold.find(hashOf(nobody), signal)).toEqual({ is: 'notFound' });
    await Promise.all([stream.stop(), another.stop()]);
  });

  test('a hash in use is refused, whatever the terms', async () => {
    const hash = hashOf(newPreimage());
    await issue(hold, { ...terms(50), hash });
    for (const other of [terms(50), terms(51), terms(50, 'coffee')])
      expect(await hold.create({ ...other, hash }, signal)).toMatchObject({ is: 'refused', because: 'hashInUse' });
    const plain = await issue(receive, { ...terms(50), finalCltvDelta: 80 });
    expect(await hold.create({ ...terms(50), hash: plain.hash }, signal)).toMatchObject({ is: 'refused', because: 'hashInUse' });
    await hold.cancel({ hash, handle: null }, signal);
    expect(await hold.create({ ...terms(50), hash }, signal)).toMatchObject({ is: 'refused', because: 'hashInUse' });
  });

  test('a hash whose answer got lost is issued when it is asked for again by the same adapter, with equal terms', async () => {
    const forgetful = holdThatLosesAnswers();
    const hash = hashOf(newPreimage());
    expect(await forgetful.hold.create({ ...terms(50), hash }, signal)).toMatchObject({ is: 'unknown', fault: { kind: 'unreachable' } });
    forgetful.heal();
    expect(await forgetful.hold.create({ ...terms(51), hash }, signal)).toMatchObject({ is: 'refused', because: 'hashInUse' });
    const made = await issue(forgetful.hold, { ...terms(50), hash });
    expect((await getInvoice({ lnd: a.lnd, id: hash })).request).toBe(made.bolt11);
    // Another life of the gateway knows nothing of the question.
    expect(await hold.create({ ...terms(50), hash }, signal)).toMatchObject({ is: 'refused', because: 'hashInUse' });
    await hold.cancel({ hash, handle: null }, signal);
    expect(await forgetful.hold.create({ ...terms(50), hash }, signal)).toMatchObject({ is: 'refused', because: 'hashInUse' });
  });

  test('another program’s hold is not taken for ours by who repeats its hash and its terms, and is not touched', async () => {
    const secret = newPreimage();
    const hash = hashOf(secret);
    const swap = { tokens: 60, description: 'swap', cltv_delta: 80, expires_at: new Date(Date.now() + 3_600_000).toISOString() };
    const foreign = await createHodlInvoice({ lnd: a.lnd, id: hash, ...swap });
    const decoded = decodeBolt11(foreign.request);
    if (decoded.is !== 'decoded') throw new Error(decoded.why);
    const { amount, expiresAt, createdAt, finalCltvDelta } = decoded.invoice;
    const expirySeconds = (expiresAt.getTime() - createdAt.getTime()) / 1000;
    const equal = { amount, description: { text: 'swap' }, expirySeconds, finalCltvDelta, hash };
    for (const facet of [hold, holdThatLosesAnswers().hold]) {
      for (let times = 0; times < 2; times++)
        expect(await facet.create(equal, signal)).toMatchObject({ is: 'refused', because: 'hashInUse' });
    }
    const paying = payFrom(b, foreign.request);
    await waitUntil('the foreign hold', async () => (await getInvoice({ lnd: a.lnd, id: hash })).is_held === true);
    expect(await hold.create(equal, signal)).toMatchObject({ is: 'refused', because: 'hashInUse' });
    await settleHodlInvoice({ lnd: a.lnd, secret });
    expect((await paying).secret).toBe(secret);
  });

  test('one that was asked about is watched by an adapter that did not make it', async () => {
    const made = await issue(hold, terms(500));
    const other = adapterOf(a);
    const stream = listen(other);
    await must(other.hold).find(made.hash, signal);
    const paying = payFrom(b, made.bolt11).catch(() => undefined);
    await stream.invoice(made.hash, 'held');
    await hold.cancel({ hash: made.hash, handle: null }, signal);
    await stream.invoice(made.hash, 'canceled');
    await paying;
    await stream.stop();
  });
});

describe('on the chain', () => {
  test('an address, a deposit that deepens, a send that is found by its label', async () => {
    const stream = listen(lnd);
    await stream.block();
    const address = await chain.createAddress(signal);
    expect(address).toMatch(/^bcrt1q/);
    const txid = (await sendToChainAddress({ lnd: b.lnd, address, tokens: 50_000, fee_tokens_per_vbyte: 2 })).id;
    const depth = (confirmations: number) =>
      stream.find(
        `${confirmations} confirmations`,
        (fact) => fact.about === 'deposit' && fact.txid === txid && fact.confirmations === confirmations,
      );
    expect(await depth(0)).toMatchObject({ address, amount: 50_000_000n });
    await network.mine(1);
    await depth(1);
    await network.mine(2);
    await depth(3);
    expect((await chain.deposits(null, signal)).filter((one) => one.txid === txid)).toEqual([
      { txid, output: expect.any(Number), address, amount: 50_000_000n, confirmations: 3 },
    ]);
    const to = { address: await must(adapterOf(b).chain).createAddress(signal), amount: fromSat(10_000) };
    const pace = { speed: 'medium', targetConfirmations: 6 } as const;
    const order = (label: string, more: Partial<ChainOrder> = {}): ChainOrder => {
      return { to, label, ...pace, maxFee: null, sendBy: new Date(Date.now() + 20_000), ...more };
    };
    const fee = await chain.estimateFee(to, pace, signal);
    expect(fee.is === 'fee' && fee.fee > 0n).toBe(true);
    expect(await chain.send(order('too dear', { maxFee: fromSat(1) }))).toEqual({ is: 'failed', reason: 'feeLimit' });
    const sent = await chain.send(order('order 1', { maxFee: fee.is === 'fee' ? fee.fee : null }));
    expect(sent).toMatchObject({ is: 'sent', amount: to.amount, output: expect.any(Number), confirmations: 0 });
    expect(sent.is === 'sent' && fee.is === 'fee' && sent.fee).toBe(fee.is === 'fee' && fee.fee);
    await network.mine(1);
    expect(await chain.find({ to, label: 'order 1', since: null }, signal)).toEqual({ ...sent, confirmations: 1 });
    // Another amount: what pays the same without our label might be ours, and is doubt.
    const other = { address: to.address, amount: fromSat(9_999) };
    expect(await chain.find({ to: other, label: 'order 2', since: null }, signal)).toEqual({ is: 'notFound' });
    const refused = async (more: Partial<ChainOrder>) => chain.send(order('refused', more));
    expect(await refused({ to: { address, amount: fromSat(1e12) } })).toEqual({ is: 'failed', reason: 'insufficientBalance' });
    expect(await chain.estimateFee({ address, amount: fromSat(1e12) }, pace, signal)).toEqual({
      is: 'refused',
      reason: 'insufficientBalance',
    });
    expect(await refused({ to: { address, amount: fromSat(10) } })).toEqual({ is: 'failed', reason: 'dust' });
    expect(await refused({ to: { address: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', amount: fromSat(5_000) } })).toEqual({
      is: 'failed',
      reason: 'address',
    });
    expect(await refused({ to: { address, amount: msat(5_000_001) } })).toMatchObject({ is: 'notSent' });
    await stream.stop();
  });
});

describe('after a break', () => {
  test('trap: settle cursor reset: facts go on from the cursor, and repeat nothing older', async () => {
    const first = listen(lnd);
    const before = await issue(receive, terms(10));
    await payFrom(b, before.bolt11);
    await first.invoice(before.hash, 'settled');
    const stored = first.cursor();
    await first.stop();
    const missed = [await issue(receive, terms(11)), await issue(receive, terms(12)), await issue(receive, terms(13))];
    for (const { bolt11 } of missed) await payFrom(b, bolt11);
    const second = listen(adapterOf(a), stored);
    for (const { hash } of missed) await second.invoice(hash, 'settled');
    const settled = second.facts.filter((fact) => fact.about === 'invoice').map((fact) => fact.about === 'invoice' && fact.hash);
    // The last known one comes again: it proves that the node has reached our index.
    expect(settled).toEqual([before.hash, ...missed.map(({ hash }) => hash)]);
    await second.stop();
  });

  test('a cursor of another node begins anew, and finds what was settled lately', async () => {
    const made = await issue(receive, terms(14));
    await payFrom(b, made.bolt11);
    const stream = listen(adapterOf(a), cursor(JSON.stringify({ node: b.pubkey, settle: '999999', block: 9 })));
    await stream.invoice(made.hash, 'settled');
    const live = await issue(receive, terms(15));
    await payFrom(b, live.bolt11);
    await stream.invoice(live.hash, 'settled');
    expect(JSON.parse(stream.cursor() ?? '{}')).toMatchObject({ node: a.pubkey });
    await stream.stop();
  });

  test('a cursor above the node’s maximum is noticed', async () => {
    const made = await issue(receive, terms(16));
    await payFrom(b, made.bolt11);
    const stream = listen(adapterOf(a), cursor(JSON.stringify({ node: a.pubkey, settle: '999999', block: 1 })));
    await stream.invoice(made.hash, 'settled', 90_000);
    expect(said.some((text) => text.includes('above what LND has ever settled'))).toBe(true);
    const live = await issue(receive, terms(17));
    await payFrom(b, live.bolt11);
    await stream.invoice(live.hash, 'settled');
    await stream.stop();
  });

  test('trap: single-invoice stream dies: LND restarted while facts are read, nothing is missed, hold invoices included', async () => {
    const stream = listen(lnd);
    await stream.block();
    const made = [await issue(receive, terms(18)), await issue(receive, terms(19))];
    const held = await issue(hold, terms(20));
    await network.restartNode('a');
    // Paid at once: some of it before the streams are open again.
    for (const { bolt11 } of made) await payFrom(b, bolt11);
    const paying = payFrom(b, held.bolt11).catch(() => undefined);
    for (const { hash } of made) await stream.invoice(hash, 'settled');
    await stream.invoice(held.hash, 'held');
    expect(await hold.cancel({ hash: held.hash, handle: null }, signal)).toEqual({ is: 'done' });
    await stream.invoice(held.hash, 'canceled');
    await paying;
    await stream.stop();
  });

  test('killed while it pays: doubt first, and then the node’s own word', async () => {
    const stream = listen(lnd);
    await stream.block();
    const secret = newPreimage();
    const { request, id } = await createHodlInvoice({ lnd: b.lnd, id: hashOf(secret), tokens: 700, cltv_delta: 80 });
    const order = orderOf(request, fromSat(700));
    const paying = pay.pay(order);
    const held = subscribeToInvoice({ lnd: b.lnd, id });
    await new Promise<void>((resolve) =>
      held.on('invoice_updated', (invoice: { is_held?: boolean }) => invoice.is_held === true && resolve()),
    );
    held.removeAllListeners();
    await network.killNode('a');
    const outcome = await paying;
    expect(['inFlight', 'unknown']).toContain(outcome.is);
    expect(await pay.find(order.hash, null, signal)).toMatchObject({ is: 'unknown' });
    const blind = await pay.pay(orderOf((await createInvoice({ lnd: b.lnd, tokens: 1 })).request, fromSat(1)));
    expect(blind).toMatchObject({ is: 'notSent', fault: { kind: 'unreachable' } });
    await network.startNode('a');
    await waitUntil('an answer about the payment', async () => (await pay.find(order.hash, null, signal)).is === 'inFlight');
    await settleHodlInvoice({ lnd: b.lnd, secret });
    const found = await waitUntil('the end of the payment', async () => {
      const now = await pay.find(order.hash, null, signal);
      return now.is === 'succeeded' ? now : undefined;
    });
    expect(found).toMatchObject({ is: 'succeeded', preimage: secret });
    await stream.payment(order.hash, 'succeeded');
    expect((await getPayment({ lnd: a.lnd, id })).is_confirmed).toBe(true);
    await stream.stop();
  });

  test('a payment that takes long is in flight after our patience, and goes on', async () => {
    const secret = newPreimage();
    const { request } = await createHodlInvoice({ lnd: b.lnd, id: hashOf(secret), tokens: 800, cltv_delta: 80 });
    const order = orderOf(request, fromSat(800));
    const begun = Date.now();
    expect(await pay.pay(order)).toMatchObject({ is: 'inFlight' });
    expect(Date.now() - begun).toBeLessThan(31_000);
    expect(await pay.floor(order.hash, signal)).toMatchObject({ is: 'inFlight' });
    await settleHodlInvoice({ lnd: b.lnd, secret });
    await waitUntil('the end of the payment', async () => (await pay.find(order.hash, null, signal)).is === 'succeeded');
  });
});
