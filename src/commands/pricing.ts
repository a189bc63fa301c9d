// What doors may ask about prices. Shown prices carry their age; what is reckoned from one is refused when it is too old.
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { refuse } from '../platform/refusal.ts';
import { type Currency, currencyOf } from '../prices/currency.ts';
import type { Prices, Quote } from '../prices/price.ts';
import { graphCurrency, type PricePoint, pricePoints } from '../prices/store.ts';
import type { CommandDeps } from './deps.ts';
import { principal } from './scope.ts';
import type { Asking, CommandTypes } from './table.ts';
import { wholeAccount } from './transferring.ts';

export interface PriceView extends Quote {
  readonly details: Currency;
}

export type GraphRange = 'ONE_DAY' | 'ONE_WEEK' | 'ONE_MONTH' | 'ONE_YEAR' | 'FIVE_YEARS';

export interface Estimate {
  readonly sats: number;
  /** US cents. */
  readonly cents: number;
  readonly at: Date;
  readonly currency: string;
}

export interface PriceReads {
  /** Those that have a price. */
  currencies(): readonly Currency[];
  /** In which an account's amounts are shown: its own where that has a price, else the gateway's. */
  shown(currency: string): string;
  /** Throws Refused `unknownCurrency` or `priceUnavailable`. */
  price(currency: string): PriceView;
  /** The price as soon as there is one, then again every half minute. Throws Refused `unknownCurrency`. */
  watchPrice(currency: string, signal: AbortSignal): AsyncIterable<PriceView>;
  /** In US dollars, oldest first; the price of now is the last. Throws Refused `priceUnavailable`. */
  priceGraph(range: GraphRange): Promise<readonly PricePoint[]>;
  /** What an amount in major units is worth. Throws Refused `unknownCurrency`, `priceUnavailable`, `amountIsZero`, `invalidInput`. */
  estimate(amount: number, currency: string): Estimate;
}

/** How often a price is told to who follows it (contract §5.9). */
export const priceEveryMs = 30_000;
// Before the first price there is nothing to tell.
const untilFirstMs = 1_000;

const day = 86_400;
const ranges: { readonly [R in GraphRange]: { readonly days: number; readonly stepSeconds: number } } = {
  ONE_DAY: { days: 1, stepSeconds: 3600 },
  ONE_WEEK: { days: 7, stepSeconds: 4 * 3600 },
  ONE_MONTH: { days: 30, stepSeconds: day },
  ONE_YEAR: { days: 365, stepSeconds: 7 * day },
  FIVE_YEARS: { days: 5 * 365, stepSeconds: 30 * day },
};

interface PriceDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly prices: Prices;
}

const unknown = (): never => refuse({ is: 'unknownCurrency' });

/** Null when it has none yet. Throws Refused `unknownCurrency` for a currency that will have none. */
const look = (prices: Prices, currency: string): PriceView | null => {
  const quote = prices.quote(currency);
  if (quote) return { ...quote, details: currencyOf(currency) };
  // Before the source has answered once, nobody knows which currencies it has.
  return !prices.configured || prices.currencies().length === 0 ? null : unknown();
};

async function* watchPrice({ prices, clock }: PriceDeps, currency: string, signal: AbortSignal): AsyncGenerator<PriceView> {
  while (!signal.aborted) {
    const now = look(prices, currency);
    if (now) yield now;
    await clock.sleep(now ? priceEveryMs : untilFirstMs, signal).catch(() => undefined);
  }
}

const maxSats = 2_100_000_000_000_000;

const estimate = (prices: Prices, amount: number, currency: string): Estimate => {
  const quote = look(prices, currency);
  if (!quote || quote.stale || quote.centBase === null || quote.centBase === 0n) return refuse({ is: 'priceUnavailable' });
  const minor = amount * 10 ** quote.details.fractionDigits;
  const sats = Math.round(minor / (Number(quote.base) / 1e12));
  const cents = Math.round(minor / (Number(quote.centBase) / 1e6));
  if (!(amount > 0)) return refuse({ is: 'amountIsZero' });
  if (!(sats <= maxSats) || !Number.isSafeInteger(cents))
    return refuse({ is: 'invalidInput', field: 'amount', rule: 'at most all bitcoin there is', given: String(amount) });
  return { sats, cents, at: quote.at, currency };
};

export const priceReads = (deps: PriceDeps): PriceReads => {
  const { db, clock, prices } = deps;
  return {
    currencies: () => prices.currencies().map(currencyOf),
    shown: (currency) => (prices.quote(currency) ? currency : prices.currency),
    price: (currency) => look(prices, currency) ?? refuse({ is: 'priceUnavailable' }),
    watchPrice: (currency, signal) => watchPrice(deps, currency, signal),
    estimate: (amount, currency) => estimate(prices, amount, currency),
    priceGraph: async (range) => {
      const now = prices.quote(graphCurrency) ?? refuse({ is: 'priceUnavailable' });
      const { days, stepSeconds } = ranges[range];
      const points = await pricePoints(db, new Date(clock.now().getTime() - days * day * 1000), stepSeconds);
      return [...points.filter(({ at }) => at < now.at), { at: now.at, base: now.base }];
    },
  };
};

type Handlers = {
  readonly setDisplayCurrency: (
    input: CommandTypes['setDisplayCurrency']['input'],
    asking: Asking,
  ) => Promise<CommandTypes['setDisplayCurrency']['output']>;
};

export const priceHandlers = (deps: CommandDeps): Handlers => ({
  setDisplayCurrency: async ({ currency }, asking) => {
    const who = wholeAccount(principal(asking));
    const { prices } = deps.payments;
    if (currency !== prices.currency && prices.quote(currency) === null) return unknown();
    await deps.wallets.setDisplayCurrency(who.accountId, currency);
    return (await deps.wallets.account(who.accountId)) ?? refuse({ is: 'notFound', what: 'account', given: who.accountId });
  },
});
