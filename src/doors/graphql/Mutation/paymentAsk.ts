// Asks the backend now what became of a payment (additive), and shows what it stands at afterwards.
import type { PaymentView } from '../../../payments/view.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import type { ErrorView } from '../map/trouble.ts';
import { ErrorType } from '../types/Error.ts';
import { LnPayment } from '../types/LnPayment.ts';

interface Asked {
  readonly errors: readonly ErrorView[];
  readonly payment: PaymentView | null;
}

const PaymentAskPayload = builder.objectRef<Asked>('PaymentAskPayload').implement({
  description: 'A payment after its backend was asked.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    payment: t.expose('payment', { type: LnPayment, nullable: true }),
  }),
});

const PaymentAskInput = builder.inputType('PaymentAskInput', {
  fields: (t) => ({ paymentHash: t.field({ type: 'PaymentHash', required: true }) }),
});

builder.mutationField('paymentAsk', (t) =>
  t.field({
    type: PaymentAskPayload,
    description: 'Asks the backend now what became of a payment, and writes down what it says. Needs ADMIN.',
    args: { input: t.arg({ type: PaymentAskInput, required: true }) },
    resolve: payloadMutation({
      command: 'askPayment',
      input: ({ paymentHash }) => ({ paymentHash }),
      answer: (payment): Asked => ({ errors: [], payment }),
      trouble: ({ errors }): Asked => ({ errors, payment: null }),
    }),
  }),
);
