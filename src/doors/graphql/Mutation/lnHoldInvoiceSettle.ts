// Takes what is held (additive). Durable: the answer may still say SETTLING, and the gateway asks the backend until it has.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { holdAnswer, noHold } from '../map/holds.ts';
import { LnHoldInvoicePayload } from '../types/LnHoldInvoice.ts';

const LnHoldInvoiceSettleInput = builder.inputType('LnHoldInvoiceSettleInput', {
  fields: (t) => ({
    paymentHash: t.field({ type: 'PaymentHash', required: true }),
    preimage: t.field({
      type: 'LnPaymentPreImage',
      description: 'Needed when you gave the payment hash; the gateway uses its own else.',
    }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that the invoice is of.' }),
  }),
});

builder.mutationField('lnHoldInvoiceSettle', (t) =>
  t.field({
    type: LnHoldInvoicePayload,
    description: 'Takes the payment that is held. Settling twice is fine. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: LnHoldInvoiceSettleInput, required: true }) },
    resolve: payloadMutation({
      command: 'settleHoldInvoice',
      input: ({ walletId, paymentHash, preimage }) => ({ walletId, paymentHash, preimage: preimage ?? null }),
      answer: holdAnswer,
      trouble: noHold,
    }),
  }),
);
