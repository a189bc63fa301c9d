// What a satoshi and a US cent are worth now, in minor units of a currency.
import type { PriceView } from '../../../commands/pricing.ts';
import { builder } from '../builder.ts';
import { nameOf } from '../map/price.ts';
import { Currency } from './Currency.ts';
import { PriceOfOneSatInMinorUnit, PriceOfOneUsdCentInMinorUnit } from './PriceInterface.ts';

export const RealtimePrice = builder.objectRef<PriceView>('RealtimePrice').implement({
  description: 'What a satoshi is worth in a currency, and since when.',
  fields: (t) => ({
    btcSatPrice: t.field({ type: PriceOfOneSatInMinorUnit, resolve: ({ base }) => ({ base, offset: 12 }) }),
    denominatorCurrency: t.field({
      type: 'DisplayCurrency',
      deprecationReason: 'Deprecated in favor of denominatorCurrencyDetails',
      resolve: ({ currency }) => currency,
    }),
    denominatorCurrencyDetails: t.field({ type: Currency, resolve: ({ details }) => details }),
    id: t.id({ resolve: ({ currency, at }) => nameOf(`${currency}@${at.toISOString()}`) }),
    stale: t.exposeBoolean('stale', {
      description: 'The source has not told a price for too long: this is the last one, and nothing is reckoned with it.',
    }),
    timestamp: t.field({ type: 'Timestamp', description: 'When the source told it.', resolve: ({ at }) => at }),
    usdCentPrice: t.field({
      type: PriceOfOneUsdCentInMinorUnit,
      description: 'Zero when no price in US dollars is known.',
      resolve: ({ centBase }) => ({ base: centBase ?? 0n, offset: 6 }),
    }),
  }),
});
