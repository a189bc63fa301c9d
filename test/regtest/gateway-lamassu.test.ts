// A Lamassu ATM server against the gateway on real nodes.
import { parsePaymentRequest } from 'ln-service';
import { describe, expect, test } from 'vitest';
import { useGateway } from './gatewayBench.ts';
import { machineAt } from './lamassu.ts';
import { invoiceOf, payFrom, settlementAt } from './people.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { b, c, e } = network.nodes;
const { gateway, key, wallet, checkBooks } = await useGateway(network);
const { balance, newAddress, getStatus, sendCoins, probeLN } = machineAt({ endpoint: gateway.endpoint, key, walletId: wallet.walletId });

describe('cash-out', () => {
  test('an invoice for the bills, polled until the customer has paid', async () => {
    const before = await balance();
    const paymentRequest = await newAddress('12345');
    const { tokens, network: chain, features } = parsePaymentRequest({ request: paymentRequest });
    expect({ tokens, chain, prefix: paymentRequest.slice(0, 6) }).toEqual({ tokens: 12_345, chain: 'regtest', prefix: 'lnbcrt' });
    expect(features.length).toBeGreaterThan(0);
    expect(await getStatus(paymentRequest)).toBe('notSeen');
    await payFrom(b, paymentRequest);
    await waitUntil('the plugin to see it', async () => (await getStatus(paymentRequest)) === 'confirmed', 10_000);
    // A node counts it when the channel has it, a moment after the invoice.
    await waitUntil('the balance', async () => (await balance()) === before + 12_345);
  });
});

describe('cash-in', () => {
  test('trap: three parallel fee probes per scan: what can be reached is asked for three amounts at once', async () => {
    expect(await probeLN((await invoiceOf(b, null)).request)).toEqual({ 200000: true, 1000000: true, 2000000: true });
    expect(await probeLN((await invoiceOf(e, null)).request)).toEqual({ 200000: true, 1000000: false, 2000000: false });
    expect(await probeLN((await invoiceOf(await network.unreachableNode(), null)).request)).toEqual({
      200000: false,
      1000000: false,
      2000000: false,
    });
  });

  test.each([
    ['without an amount', null],
    ['with just this amount', 12_345],
  ])('an invoice %s is sent', async (_, sat) => {
    const { request, hash } = await invoiceOf(c, sat);
    expect(await sendCoins(request, '12345')).toBe('sent');
    expect(await settlementAt(c, hash)).toEqual({ settled: true, parts: 1, msat: 12_345_000n });
  });

  test('what cannot be sent throws Galoy’s words, and only then', async () => {
    const { request } = await invoiceOf(await network.unreachableNode(), null);
    expect(await sendCoins(request, '12345')).toBe('threw FAILURE: Unable to find a route for payment.');
    const other = await invoiceOf(b, 999);
    expect(await sendCoins(other.request, '12345')).toBe('threw FAILURE: Invoice must be a zero-amount invoice');
    const twice = await invoiceOf(b, null);
    expect(await sendCoins(twice.request, '12345')).toBe('sent');
    expect(await sendCoins(twice.request, '12345')).toBe('threw ALREADY_PAID: undefined');
    expect(await settlementAt(b, twice.hash)).toEqual({ settled: true, parts: 1, msat: 12_345_000n });
  });

  test('an older plugin names its key as a bearer', async () => {
    const { request } = await invoiceOf(b, null);
    expect(await sendCoins(request, '1200', { authorization: `Bearer ${key}` })).toBe('sent');
  });
});

test('in the end the books say what the nodes say', checkBooks);
