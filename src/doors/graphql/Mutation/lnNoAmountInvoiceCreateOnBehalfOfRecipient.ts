// Makes an invoice whose payer chooses the amount for anybody's wallet, without a key, where that wallet allows it.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { createInvoiceInput, invoiceAnswer, noInvoice } from '../map/invoices.ts';
import { LnNoAmountInvoicePayload } from '../types/payloads.ts';

const LnNoAmountInvoiceCreateOnBehalfOfRecipientInput = builder.inputType('LnNoAmountInvoiceCreateOnBehalfOfRecipientInput', {
  fields: (t) => ({
    expiresIn: t.field({
      type: 'Minutes',
      description: 'Minutes until it expires, 1 to 1440; else what the wallet is set to, or 2 hours.',
    }),
    externalId: t.field({ type: 'TxExternalId', description: 'Your own name for it, unique in the account.' }),
    memo: t.field({ type: 'Memo', description: 'What the payer reads.' }),
    recipientWalletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that is paid, of any account.' }),
    webhookUrl: t.field({ type: 'EndpointUrl', description: 'Called when the invoice is paid or expires.' }),
  }),
});

builder.mutationField('lnNoAmountInvoiceCreateOnBehalfOfRecipient', (t) =>
  t.field({
    type: LnNoAmountInvoicePayload,
    description: "Makes an invoice whose payer chooses the amount for anybody's wallet, where it allows that. Needs no key.",
    args: { input: t.arg({ type: LnNoAmountInvoiceCreateOnBehalfOfRecipientInput, required: true }) },
    resolve: payloadMutation({
      command: 'createInvoiceOnBehalf',
      input: (given) => createInvoiceInput(given.recipientWalletId, null, given),
      answer: invoiceAnswer,
      trouble: noInvoice,
    }),
  }),
);
