// The LND adapter on real nodes, through the port alone: who it is, receiving, paying, probing.
import { cancelHodlInvoice, createInvoice, getInvoice } from 'ln-service';
import { describe, expect, test } from 'vitest';
import { lndKind } from '../../src/backends/lnd/backend.ts';
import type { InvoiceTerms, PayOrder } from '../../src/backends/port.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import {
  backendId,
  bolt11Text,
  fromSat,
  hashOf,
  msat,
  newPreimage,
  type PaymentHash,
  paymentHash,
  proves,
} from '../../src/lightning/values.ts';
import { adapterOf, closeLater, issue, listen, must, orderOf, payFrom, signal, terms, tools } from './adapterBench.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { a, b, c, d, e } = network.nodes;
const lnd = adapterOf(a);
const [pay, receive] = [must(lnd.pay), must(lnd.receive)];
const probeFee = must(pay.probeFee);

/** Where the node's payment index stands for this hash, as the core stores it before it sends. */
const floorRef = async (hash: PaymentHash) => {
  const floor = await pay.floor(hash, signal);
  return floor.is === 'nothing' ? null : floor.ref;
};

describe('who it is', () => {
  test('identity, health and balance', async () => {
    expect(await lnd.identity(signal)).toEqual({ network: 'regtest', key: a.pubkey, label: expect.stringContaining('a (LND 0.') });
    expect(await lnd.health(signal)).toEqual({ ready: true, syncedToChain: true, detail: 'ok' });
    const balance = await must(lnd.balance)(signal);
    expect(balance.spendable).toBeGreaterThan(1_000_000_000n);
    expect(balance.receivable).toBeGreaterThan(1_000_000_000n);
    expect(balance.chainConfirmed).toBeGreaterThan(0n);
  });

  test('what is wrong is named: nobody there, a stranger’s macaroon, a stranger’s certificate', async () => {
    const troubleOf = async (node: Parameters<typeof adapterOf>[0]) => (await adapterOf(node).health(signal)).trouble;
    expect(await troubleOf({ ...a, socket: 'localhost:1' })).toBe('down');
    expect(await troubleOf({ ...a, macaroonPath: b.macaroonPath })).toBe('macaroon');
    expect(await troubleOf({ ...a, certPath: b.certPath })).toBe('certificate');
    expect(() => adapterOf({ ...a, macaroonPath: '/nowhere/admin.macaroon' })).toThrow('"macaroon" names a file');
    const stranger = adapterOf({ ...a, macaroonPath: b.macaroonPath });
    await expect(stranger.identity(signal)).rejects.toMatchObject({ fault: { kind: 'auth' } });
  });

  test('an lndconnect URI is enough', async () => {
    const body =
      a.cert.length === 0
        ? ''
        : Buffer.from(a.cert, 'base64')
            .toString()
            .replace(/-----[^-]+-----|\s/g, '');
    const url = (base64: string) => Buffer.from(base64, 'base64').toString('base64url');
    const settings = lndKind.settings.parse({ uri: `lndconnect://${a.socket}?cert=${url(body)}&macaroon=${url(a.macaroon)}` });
    const backend = await lndKind.connect(backendId('uri'), settings, tools);
    closeLater(backend);
    expect((await backend.identity(signal)).key).toBe(a.pubkey);
  });
});

describe('receiving', () => {
  test('an invoice says what was asked, and its fact says what was received', async () => {
    const stream = listen(lnd);
    await stream.block();
    const made = await issue(receive, terms(1_000));
    const decoded = decodeBolt11(made.bolt11);
    expect(decoded).toMatchObject({
      is: 'decoded',
      invoice: {
        hash: made.hash,
        paymentSecret: made.paymentSecret,
        amount: 1_000_000n,
        description: 'a cup of tea',
        destination: a.pubkey,
        expiresAt: made.expiresAt,
      },
    });
    expect(made.preimage !== undefined && proves(made.preimage, made.hash)).toBe(true);
    expect(await receive.find(made.hash, signal)).toEqual({ is: 'open' });
    await payFrom(b, made.bolt11);
    const fact = await stream.invoice(made.hash, 'settled');
    expect(fact).toMatchObject({ sighting: { is: 'settled', received: 1_000_000n, preimage: made.preimage } });
    expect(fact.cursor).not.toBeNull();
    expect(await receive.find(made.hash, signal)).toMatchObject({ is: 'settled', received: 1_000_000n });
    await stream.stop();
  });

  test('amountless, to the msat, by description hash, and with a given delta', async () => {
    const open = await issue(receive, terms(null));
    await payFrom(b, open.bolt11, 777);
    expect(await receive.find(open.hash, signal)).toMatchObject({ is: 'settled', received: 777_000n });
    const description = 'ab'.repeat(32);
    const made = await issue(receive, {
      amount: msat(1_234_567),
      description: { hash: description },
      expirySeconds: 60,
      finalCltvDelta: 144,
    });
    expect(decodeBolt11(made.bolt11)).toMatchObject({ invoice: { amount: 1_234_567n, descriptionHash: description, finalCltvDelta: 144 } });
  });

  test('terms that LND will not have are refused', async () => {
    const refused = async (over: Partial<InvoiceTerms>) => receive.create({ ...terms(1), ...over }, signal);
    for (const wrong of [
      { expirySeconds: 400 * 86_400 },
      { expirySeconds: 0 },
      { finalCltvDelta: 5 },
      { description: { text: 'x'.repeat(640) } },
      { amount: fromSat(2e13) },
    ]) {
      expect(await refused(wrong)).toMatchObject({ is: 'refused', because: 'terms' });
    }
  });

  test('a canceled invoice cannot be paid; canceling a settled or unknown one is refused', async () => {
    const made = await issue(receive, terms(10));
    const cancel = must(receive.cancel);
    expect(await cancel(made.hash, signal)).toEqual({ is: 'done' });
    expect(await cancel(made.hash, signal)).toEqual({ is: 'done' });
    expect(await receive.find(made.hash, signal)).toEqual({ is: 'canceled' });
    await expect(payFrom(b, made.bolt11)).rejects.toBeDefined();
    const paid = await issue(receive, terms(10));
    await payFrom(b, paid.bolt11);
    expect(await cancel(paid.hash, signal)).toEqual({ is: 'refused', because: 'alreadySettled' });
    expect(await cancel(hashOf(newPreimage()), signal)).toEqual({ is: 'refused', because: 'notFound' });
    expect(await receive.find(hashOf(newPreimage()), signal)).toEqual({ is: 'notFound' });
  });
});

describe('paying', () => {
  test('a fixed and an amountless request, with the fee, the proof, the route and the fact', async () => {
    const stream = listen(lnd);
    await stream.block();
    const fixed = await createInvoice({ lnd: b.lnd, tokens: 2_000 });
    const paid = await pay.pay(orderOf(fixed.request, fromSat(2_000)));
    expect(paid).toMatchObject({
      is: 'succeeded',
      preimage: fixed.secret,
      fee: 0n,
      routes: [{ amount: 2_000_000n, hops: [{ node: b.pubkey }] }],
    });
    const open = await createInvoice({ lnd: c.lnd });
    const order = orderOf(open.request, msat(1_500_001));
    expect(order.amountless).toBe(true);
    const outcome = await pay.pay(order);
    expect(outcome).toMatchObject({ is: 'succeeded', preimage: open.secret });
    expect(outcome.is === 'succeeded' && outcome.fee > 0n && outcome.routes[0]?.hops.length === 2).toBe(true);
    expect((await getInvoice({ lnd: c.lnd, id: open.id })).received_mtokens).toBe('1500001');
    expect(await stream.payment(order.hash, 'succeeded')).toMatchObject({ outcome: { preimage: open.secret } });
    expect(await pay.find(order.hash, null, signal)).toEqual(outcome);
    await stream.stop();
  });

  test('keeps the fee limit to the msat', async () => {
    const { request } = await createInvoice({ lnd: c.lnd, tokens: 1_000 });
    const price = await probeFee({ bolt11: bolt11Text(request), amount: fromSat(1_000), maxFee: fromSat(10) }, signal);
    if (price.is !== 'fee') throw new Error(JSON.stringify(price));
    expect(price.fee).toBeGreaterThan(0n);
    const tight = await pay.pay(orderOf(request, fromSat(1_000), { maxFee: msat(price.fee - 1n) }));
    expect(tight).toMatchObject({ is: 'failed', reason: 'noRoute' });
    expect(await pay.pay(orderOf(request, fromSat(1_000), { maxFee: price.fee }))).toMatchObject({ is: 'succeeded', fee: price.fee });
    const free = await createInvoice({ lnd: c.lnd, tokens: 1_000 });
    expect(await pay.pay(orderOf(free.request, fromSat(1_000), { maxFee: msat(0) }))).toMatchObject({ is: 'failed', reason: 'noRoute' });
  });

  test('paid already: code 6 is looked up, money moves once', async () => {
    const { request, id, secret } = await createInvoice({ lnd: b.lnd, tokens: 300 });
    const order = orderOf(request, fromSat(300));
    const first = await pay.pay(order);
    const before = (await must(lnd.balance)(signal)).spendable;
    expect(await pay.pay(order)).toEqual(first);
    expect((await must(lnd.balance)(signal)).spendable).toBe(before);
    expect(await pay.floor(paymentHash(id), signal)).toMatchObject({ is: 'succeeded', preimage: secret });
  });

  test('a failure is the backend’s word, and a second attempt ends by its own', async () => {
    const { request, id, secret } = await createInvoice({ lnd: e.lnd, tokens: 4_000 });
    expect(await pay.floor(paymentHash(id), signal)).toEqual({ is: 'nothing' });
    const failed = await pay.pay(orderOf(request, fromSat(4_000), { maxFee: msat(0) }));
    expect(failed).toMatchObject({ is: 'failed', reason: 'noRoute' });
    const floor = await floorRef(paymentHash(id));
    expect(await pay.find(paymentHash(id), null, signal)).toMatchObject({ is: 'failed' });
    // The old failure is not the new attempt's.
    expect(await pay.find(paymentHash(id), floor, signal)).toEqual({ is: 'notFound' });
    const second = await pay.pay(orderOf(request, fromSat(4_000)));
    expect(second).toMatchObject({ is: 'succeeded', preimage: secret });
    expect(second.is === 'succeeded' && floor !== null && second.ref !== null && second.ref > floor).toBe(true);
    expect(await pay.find(paymentHash(id), floor, signal)).toEqual(second);
  });

  test('routes that fail are kept with their failure', async () => {
    // In one part: of a split payment e would hold the parts that arrive for two minutes, and LND would call it in flight until then.
    const whole = must(adapterOf(a, { maxParts: 1 }).pay);
    const { request } = await createInvoice({ lnd: e.lnd, tokens: 1_000_000 });
    const failed = await whole.pay(orderOf(request, fromSat(1_000_000), { maxFee: fromSat(5_000) }));
    expect(failed).toMatchObject({ is: 'failed', reason: 'noRoute' });
    expect(failed.is === 'failed' && failed.routes.some((route) => route.failure?.startsWith('TEMPORARY_CHANNEL_FAILURE'))).toBe(true);
  });

  test('refusals before sending are failed at once; orders that must not go out are notSent', async () => {
    const expired = await createInvoice({ lnd: b.lnd, tokens: 5, expires_at: new Date(Date.now() + 1_500).toISOString() });
    const priced = await createInvoice({ lnd: b.lnd, tokens: 5 });
    const own = await issue(receive, terms(5));
    expect(await pay.pay(orderOf(own.bolt11, fromSat(5)))).toMatchObject({ is: 'failed', reason: 'selfPayment', ref: null });
    expect(await pay.pay(orderOf(priced.request, fromSat(5), { amountless: true }))).toMatchObject({
      is: 'failed',
      reason: 'other',
      ref: null,
    });
    expect(await pay.pay(orderOf(priced.request, fromSat(5), { sendBy: new Date(Date.now() - 1) }))).toMatchObject({ is: 'notSent' });
    expect(await pay.pay(orderOf(priced.request, fromSat(5), { hash: own.hash }))).toMatchObject({ is: 'notSent' });
    const nobody = adapterOf({ ...a, socket: 'localhost:1' });
    expect(await must(nobody.pay).pay(orderOf(priced.request, fromSat(5)))).toMatchObject({
      is: 'notSent',
      fault: { kind: 'unreachable' },
    });
    expect(await must(nobody.pay).find(own.hash, null, signal)).toMatchObject({ is: 'unknown', fault: { kind: 'unreachable' } });
    await expect(must(nobody.pay).floor(own.hash, signal)).rejects.toMatchObject({ fault: { kind: 'unreachable' } });
    const stranger = adapterOf({ ...a, macaroonPath: b.macaroonPath });
    expect(await must(stranger.pay).pay(orderOf(priced.request, fromSat(5)))).toMatchObject({ is: 'unknown', fault: { kind: 'auth' } });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await pay.pay(orderOf(expired.request, fromSat(5)))).toMatchObject({ is: 'failed', reason: 'invoiceExpired', ref: null });
  });

  test('what the payee rejects is rejected by the payee', async () => {
    const { request, id } = await createInvoice({ lnd: b.lnd, tokens: 5 });
    await cancelHodlInvoice({ lnd: b.lnd, id });
    expect(await pay.pay(orderOf(request, fromSat(5)))).toMatchObject({ is: 'failed', reason: 'rejectedByPayee' });
  });

  test('a height by which it must be over is a limit', async () => {
    const { request } = await createInvoice({ lnd: b.lnd, tokens: 5 });
    const height = Number(await network.btcdRpc('getblockcount'));
    const order = (more: number) =>
      orderOf(request, fromSat(5), { maxTimeoutHeight: (height + more) as NonNullable<PayOrder['maxTimeoutHeight']> });
    expect(await pay.pay(order(0))).toMatchObject({ is: 'notSent' });
    expect(await pay.pay(order(20))).toMatchObject({ is: 'failed' });
    expect(await pay.pay(order(200))).toMatchObject({ is: 'succeeded' });
  });
});

describe('probing', () => {
  const ask = async (request: string, sat: number) =>
    (await probeFee({ bolt11: bolt11Text(request), amount: fromSat(sat), maxFee: fromSat(10_000) }, signal)).is;

  test('three at once, far side drained: true, false, false; amountless and fixed', async () => {
    const { request } = await createInvoice({ lnd: e.lnd });
    expect(await Promise.all([200_000, 1_000_000, 2_000_000].map((sat) => ask(request, sat)))).toEqual(['fee', 'noRoute', 'noRoute']);
    const fixed = await Promise.all(
      [200_000, 1_000_000, 2_000_000].map(async (sat) => ask((await createInvoice({ lnd: e.lnd, tokens: sat })).request, sat)),
    );
    expect(fixed).toEqual(['fee', 'noRoute', 'noRoute']);
  });

  test('all reachable: a direct peer for nothing, and more than one channel in parts', async () => {
    const { request, id } = await createInvoice({ lnd: b.lnd });
    expect(
      await Promise.all(
        [1_000, 100_000, 1_000_000].map((sat) => probeFee({ bolt11: bolt11Text(request), amount: fromSat(sat), maxFee: msat(0) }, signal)),
      ),
    ).toEqual(Array(3).fill({ is: 'fee', fee: 0n }));
    const spendable = Number((await must(lnd.balance)(signal)).spendable / 1000n);
    expect(spendable).toBeGreaterThan(8_000_000);
    expect(await ask(request, 6_500_000)).toBe('fee');
    expect(await ask(request, spendable + 1)).toBe('noRoute');
    expect((await getInvoice({ lnd: b.lnd, id })).received).toBe(0);
  });

  test('unreachable, and what it leaves behind', async () => {
    const f = await network.unreachableNode();
    const { request } = await createInvoice({ lnd: f.lnd });
    expect(await Promise.all([1, 2, 3].map((sat) => ask(request, sat)))).toEqual(['noRoute', 'noRoute', 'noRoute']);
    await network.stopNode('f');
  });

  test('through hints to a node that nobody announced', async () => {
    const f = await network.unreachableNode();
    await network.openChannel({ from: d, to: f, capacity: 1_000_000, give: 100_000, isPrivate: true });
    const behind = adapterOf(f);
    const made = await waitUntil('an invoice with hints', async () => {
      const one = await must(behind.receive).create(terms(1_000), signal);
      const decoded = one.is === 'issued' ? decodeBolt11(one.bolt11) : undefined;
      return one.is === 'issued' && decoded?.is === 'decoded' && decoded.invoice.routeHints.length === 1 ? one : undefined;
    });
    expect(await ask(made.bolt11, 1_000)).toBe('fee');
    expect(await pay.pay(orderOf(made.bolt11, fromSat(1_000)))).toMatchObject({ is: 'succeeded' });
    await behind.close();
    await network.stopNode('f');
  });
});
