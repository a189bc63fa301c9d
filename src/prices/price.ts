// What a satoshi is worth, from where, how old. A price that is too old is still shown, with its age, and never reckoned with:
// `current` answers null for it. Nothing that is paid in satoshis waits for a price.
import type { Clock } from '../platform/clock.ts';
import { fractionDigits } from './currency.ts';

export interface Price {
  /** Minor units of `currency` for one satoshi, times 10^12. */
  readonly base: bigint;
  readonly currency: string;
  readonly at: Date;
}

/** A price as it is shown. */
export interface Quote extends Price {
  /** Older than the configuration allows: not to be reckoned with. */
  readonly stale: boolean;
  /** Minor units of `currency` for one US cent, times 10^6; null when nobody says what a dollar is worth. */
  readonly centBase: bigint | null;
}

export interface Prices {
  /** In `currency`, or in the first one where that is not known. Null when no price is known, or none that is fresh. */
  current(currency?: string): Price | null;
  /** Null when none is known, however old. */
  quote(currency: string): Quote | null;
  /** Codes of the currencies that have a price, or had one. */
  currencies(): readonly string[];
  /** The currency of accounts that chose none. */
  readonly currency: string;
  /** False: no source is configured, so no price ever comes. */
  readonly configured: boolean;
}

/** What a source says: major units of each currency for one bitcoin, and since when. */
export interface Rates {
  readonly at: Date;
  readonly perBtc: ReadonlyMap<string, number>;
}

export interface Entry {
  readonly perBtc: number;
  readonly at: Date;
}

/**
 * What one minor unit of what a wallet holds is worth: a satoshi, or a cent. A cent in dollars needs no source; null when no price is known that
 * is fresh.
 */
export const unitPrice = (prices: Prices, shown: string, holds: 'BTC' | 'USD', now: Date): Price | null => {
  if (holds === 'BTC') return prices.current(shown);
  const quote = shown === 'USD' ? null : prices.quote(shown);
  if (quote?.stale === false && quote.centBase !== null) return { base: quote.centBase * 1_000_000n, currency: shown, at: quote.at };
  return { base: 10n ** 12n, currency: 'USD', at: now };
};

/** So many cents in msat, rounded up, at the price of now; null when none is fresh. To count with, never to pay by. */
export const msatOfCents = (prices: Prices, cents: bigint): bigint | null => {
  const price = prices.current('USD');
  if (price === null || price.currency !== 'USD') return null;
  const scaled = cents * 10n ** 15n;
  return (scaled + price.base - 1n) / price.base;
};

/** Null unless it is a price that a JSON reader keeps exact. */
export const satBase = (currency: string, perBtc: number): bigint | null => {
  // 10^8 satoshis a bitcoin, base carries 10^12: the factor is 10^4.
  const base = Math.round(perBtc * 10 ** fractionDigits(currency) * 10_000);
  return Number.isSafeInteger(base) && base > 0 ? BigInt(base) : null;
};

const centBaseOf = (currency: string, perBtc: number, dollars: Entry | undefined): bigint | null => {
  if (!dollars) return null;
  const base = Math.round((perBtc * 10 ** fractionDigits(currency) * 1_000_000) / (dollars.perBtc * 100));
  return Number.isSafeInteger(base) ? BigInt(base) : null;
};

export interface PriceView {
  readonly currency: string;
  readonly staleMs: number;
  readonly entries: () => ReadonlyMap<string, Entry>;
  readonly clock: Pick<Clock, 'now'>;
}

/** The prices that these entries are. */
export const pricesOf = ({ currency: first, staleMs, entries, clock }: PriceView): Prices => {
  const quote = (currency: string): Quote | null => {
    const entry = entries().get(currency);
    const base = entry ? satBase(currency, entry.perBtc) : null;
    if (!entry || base === null) return null;
    const dollars = entries().get('USD');
    const at = dollars && dollars.at < entry.at ? dollars.at : entry.at;
    const stale = clock.now().getTime() - entry.at.getTime() > staleMs;
    return { base, currency, at: currency === 'USD' ? entry.at : at, stale, centBase: centBaseOf(currency, entry.perBtc, dollars) };
  };
  const fresh = (currency: string): Price | null => {
    const found = quote(currency);
    return found && !found.stale ? { base: found.base, currency, at: found.at } : null;
  };
  return {
    currency: first,
    configured: true,
    quote,
    current: (currency = first) => (entries().has(currency) ? fresh(currency) : fresh(first)),
    currencies: () => [...entries().keys()].sort(),
  };
};

/** Nobody says what a satoshi is worth: fields that must be non-null then answer zero. */
export const noPrices: Prices = { currency: 'USD', configured: false, current: () => null, quote: () => null, currencies: () => [] };

/** Rates that the operator states: never old. `perBtc`: major units of the currency for one bitcoin. */
export const fixedPrices = (currency: string, perBtc: Readonly<Record<string, number>>, clock: Pick<Clock, 'now'>): Prices => {
  const entries = (): ReadonlyMap<string, Entry> =>
    new Map(Object.entries(perBtc).map(([code, rate]) => [code, { perBtc: rate, at: clock.now() }]));
  return pricesOf({ currency, staleMs: Number.POSITIVE_INFINITY, entries, clock });
};

export const fixedPrice = (rate: { readonly currency: string; readonly perBtc: number } | null, clock: Pick<Clock, 'now'>): Prices =>
  rate === null ? noPrices : fixedPrices(rate.currency, { [rate.currency]: rate.perBtc }, clock);
