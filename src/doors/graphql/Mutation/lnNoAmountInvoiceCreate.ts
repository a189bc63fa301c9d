// Makes an invoice whose payer chooses the amount, for a wallet of the asker.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { createInvoiceInput, invoiceAnswer, noInvoice } from '../map/invoices.ts';
import { LnNoAmountInvoicePayload } from '../types/payloads.ts';

const LnNoAmountInvoiceCreateInput = builder.inputType('LnNoAmountInvoiceCreateInput', {
  fields: (t) => ({
    expiresIn: t.field({
      type: 'Minutes',
      description: 'Minutes until it expires, 1 to 1440; else what the wallet is set to, or 2 hours.',
    }),
    externalId: t.field({ type: 'TxExternalId', description: 'Your own name for it, unique in the account.' }),
    memo: t.field({ type: 'Memo', description: 'What the payer reads.' }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that is paid.' }),
  }),
});

builder.mutationField('lnNoAmountInvoiceCreate', (t) =>
  t.field({
    type: LnNoAmountInvoicePayload,
    description: 'Makes an invoice whose payer chooses the amount. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: LnNoAmountInvoiceCreateInput, required: true }) },
    resolve: payloadMutation({
      command: 'createInvoice',
      input: (given) => createInvoiceInput(given.walletId, null, given),
      answer: invoiceAnswer,
      trouble: noInvoice,
    }),
  }),
);
