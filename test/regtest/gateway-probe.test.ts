// Fee probes through the gateway's HTTP door: what the channels can carry now, which no formula knows, asked for three amounts at once as Lamassu does.
import { expect, test } from 'vitest';
import { useGateway } from './gatewayBench.ts';
import { invoiceOf, payFrom, settlementAt } from './people.ts';
import { useNetwork } from './useNetwork.ts';

const network = await useNetwork();
const { b, c, e } = network.nodes;
const { wallet, checkBooks } = await useGateway(network);

const amounts = ['200000', '1000000', '2000000'];
const noRoute = [{ message: 'Unable to find a route for payment.', code: 'ROUTE_FINDING_ERROR' }];
const probeAll = (request: string) => Promise.all(amounts.map((amount) => wallet.probeAmount(request, amount)));
/** How Lamassu reads them. */
const reachable = (answers: readonly { readonly errors: readonly unknown[] }[]) => answers.map(({ errors }) => errors.length === 0);

test('a drained far side: the graph says yes to all, the channel to the first alone', async () => {
  const { request, hash } = await invoiceOf(e, null);
  const answers = await probeAll(request);
  expect(reachable(answers)).toEqual([true, false, false]);
  expect(answers[0]).toEqual({ amount: 2, errors: [] });
  // Without a route there is still what a send would set aside: half a percent.
  expect(answers.slice(1)).toMatchObject([
    { amount: 5_000, errors: noRoute },
    { amount: 10_000, errors: noRoute },
  ]);
  expect(await settlementAt(e, hash)).toEqual({ settled: false, parts: 0, msat: 0n });
  expect(await wallet.payment(hash)).toBeNull();
});

test('again, and the probes before have changed nothing: not the answers, and not what can be paid', async () => {
  const { request } = await invoiceOf(e, null);
  expect(reachable(await probeAll(request))).toEqual([true, false, false]);
  expect(await wallet.payAmount(request, '200000')).toMatchObject({ status: 'SUCCESS', errors: [] });
});

test('after that payment the first amount is still there, as long as the channel has it', async () => {
  const { request } = await invoiceOf(e, null);
  expect(reachable(await probeAll(request))).toEqual([true, false, false]);
  await payFrom(e, (await invoiceOf(b, 200_000)).request);
});

test('a node that nobody can reach', async () => {
  const { request } = await invoiceOf(await network.unreachableNode(), null);
  expect(reachable(await probeAll(request))).toEqual([false, false, false]);
});

test('a node with room: all, free to a neighbour and for a fee behind it', async () => {
  expect(await probeAll((await invoiceOf(b, null)).request)).toEqual(amounts.map(() => ({ amount: 0, errors: [] })));
  const behind = await probeAll((await invoiceOf(c, null)).request);
  expect(reachable(behind)).toEqual([true, true, true]);
  expect(behind.map(({ amount }) => amount)).toEqual([2, 2, 3]);
});

test('a priced invoice, by its own amount and by the amountless call', async () => {
  const { request } = await invoiceOf(c, 50_000);
  expect(await wallet.probe(request)).toEqual({ amount: 2, errors: [] });
  expect(await wallet.probeAmount(request, '50000')).toEqual({ amount: 2, errors: [] });
  expect(await wallet.probeAmount(request, '50001')).toMatchObject({
    errors: [{ message: 'Invoice must be a zero-amount invoice', code: 'INVALID_INPUT' }],
  });
});

test('in the end the books say what the nodes say', checkBooks);
