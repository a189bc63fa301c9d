// Prices through the whole gateway: stated ones in several currencies, one that grows old, and what they are written beside.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { bolt11Text } from '../../../src/lightning/values.ts';
import { pricePoints } from '../../../src/prices/store.ts';
import { until } from '../../support/core.ts';
import { type Json, startTestGateway, type TestGateway } from '../../support/gateway-inprocess.ts';

const realtime = `query RealtimePrice($currency: DisplayCurrency) { realtimePrice(currency: $currency) { btcSatPrice { base offset currencyUnit }
  denominatorCurrencyDetails { flag fractionDigits id name symbol } denominatorCurrency id timestamp stale usdCentPrice { base offset } } }`;

const firstEvents = async (gateway: TestGateway, query: string, count: number): Promise<readonly Json[]> => {
  const client = createClient({ url: gateway.endpoint.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  const events: Json[] = [];
  for await (const event of client.iterate({ query })) {
    events.push(event);
    if (events.length === count) break;
  }
  await client.dispose();
  return events;
};

describe('stated prices', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  it('are told to anybody, in each currency', async () => {
    const usd = (await gateway.ask(realtime, {}, null)).data.realtimePrice;
    expect(usd).toMatchObject({
      btcSatPrice: { base: 65_000_000_000, offset: 12, currencyUnit: 'MINOR' },
      denominatorCurrencyDetails: { flag: '🇺🇸', fractionDigits: 2, id: 'USD', name: 'US Dollar', symbol: '$' },
      denominatorCurrency: 'USD',
      usdCentPrice: { base: 1_000_000, offset: 6 },
      stale: false,
    });
    expect(usd.id).toMatch(/^[0-9a-f-]{36}$/);
    const jpy = (await gateway.ask(realtime, { currency: 'jpy' }, null)).data.realtimePrice;
    expect(jpy).toMatchObject({ btcSatPrice: { base: 90_000_000_000 }, denominatorCurrencyDetails: { id: 'JPY', fractionDigits: 0 } });
    expect(jpy.usdCentPrice.base).toBe(Math.round((9_000_000 * 1e6) / 6_500_000));
    expect(await gateway.ask(realtime, { currency: 'XAU' }, null)).toMatchObject({
      data: null,
      errors: [{ message: 'Invalid currency.', extensions: { code: 'INVALID_INPUT' } }],
    });
    const { currencyList } = (await gateway.ask('{ currencyList { id symbol fractionDigits } }', {}, null)).data;
    expect(currencyList.map(({ id }: { id: string }) => id)).toEqual(['EUR', 'JPY', 'USD']);
  });

  it('convert amounts, and refuse those that are none', async () => {
    const query = `query c($amount: Float!, $currency: DisplayCurrency!) { currencyConversionEstimation(amount: $amount, currency: $currency) {
      btcSatAmount usdCentAmount id timestamp } }`;
    const of = async (amount: number, currency: string): Promise<Json> => gateway.ask(query, { amount, currency }, null);
    expect((await of(65, 'USD')).data.currencyConversionEstimation).toMatchObject({ btcSatAmount: 100_000, usdCentAmount: 6_500 });
    expect((await of(60, 'EUR')).data.currencyConversionEstimation).toMatchObject({ btcSatAmount: 100_000, usdCentAmount: 6_500 });
    expect((await of(9_000, 'JPY')).data.currencyConversionEstimation).toMatchObject({ btcSatAmount: 100_000, usdCentAmount: 6_500 });
    for (const wrong of [0, -5, 1e300]) {
      const { data, errors } = await of(wrong, 'USD');
      expect(data).toBeNull();
      expect(errors[0].extensions.code).toBe('INVALID_INPUT');
    }
    expect((await of(1, 'XAU')).errors[0].message).toBe('Invalid currency.');
  });

  it('make a graph that ends with now', async () => {
    await gateway.db.pool.query(
      "INSERT INTO price_points (currency, at, base) SELECT 'USD', date_trunc('hour', now()) - n * interval '1 hour', 1000000000 + n FROM generate_series(1, 200) n",
    );
    const query =
      'query p($range: PriceGraphRange!) { btcPriceList(range: $range) { timestamp price { base offset currencyUnit formattedAmount } } }';
    const day = (await gateway.ask(query, { range: 'ONE_DAY' }, null)).data.btcPriceList;
    expect(day.length).toBeGreaterThanOrEqual(24);
    expect(day.length).toBeLessThanOrEqual(26);
    expect(day.at(-1).price).toEqual({ base: 65_000_000_000, offset: 4, currencyUnit: 'USDCENT', formattedAmount: '6500000' });
    expect(day.map(({ timestamp }: Json) => timestamp)).toEqual(day.map(({ timestamp }: Json) => timestamp).sort());
    const week = (await gateway.ask(query, { range: 'ONE_WEEK' }, null)).data.btcPriceList;
    expect(week.length).toBeLessThanOrEqual(44);
    expect(await pricePoints(gateway.db, new Date(0), 86_400 * 30)).toHaveLength(
      (await gateway.ask(query, { range: 'FIVE_YEARS' }, null)).data.btcPriceList.length - 1,
    );
  });

  it('are streamed at once', async () => {
    const [price] = await firstEvents(
      gateway,
      'subscription { price(input: { amount: 100 amountCurrencyUnit: BTCSAT priceCurrencyUnit: USDCENT }) { errors { message } price { base offset currencyUnit formattedAmount } } }',
      1,
    );
    expect(price.data.price).toEqual({
      errors: [],
      price: { base: 6_500_000_000_000, offset: 12, currencyUnit: 'USDCENT', formattedAmount: '6.5' },
    });
    const [euro] = await firstEvents(
      gateway,
      'subscription { realtimePrice(input: { currency: "EUR" }) { errors { message } realtimePrice { denominatorCurrency btcSatPrice { base } } } }',
      1,
    );
    expect(euro.data.realtimePrice).toEqual({
      errors: [],
      realtimePrice: { denominatorCurrency: 'EUR', btcSatPrice: { base: 60_000_000_000 } },
    });
  });

  it.each([
    ['amount: 1000000 amountCurrencyUnit: BTCSAT priceCurrencyUnit: USDCENT', 'Unsupported exchange amount'],
    ['amount: 1 amountCurrencyUnit: USDCENT priceCurrencyUnit: USDCENT', 'Unsupported exchange unit'],
    ['amount: 1 amountCurrencyUnit: BTCSAT priceCurrencyUnit: BTCSAT', 'Unsupported exchange unit'],
    ['amount: -1 amountCurrencyUnit: BTCSAT priceCurrencyUnit: USDCENT', 'Invalid value for SatAmount'],
  ])('price(%s) says %s and is complete', async (input, message) => {
    const events = await firstEvents(gateway, `subscription { price(input: { ${input} }) { errors { message code } price { base } } }`, 9);
    expect(events).toEqual([{ data: { price: { errors: [{ message, code: null }], price: null } } }]);
  });

  it('realtimePrice in no currency says so and is complete', async () => {
    const query = (currency: string): string =>
      `subscription { realtimePrice(input: { currency: "${currency}" }) { errors { message code } realtimePrice { id } } }`;
    expect(await firstEvents(gateway, query('XAU'), 9)).toEqual([
      { data: { realtimePrice: { errors: [{ message: 'Invalid currency.', code: 'INVALID_INPUT' }], realtimePrice: null } } },
    ]);
    expect(await firstEvents(gateway, query('?'), 9)).toEqual([
      { data: { realtimePrice: { errors: [{ message: 'Invalid value for DisplayCurrency', code: null }], realtimePrice: null } } },
    ]);
  });

  it('follow the account: its currency is set, shown, and written beside what happens from then on', async () => {
    const set = `mutation m($input: AccountUpdateDisplayCurrencyInput!) { accountUpdateDisplayCurrency(input: $input) {
      errors { message code } account { displayCurrency realtimePrice { denominatorCurrency } } } }`;
    const to = async (currency: string, key?: string): Promise<Json> =>
      (await gateway.ask(set, { input: { currency } }, key)).data.accountUpdateDisplayCurrency;
    expect(await to('XAU')).toEqual({ errors: [{ message: 'Invalid currency.', code: 'INVALID_INPUT' }], account: null });
    expect((await to('EUR', gateway.keys.bound)).errors[0].message).toContain('not authorized');
    const paid = async (): Promise<Json> => {
      const create = `mutation c($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) { invoice { paymentRequest paymentHash } } }`;
      const { invoice } = (await gateway.ask(create, { input: { walletId: gateway.wallets.ledger, amount: 1000 } })).data.lnInvoiceCreate;
      await gateway.world.payer.pay({ bolt11: bolt11Text(invoice.paymentRequest) });
      const rows = `query q($w: WalletId!, $h: PaymentHash!) { me { defaultAccount { walletById(walletId: $w) { transactionsByPaymentHash(paymentHash: $h) {
        settlementDisplayAmount settlementDisplayCurrency settlementDisplayFee settlementPrice { base offset } } } } } }`;
      return until('the invoice to be paid', async () => {
        const { data } = await gateway.ask(rows, { w: gateway.wallets.ledger, h: invoice.paymentHash });
        return data.me.defaultAccount.walletById.transactionsByPaymentHash[0];
      });
    };
    expect(await paid()).toEqual({
      settlementDisplayAmount: '0.65',
      settlementDisplayCurrency: 'USD',
      settlementDisplayFee: '0.00',
      settlementPrice: { base: 65_000_000_000, offset: 12 },
    });
    expect(await to('jpy')).toEqual({ errors: [], account: { displayCurrency: 'JPY', realtimePrice: { denominatorCurrency: 'JPY' } } });
    expect(await paid()).toMatchObject({ settlementDisplayAmount: '90', settlementDisplayCurrency: 'JPY', settlementDisplayFee: '0' });
  });
});

describe('a ticker that grows old', () => {
  let ticker: Server;
  let gateway: TestGateway;
  const state = { body: '' };
  beforeAll(async () => {
    ticker = createServer((_request, response) => void response.end(state.body));
    await new Promise<void>((resolve) => ticker.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(ticker.address() as AddressInfo).port}/`;
    state.body = 'not yet';
    gateway = await startTestGateway({ price: { currency: 'EUR', ticker: { url }, refreshSeconds: 1, staleSeconds: 60 } });
  });
  afterAll(async () => {
    await gateway.close();
    await new Promise((resolve) => ticker.close(resolve));
  });
  const estimate = () => gateway.ask('{ currencyConversionEstimation(amount: 6, currency: "EUR") { btcSatAmount } }', {}, null);

  it('has no price before the first, and no payment waits for one', async () => {
    expect(await gateway.ask(realtime, { currency: 'EUR' }, null)).toMatchObject({
      data: null,
      errors: [{ message: 'Price unavailable, please wait for a while and try again.', extensions: { code: 'PRICE_SERVICE_OFFLINE' } }],
    });
    expect((await gateway.ask('{ btcPriceList(range: ONE_DAY) { timestamp } }', {}, null)).errors[0].extensions.code).toBe(
      'PRICE_SERVICE_OFFLINE',
    );
    const pay =
      'mutation m($input: LnInvoicePaymentInput!) { lnInvoicePaymentSend(input: $input) { status transaction { settlementDisplayAmount settlementPrice { base } } } }';
    const { data } = await gateway.ask(pay, { input: { walletId: gateway.wallets.atm, paymentRequest: gateway.foreignInvoice(1000) } });
    expect(data.lnInvoicePaymentSend).toMatchObject({ status: 'SUCCESS', transaction: { settlementPrice: { base: 0 } } });
  });

  it('is shown as stale, and not reckoned with', async () => {
    state.body = JSON.stringify({ EUR: 60_000, USD: 65_000 });
    await until('the first price', async () => (await gateway.ask(realtime, { currency: 'EUR' }, null)).data, 5_000);
    expect((await estimate()).data.currencyConversionEstimation.btcSatAmount).toBe(10_000);
    // A ticker whose own time stands still: it answers, and what it says is old.
    state.body = JSON.stringify({ EUR: 61_000, USD: 66_000, time: Math.floor(Date.now() / 1000) - 3_600 });
    const stale = await until('the old price', async () => {
      const { data } = await gateway.ask(realtime, { currency: 'EUR' }, null);
      return data.realtimePrice.stale && data.realtimePrice;
    });
    expect(stale).toMatchObject({ btcSatPrice: { base: 61_000_000_000 } });
    expect(stale.timestamp).toBeLessThan(Date.now() / 1000 - 3_500);
    expect((await estimate()).errors[0].extensions.code).toBe('PRICE_SERVICE_OFFLINE');
  });
});
