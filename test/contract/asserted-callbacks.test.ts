// What upstream's tests and documentation say of callbacks, over the whole gateway and a real receiver. Each test bears the name of the recording that it
// answers.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bolt11Text } from '../../src/lightning/values.ts';
import { until } from '../support/core.ts';
import { type Json, startTestGateway, type TestGateway } from '../support/gateway-inprocess.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

let gateway: TestGateway;
let receiver: Receiver;
beforeAll(async () => {
  gateway = await startTestGateway();
  receiver = await startReceiver();
});
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await receiver.close();
  await gateway.close();
});

const documents: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('./upstream/bats-documents.json', import.meta.url), 'utf8'),
);
const root = async (query: string, variables: object, key?: string | null): Promise<Json> => {
  const { data, errors } = await gateway.ask(query, { ...variables }, key);
  expect(errors).toBeUndefined();
  return Object.values(data)[0];
};
const named = (name: string, variables: object = {}): Promise<Json> => root(documents[`bats/gql/${name}.gql`] ?? '', variables);
const list = async (): Promise<Json> => (await named('callback-endpoints-list')).defaultAccount.callbackEndpoints;

test('callback: setup callback endpoints', async () => {
  expect(await list()).toEqual([]);
  const { id, errors } = await named('callback-endpoint-add', { input: { url: receiver.url } });
  expect([typeof id, errors]).toEqual(['string', []]);
  expect(await list()).toEqual([{ id, url: receiver.url }]);
  expect(await named('callback-endpoint-delete', { input: { id } })).toEqual({ errors: [], success: true });
  expect(await list()).toEqual([]);
  const again = await named('callback-endpoint-delete', { input: { id } });
  expect(again).toEqual({ errors: [{ message: `There is no callback endpoint ${id}` }], success: false });
});

test('docs webhook receive.lightning payload', async () => {
  const file = new URL('./upstream/transcripts/full--docs-webhook-receive-lightning-payload.json', import.meta.url);
  const recorded: Json = JSON.parse(readFileSync(file, 'utf8')).response;
  const add = 'mutation m($input: CallbackEndpointAddInput!) { callbackEndpointAdd(input: $input) { id secret errors { message } } }';
  const { id, secret } = await root(add, { input: { url: receiver.url } });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const create = 'mutation c($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) { invoice { paymentRequest paymentHash } } }';
  const { invoice } = await root(create, { input: { walletId: gateway.wallets.atm, amount: 2707 } });
  await gateway.world.payer.pay({ bolt11: bolt11Text(invoice.paymentRequest) });
  await until('the call', async () => receiver.got.length > 0);
  const body: Json = JSON.parse(receiver.got[0]?.body ?? '');
  const kinds = (value: Json): Json =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, kinds(inner)]))
      : typeof value;
  // Every field that was recorded is there and is of its kind; `memo` was null there and may be a text.
  expect(kinds(body)).toMatchObject(kinds(recorded));
  expect(body).toMatchObject({
    eventType: 'receive.lightning',
    walletId: gateway.wallets.atm,
    transaction: {
      initiationVia: { type: 'lightning', paymentHash: invoice.paymentHash, pubkey: expect.stringMatching(/^0[23][0-9a-f]{64}$/) },
      settlementVia: { type: 'lightning' },
      settlementAmount: 2707,
      settlementFee: 0,
      settlementDisplayAmount: '1.76',
      settlementDisplayFee: '0.00',
      settlementDisplayPrice: { base: '65000000000', offset: '12', displayCurrency: 'USD', walletCurrency: 'BTC' },
      status: 'success',
    },
  });
  await named('callback-endpoint-delete', { input: { id } });
});

test('public-ln-receive: receive via invoice - sends invoice webhook', async () => {
  const before = receiver.got.length;
  const input = { recipientWalletId: gateway.wallets.atm, amount: '1000', webhookUrl: `${receiver.url}/invoice` };
  const { invoice } = await root(documents['bats/gql/ln-invoice-create-on-behalf-of-recipient.gql'] ?? '', { input }, null);
  await gateway.world.payer.pay({ bolt11: bolt11Text(invoice.paymentRequest) });
  await until('the call', async () => receiver.got.length > before);
  const { path, body } = receiver.got[before] ?? { path: '', body: '{}' };
  expect([path, JSON.parse(body)]).toEqual([
    '/hook/invoice',
    { paymentHash: invoice.paymentHash, paymentRequest: invoice.paymentRequest, status: 'PAID', paymentPreimage: expect.any(String) },
  ]);
});

test('a key without WRITE registers nothing, and reads the list', async () => {
  const add = 'mutation m($input: CallbackEndpointAddInput!) { callbackEndpointAdd(input: $input) { id } }';
  for (const key of [gateway.keys.read, gateway.keys.receive])
    expect((await gateway.ask(add, { input: { url: receiver.url } }, key)).errors).toHaveLength(1);
  expect(await root('{ me { defaultAccount { callbackEndpoints { id } } } }', {}, gateway.keys.read)).toEqual({
    defaultAccount: { callbackEndpoints: [] },
  });
  for (const url of ['ftp://example.com', 'example.com', '']) {
    const { data } = await gateway.ask(
      'mutation m($input: CallbackEndpointAddInput!) { callbackEndpointAdd(input: $input) { id errors { message } } }',
      { input: { url } },
    );
    expect(data.callbackEndpointAdd).toEqual({ id: null, errors: [{ message: 'Invalid value for EndpointUrl' }] });
  }
});
