// Pays a refund back to a payment request of the customer's (additive): once; a payment that fails leaves it open.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { cashOutAnswer, noRefund } from '../map/cashouts.ts';
import { CashOutPayloadType } from '../types/CashOut.ts';

const CashOutRefundRedeemInput = builder.inputType('CashOutRefundRedeemInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: 'Of the cash-out.' }),
    paymentRequest: t.field({
      type: 'LnPaymentRequest',
      required: true,
      description: 'Of the customer, over exactly the refund or without an amount.',
    }),
  }),
});

builder.mutationField('cashOutRefundRedeem', (t) =>
  t.field({
    type: CashOutPayloadType,
    description: 'Pays the refund once. PAYING ends later; while it lasts no other request is taken. Needs WRITE.',
    args: { input: t.arg({ type: CashOutRefundRedeemInput, required: true }) },
    resolve: payloadMutation({
      command: 'redeemRefund',
      input: ({ id, paymentRequest }) => ({ id, bolt11: paymentRequest }),
      answer: cashOutAnswer,
      trouble: noRefund,
    }),
  }),
);
