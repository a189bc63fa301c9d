// Callbacks over real HTTP: each event is told at least once, signed, whatever dies in between; what nobody takes is tried again, given up, and can be
// replayed.
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pauseAfter } from '../../src/doors/webhooks/call.ts';
import { createWebhooksDoor, type WebhooksDoor } from '../../src/doors/webhooks/door.ts';
import type { InvoiceView } from '../../src/invoices/view.ts';
import { bolt11Text, fromSat } from '../../src/lightning/values.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { claimDeliveries, type Delivery, listDeliveries, publishDeliveries, replayDeliveries } from '../../src/platform/deliveries.ts';
import { listIncidents } from '../../src/platform/incidents.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createOutbound } from '../../src/platform/outbound.ts';
import { type TestCore, testCore, until, walletTerms } from '../support/core.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

// The machine's clock, ahead of itself by what a test says: no test waits for a day.
let aheadMs = 0;
const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };

let core: TestCore;
let door: WebhooksDoor;
let receiver: Receiver;
beforeAll(async () => {
  core = await testCore({ clock, payments: { waitSeconds: 5 } });
  door = createWebhooksDoor({ deps: core.deps, metrics: createMetrics() });
});
afterAll(() => core.end());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const { id } of await core.reads.callbackEndpoints(core.who)) await remove(id);
  await receiver.close();
});

const add = (url = receiver.url) => core.ask('addCallback', { url }, core.asking());
const remove = (id: string) => core.ask('deleteCallback', { id }, core.asking());
const create = (more: object = {}): Promise<InvoiceView> =>
  core.ask(
    'createInvoice',
    {
      walletId: core.walletId,
      amountMsat: 2_100_000n,
      memo: 'tea',
      descriptionHash: null,
      expirySeconds: null,
      externalId: null,
      webhookUrl: null,
      ...more,
    },
    core.asking(),
  );
const payIn = async (invoice: InvoiceView): Promise<void> => {
  await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) });
  await until('the invoice to be settled', async () => (await core.reads.statusByHash(invoice.paymentHash))?.status === 'PAID');
};
const received = async (): Promise<InvoiceView> => {
  const invoice = await create();
  await payIn(invoice);
  return invoice;
};
const fundLedger = () => core.db.pool.query('UPDATE wallets SET available_msat = 1000000 WHERE id = $1', [core.ledgerId]);
const told = () => receiver.got.map(({ body }) => JSON.parse(body));
const deliveries = (endpointId: string | null = null): Promise<readonly Delivery[]> =>
  listDeliveries(core.db, { state: null, endpointId, most: 100 });

describe('an endpoint', () => {
  test('is told of a receipt, signed, once', async () => {
    const { endpoint, secret } = await add();
    const invoice = await received();
    await door.once();
    await door.once();
    expect(told()).toMatchObject([
      {
        accountId: core.accountId,
        walletId: core.walletId,
        eventType: 'receive.lightning',
        transaction: {
          status: 'success',
          settlementAmount: 2100,
          memo: 'tea',
          initiationVia: { type: 'lightning', paymentHash: invoice.paymentHash },
        },
      },
    ]);
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.got;
    const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    // The library of the specification, which knows nothing of our code.
    expect(new Webhook(secret).verify(body, fields)).toEqual(told()[0]);
    expect(() => new Webhook(secret).verify(body.replace('2100', '2101'), fields)).toThrow();
    expect(() => new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(body, fields)).toThrow();
    expect(fields['svix-signature']).toBe(fields['webhook-signature']);
    const [delivery] = await deliveries(endpoint.id);
    expect(delivery).toMatchObject({ id: fields['webhook-id'], state: 'delivered', attempts: 1, lastStatus: 200 });
  });

  test('is told of what was sent, and of what moves inside and on the chain', async () => {
    await add();
    const out = core.backend.world.payee.createInvoice({ amount: fromSat(500) });
    await core.ask(
      'sendPayment',
      { walletId: core.walletId, bolt11: out.bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null },
      core.asking(),
    );
    const { address } = await core.ask('createAddress', { walletId: core.walletId }, core.asking());
    const txid = core.backend.world.network.deposit(address, fromSat(40_000));
    await until('the deposit to be seen', async () => (await core.reads.pendingIncoming([core.walletId], address)).length > 0);
    await door.once();
    core.backend.world.network.mineBlocks(2);
    await until('the deposit to be credited', async () => (await core.reads.pendingIncoming([core.walletId], address)).length === 0);
    await door.once();
    await fundLedger();
    const second = await core.wallets.ensureWallet(core.accountId, walletTerms('second', { balanceKind: 'ledger' }));
    await core.ask('transfer', { walletId: core.ledgerId, recipientWalletId: second, amountMsat: 1000n, memo: null }, core.asking());
    await door.once();
    const kinds = told().map(({ eventType, transaction }) => `${eventType} ${transaction.status}`);
    // In no promised order.
    expect(kinds.sort()).toEqual([
      'receive.intraledger success',
      'receive.onchain pending',
      'receive.onchain success',
      'send.intraledger success',
      'send.lightning success',
    ]);
    const by = (eventType: string, status = 'success') =>
      told().find((one) => one.eventType === eventType && one.transaction.status === status).transaction;
    expect(by('send.lightning').settlementAmount).toBeLessThanOrEqual(-500);
    expect(by('receive.onchain')).toMatchObject({
      initiationVia: { type: 'onchain', address },
      settlementVia: { type: 'onchain', transactionHash: txid },
    });
    expect(by('receive.intraledger')).toMatchObject({ settlementAmount: 1, settlementVia: { counterPartyWalletId: core.ledgerId } });
  });

  test('is not told of what was before it, nor after it was deleted, nor of other accounts', async () => {
    await received();
    const { endpoint } = await add();
    const other = await core.wallets.ensureAccount('another', null);
    const theirs = core.asking({ who: { ...core.who, accountId: other } });
    await expect(core.ask('deleteCallback', { id: endpoint.id }, theirs)).rejects.toMatchObject({ refusal: { is: 'notFound' } });
    await core.ask('addCallback', { url: `${receiver.url}/theirs` }, theirs);
    await door.once();
    expect(receiver.got).toEqual([]);
    await received();
    await publishDeliveries(core.db, clock.now());
    await remove(endpoint.id);
    await door.once();
    expect(receiver.got).toEqual([]);
    expect(await deliveries(endpoint.id)).toMatchObject([{ state: 'dropped' }]);
  });

  test('is one of at most twenty, and none of a key that sees one wallet', async () => {
    const bound = core.asking({ who: { ...core.who, walletId: core.walletId } });
    await expect(core.ask('addCallback', { url: receiver.url }, bound)).rejects.toMatchObject({ refusal: { is: 'forbidden' } });
    for (let n = 0; n < 20; n += 1) await add();
    await expect(add()).rejects.toMatchObject({ refusal: { is: 'invalidInput', field: 'url' } });
  });

  test('in a private network is not called unless it may be', async () => {
    const shut = { ...core.deps, outbound: createOutbound({ allowPrivate: false, onionProxy: null }) };
    const { endpoint } = await add();
    await received();
    await createWebhooksDoor({ deps: shut, metrics: createMetrics() }).once();
    expect(receiver.got).toEqual([]);
    expect(await deliveries(endpoint.id)).toMatchObject([{ state: 'waiting', lastError: 'it is an address of a private network' }]);
  });
});

describe('a call that is not taken', () => {
  const later = async (seconds: number): Promise<void> => {
    aheadMs += seconds * 1000;
    await door.once();
  };

  test('trap: webhook once only: is made again, the same, ever less often', async () => {
    const { endpoint } = await add();
    await received();
    receiver.answer(500, 'drop', 302, 404);
    await door.once();
    await door.once();
    expect(receiver.got).toHaveLength(1);
    for (const [index, pause] of [5, 30, 120, 600].entries()) {
      expect(pauseAfter(index + 1)).toBe(pause);
      await later(pause - 1);
      expect(receiver.got).toHaveLength(index + 1);
      await later(1);
      expect(receiver.got).toHaveLength(index + 2);
    }
    expect(await deliveries(endpoint.id)).toMatchObject([{ state: 'delivered', attempts: 5, lastStatus: 200 }]);
    expect(new Set(receiver.got.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(5);
  });

  test('for three days is given up, for a person to see, and can be replayed', async () => {
    const { endpoint } = await add();
    await received();
    receiver.answer(...Array.from({ length: 100 }, () => 500));
    await door.once();
    for (let hours = 0; hours < 80; hours += 1) await later(3_600);
    const [delivery] = await deliveries(endpoint.id);
    expect(delivery).toMatchObject({ state: 'givenUp', lastError: 'HTTP 500', nextAttemptAt: null });
    const tried = receiver.got.length;
    expect(tried).toBeGreaterThan(15);
    await later(100_000);
    expect(receiver.got).toHaveLength(tried);
    await until('the incident', async () =>
      (await listIncidents(core.db, false)).some((one) => one.kind === 'callback.givenUp' && one.subject === endpoint.id),
    );
    const works = await startReceiver();
    await core.db.prisma.callbackDelivery.updateMany({ where: { endpointId: endpoint.id }, data: { url: works.url } });
    expect(await replayDeliveries(core.db, endpoint.id, clock.now())).toHaveLength(1);
    await door.once();
    expect(works.got).toHaveLength(1);
    // One that was taken can be sent again as well, by its own id; a deleted endpoint's cannot.
    expect(await replayDeliveries(core.db, delivery?.id.toUpperCase() ?? '', clock.now())).toHaveLength(1);
    await door.once();
    expect(works.got.map(({ headers }) => headers['webhook-id'])).toEqual([delivery?.id, delivery?.id]);
    await remove(endpoint.id);
    expect(await replayDeliveries(core.db, delivery?.id ?? '', clock.now())).toEqual([]);
    await works.close();
  });

  test('keeps nobody else waiting', async () => {
    await add();
    const other = await startReceiver();
    await add(other.url);
    receiver.answer(...Array.from({ length: 4 }, () => 'never' as const));
    for (let n = 0; n < 6; n += 1) await received();
    const looping = createWebhooksDoor({ deps: core.deps, metrics: createMetrics() });
    looping.start();
    await until('the other to be told of all', async () => other.got.length === 6);
    expect(receiver.got.length).toBeLessThanOrEqual(4);
    await looping.close();
    await other.close();
  });
});

describe('whoever dies', () => {
  const claim = (now: Date) =>
    claimDeliveries(core.db, { now, until: new Date(now.getTime() + 60_000), without: [], perUrl: 10, most: 10 });

  test('between the claim, or the call, and the note leaves it to be made again', async () => {
    const { endpoint } = await add();
    await received();
    await publishDeliveries(core.db, clock.now());
    // Claimed by a life that ends here: whether it has called, nobody knows.
    expect(await claim(clock.now())).toHaveLength(1);
    await door.once();
    expect(receiver.got).toEqual([]);
    aheadMs += 60_000;
    await door.once();
    expect(receiver.got).toHaveLength(1);
    expect(await deliveries(endpoint.id)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  test('is no reason for two replicas to call twice', async () => {
    const { endpoint } = await add();
    for (let n = 0; n < 5; n += 1) await received();
    const doors = Array.from({ length: 3 }, () => createWebhooksDoor({ deps: core.deps, metrics: createMetrics() }));
    await Promise.all(doors.map((one) => one.once()));
    await Promise.all(doors.map((one) => one.once()));
    expect(receiver.got).toHaveLength(5);
    expect((await deliveries(endpoint.id)).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('the webhookUrl of an invoice', () => {
  test('is called when it is paid, with the proof', async () => {
    const invoice = await create({ webhookUrl: `${receiver.url}?order=7` });
    await payIn(invoice);
    await door.once();
    const { paymentHash, bolt11: paymentRequest } = invoice;
    expect(told()).toEqual([{ paymentHash, paymentRequest, status: 'PAID', paymentPreimage: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(receiver.got[0]).toMatchObject({ path: '/hook?order=7', headers: { 'webhook-id': expect.any(String) } });
    expect(receiver.got[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  test('is called when it has expired, not before, though it was canceled', async () => {
    const invoice = await create({ webhookUrl: receiver.url, expirySeconds: 60 });
    await core.ask('cancelInvoice', { walletId: core.walletId, paymentHash: invoice.paymentHash }, core.asking());
    await until('the cancel', async () => (await core.reads.invoiceByHash([core.walletId], invoice.paymentHash))?.state === 'canceled');
    await door.once();
    expect(receiver.got).toEqual([]);
    aheadMs += 61_000;
    await door.once();
    expect(told()).toMatchObject([{ paymentHash: invoice.paymentHash, status: 'EXPIRED', paymentPreimage: null }]);
  });
});
