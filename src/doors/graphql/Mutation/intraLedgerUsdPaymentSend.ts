// The same between two wallets that hold dollars.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noSend, sendAnswer } from '../map/sends.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const IntraLedgerUsdPaymentSendInput = builder.inputType('IntraLedgerUsdPaymentSendInput', {
  fields: (t) => ({
    amount: t.field({ type: 'CentAmount', required: true, description: 'US cents.' }),
    memo: t.field({ type: 'Memo', description: 'A note that both sides see.' }),
    recipientWalletId: t.field({ type: 'WalletId', required: true }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that sends.' }),
  }),
});

builder.mutationField('intraLedgerUsdPaymentSend', (t) =>
  t.field({
    type: PaymentSendPayload,
    description: 'Moves dollars between two wallets that hold them, by an invoice of the one that the other pays. Needs WRITE.',
    args: { input: t.arg({ type: IntraLedgerUsdPaymentSendInput, required: true }) },
    resolve: payloadMutation({
      command: 'transferUsd',
      input: ({ walletId, recipientWalletId, amount, memo }) => ({ walletId, recipientWalletId, amount, memo: memo ?? null }),
      answer: sendAnswer,
      trouble: noSend,
    }),
  }),
);
