// The npm package lightning-backends (Bleskomat), which speaks Galoy's API as "blink", as it is published, against the whole gateway. Its endpoint is
// part of the connection string that its user types, so nothing about it is changed.
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bolt11Text, fromSat, hashOf, preimage } from '../../src/lightning/values.ts';
import { until } from '../support/core.ts';
import { startTestGateway, type TestGateway } from '../support/gateway-inprocess.ts';

interface Backend {
  addInvoice(msats: number, extra: { readonly descriptionHash?: string }): Promise<{ readonly invoice: string }>;
  getInvoiceStatus(hash: string): Promise<{ readonly settled: boolean; readonly preimage: null }>;
  payInvoice(invoice: string): Promise<{ readonly id: null; readonly preimage?: string }>;
  getBalance(): Promise<number>;
}
interface Package {
  prepareBackend(name: string, options: { readonly connectionString: string }): Backend;
  checkBackend(
    name: string,
    options: { readonly connectionString: string },
    more?: { readonly network: string },
  ): Promise<{ readonly ok: boolean; readonly message?: string }>;
}
const { prepareBackend, checkBackend }: Package = createRequire(import.meta.url)('lightning-backends');

let gateway: TestGateway;
let backend: Backend;
beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.world.network.addNode('island');
  backend = prepareBackend('blink', { connectionString: connection(gateway.keys.readWrite) });
});
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await gateway.close();
});

const connection = (key: string): string => `type=blink;server=${gateway.endpoint};api-key=${key};wallet-id=${gateway.wallets.ledger}`;
const hashOfInvoice = async (invoice: string): Promise<string> => {
  const query = 'query d($r: LnPaymentRequest!) { lnInvoiceDecode(paymentRequest: $r) { paymentHash } }';
  return (await gateway.ask(query, { r: invoice })).data.lnInvoiceDecode.paymentHash;
};

describe('lightning-backends', () => {
  test('makes an invoice, sees it paid, and sees the balance', async () => {
    expect(await backend.getBalance()).toBe(0);
    const { invoice } = await backend.addInvoice(50_000_000, { descriptionHash: 'ab'.repeat(32) });
    const hash = await hashOfInvoice(invoice);
    expect(await backend.getInvoiceStatus(hash)).toEqual({ preimage: null, settled: false });
    await gateway.world.payer.pay({ bolt11: bolt11Text(invoice) });
    await until('PAID', async () => (await backend.getInvoiceStatus(hash)).settled);
    expect(await backend.getBalance()).toBe(50_000_000);
    await expect(backend.getInvoiceStatus('00'.repeat(32))).rejects.toThrow();
    expect((await backend.addInvoice(1000, {})).invoice).toMatch(/^lnbcrt10n1/);
  });

  test('pays an invoice', async () => {
    const theirs = gateway.world.payee.createInvoice({ amount: fromSat(1000) });
    await backend.payInvoice(theirs.bolt11);
    const settled = gateway.world.payee.look(theirs);
    expect(settled.state).toBe('settled');
    expect(hashOf(preimage(settled.preimage ?? ''))).toBe(theirs.hash);
    expect(await backend.getBalance()).toBeLessThanOrEqual(49_000_000);
    await expect(backend.payInvoice(gateway.foreignInvoice(1000, { node: 'island' }))).rejects.toThrow(
      'Unable to find a route for payment.',
    );
    await expect(backend.payInvoice(gateway.foreignInvoice(1_000_000))).rejects.toThrow('INSUFFICIENT_BALANCE');
  });

  test('tells a bad key from a good one', async () => {
    const bad = prepareBackend('blink', { connectionString: connection('blink_nobody') });
    await expect(bad.getBalance()).rejects.toThrow(/401[\s\S]*Authorization Required/);
    expect(await checkBackend('blink', { connectionString: connection('blink_nobody') })).toMatchObject({ ok: false });
  });
});
