// Gives back what is held, or closes a hold invoice that nobody has paid (additive). Durable, as settling is.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { holdAnswer, noHold } from '../map/holds.ts';
import { LnHoldInvoicePayload } from '../types/LnHoldInvoice.ts';

const LnHoldInvoiceCancelInput = builder.inputType('LnHoldInvoiceCancelInput', {
  fields: (t) => ({
    paymentHash: t.field({ type: 'PaymentHash', required: true }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that the invoice is of.' }),
  }),
});

builder.mutationField('lnHoldInvoiceCancel', (t) =>
  t.field({
    type: LnHoldInvoicePayload,
    description:
      'Gives the payer the money back. Canceling twice is fine. Needs RECEIVE or WRITE; ADMIN for an invoice of a wallet ' +
      'that settles late, once it was told as PAID.',
    args: { input: t.arg({ type: LnHoldInvoiceCancelInput, required: true }) },
    resolve: payloadMutation({
      command: 'cancelHoldInvoice',
      input: ({ walletId, paymentHash }) => ({ walletId, paymentHash }),
      answer: holdAnswer,
      trouble: noHold,
    }),
  }),
);
