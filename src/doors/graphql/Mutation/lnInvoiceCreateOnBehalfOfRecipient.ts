// Makes an invoice over a fixed amount for anybody's wallet, without a key, where that wallet allows it.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { createInvoiceInput, invoiceAnswer, noInvoice } from '../map/invoices.ts';
import { LnInvoicePayload } from '../types/payloads.ts';

const LnInvoiceCreateOnBehalfOfRecipientInput = builder.inputType('LnInvoiceCreateOnBehalfOfRecipientInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis, at least one.' }),
    descriptionHash: t.field({
      type: 'Hex32Bytes',
      description: 'SHA-256 of a longer description; stands in the request instead of the memo.',
    }),
    expiresIn: t.field({
      type: 'Minutes',
      description: 'Minutes until it expires, 1 to 1440; else what the wallet is set to, or 4 hours.',
    }),
    externalId: t.field({ type: 'TxExternalId', description: 'Your own name for it, unique in the account.' }),
    memo: t.field({ type: 'Memo', description: 'What the payer reads.' }),
    recipientWalletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that is paid, of any account.' }),
    webhookUrl: t.field({ type: 'EndpointUrl', description: 'Called when the invoice is paid or expires.' }),
  }),
});

builder.mutationField('lnInvoiceCreateOnBehalfOfRecipient', (t) =>
  t.field({
    type: LnInvoicePayload,
    description: "Makes an invoice over a fixed amount for anybody's wallet, where it allows that. Needs no key.",
    args: { input: t.arg({ type: LnInvoiceCreateOnBehalfOfRecipientInput, required: true }) },
    resolve: payloadMutation({
      command: 'createInvoiceOnBehalf',
      input: (given) => createInvoiceInput(given.recipientWalletId, given.amount, given),
      answer: invoiceAnswer,
      trouble: noInvoice,
    }),
  }),
);
