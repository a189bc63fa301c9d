// Makes an invoice over satoshis for a wallet of anybody that holds dollars, if its owner allows it.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { invoiceAnswer, noInvoice, usdInvoiceInput } from '../map/invoices.ts';
import { LnInvoicePayload } from '../types/payloads.ts';

const LnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipientInput = builder.inputType(
  'LnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipientInput',
  {
    fields: (t) => ({
      amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis.' }),
      descriptionHash: t.field({ type: 'Hex32Bytes' }),
      expiresIn: t.field({ type: 'Minutes' }),
      externalId: t.field({ type: 'TxExternalId' }),
      memo: t.field({ type: 'Memo' }),
      recipientWalletId: t.field({ type: 'WalletId', required: true }),
      webhookUrl: t.field({ type: 'EndpointUrl' }),
    }),
  },
);

builder.mutationField('lnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipient', (t) =>
  t.field({
    type: LnInvoicePayload,
    description: 'Makes an invoice over satoshis for a wallet that holds dollars. Needs no key.',
    args: { input: t.arg({ type: LnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipientInput, required: true }) },
    resolve: payloadMutation({
      command: 'createUsdInvoiceOnBehalf',
      input: ({ recipientWalletId, amount, ...given }) => usdInvoiceInput({ walletId: recipientWalletId, amount, inSats: true }, given),
      answer: invoiceAnswer,
      trouble: noInvoice,
    }),
  }),
);
