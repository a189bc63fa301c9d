// Pays a Lightning address: its domain is asked for an invoice, which is checked and paid.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noSend, sendAnswer } from '../map/sends.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const LnAddressPaymentSendInput = builder.inputType('LnAddressPaymentSendInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis that the recipient gets.' }),
    comment: t.field({ type: 'Memo', description: 'For the recipient, where it takes comments; kept with the payment.' }),
    lnAddress: t.string({ required: true, description: 'Such as satoshi@example.com.' }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that pays amount and fee.' }),
  }),
});

builder.mutationField('lnAddressPaymentSend', (t) =>
  t.field({
    type: PaymentSendPayload,
    description:
      'Pays a Lightning address: asks its domain for an invoice over the amount, checks it and pays it. One of this gateway’s own is paid without asking. Needs WRITE.',
    args: { input: t.arg({ type: LnAddressPaymentSendInput, required: true }) },
    resolve: payloadMutation({
      command: 'sendLnurl',
      input: ({ walletId, lnAddress, amount, comment }) => ({
        walletId,
        to: lnAddress,
        amountMsat: fromSat(amount),
        comment: comment ?? null,
      }),
      answer: sendAnswer,
      trouble: noSend,
    }),
  }),
);
