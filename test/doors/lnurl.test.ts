// Lightning addresses of our own accounts over real HTTP: asked by the code that pays others', and by strangers who ask for too much.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bolt11Text, msat } from '../../src/lightning/values.ts';
import { requestInvoice } from '../../src/payments/lnurl.ts';
import { createOutbound } from '../../src/platform/outbound.ts';
import { until } from '../support/core.ts';
import { type Json, startTestGateway, type TestGateway } from '../support/gateway-inprocess.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ keylessPerMinute: 8 });
});
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await gateway.close();
});

const outbound = createOutbound({ allowPrivate: true, onionProxy: null });
const at = (rest: string): string => `${gateway.url}/.well-known/lnurlp/${rest}`;
const get = async (rest: string, init: RequestInit = {}): Promise<Json> => (await fetch(at(rest), init)).json();
const error = (reason: string) => ({ status: 'ERROR', reason });

test('are paid as any other is: the invoice says the amount and commits to the metadata, the comment arrives', async () => {
  const ask = { url: at('Operator'), amountMsat: 21_000_000n, comment: 'for tea' };
  const { bolt11, hash } = await requestInvoice({ network: 'regtest' }, outbound, ask);
  expect(await gateway.world.payer.pay({ bolt11: bolt11Text(bolt11), amount: msat(21_000_000n) })).toMatchObject({ is: 'succeeded' });
  const query = `query q($w: WalletId!, $h: PaymentHash!) { me { defaultAccount { walletById(walletId: $w) { transactionsByPaymentHash(paymentHash: $h) {
    status settlementAmount memo } } } } }`;
  const rows = async (): Promise<Json> =>
    (await gateway.ask(query, { w: gateway.wallets.atm, h: hash })).data.me.defaultAccount.walletById.transactionsByPaymentHash;
  await until('the receipt', async () => (await rows()).length > 0);
  expect(await rows()).toEqual([{ status: 'SUCCESS', settlementAmount: 21_000, memo: 'for tea' }]);
});

test('say who they are, to pages of any origin', async () => {
  const response = await fetch(at('operator'));
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  const terms: Json = await response.json();
  expect(terms).toMatchObject({ tag: 'payRequest', callback: at('operator/callback'), minSendable: 1000 });
  expect(JSON.parse(terms.metadata)).toContainEqual(['text/identifier', 'operator@localhost']);
});

test('of nobody, or of a wallet for which strangers may make no invoices, do not exist', async () => {
  for (const name of ['nobody', 'stranger', 'stranger/callback?amount=1000', '', '../../graphql', 'operator/other', '%00', 'a'.repeat(100)])
    expect([name, (await get(name).catch(() => error('There is no such address.'))).status ?? 'ERROR']).toEqual([name, 'ERROR']);
  expect(await get('stranger')).toEqual(error('There is no such address.'));
});

test('refuse amounts and comments that cannot be, and whoever asks too often', async () => {
  for (const amount of ['', '0', '999', '-1000', '1e9', '100000000001', 'x', '1000.5', '1'.repeat(400)])
    expect((await get(`operator/callback?amount=${amount}`)).reason).toMatch(/^The amount is/);
  expect(await get(`operator/callback?amount=1000&comment=${'x'.repeat(201)}`)).toEqual(error('The comment is too long.'));
  expect(await get('operator', { method: 'POST' })).toEqual(error('Ask with GET.'));
  const all = await Promise.all(Array.from({ length: 12 }, () => get('operator/callback?amount=1000')));
  expect(all.filter(({ reason }) => reason === 'Too many invoices, please wait for a while.').length).toBeGreaterThanOrEqual(4);
});
