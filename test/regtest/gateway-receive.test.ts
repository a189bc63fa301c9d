// Receiving through the gateway's HTTP door on real nodes: paid is seen by polling and by every kind of subscription, and what arrived is what is credited.
import { describe, expect, test } from 'vitest';
import { statusDocument, statusOf } from '../support/operations.ts';
import { useGateway } from './gatewayBench.ts';
import { invoiceOf, overpay, payFrom } from './people.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { b, d } = network.nodes;
const { gateway, anyone, wallet, becomes, checkBooks } = await useGateway(network);

interface StatusEvent {
  readonly lnInvoicePaymentStatusByPaymentRequest: {
    readonly status: string;
    readonly paymentHash: string;
    readonly paymentPreimage: string | null;
  };
}

describe('an invoice', () => {
  test.each([
    ['with an amount', 1_500],
    ['without an amount', null],
  ])('%s is paid: by polling without a key, by WebSocket and by event stream', async (_, amount) => {
    const invoice = amount === null ? await wallet.amountless() : await wallet.invoice(amount);
    expect(await statusOf(anyone, invoice.paymentRequest)).toBe('PENDING');
    const input = { paymentRequest: invoice.paymentRequest };
    const streams = [anyone.overWs<StatusEvent>(statusDocument, { input }), anyone.overSse<StatusEvent>(statusDocument, { input })];
    for (const stream of streams)
      await stream.find('the first status', (event) => event.lnInvoicePaymentStatusByPaymentRequest.status === 'PENDING');
    const { secret } = await payFrom(b, invoice.paymentRequest, amount === null ? 2_100 : undefined);
    await becomes(invoice.paymentRequest, 'PAID');
    for (const stream of streams) {
      await stream.over();
      expect(stream.events.map((event) => event.lnInvoicePaymentStatusByPaymentRequest)).toMatchObject([
        { status: 'PENDING', paymentHash: invoice.paymentHash, paymentPreimage: null },
        { status: 'PAID', paymentHash: invoice.paymentHash, paymentPreimage: secret },
      ]);
    }
    expect(await wallet.movedBy(invoice.paymentHash)).toMatchObject([
      { direction: 'RECEIVE', status: 'SUCCESS', settlementAmount: amount ?? 2_100, settlementFee: 0, settlementVia: { preImage: secret } },
    ]);
  });

  test('is credited with what arrived, not with what it asked for', async () => {
    const { paymentRequest, paymentHash } = await wallet.invoice(1_000);
    await overpay(b, paymentRequest, 2_900);
    await becomes(paymentRequest, 'PAID');
    expect(await wallet.movedBy(paymentHash)).toMatchObject([{ settlementAmount: 2_900, status: 'SUCCESS' }]);
  });

  test('of somebody else is PENDING, whoever has paid it', async () => {
    const { request } = await invoiceOf(b, 700);
    expect(await statusOf(anyone, request)).toBe('PENDING');
    await payFrom(d, request);
    expect(await statusOf(anyone, request)).toBe('PENDING');
  });
});

describe('a gateway that was not there', () => {
  test('says PAID after its start for what was paid while it was down, killed as it was', async () => {
    const invoices = [await wallet.invoice(900), await wallet.amountless()];
    await gateway.kill();
    for (const { paymentRequest, satoshis } of invoices) await payFrom(b, paymentRequest, satoshis === undefined ? 901 : undefined);
    await gateway.start();
    for (const { paymentRequest } of invoices) await becomes(paymentRequest, 'PAID', 10_000);
    const moved = await Promise.all(invoices.map(({ paymentHash }) => wallet.movedBy(paymentHash)));
    expect(moved.flat().map(({ settlementAmount }) => settlementAmount)).toEqual([900, 901]);
  });
});

test('the balance is what the node can spend', async () => {
  const balance = await wallet.balance();
  await payFrom(b, (await wallet.invoice(5_000)).paymentRequest);
  await waitUntil('the balance to grow', async () => (await wallet.balance()) === balance + 5_000);
});

test('in the end the books say what the nodes say', checkBooks);
