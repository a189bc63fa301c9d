// Pays an LNURL: the payee’s service is asked for an invoice, which is checked and paid.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noSend, sendAnswer } from '../map/sends.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const LnurlPaymentSendInput = builder.inputType('LnurlPaymentSendInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis that the recipient gets.' }),
    comment: t.field({ type: 'Memo', description: 'For the recipient, where it takes comments; kept with the payment.' }),
    lnurl: t.string({ required: true, description: 'LNURL-pay in any form: bech32, lnurlp:, or a link that carries one.' }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that pays amount and fee.' }),
  }),
});

builder.mutationField('lnurlPaymentSend', (t) =>
  t.field({
    type: PaymentSendPayload,
    description:
      'Pays an LNURL: asks its service for an invoice over the amount, checks it and pays it. Takes a Lightning address too. Needs WRITE.',
    args: { input: t.arg({ type: LnurlPaymentSendInput, required: true }) },
    resolve: payloadMutation({
      command: 'sendLnurl',
      input: ({ walletId, lnurl, amount, comment }) => ({ walletId, to: lnurl, amountMsat: fromSat(amount), comment: comment ?? null }),
      answer: sendAnswer,
      trouble: noSend,
    }),
  }),
);
