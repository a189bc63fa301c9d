// What upstream's tests assert of sends to an LNURL, and Lamassu's own request, against a real LNURL service and through the door. Each test bears
// the name of the recording that it answers.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimInvoice } from '../../src/backends/simulated/model.ts';
import { bolt11Text, msat } from '../../src/lightning/values.ts';
import { until } from '../support/core.ts';
import { type Json, startTestGateway, type TestGateway } from '../support/gateway-inprocess.ts';
import { type LnurlServer, startLnurlServer } from '../support/lnurl-server.ts';

let gateway: TestGateway;
let service: LnurlServer;
const made: SimInvoice[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  const invoice = async (amount: bigint, descriptionHash: string): Promise<string> => {
    const one = gateway.world.payee.createInvoice({ amount: msat(amount), descriptionHash });
    made.push(one);
    return one.bolt11;
  };
  service = await startLnurlServer({ invoice });
  await receive(gateway.wallets.ledger, 100_000);
});
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await service.close();
  await gateway.close();
});

const root = async (query: string, variables: object, key?: string | null): Promise<Json> => {
  const { data, errors } = await gateway.ask(query, { ...variables }, key);
  expect(errors).toBeUndefined();
  return Object.values(data)[0];
};
const balance = async (walletId: string): Promise<number> => {
  const query = 'query q($w: WalletId!) { me { defaultAccount { walletById(walletId: $w) { balance } } } }';
  return (await root(query, { w: walletId })).defaultAccount.walletById.balance;
};
const receive = async (walletId: string, amount: number): Promise<void> => {
  const query = 'mutation c($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) { invoice { paymentRequest } } }';
  const { invoice } = await root(query, { input: { walletId, amount } });
  await gateway.world.payer.pay({ bolt11: bolt11Text(invoice.paymentRequest) });
  await until('the funds', async () => (await balance(walletId)) === amount);
};
const document: string = JSON.parse(readFileSync(new URL('./upstream/bats-documents.json', import.meta.url), 'utf8'))[
  'bats/gql/lnurl-payment-send.gql'
];
const send = (input: object, key?: string): Promise<Json> => root(document, { input: { walletId: gateway.wallets.ledger, ...input } }, key);
const stateOfLast = (): string | undefined => {
  const last = made.at(-1);
  return last && gateway.world.payee.look(last).state;
};

test('lnurl-send: send to lnurl', async () => {
  const { status, errors, transaction } = await send({ amount: 200, lnurl: service.lnurl });
  expect({ status, errors }).toEqual({ status: 'SUCCESS', errors: [] });
  expect(transaction.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(stateOfLast()).toBe('settled');
});

test('api-keys-limits: lnurlPaymentSend exceeding limit fails', async () => {
  const create = 'mutation m($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { apiKeySecret apiKey { id } } }';
  const { apiKey, apiKeySecret } = await root(create, { input: { name: 'lnurl', scopes: ['READ', 'WRITE'] } }, gateway.keys.admin);
  const limit = 'mutation m($input: ApiKeySetLimitInput!) { apiKeySetLimit(input: $input) { apiKey { id } } }';
  await root(limit, { input: { id: apiKey.id, limitTimeWindow: 'DAILY', limitSats: 3_000 } }, gateway.keys.admin);
  const { status, errors } = await send({ amount: '4000', lnurl: service.lnurl }, apiKeySecret);
  expect(status).toBe('FAILURE');
  expect(errors[0].code).toBe('TRANSACTION_RESTRICTED');
  expect(errors[0].message).toContain('daily');
  expect(stateOfLast()).toBe('open');
});

test('lamassu sends to an LNURL as it was scanned', async () => {
  const file = new URL('./upstream/recordings/client-request--lamassu-lnurlpaymentsend.json', import.meta.url);
  const { request } = JSON.parse(readFileSync(file, 'utf8'));
  const input = { lnurl: service.lnurl.toUpperCase(), walletId: gateway.wallets.ledger, amount: '12345' };
  expect(Object.keys(request.body.variables.input).sort()).toEqual(Object.keys(input).sort());
  const { status, text } = await gateway.post({ ...request.body, variables: { input } }, { 'X-API-KEY': gateway.keys.readWrite });
  expect([status, JSON.parse(text)]).toEqual([200, { data: { lnurlPaymentSend: { errors: [], status: 'SUCCESS' } } }]);
  expect(stateOfLast()).toBe('settled');
  expect(made.at(-1)?.amount).toBe(12_345_000n);
});

test('a Lightning address is paid too, and what is wrong is told in the payload', async () => {
  const query = `mutation m($input: LnAddressPaymentSendInput!) { lnAddressPaymentSend(input: $input) { errors { code message path } status transaction {
    settlementAmount memo settlementVia { ... on SettlementViaLn { preImage } } } } }`;
  const pay = (lnAddress: string, more: object = {}): Promise<Json> =>
    root(query, { input: { walletId: gateway.wallets.ledger, lnAddress, amount: 100, ...more } });
  const { status, errors, transaction } = await pay(service.address, { comment: 'tea' });
  expect({ status, errors }).toEqual({ status: 'SUCCESS', errors: [] });
  expect(transaction).toMatchObject({ memo: 'tea', settlementVia: { preImage: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  expect(transaction.settlementAmount).toBeLessThanOrEqual(-100);
  const failure = (code: string, message: string) => ({ status: 'FAILURE', transaction: null, errors: [{ code, message, path: null }] });
  const lnurl = (message: string) => failure('LNURL_REQUEST_INVOICE_ERROR', message);
  expect(await pay('hello')).toEqual(lnurl('Invalid lnurl or lightning address'));
  expect(await pay(service.address, { comment: 'x'.repeat(21) })).toEqual(lnurl('Comment is too long for the recipient'));
  expect(await pay(service.address, { amount: 10_000_001, walletId: gateway.wallets.atm })).toEqual(
    lnurl('The recipient takes from 1 to 10000000 sats at once'),
  );
  expect(await pay('nobody@localhost')).toEqual(failure('NOT_FOUND', 'Account does not exist for username nobody'));
  expect(await pay(service.address, { amount: 0 })).toEqual(failure('INVALID_INPUT', 'A valid satoshi amount is required'));
});

test.each([
  ['closed for today\n', 'Lnurl service refused: closed for today'],
  ['Unauthorized', 'Lnurl service refused'],
  ['', 'Lnurl service refused'],
])('a service that says %j is told as it is, but for words that clients take for ours', async (reason, message) => {
  const refusing = await startLnurlServer({ invoice: async () => '', callback: () => ({ status: 'ERROR', reason }) });
  expect((await send({ amount: 200, lnurl: refusing.lnurl })).errors).toEqual([
    { code: 'LNURL_REQUEST_INVOICE_ERROR', message, path: null },
  ]);
  await refusing.close();
});
