// The graph of the price, in US cents, with the price of now as its last point. Needs no key.

import type { PricePoint as View } from '../../../prices/store.ts';
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { centsPerBtc } from '../map/price.ts';
import { PriceGraphRange } from '../types/enums.ts';
import { Price } from '../types/Price.ts';

const PricePoint = builder.objectRef<View>('PricePoint').implement({
  description: 'What one bitcoin was worth at a moment.',
  fields: (t) => ({
    price: t.field({ type: Price, resolve: ({ base }) => centsPerBtc(base) }),
    timestamp: t.field({ type: 'Timestamp', resolve: ({ at }) => at }),
  }),
});

builder.queryField('btcPriceList', (t) =>
  t.field({
    type: [PricePoint],
    nullable: { list: true, items: true },
    description: 'What one bitcoin was worth in US cents, as far as this gateway has watched, oldest first. Needs no key.',
    args: { range: t.arg({ type: PriceGraphRange, required: true }) },
    resolve: reading('btcPriceList', async (_root, { range }, context) => [...(await context.reads.priceGraph(range))]),
  }),
);
