// Makes the simulated network's payer pay an invoice (additive, for the playground): refused unless a backend is simulated.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import type { ErrorView } from '../map/trouble.ts';
import { ErrorType } from '../types/Error.ts';

interface PaidView {
  readonly errors: readonly ErrorView[];
  readonly paid: boolean | null;
  readonly detail: string | null;
}

const SimulatedPayerPayPayload = builder.objectRef<PaidView>('SimulatedPayerPayPayload').implement({
  description: 'What became of the play money.',
  fields: (t) => ({
    detail: t.exposeString('detail', { nullable: true, description: 'What the simulated network says, for people.' }),
    errors: t.expose('errors', { type: [ErrorType] }),
    paid: t.exposeBoolean('paid', { nullable: true }),
  }),
});

const SimulatedPayerPayInput = builder.inputType('SimulatedPayerPayInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', description: 'Satoshis; needed when the invoice names no amount.' }),
    paymentRequest: t.field({ type: 'LnPaymentRequest', required: true, description: 'An invoice of this gateway.' }),
  }),
});

builder.mutationField('simulatedPayerPay', (t) =>
  t.field({
    type: SimulatedPayerPayPayload,
    description: 'Somebody on the simulated network pays this invoice. Only where a backend is simulated. Needs no key.',
    args: { input: t.arg({ type: SimulatedPayerPayInput, required: true }) },
    resolve: payloadMutation({
      command: 'simulatePayer',
      input: ({ paymentRequest, amount }) => ({
        bolt11: paymentRequest,
        amountMsat: amount === null || amount === undefined ? null : fromSat(amount),
      }),
      answer: ({ paid, detail }): PaidView => ({ errors: [], paid, detail }),
      trouble: ({ errors }) => ({ errors, paid: null, detail: null }),
    }),
  }),
);
