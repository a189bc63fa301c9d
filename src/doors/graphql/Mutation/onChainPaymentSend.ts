// Sends to a Bitcoin address. SUCCESS says that the transaction is broadcast; it is done when a block has it.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noSend, payoutAnswer } from '../map/sends.ts';
import { speedField } from '../types/OnChain.ts';
import { PaymentSendPayload } from '../types/payloads.ts';

const OnChainPaymentSendInput = builder.inputType('OnChainPaymentSendInput', {
  fields: (t) => ({
    address: t.field({ type: 'OnChainAddress', required: true, description: 'Who gets it.' }),
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis that the address gets.' }),
    memo: t.field({ type: 'Memo', description: 'A note to keep with it; nobody else sees it.' }),
    speed: t.field(speedField),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that pays amount and fee.' }),
  }),
});

builder.mutationField('onChainPaymentSend', (t) =>
  t.field({
    type: PaymentSendPayload,
    description:
      'Sends to a Bitcoin address, once. SUCCESS: broadcast, and the transaction is PENDING until a block has it; PENDING: the node has not said yet. ' +
      'To an address of another wallet here no transaction is made where both wallets are of kind ledger. Needs WRITE.',
    args: { input: t.arg({ type: OnChainPaymentSendInput, required: true }) },
    resolve: payloadMutation({
      command: 'sendOnChain',
      input: ({ walletId, address, amount, speed, memo }) => ({
        walletId,
        address,
        amount: { msat: fromSat(amount) },
        speed,
        memo: memo ?? null,
      }),
      answer: payoutAnswer,
      trouble: noSend,
    }),
  }),
);
