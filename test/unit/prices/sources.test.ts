// The two sources of prices against real HTTP servers that answer, break, lie, dawdle and say nothing.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../src/platform/clock.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { followedPrices } from '../../../src/prices/followed.ts';
import { galoySource, type PriceSource, tickerSource } from '../../../src/prices/source.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const servers: Server[] = [];

const serve = async (handler: Handler): Promise<string> => {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/prices`;
};
const says =
  (text: string, status = 200): Handler =>
  (_request, response) =>
    void response.writeHead(status).end(text);

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const ticker = (url: string, more: { path?: string; currencies?: readonly string[]; headers?: Record<string, string> } = {}): PriceSource =>
  tickerSource({ url, path: '', currencies: [], headers: {}, ...more });
const within = (ms = 5_000): AbortSignal => AbortSignal.timeout(ms);

describe('a ticker', () => {
  it('tells rates as numbers or as texts, and when', async () => {
    const url = await serve(says('{"time": 1700000000, "USD": 65000.5, "EUR": "60000.25", "note": "hello", "XX": 1, "BAD": "1e999"}'));
    const { at, perBtc } = await ticker(url).read(within());
    expect([...perBtc]).toEqual([
      ['USD', 65000.5],
      ['EUR', 60000.25],
    ]);
    expect(at).toEqual(new Date(1_700_000_000_000));
  });

  it('has them where the path says, sends its headers, and gives those that are wanted', async () => {
    let seen: IncomingMessage | null = null;
    const url = await serve((request, response) => {
      seen = request;
      response.end('{"data":{"rates":{"USD":"65000","EUR":"60000","JPY":9000000}}}');
    });
    const source = ticker(url, { path: 'data.rates', currencies: ['USD', 'JPY'], headers: { 'X-Key': 'secret' } });
    expect([...(await source.read(within())).perBtc.keys()]).toEqual(['USD', 'JPY']);
    expect(seen).toMatchObject({ method: 'GET', headers: { 'x-key': 'secret' } });
    expect(source.name).not.toContain('secret');
  });

  it('that speaks of the future is taken to speak of now', async () => {
    const url = await serve(says('{"time": 99999999999, "USD": 65000}'));
    expect((await ticker(url).read(within())).at.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it.each([
    ['no JSON', says('<html>'), /no JSON/],
    ['an error', says('{}', 500), /HTTP 500/],
    ['a list', says('[1]'), /no object/],
    ['nothing', says(''), /no JSON/],
    ['no price', says('{"USD": null, "EUR": -1, "JPY": 0, "GBP": "NaN", "CHF": {}}'), /no price/],
    ['a price beyond reason', says('{"USD": 1e300}'), /no price/],
    ['a redirect', ((_q, response) => void response.writeHead(302, { location: '/elsewhere' }).end()) as Handler, /HTTP 302/],
    ['too much', says(`{"USD": 65000, "x": "${'x'.repeat(300_000)}"}`), /larger than/],
    [
      'half an answer',
      ((_q, response) => void response.writeHead(200, { 'content-length': '500' }).write('{"USD": 6', () => response.destroy())) as Handler,
      /./,
    ],
  ])('that says %s gives no price', async (_what, handler, expected) => {
    const url = await serve(handler);
    await expect(ticker(url).read(within())).rejects.toThrow(expected);
  });

  it('that is slow gives no price, whether it keeps silent or drips', async () => {
    const silent = await serve(() => undefined);
    await expect(ticker(silent).read(within(150))).rejects.toThrow('no answer in time');
    const dripping = await serve((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    await expect(ticker(dripping).read(within(150))).rejects.toThrow('no answer in time');
  });

  it('that is not there gives no price', async () => {
    const url = await serve(says('{}'));
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    await expect(ticker(url).read(within())).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a Galoy server', () => {
  const galoy = (answers: Readonly<Record<string, unknown>>): Promise<string> =>
    serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const code = /currency: "(\w+)"/.exec(JSON.parse(body).query)?.[1] ?? '';
        const found = answers[code];
        response.end(
          JSON.stringify(found === undefined ? { errors: [{ message: 'Invalid currency.' }], data: null } : { data: { [code]: found } }),
        );
      });
    });
  const price = (base: number, fractionDigits = 2) => ({
    timestamp: 1_700_000_000,
    btcSatPrice: { base, offset: 12 },
    denominatorCurrencyDetails: { fractionDigits },
  });

  it('tells its price of each currency, and one that it has not takes none with it', async () => {
    const endpoint = await galoy({ USD: price(65_000_000_000), JPY: price(90_000_000_000, 0) });
    const { at, perBtc } = await galoySource({ endpoint, currencies: ['USD', 'JPY', 'XTS'] }).read(within());
    expect([...perBtc]).toEqual([
      ['USD', 65_000],
      ['JPY', 9_000_000],
    ]);
    expect(at).toEqual(new Date(1_700_000_000_000));
  });

  it('that has none of them, or answers something else, gives no price', async () => {
    const source = (endpoint: string): PriceSource => galoySource({ endpoint, currencies: ['USD'] });
    await expect(source(await galoy({})).read(within())).rejects.toThrow('not that of a Galoy server');
    await expect(source(await galoy({ USD: price(-5) })).read(within())).rejects.toThrow('no price for USD');
    await expect(source(await serve(says('[]'))).read(within())).rejects.toThrow('not that of a Galoy server');
  });
});

describe('prices that are followed', () => {
  it('stand while the source is down, are stale after their time, and come back with it', async () => {
    const clock = createFakeClock(new Date());
    const state = { up: true, rate: 65_000, asked: 0 };
    const url = await serve((_request, response) => {
      state.asked += 1;
      if (state.up) response.end(JSON.stringify({ USD: state.rate, EUR: state.rate / 2 }));
      else response.writeHead(503).end();
    });
    const said: string[] = [];
    const log = { ...silentLog, warn: () => void said.push('warn'), info: () => void said.push('info') };
    const source: PriceSource = {
      ...ticker(url),
      read: async (signal) => ({ ...(await ticker(url).read(signal)), at: clock.now() }),
    };
    const prices = followedPrices({ source, currency: 'USD', refreshSeconds: 30, staleSeconds: 300, clock, log });
    expect(prices.current()).toBeNull();
    expect(prices.currencies()).toEqual([]);
    await prices.refresh();
    expect(prices.current()).toMatchObject({ base: 65_000_000_000n, currency: 'USD' });
    expect(prices.quote('EUR')).toMatchObject({ base: 32_500_000_000n, centBase: 500_000n, stale: false });
    expect(prices.current('JPY')).toMatchObject({ currency: 'USD' });

    state.up = false;
    await clock.advance(299_000);
    await prices.refresh();
    await prices.refresh();
    expect(prices.current('EUR')).toMatchObject({ currency: 'EUR' });
    await clock.advance(2_000);
    expect(prices.current('EUR')).toBeNull();
    expect(prices.quote('EUR')).toMatchObject({ base: 32_500_000_000n, stale: true });

    state.up = true;
    state.rate = 70_000;
    await prices.refresh();
    expect(prices.quote('USD')).toMatchObject({ base: 70_000_000_000n, stale: false });
    expect(said).toEqual(['warn', 'info']);
    expect(state.asked).toBe(4);
  });
});
