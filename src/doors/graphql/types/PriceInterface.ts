// A price as base and offset: `base / 10^offset` minor units of the display currency.
import { builder } from '../builder.ts';
import { priceOffset } from '../map/price.ts';

const renamed = 'Deprecated due to type renaming';

/** The base, at `priceOffset`. */
export const PriceInterface = builder.interfaceRef<bigint>('PriceInterface').implement({
  description: 'A price, to be read as `base / 10^offset`.',
  fields: (t) => ({
    base: t.field({ type: 'SafeInt', resolve: Number }),
    currencyUnit: t.string({ deprecationReason: renamed, resolve: () => 'MINOR' }),
    offset: t.int({ resolve: () => priceOffset }),
  }),
});

export const PriceOfOneSettlementMinorUnitInDisplayMinorUnit = builder
  .objectRef<bigint>('PriceOfOneSettlementMinorUnitInDisplayMinorUnit')
  .implement({
    description: 'What a satoshi was worth in minor units of the display currency: `base / 10^offset`. Zero when nobody knew.',
    interfaces: [PriceInterface],
    fields: (t) => ({
      formattedAmount: t.string({
        deprecationReason: 'Deprecated please use `base / 10^offset`',
        resolve: (base) => String(Number(base) / 10 ** priceOffset),
      }),
    }),
  });
