// What an amount of a currency is worth in satoshis and US cents. Refused when the price is too old. Needs no key.
import type { Estimate } from '../../../commands/pricing.ts';
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { nameOf } from '../map/price.ts';
import { good } from '../scalars/input.ts';

const CurrencyConversionEstimation = builder.objectRef<Estimate>('CurrencyConversionEstimation').implement({
  description: 'What an amount is worth at the price of a moment.',
  fields: (t) => ({
    btcSatAmount: t.field({ type: 'SatAmount', description: 'Satoshis.', resolve: ({ sats }) => sats }),
    id: t.id({ resolve: ({ currency, at, sats, cents }) => nameOf(`${currency}@${at.toISOString()}:${sats}:${cents}`) }),
    timestamp: t.field({ type: 'Timestamp', description: 'When the source told the price.', resolve: ({ at }) => at }),
    usdCentAmount: t.field({ type: 'CentAmount', description: 'US cents.', resolve: ({ cents }) => cents }),
  }),
});

builder.queryField('currencyConversionEstimation', (t) =>
  t.field({
    type: CurrencyConversionEstimation,
    description: 'What an amount of a currency is worth in satoshis and US cents; refused while the price is too old. Needs no key.',
    args: {
      amount: t.arg.float({ required: true, description: 'In major units, such as 12.5 for 12 dollars and 50 cents.' }),
      currency: t.arg({ type: 'DisplayCurrency', required: true }),
    },
    resolve: reading('currencyConversionEstimation', async (_root, { amount, currency }, context) =>
      context.reads.estimate(amount, good(currency)),
    ),
  }),
);
