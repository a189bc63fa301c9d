// Makes an invoice over a fixed amount for a wallet of the asker.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { createInvoiceInput, invoiceAnswer, noInvoice } from '../map/invoices.ts';
import { LnInvoicePayload } from '../types/payloads.ts';

const LnInvoiceCreateInput = builder.inputType('LnInvoiceCreateInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true, description: 'Satoshis, at least one.' }),
    expiresIn: t.field({
      type: 'Minutes',
      description: 'Minutes until it expires, 1 to 1440; else what the wallet is set to, or 4 hours.',
    }),
    externalId: t.field({ type: 'TxExternalId', description: 'Your own name for it, unique in the account.' }),
    memo: t.field({ type: 'Memo', description: 'What the payer reads.' }),
    walletId: t.field({ type: 'WalletId', required: true, description: 'The wallet that is paid.' }),
  }),
});

builder.mutationField('lnInvoiceCreate', (t) =>
  t.field({
    type: LnInvoicePayload,
    description: 'Makes an invoice over a fixed amount. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: LnInvoiceCreateInput, required: true }) },
    resolve: payloadMutation({
      command: 'createInvoice',
      input: (given) => createInvoiceInput(given.walletId, given.amount, given),
      answer: invoiceAnswer,
      trouble: noInvoice,
    }),
  }),
);
