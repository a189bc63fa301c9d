// Asks for an invoice over dollars for a wallet of the asker that holds dollars. There is none here, and upstream has a text for that.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { expirySeconds, invoiceAnswer, noInvoice } from '../map/invoices.ts';
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
      'Makes an invoice over dollars for a wallet that holds dollars; refused, because wallets hold bitcoin here. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: LnUsdInvoiceCreateInput, required: true }) },
    resolve: payloadMutation({
      command: 'createUsdInvoice',
      input: ({ walletId, amount, expiresIn }) => ({ walletId, amount, expirySeconds: expirySeconds(expiresIn) }),
      answer: invoiceAnswer,
      trouble: noInvoice,
    }),
  }),
);
