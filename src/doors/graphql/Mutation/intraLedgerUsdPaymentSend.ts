// The same from a wallet that holds dollars. There is none here, and upstream has a text for a wallet of the wrong currency.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { moved, noSend } from '../map/sends.ts';
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
    description: 'Moves dollars between two wallets; refused, because wallets hold bitcoin here. Needs WRITE.',
    args: { input: t.arg({ type: IntraLedgerUsdPaymentSendInput, required: true }) },
    resolve: payloadMutation({
      command: 'transferUsd',
      input: ({ walletId, recipientWalletId }) => ({ walletId, recipientWalletId }),
      answer: moved,
      trouble: noSend,
    }),
  }),
);
