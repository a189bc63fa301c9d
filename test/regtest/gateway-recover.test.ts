// What breaks while money is on its way: the gateway is killed, its node goes and comes back, an answer is lost. The payment ends by the
// node's word, nothing is missed, and who follows it by its cursor is told every change once.
import { getPayment } from 'ln-service';
import { afterAll, describe, expect, test } from 'vitest';
import { openGate } from '../support/gate.ts';
import { type PaymentEvent, statusDocument, statusOf } from '../support/operations.ts';
import { configOn, lndBackend, useGateway } from './gatewayBench.ts';
import { type Held, holdOf, invoiceOf, payFrom, settlementAt } from './people.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { a, b, e } = network.nodes;
const gate = await openGate({ host: '127.0.0.1', port: a.rpcPort });
afterAll(() => gate.close());
const { gateway, anyone, wallet, whole, becomes, walletWith, checkBooks } = await useGateway(
  network,
  configOn({ ...lndBackend(a), socket: `localhost:${gate.port}` }),
);
const hasty = await walletWith({ waitSeconds: 2 });

const offline = {
  message:
    'Offchain action failed, please try again in a few minutes. If the problem persists, please contact support. ' +
    'If you are on regtest, it might because blocks need to be generated so that lnd can be considered active.',
  code: 'LND_OFFLINE',
};

const statusIn = ({ lnPayment }: PaymentEvent) => lnPayment.payment?.status;
/** The cursor behind which the payment's end lies. */
const cursorOf = async (hash: string): Promise<string> => {
  const stream = wallet.followPayment(hash);
  const { lnPayment } = await stream.find('the payment on its way', (event) => statusIn(event) === 'PENDING');
  stream.leave();
  return lnPayment.cursor ?? '';
};

/** A payment that its payee holds; the call that asked for it goes on, or breaks. */
const underWay = async (hold: Held): Promise<{ readonly hold: Held; readonly call: Promise<unknown> }> => {
  const call = wallet.pay(hold.request).then(
    ({ status }) => status,
    () => 'broken',
  );
  await hold.held();
  return { hold, call };
};

describe('a send that takes longer than its caller waits', () => {
  test('is PENDING, and is pushed to its end', async () => {
    const hold = await holdOf(b, 1_100);
    const [answer] = await Promise.all([hasty.pay(hold.request), hold.held()]);
    expect(answer).toMatchObject({ status: 'PENDING', errors: [], transaction: { status: 'PENDING' } });
    expect(await wallet.movedBy(hold.hash)).toMatchObject([{ status: 'PENDING', direction: 'SEND' }]);
    const stream = wallet.followPayment(hold.hash);
    await stream.find('the first state', (event) => statusIn(event) === 'PENDING');
    await hold.settle();
    await stream.over();
    expect(stream.events.map(statusIn)).toEqual(['PENDING', 'SUCCESS']);
    expect(stream.events[1]?.lnPayment.payment).toMatchObject({ preImage: hold.secret, feeMsat: '0' });
    expect(await wallet.movedBy(hold.hash)).toMatchObject([
      { status: 'SUCCESS', settlementAmount: -1_100, settlementFee: 0, settlementVia: { preImage: hold.secret } },
    ]);
    expect(await statusOf(anyone, hold.request)).toBe('PAID');
  });

  test('and is canceled by its payee is pushed to that end', async () => {
    const hold = await holdOf(b, 1_200);
    const [answer] = await Promise.all([hasty.pay(hold.request), hold.held()]);
    expect(answer).toMatchObject({ status: 'PENDING', errors: [] });
    const stream = wallet.followPayment(hold.hash);
    await stream.find('the first state', (event) => statusIn(event) === 'PENDING');
    await hold.cancel();
    await stream.over();
    expect(stream.events.map(statusIn)).toEqual(['PENDING', 'FAILURE']);
    expect(await wallet.movedBy(hold.hash)).toMatchObject([{ status: 'FAILURE' }]);
  });
});

describe('a gateway that is killed between the call and the answer', () => {
  test('ends each payment by the node’s word, and tells it once to who resumes by cursor', async () => {
    const holds = await Promise.all([holdOf(b, 2_100), holdOf(b, 2_200), holdOf(b, 2_300), holdOf(b, 2_400)]);
    const sent = await Promise.all(holds.map(underWay));
    const cursors = await Promise.all(holds.map(({ hash }) => cursorOf(hash)));
    await gateway.kill();
    expect(await Promise.all(sent.map(({ call }) => call))).toEqual(['broken', 'broken', 'broken', 'broken']);
    const [settledWhileDown, canceledWhileDown, settledLater, canceledLater] = holds;
    await Promise.all([settledWhileDown?.settle(), canceledWhileDown?.cancel()]);
    await gateway.start();
    expect(await wallet.pay(settledLater?.request ?? '')).toMatchObject({
      ...{ status: 'FAILURE', transaction: null },
      errors: [{ message: 'There is a pending payment for this invoice' }],
    });
    const streams = holds.map(({ hash }, index) => wallet.followPayment(hash, cursors[index]));
    await Promise.all([settledLater?.settle(), canceledLater?.cancel()]);
    await Promise.all(streams.map((stream) => stream.over()));
    expect(streams.map((stream) => stream.events.map(statusIn))).toEqual([['SUCCESS'], ['FAILURE'], ['SUCCESS'], ['FAILURE']]);
    const paid = await Promise.all(holds.map(({ hash }) => settlementAt(b, hash)));
    expect(paid.map((one) => one?.settled)).toEqual([true, false, true, false]);
    expect(await wallet.pay(settledWhileDown?.request ?? '')).toMatchObject({ status: 'ALREADY_PAID', errors: [] });
  });

  test('and never heard what the node had said: SUCCESS all the same', async () => {
    const { hold } = await underWay(await holdOf(b, 2_500));
    gate.hold();
    await hold.settle();
    await waitUntil('node a to have paid', async () => (await getPayment({ lnd: a.lnd, id: hold.hash })).is_confirmed);
    expect(await wallet.payment(hold.hash)).toMatchObject({ status: 'PENDING' });
    await gateway.kill();
    gate.release();
    gate.cut();
    await gateway.start();
    await waitUntil('the payment to succeed', async () => (await wallet.payment(hold.hash))?.status === 'SUCCESS', 15_000);
    expect(await wallet.payment(hold.hash)).toMatchObject({ preImage: hold.secret, attempts: [{ status: 'SUCCESS' }] });
  });

  test('during a second attempt: the failure of the first, which the node also tells of, does not end it', async () => {
    const hold = await holdOf(e, null);
    expect(await whole.payAmount(hold.request, 1_000_000)).toMatchObject({ status: 'FAILURE' });
    const call = whole.payAmount(hold.request, 10_000).catch(() => 'broken');
    await hold.held();
    await gateway.kill();
    expect(await call).toBe('broken');
    await gateway.start();
    expect((await gateway.cli('ask', hold.hash)).out).toContain('inFlight');
    expect(await whole.payment(hold.hash)).toMatchObject({ status: 'PENDING', failure: null, attempts: [{ status: 'PENDING' }] });
    await hold.settle();
    await waitUntil('the payment to succeed', async () => (await whole.payment(hold.hash))?.status === 'SUCCESS', 15_000);
    expect((await whole.movedBy(hold.hash)).map(({ status }) => status)).toEqual(['SUCCESS', 'FAILURE']);
    await payFrom(e, (await invoiceOf(b, 10_000)).request);
  });
});

test('a connection that breaks in the middle of a send: the same call still hears how it ended', async () => {
  const { hold, call } = await underWay(await holdOf(b, 2_600));
  gate.cut();
  await hold.settle();
  expect(await call).toBe('SUCCESS');
});

describe('a node that goes and comes back while the gateway runs', () => {
  test.each([
    ['restarted', network.stopNode],
    ['killed', network.killNode],
  ])('%s: nothing is missed, and meanwhile it is said to be offline and nothing is written', async (_, end) => {
    const before = await wallet.invoice(3_100);
    const hold = await holdOf(b, 3_200);
    await Promise.all([hasty.pay(hold.request), hold.held()]);
    const stream = wallet.followPayment(hold.hash);
    const input = { paymentRequest: before.paymentRequest };
    const status = anyone.overWs<Readonly<Record<string, { readonly status: string }>>>(statusDocument, { input });
    await Promise.all([stream, status].map((one) => one.find('the first event', () => true)));

    await end('a');
    const other = await invoiceOf(b, 3_300);
    expect(await wallet.pay(other.request)).toMatchObject({ status: 'FAILURE', errors: [offline], transaction: null });
    expect(await wallet.payment(other.hash)).toBeNull();
    expect(await wallet.movedBy(other.hash)).toEqual([]);
    expect(await wallet.tryInvoice(3_400)).toMatchObject({ invoice: null, errors: [offline] });
    expect(await wallet.probe(other.request)).toMatchObject({ errors: [offline] });
    expect(await statusOf(anyone, before.paymentRequest)).toBe('PENDING');
    await hold.settle();

    await network.startNode('a');
    await payFrom(b, before.paymentRequest);
    await becomes(before.paymentRequest, 'PAID');
    await Promise.all([stream.over(), status.over()]);
    expect(stream.events.map(statusIn)).toEqual(['PENDING', 'SUCCESS']);
    expect(status.events.map((event) => Object.values(event)[0]?.status)).toEqual(['PENDING', 'PAID']);
    await waitUntil('the gateway to pay again', async () => (await wallet.pay(other.request)).status === 'SUCCESS', 20_000);
    await payFrom(b, (await wallet.invoice(3_500)).paymentRequest);
  });
});

test('trap: backend down at boot: a gateway whose node is down starts, says so, and serves as soon as the node is there', async () => {
  const hold = await holdOf(b, 4_100);
  await Promise.all([hasty.pay(hold.request), hold.held()]);
  const paidMeanwhile = await wallet.invoice(4_200);
  await gateway.kill();
  await payFrom(b, paidMeanwhile.paymentRequest);
  await network.killNode('a');
  await gateway.start();
  const ready = await fetch(`${gateway.url}/readyz`);
  expect([(await fetch(`${gateway.url}/healthz`)).status, ready.status]).toEqual([200, 503]);
  expect(gateway.output()).toContain('main');
  const { request } = await invoiceOf(b, 4_300);
  expect(await wallet.pay(request)).toMatchObject({ status: 'FAILURE', errors: [offline] });
  expect(await statusOf(anyone, paidMeanwhile.paymentRequest)).toBe('PENDING');
  await hold.settle();
  await network.startNode('a');
  await becomes(paidMeanwhile.paymentRequest, 'PAID');
  await waitUntil('the payment to succeed', async () => (await wallet.payment(hold.hash))?.status === 'SUCCESS', 30_000);
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
});

test('in the end the books say what the nodes say, and no person need look at anything', async () => {
  await checkBooks();
  expect((await gateway.cli('incidents', '--json')).out.trim()).toBe('[]');
});
