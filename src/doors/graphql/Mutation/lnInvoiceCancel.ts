// Cancels an unpaid invoice, so that nobody can pay it any more.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { type DonePayload, SuccessPayload } from '../types/payloads.ts';

const LnInvoiceCancelInput = builder.inputType('LnInvoiceCancelInput', {
  fields: (t) => ({
    paymentHash: t.field({ type: 'PaymentHash', required: true }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that the invoice is of.' }),
  }),
});

builder.mutationField('lnInvoiceCancel', (t) =>
  t.field({
    type: SuccessPayload,
    description: 'Cancels an unpaid invoice. Its status stays PENDING until its time is over. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: LnInvoiceCancelInput, required: true }) },
    resolve: payloadMutation({
      command: 'cancelInvoice',
      input: ({ walletId, paymentHash }) => ({ walletId, paymentHash }),
      answer: (): DonePayload => ({ errors: [], success: true }),
      trouble: ({ is, errors }) => ({ errors, success: is === 'refused' ? false : null }),
    }),
  }),
);
