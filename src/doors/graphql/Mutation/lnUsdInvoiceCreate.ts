// Makes an invoice over dollars for a wallet of the asker that holds dollars; what that is in satoshis, its upstream says.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { invoiceAnswer, noInvoice, usdInvoiceInput } from '../map/invoices.ts';
import { LnInvoicePayload } from '../types/payloads.ts';

const LnUsdInvoiceCreateInput = builder.inputType('LnUsdInvoiceCreateInput', {
  fields: (t) => ({
    amount: t.field({ type: 'CentAmount', required: true, description: 'US cents.' }),
    expiresIn: t.field({ type: 'Minutes' }),
    externalId: t.field({ type: 'TxExternalId' }),
    memo: t.field({ type: 'Memo' }),
    walletId: t.field({ type: 'WalletId', required: true }),
  }),
});

builder.mutationField('lnUsdInvoiceCreate', (t) =>
  t.field({
    type: LnInvoicePayload,
    description:
      'Makes an invoice over dollars for a wallet that holds dollars. It lives for 5 minutes at the most. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: LnUsdInvoiceCreateInput, required: true }) },
    resolve: payloadMutation({
      command: 'createUsdInvoice',
      input: ({ walletId, amount, ...given }) => usdInvoiceInput({ walletId, amount, inSats: false }, given),
      answer: invoiceAnswer,
      trouble: noInvoice,
    }),
  }),
);
