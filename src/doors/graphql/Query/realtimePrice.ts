// What a satoshi is worth now. Needs no key.
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { RealtimePrice } from '../types/RealtimePrice.ts';

builder.queryField('realtimePrice', (t) =>
  t.field({
    type: RealtimePrice,
    description: 'What a satoshi and a US cent are worth in minor units of a currency. Needs no key.',
    args: { currency: t.arg({ type: 'DisplayCurrency', defaultValue: 'USD' }) },
    resolve: reading('realtimePrice', async (_root, { currency }, context) => context.reads.price(good(currency) ?? 'USD')),
  }),
);
