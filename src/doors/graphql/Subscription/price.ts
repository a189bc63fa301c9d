// The price of an amount of satoshis in US cents at once, then every half minute: what older clients follow. Needs no key.
import type { PriceView } from '../../../commands/pricing.ts';
import { builder } from '../builder.ts';
import { follow } from '../map/follow.ts';
import { centsFor, once } from '../map/price.ts';
import { BadInput } from '../scalars/input.ts';
import { ErrorType } from '../types/Error.ts';
import { ExchangeCurrencyUnit } from '../types/enums.ts';
import { type CentPrice, Price } from '../types/Price.ts';
import type { Payload } from '../types/payloads.ts';

interface PricePayloadView extends Payload {
  readonly price: CentPrice | null;
}

// Beyond it the base outgrows what JSON readers keep exact.
const amountLimit = 1_000_000;

const PriceInput = builder.inputType('PriceInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis, less than 1000000.' }),
    amountCurrencyUnit: t.field({ type: ExchangeCurrencyUnit, required: true, description: 'BTCSAT.' }),
    priceCurrencyUnit: t.field({ type: ExchangeCurrencyUnit, required: true, description: 'USDCENT.' }),
  }),
});

const PricePayload = builder.objectRef<PricePayloadView>('PricePayload').implement({
  description: 'The price, or why there is none.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    price: t.expose('price', { type: Price, nullable: true }),
  }),
});

const no = (message: string): AsyncIterable<PricePayloadView> => once({ errors: [{ message, code: null }], price: null });

builder.subscriptionField('price', (t) =>
  t.field({
    type: PricePayload,
    description: 'What an amount of satoshis is worth in US cents: at once, then every half minute. Needs no key.',
    args: { input: t.arg({ type: PriceInput, required: true }) },
    subscribe: (_root, { input: { amount, amountCurrencyUnit, priceCurrencyUnit } }, context): AsyncIterable<PricePayloadView> => {
      if (amount instanceof BadInput) return no(amount.message);
      if (amountCurrencyUnit !== 'BTCSAT' || priceCurrencyUnit !== 'USDCENT') return no('Unsupported exchange unit');
      if (amount >= amountLimit) return no('Unsupported exchange amount');
      return follow<PriceView, PricePayloadView>(context, {
        field: 'price',
        watch: (signal) => context.reads.watchPrice('USD', signal),
        event: ({ base }) => ({ errors: [], price: centsFor(amount, base) }),
        trouble: (errors) => ({ errors, price: null }),
      });
    },
    resolve: (event) => event,
  }),
);
