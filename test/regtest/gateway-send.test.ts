// Paying through the gateway's HTTP door on real nodes: amounts as clients write them, failures in Galoy's words, and an invoice that is
// paid once however often and however many at a time ask for it.
import { getInvoice } from 'ln-service';
import { describe, expect, test } from 'vitest';
import { statusOf } from '../support/operations.ts';
import { useGateway } from './gatewayBench.ts';
import { holdOf, invoiceOf, payFrom, settlementAt } from './people.ts';
import { useNetwork } from './useNetwork.ts';

const network = await useNetwork();
const { b, c, e } = network.nodes;
const { gateway, anyone, wallet, whole, checkBooks } = await useGateway(network);

const noRoute = { message: 'Unable to find a route for payment.', code: 'ROUTE_FINDING_ERROR' };

describe('a payment', () => {
  test('of an invoice with an amount is SUCCESS, with its transaction in the answer', async () => {
    const { request, hash } = await invoiceOf(b, 2_000);
    const answer = await wallet.pay(request);
    const { secret } = await getInvoice({ lnd: b.lnd, id: hash });
    expect(answer).toMatchObject({
      status: 'SUCCESS',
      errors: [],
      transaction: {
        status: 'SUCCESS',
        direction: 'SEND',
        settlementAmount: -2_000,
        settlementFee: 0,
        settlementVia: { preImage: secret },
      },
    });
    expect(await settlementAt(b, hash)).toEqual({ settled: true, parts: 1, msat: 2_000_000n });
    expect(await statusOf(anyone, request)).toBe('PAID');
  });

  test('of an invoice without an amount, the amount written as text', async () => {
    const { request, hash } = await invoiceOf(b, null);
    expect(await wallet.payAmount(request, '1200')).toMatchObject({
      status: 'SUCCESS',
      errors: [],
      transaction: { settlementAmount: -1_200 },
    });
    expect(await settlementAt(b, hash)).toEqual({ settled: true, parts: 1, msat: 1_200_000n });
  });

  test('over another node costs its fee, which the books know', async () => {
    const { request, hash } = await invoiceOf(c, 30_000);
    const { status, transaction } = await wallet.pay(request);
    const payment = await wallet.payment(hash);
    const fee = Number(payment?.feeMsat);
    expect(fee).toBeGreaterThan(0);
    expect({ status, fee: transaction?.settlementFee, amount: transaction?.settlementAmount }).toEqual({
      ...{ status: 'SUCCESS', fee: Math.ceil(fee / 1000) },
      amount: -Math.ceil((30_000_000 + fee) / 1000),
    });
  });

  test('of a priced invoice by the amountless call: its own amount is taken, another is refused and nothing is written', async () => {
    const first = await invoiceOf(b, 1_000);
    expect(await wallet.payAmount(first.request, '1000')).toMatchObject({ status: 'SUCCESS', errors: [] });
    const second = await invoiceOf(b, 1_000);
    expect(await wallet.payAmount(second.request, '999')).toMatchObject({
      ...{ status: 'FAILURE', transaction: null },
      errors: [{ message: 'Invoice must be a zero-amount invoice', code: 'INVALID_INPUT' }],
    });
    expect(await wallet.payment(second.hash)).toBeNull();
    const amountless = await invoiceOf(b, null);
    expect(await wallet.pay(amountless.request)).toMatchObject({
      ...{ status: 'FAILURE', transaction: null },
      errors: [{ message: 'Invoice does not have a valid amount to pay', code: 'INVALID_INPUT' }],
    });
  });

  test('of an invoice of its own node is CANT_PAY_SELF', async () => {
    const own = await wallet.invoice(500);
    expect(await wallet.pay(own.paymentRequest)).toMatchObject({
      ...{ status: 'FAILURE', transaction: null },
      errors: [{ message: 'User tried to pay themselves', code: 'CANT_PAY_SELF' }],
    });
  });
});

describe('a payment that has no way', () => {
  test('is FAILURE with Galoy’s text and code, and a movement that says so', async () => {
    const { request, hash } = await invoiceOf(e, 1_000_000);
    expect(await whole.pay(request)).toMatchObject({ status: 'FAILURE', errors: [noRoute], transaction: { status: 'FAILURE' } });
    expect(await whole.payment(hash)).toMatchObject({
      status: 'FAILURE',
      failure: 'NO_ROUTE',
      preImage: null,
      attempts: [{ status: 'FAILURE' }],
    });
    expect(await settlementAt(e, hash)).toMatchObject({ settled: false, parts: 0 });
  });

  test('to a node that nobody knows', async () => {
    const { request } = await invoiceOf(await network.unreachableNode(), 1_000);
    expect(await wallet.pay(request)).toMatchObject({ status: 'FAILURE', errors: [noRoute] });
  });

  test('whose payee says no is FAILURE with the payee’s reason', async () => {
    const hold = await holdOf(b, 1_500);
    const answer = wallet.pay(hold.request);
    await hold.held();
    await hold.cancel();
    expect(await answer).toMatchObject({
      ...{ status: 'FAILURE', transaction: { status: 'FAILURE' } },
      errors: [{ message: 'Payment was rejected by destination as invalid', code: 'LIGHTNING_PAYMENT_ERROR' }],
    });
  });
});

describe('the same invoice', () => {
  test('twice, one after the other, is paid once and then ALREADY_PAID', async () => {
    const { request, hash } = await invoiceOf(b, 3_000);
    const first = await wallet.pay(request);
    expect(first).toMatchObject({ status: 'SUCCESS', errors: [] });
    const balance = await wallet.balance();
    for (const again of [await wallet.pay(request), await wallet.payAmount(request, 3_000)])
      expect(again).toMatchObject({ status: 'ALREADY_PAID', errors: [], transaction: { id: first.transaction?.id } });
    expect(await wallet.balance()).toBe(balance);
    expect(await settlementAt(b, hash)).toEqual({ settled: true, parts: 1, msat: 3_000_000n });
    expect(await wallet.movedBy(hash)).toHaveLength(1);
  });

  test('ten times at once moves money once', async () => {
    const { request, hash } = await invoiceOf(b, 4_000);
    const answers = await Promise.all(Array.from({ length: 10 }, () => wallet.pay(request)));
    const told = answers.map(({ status, errors }) => (status === 'FAILURE' ? errors[0]?.message : status));
    expect(told.filter((one) => one === 'SUCCESS')).toHaveLength(1);
    for (const one of told) expect(one).toBeOneOf(['SUCCESS', 'ALREADY_PAID', 'There is a pending payment for this invoice']);
    expect(await settlementAt(b, hash)).toEqual({ settled: true, parts: 1, msat: 4_000_000n });
    expect(await wallet.movedBy(hash)).toMatchObject([{ status: 'SUCCESS', settlementAmount: -4_000 }]);
    expect(await wallet.payment(hash)).toMatchObject({ attempts: [{ status: 'SUCCESS' }] });
  });

  test('asked for again while it is on its way is told so', async () => {
    const hold = await holdOf(b, 2_500);
    const first = wallet.pay(hold.request);
    await hold.held();
    expect(await wallet.pay(hold.request)).toMatchObject({
      ...{ status: 'FAILURE', transaction: null },
      errors: [{ message: 'There is a pending payment for this invoice', code: 'INVALID_INPUT' }],
    });
    await hold.settle();
    expect(await first).toMatchObject({ status: 'SUCCESS' });
    expect(await settlementAt(b, hold.hash)).toEqual({ settled: true, parts: 1, msat: 2_500_000n });
  });
});

describe('a payment that failed once and is tried again', () => {
  test('ends by the second attempt’s word, whatever the node still tells of the first', async () => {
    const hold = await holdOf(e, null);
    expect(await whole.payAmount(hold.request, '1000000')).toMatchObject({ status: 'FAILURE', errors: [noRoute] });
    const second = whole.payAmount(hold.request, '20000');
    await hold.held();
    // The node knows both: asked now, it is the second that counts.
    expect((await gateway.cli('ask', hold.hash)).out).toContain('inFlight');
    expect(await whole.payment(hold.hash)).toMatchObject({ status: 'PENDING', failure: null, attempts: [{ status: 'PENDING' }] });
    expect(await statusOf(anyone, hold.request)).toBe('PENDING');
    await hold.settle();
    expect(await second).toMatchObject({ status: 'SUCCESS', errors: [] });
    expect((await whole.movedBy(hold.hash)).map(({ status, settlementAmount }) => [status, settlementAmount])).toEqual([
      ['SUCCESS', -20_002],
      ['FAILURE', expect.any(Number)],
    ]);
    expect(await settlementAt(e, hold.hash)).toEqual({ settled: true, parts: 1, msat: 20_000_000n });
  });

  test('and failed again is tried a third time', async () => {
    const { request, hash } = await invoiceOf(e, null);
    for (const amount of ['1000000', '2000000'])
      expect(await whole.payAmount(request, amount)).toMatchObject({ status: 'FAILURE', errors: [noRoute] });
    expect(await whole.payAmount(request, '10000')).toMatchObject({ status: 'SUCCESS', errors: [] });
    expect(await settlementAt(e, hash)).toEqual({ settled: true, parts: 1, msat: 10_000_000n });
    await payFrom(e, (await invoiceOf(b, 30_000)).request);
  });
});

test('in the end the books say what the nodes say, and no person need look at anything', async () => {
  await checkBooks();
  expect((await gateway.cli('incidents', '--json')).out.trim()).toBe('[]');
});
