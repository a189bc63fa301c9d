// The price of a satoshi at once, then every half minute. Needs no key.
import type { PriceView } from '../../../commands/pricing.ts';
import { builder } from '../builder.ts';
import { follow } from '../map/follow.ts';
import { once } from '../map/price.ts';
import { BadInput } from '../scalars/input.ts';
import { ErrorType } from '../types/Error.ts';
import type { Payload } from '../types/payloads.ts';
import { RealtimePrice } from '../types/RealtimePrice.ts';

interface RealtimePayload extends Payload {
  readonly realtimePrice: PriceView | null;
}

const RealtimePriceInput = builder.inputType('RealtimePriceInput', {
  fields: (t) => ({ currency: t.field({ type: 'DisplayCurrency', defaultValue: 'USD' }) }),
});

const RealtimePricePayload = builder.objectRef<RealtimePayload>('RealtimePricePayload').implement({
  description: 'The price, or why there is none.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    realtimePrice: t.expose('realtimePrice', { type: RealtimePrice, nullable: true }),
  }),
});

builder.subscriptionField('realtimePrice', (t) =>
  t.field({
    type: RealtimePricePayload,
    description: 'What a satoshi and a US cent are worth in minor units of a currency: at once, then every half minute. Needs no key.',
    args: { input: t.arg({ type: RealtimePriceInput, required: true }) },
    subscribe: (_root, { input: { currency } }, context): AsyncIterable<RealtimePayload> => {
      if (currency instanceof BadInput) return once({ errors: [{ message: currency.message, code: null }], realtimePrice: null });
      return follow<PriceView, RealtimePayload>(context, {
        field: 'realtimePrice',
        watch: (signal) => context.reads.watchPrice(currency ?? 'USD', signal),
        event: (realtimePrice) => ({ errors: [], realtimePrice }),
        trouble: (errors) => ({ errors, realtimePrice: null }),
      });
    },
    resolve: (event) => event,
  }),
);
