// A currency in which amounts can be shown.
import type { Currency as View } from '../../../prices/currency.ts';
import { builder } from '../builder.ts';

export const Currency = builder.objectRef<View>('Currency').implement({
  description: 'A currency that has a price here.',
  fields: (t) => ({
    flag: t.exposeString('flag', { description: 'An emoji; empty when no country stands for it.' }),
    fractionDigits: t.exposeInt('fractionDigits', { description: 'Digits after the point.' }),
    id: t.id({ description: 'The code, such as USD.', resolve: ({ code }) => code }),
    name: t.exposeString('name'),
    symbol: t.exposeString('symbol'),
  }),
});
