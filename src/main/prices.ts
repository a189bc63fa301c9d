// Opens the source of prices that the configuration names.
import type { PriceConfig, PriceSourceConfig } from '../config/types.ts';
import { systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { followedPrices } from '../prices/followed.ts';
import { fixedPrices, noPrices, type Prices } from '../prices/price.ts';
import { galoySource, type PriceSource, tickerSource } from '../prices/source.ts';

export interface OpenPrices {
  readonly prices: Prices;
  stop(): Promise<void>;
}

const sourceOf = (source: Exclude<PriceSourceConfig, { readonly is: 'stated' }>): PriceSource =>
  source.is === 'galoy' ? galoySource(source) : tickerSource(source);

/** Asks the source at once and from then on; never waits for it. */
export const openPrices = (config: PriceConfig | null, log: Log): OpenPrices => {
  const stop = async (): Promise<void> => undefined;
  if (config === null) return { prices: noPrices, stop };
  const { currency, source, refreshSeconds, staleSeconds } = config;
  if (source.is === 'stated') return { prices: fixedPrices(currency, source.perBtc, systemClock), stop };
  const prices = followedPrices({ source: sourceOf(source), currency, refreshSeconds, staleSeconds, clock: systemClock, log });
  return { prices, stop: prices.start() };
};
