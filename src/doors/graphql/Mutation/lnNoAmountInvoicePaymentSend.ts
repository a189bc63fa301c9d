// Pays an invoice an amount that the asker names. Machines send every invoice here, also one whose own amount is exactly that.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { maxFeeMsat, maxFeeWords, noSend, sendAnswer } from '../map/sends.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const LnNoAmountInvoicePaymentInput = builder.inputType('LnNoAmountInvoicePaymentInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis that the payee gets.' }),
    maxFee: t.field({ type: 'SatAmount', description: maxFeeWords }),
    memo: t.field({ type: 'Memo', description: 'A note to keep with the payment; the payee does not see it.' }),
    paymentRequest: t.field({ type: 'LnPaymentRequest', required: true, description: 'The invoice to pay.' }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that pays amount and fee.' }),
  }),
});

builder.mutationField('lnNoAmountInvoicePaymentSend', (t) =>
  t.field({
    type: PaymentSendPayload,
    description:
      'Pays an invoice without an amount, or, where the wallet allows it, one whose amount is exactly the one given. ' +
      'PENDING ends later, by the word of the node that pays. Needs WRITE.',
    args: { input: t.arg({ type: LnNoAmountInvoicePaymentInput, required: true }) },
    resolve: payloadMutation({
      command: 'sendPayment',
      input: ({ walletId, paymentRequest, amount, memo, maxFee }) => ({
        walletId,
        bolt11: paymentRequest,
        amount: { msat: fromSat(amount) },
        memo: memo ?? null,
        maxFeeMsat: maxFeeMsat(maxFee),
      }),
      answer: sendAnswer,
      trouble: noSend,
    }),
  }),
);
