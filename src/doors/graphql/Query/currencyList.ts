// The currencies that have a price. Needs no key.
import { builder } from '../builder.ts';
import { Currency } from '../types/Currency.ts';

builder.queryField('currencyList', (t) =>
  t.field({
    type: [Currency],
    description: 'The currencies that have a price here. Needs no key.',
    resolve: (_root, _args, context) => [...context.reads.currencies()],
  }),
);
