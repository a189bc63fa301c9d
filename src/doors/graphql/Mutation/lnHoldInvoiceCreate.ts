// Makes an invoice whose payment is held until somebody decides (additive): with the caller's payment hash, or under a preimage of ours.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { holdAnswer, noHold } from '../map/holds.ts';
import { LnHoldDeadlineAction, LnHoldInvoicePayload } from '../types/LnHoldInvoice.ts';

const LnHoldInvoiceCreateInput = builder.inputType('LnHoldInvoiceCreateInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis, at least one.' }),
    expiresIn: t.field({
      type: 'Minutes',
      description: 'Minutes until it can no longer be paid, 1 to 1440; else what the wallet is set to, or 4 hours.',
    }),
    externalId: t.field({ type: 'TxExternalId', description: 'Your own name for it, unique in the account.' }),
    longestHold: t.field({
      type: 'Seconds',
      description: 'The longest time that a payment is held, 30 seconds to 24 hours; else what the gateway is set to (600).',
    }),
    memo: t.field({ type: 'Memo', description: 'What the payer reads.' }),
    onDeadline: t.field({
      type: LnHoldDeadlineAction,
      required: true,
      defaultValue: 'cancel',
      description: 'What is done when that time, or the blocks, run out.',
    }),
    paymentHash: t.field({
      type: 'PaymentHash',
      description: 'You keep its preimage. Left out: the gateway makes and guards the preimage, and settles by hash.',
    }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that is paid.' }),
  }),
});

builder.mutationField('lnHoldInvoiceCreate', (t) =>
  t.field({
    type: LnHoldInvoicePayload,
    description: 'Makes an invoice whose payment is held until it is settled or canceled. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: LnHoldInvoiceCreateInput, required: true }) },
    resolve: payloadMutation({
      command: 'createHoldInvoice',
      input: ({ walletId, amount, memo, expiresIn, paymentHash, longestHold, onDeadline, externalId }) => ({
        walletId,
        amountMsat: fromSat(amount),
        memo: memo ?? null,
        descriptionHash: null,
        expirySeconds: expiresIn === null || expiresIn === undefined ? null : expiresIn * 60,
        externalId: externalId ?? null,
        paymentHash: paymentHash ?? null,
        longestHoldSeconds: longestHold ?? null,
        onDeadline,
      }),
      answer: holdAnswer,
      trouble: noHold,
    }),
  }),
);
