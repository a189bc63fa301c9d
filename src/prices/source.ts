// Where prices come from over HTTP. Both sources are named by the operator and may stand at any address, private ones too; what they
// answer is believed only as far as it is a number that a price can be, within a time, a size, and without redirects.
import { z } from 'zod';
import { createOutbound, type OutboundRequest } from '../platform/outbound.ts';
import type { Rates } from './price.ts';

export interface PriceSource {
  /** For the log: what is asked, without secrets. */
  readonly name: string;
  /** @throws Error with a sentence for the log when there is no answer that can be used. */
  read(signal: AbortSignal): Promise<Rates>;
}

const maxBytes = 262_144;
// Nothing a person means: more than any currency's bitcoin by far, and still exact.
const maxRate = 1e13;

// Whatever address the operator has named is fine.
const outbound = createOutbound({ allowPrivate: true, onionProxy: null });
// `signal` ends it sooner.
const longestMs = 60_000;

const ask = async (url: string, init: Pick<OutboundRequest, 'method' | 'headers' | 'body'>, signal: AbortSignal): Promise<unknown> => {
  const { status, text } = await outbound({ url, ...init, timeMs: longestMs, mostBytes: maxBytes, plain: true, signal });
  if (status !== 200) throw new Error(`HTTP ${status}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('the answer is no JSON');
  }
};

const usable = (rate: number): boolean => Number.isFinite(rate) && rate > 0 && rate <= maxRate;

/** A number, or the text of one. */
const rateOf = (value: unknown): number | null => {
  const rate =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,16}(\.\d{1,16})?$/.test(value) ? Number(value) : null;
  return rate !== null && usable(rate) ? rate : null;
};

const below = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .filter((name) => name !== '')
    .reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A source's own time counts when it is not of the future; a clock that is fast there must not keep a price young. */
const timeOf = (seconds: unknown): Date => {
  const now = Date.now();
  return typeof seconds === 'number' && seconds > 0 && seconds * 1000 < now ? new Date(seconds * 1000) : new Date(now);
};

export interface TickerSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of keys with dots between them: where in the answer the rates stand; empty: the answer is the rates. */
  readonly path: string;
  /** Which to take; empty: all. */
  readonly currencies: readonly string[];
}

/** A ticker: GET, JSON, an object of currency codes and what one bitcoin is worth in each, with `time` (Unix seconds) beside them if it has one. */
export const tickerSource = ({ url, headers, path, currencies }: TickerSettings): PriceSource => ({
  name: new URL(url).host,
  read: async (signal) => {
    const found = below(await ask(url, { headers: { accept: 'application/json', ...headers } }, signal), path);
    if (!isObject(found)) throw new Error(path === '' ? 'the answer is no object' : `there is no object at "${path}"`);
    const wanted = (code: string): boolean => /^[A-Z]{3}$/.test(code) && (currencies.length === 0 || currencies.includes(code));
    const rates = Object.entries(found).flatMap(([code, value]) => {
      const rate = wanted(code) ? rateOf(value) : null;
      return rate === null ? [] : [[code, rate] as const];
    });
    if (rates.length === 0) throw new Error('there is no price in the answer');
    return { at: timeOf(found.time), perBtc: new Map(rates) };
  },
});

export interface GaloyPriceSettings {
  readonly endpoint: string;
  readonly currencies: readonly string[];
}

const quoted = z.object({
  timestamp: z.number(),
  btcSatPrice: z.object({ base: z.number(), offset: z.number().int().min(0).max(30) }),
  denominatorCurrencyDetails: z.object({ fractionDigits: z.number().int().min(0).max(8) }),
});
const answer = z.object({ data: z.record(z.string(), z.unknown()) });

const priceQuery = (currencies: readonly string[]): string =>
  `{ ${currencies
    .map(
      (code) =>
        `${code}: realtimePrice(currency: "${code}") { timestamp btcSatPrice { base offset } denominatorCurrencyDetails { fractionDigits } }`,
    )
    .join(' ')} }`;

/** `realtimePrice` of a Galoy server, which needs no key. One currency that it does not know takes none of the others with it. */
export const galoySource = ({ endpoint, currencies }: GaloyPriceSettings): PriceSource => {
  const one = async (code: string, signal: AbortSignal): Promise<readonly [string, number, Date]> => {
    const body = JSON.stringify({ query: priceQuery([code]) });
    const init = { method: 'POST' as const, headers: { 'content-type': 'application/json', accept: 'application/json' }, body };
    const { data } = answer.parse(await ask(endpoint, init, signal));
    const { btcSatPrice, denominatorCurrencyDetails, timestamp } = quoted.parse(data[code]);
    const minorPerSat = btcSatPrice.base / 10 ** btcSatPrice.offset;
    const rate = rateOf((minorPerSat * 1e8) / 10 ** denominatorCurrencyDetails.fractionDigits);
    if (rate === null) throw new Error(`there is no price for ${code} in the answer`);
    return [code, rate, timeOf(timestamp)];
  };
  return {
    name: new URL(endpoint).host,
    read: async (signal) => {
      const told = await Promise.allSettled(currencies.map((code) => one(code, signal)));
      const rates = told.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const [first] = told;
      if (rates.length === 0) throw first?.status === 'rejected' ? plainly(first.reason) : new Error('no currency is asked for');
      const oldest = Math.min(...rates.map(([, , at]) => at.getTime()));
      return { at: new Date(oldest), perBtc: new Map(rates.map(([code, rate]) => [code, rate])) };
    },
  };
};

const plainly = (error: unknown): Error =>
  error instanceof z.ZodError
    ? new Error('the answer is not that of a Galoy server')
    : error instanceof Error
      ? error
      : new Error(String(error));
