// A price in US cents, as older clients read it.
import { builder } from '../builder.ts';

export interface CentPrice {
  readonly base: number;
  readonly offset: number;
  /** US cents, as text. */
  readonly formattedAmount: string;
}

export const Price = builder.objectRef<CentPrice>('Price').implement({
  description: 'A price in US cents: `base / 10^offset`.',
  fields: (t) => ({
    base: t.expose('base', { type: 'SafeInt' }),
    currencyUnit: t.string({ resolve: () => 'USDCENT' }),
    formattedAmount: t.exposeString('formattedAmount'),
    offset: t.exposeInt('offset'),
  }),
});
