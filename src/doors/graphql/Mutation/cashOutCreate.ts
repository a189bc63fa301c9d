// Begins a cash-out (additive): a hold invoice for the customer, over an amount that can be received, held for as long as the machine needs.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { cashOutAnswer, noCashOut } from '../map/cashouts.ts';
import { CashOutPayloadType } from '../types/CashOut.ts';

const CashOutCreateInput = builder.inputType('CashOutCreateInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis that the customer pays.' }),
    dispenseWithin: t.field({ type: 'Seconds', description: 'The longest time from the start to the report; else 120.' }),
    expiresIn: t.field({ type: 'Minutes', description: 'Minutes in which the customer may pay; else 2.' }),
    externalId: t.field({ type: 'TxExternalId', description: 'Your own name for it, unique in the account.' }),
    longestHold: t.field({
      type: 'Seconds',
      description: 'The longest time that the payment is held; else as long as both times and a spare need. Refused when it is shorter.',
    }),
    memo: t.field({ type: 'Memo', description: 'What the customer reads.' }),
    refundFor: t.field({ type: 'Seconds', description: 'How long a refund may be redeemed; else 30 days.' }),
    startWithin: t.field({ type: 'Seconds', description: 'The longest time from READY to the start; else 90. Then it is canceled.' }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that is paid, and pays a refund back.' }),
  }),
});

builder.mutationField('cashOutCreate', (t) =>
  t.field({
    type: CashOutPayloadType,
    description: 'Begins a cash-out: show its payment request to the customer. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: CashOutCreateInput, required: true }) },
    resolve: payloadMutation({
      command: 'createCashOut',
      input: ({ walletId, amount, memo, expiresIn, externalId, startWithin, dispenseWithin, longestHold, refundFor }) => ({
        walletId,
        amountMsat: fromSat(amount),
        memo: memo ?? null,
        expirySeconds: expiresIn === null || expiresIn === undefined ? null : expiresIn * 60,
        externalId: externalId ?? null,
        startSeconds: startWithin ?? null,
        dispenseSeconds: dispenseWithin ?? null,
        longestHoldSeconds: longestHold ?? null,
        refundSeconds: refundFor ?? null,
      }),
      answer: cashOutAnswer,
      trouble: noCashOut,
    }),
  }),
);
