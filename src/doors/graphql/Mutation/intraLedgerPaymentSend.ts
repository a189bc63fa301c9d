// Moves satoshis from a wallet of the asker to any other wallet of the gateway: done when it is answered, without a fee.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { moved, noSend } from '../map/sends.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const IntraLedgerPaymentSendInput = builder.inputType('IntraLedgerPaymentSendInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis.' }),
    memo: t.field({ type: 'Memo', description: 'A note that both sides see.' }),
    recipientWalletId: t.field({ type: 'WalletId', required: true }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that sends.' }),
  }),
});

builder.mutationField('intraLedgerPaymentSend', (t) =>
  t.field({
    type: PaymentSendPayload,
    description: 'Moves satoshis between two ledger wallets of this gateway, at once and without a fee. Needs WRITE.',
    args: { input: t.arg({ type: IntraLedgerPaymentSendInput, required: true }) },
    resolve: payloadMutation({
      command: 'transfer',
      input: ({ walletId, recipientWalletId, amount, memo }) => ({
        walletId,
        recipientWalletId,
        amountMsat: fromSat(amount),
        memo: memo ?? null,
      }),
      answer: moved,
      trouble: noSend,
    }),
  }),
);
