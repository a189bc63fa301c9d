// A price as base and offset: `base / 10^offset` minor units of the display currency.
import { priceOffset } from '../../../prices/display.ts';
import { builder } from '../builder.ts';

const renamed = 'Deprecated due to type renaming';

export interface BasedPrice {
  readonly base: bigint;
  readonly offset: number;
}

export const PriceInterface = builder.interfaceRef<BasedPrice>('PriceInterface').implement({
  description: 'A price, to be read as `base / 10^offset`.',
  fields: (t) => ({
    base: t.field({ type: 'SafeInt', resolve: ({ base }) => Number(base) }),
    currencyUnit: t.string({ deprecationReason: renamed, resolve: () => 'MINOR' }),
    offset: t.exposeInt('offset'),
  }),
});

export const PriceOfOneSettlementMinorUnitInDisplayMinorUnit = builder
  .objectRef<BasedPrice>('PriceOfOneSettlementMinorUnitInDisplayMinorUnit')
  .implement({
    description: 'What a satoshi was worth in minor units of the display currency: `base / 10^offset`. Zero when nobody knew.',
    interfaces: [PriceInterface],
    fields: (t) => ({
      formattedAmount: t.string({
        deprecationReason: 'Deprecated please use `base / 10^offset`',
        resolve: ({ base }) => String(Number(base) / 10 ** priceOffset),
      }),
    }),
  });

export const PriceOfOneSatInMinorUnit = builder.objectRef<BasedPrice>('PriceOfOneSatInMinorUnit').implement({
  description: 'What a satoshi is worth in minor units of a currency: `base / 10^offset`.',
  interfaces: [PriceInterface],
});

export const PriceOfOneUsdCentInMinorUnit = builder.objectRef<BasedPrice>('PriceOfOneUsdCentInMinorUnit').implement({
  description: 'What a US cent is worth in minor units of a currency: `base / 10^offset`.',
  interfaces: [PriceInterface],
});
