// LNURL-pay and Lightning addresses on real nodes: a real LNURL service whose invoices are those of node b, Lamassu's own request, and a gateway that is
// killed while it pays.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createHodlInvoice, createInvoice, getInvoice, parsePaymentRequest, settleHodlInvoice } from 'ln-service';
import { afterAll, expect, test } from 'vitest';
import { hashOf, newPreimage, type Preimage } from '../../src/lightning/values.ts';
import { startLnurlServer } from '../support/lnurl-server.ts';
import { configOn, lndBackend, useGateway } from './gatewayBench.ts';
import { settlementAt } from './people.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { a, b } = network.nodes;
const { gateway, key, wallet, checkBooks } = await useGateway(network, { ...configOn(lndBackend(a)), outbound: { allowPrivate: true } });
const { walletId } = wallet;

const plain = async (amount: bigint, description_hash: string): Promise<string> =>
  (await createInvoice({ lnd: b.lnd, mtokens: amount.toString(), description_hash })).request;
const service = await startLnurlServer({ invoice: plain });
afterAll(() => service.close());

interface Sent {
  readonly status: string | null;
  readonly errors: readonly { readonly code?: string; readonly message: string }[];
}

const post = async (body: object, headers: Readonly<Record<string, string>> = {}): Promise<Sent> => {
  const response = await fetch(gateway.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, ...headers },
    body: JSON.stringify(body),
  });
  const { data, errors }: { data: Readonly<Record<string, Sent>>; errors?: unknown } = await response.json();
  expect({ status: response.status, errors }).toEqual({ status: 200, errors: undefined });
  const [sent] = Object.values(data);
  if (!sent) throw new Error('no answer');
  return sent;
};
const pay = (lnurl: string, amount: number, idempotency?: string): Promise<Sent> =>
  post(
    {
      query: 'mutation m($input: LnurlPaymentSendInput!) { lnurlPaymentSend(input: $input) { status errors { code message } } }',
      variables: { input: { walletId, lnurl, amount } },
    },
    idempotency === undefined ? {} : { 'x-idempotency-key': idempotency },
  );
const hashOfRequest = (request: string | undefined): string => parsePaymentRequest({ request: request ?? '' }).id;

test('a Lamassu machine pays the LNURL that a customer shows', async () => {
  const file = new URL('../contract/upstream/recordings/client-request--lamassu-lnurlpaymentsend.json', import.meta.url);
  const { request }: { request: { body: object } } = JSON.parse(readFileSync(file, 'utf8'));
  const variables = { input: { lnurl: service.lnurl.toUpperCase(), walletId, amount: '12345' } };
  expect(await post({ ...request.body, variables })).toEqual({ status: 'SUCCESS', errors: [] });
  expect(await settlementAt(b, hashOfRequest(service.given.at(-1)))).toEqual({ settled: true, parts: 1, msat: 12_345_000n });
});

test('a Lightning address is paid, with a comment', async () => {
  const query = 'mutation m($input: LnAddressPaymentSendInput!) { lnAddressPaymentSend(input: $input) { status errors { code message } } }';
  const input = { walletId, lnAddress: service.address, amount: 2100, comment: 'for tea' };
  expect(await post({ query, variables: { input } })).toEqual({ status: 'SUCCESS', errors: [] });
  expect(service.comments.at(-1)).toBe('for tea');
  expect(await settlementAt(b, hashOfRequest(service.given.at(-1)))).toEqual({ settled: true, parts: 1, msat: 2_100_000n });
});

test('an invoice over another amount, or over other metadata, is not paid', async () => {
  const lies = [(amount: bigint, hash: string) => plain(amount + 1000n, hash), (amount: bigint) => plain(amount, 'ab'.repeat(32))];
  for (const invoice of lies) {
    const liar = await startLnurlServer({ invoice });
    const { status, errors } = await pay(liar.lnurl, 1000);
    expect([status, errors[0]?.code]).toEqual(['FAILURE', 'LNURL_REQUEST_INVOICE_ERROR']);
    expect(await settlementAt(b, hashOfRequest(liar.given[0]))).toMatchObject({ settled: false, parts: 0 });
    await liar.close();
  }
});

test('a gateway that is killed between the invoice and its payment, or while it pays, pays once', async () => {
  const once = randomUUID();
  const secrets: Preimage[] = [];
  let killed: Promise<void> | null = null;
  const slow = await startLnurlServer({
    invoice: async (amount, description_hash) => {
      if (killed === null) {
        const request = await plain(amount, description_hash);
        killed = gateway.kill();
        await killed;
        return request;
      }
      const secret = newPreimage();
      secrets.push(secret);
      return (await createHodlInvoice({ lnd: b.lnd, id: hashOf(secret), cltv_delta: 60, mtokens: amount.toString(), description_hash }))
        .request;
    },
  });
  await expect(pay(slow.lnurl, 5000, once)).rejects.toThrow('fetch failed');
  await killed;
  await gateway.start();
  // Again, and killed while node b holds the payment.
  const lost = pay(slow.lnurl, 5000, once).catch(() => null);
  await waitUntil('an invoice', () => Promise.resolve(secrets.length === 1));
  const [secret] = secrets;
  if (!secret) throw new Error('no invoice');
  await waitUntil('node b to hold it', async () => (await getInvoice({ lnd: b.lnd, id: hashOf(secret) })).is_held === true);
  await gateway.kill();
  expect(await lost).toBeNull();
  await gateway.start();
  await settleHodlInvoice({ lnd: b.lnd, secret });
  await waitUntil('the end', async () => (await pay(slow.lnurl, 5000, once)).status === 'SUCCESS');
  expect(slow.given).toHaveLength(2);
  expect(await settlementAt(b, hashOfRequest(slow.given[0]))).toMatchObject({ settled: false, parts: 0 });
  expect(await settlementAt(b, hashOf(secret))).toEqual({ settled: true, parts: 1, msat: 5_000_000n });
  await slow.close();
});

test('in the end the books say what the nodes say', checkBooks);
