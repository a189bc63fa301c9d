// An invoice of ours, with an amount or without. What a payer may not know (its preimage) is not in it.
import { type InvoiceView, statusOf } from '../../../invoices/view.ts';
import { toSatCeil } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { InvoicePaymentStatus } from './enums.ts';

export const Invoice = builder.interfaceRef<InvoiceView>('Invoice').implement({
  description: 'A Lightning invoice of a wallet.',
  resolveType: (invoice) => (invoice.amountMsat === null ? 'LnNoAmountInvoice' : 'LnInvoice'),
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    externalId: t.expose('externalId', {
      type: 'TxExternalId',
      description: "The caller's own name for it; the payment hash when none was given.",
    }),
    paymentHash: t.expose('paymentHash', { type: 'PaymentHash' }),
    paymentRequest: t.expose('bolt11', { type: 'LnPaymentRequest', description: 'What the payer scans (BOLT 11).' }),
    paymentSecret: t.expose('paymentSecret', { type: 'LnPaymentSecret', description: 'BOLT 11 field s. Not the preimage.' }),
    paymentStatus: t.field({
      type: InvoicePaymentStatus,
      description: 'PAID once settled, EXPIRED once its time is over, else PENDING.',
      resolve: (invoice, _args, context) => statusOf(invoice, context.now()),
    }),
  }),
});

export const LnInvoice = builder.objectRef<InvoiceView>('LnInvoice').implement({
  description: 'An invoice over a fixed amount.',
  interfaces: [Invoice],
  fields: (t) => ({
    satoshis: t.field({ type: 'SatAmount', resolve: (invoice) => toSatCeil(invoice.amountMsat ?? 0n) }),
  }),
});

export const LnNoAmountInvoice = builder.objectRef<InvoiceView>('LnNoAmountInvoice').implement({
  description: 'An invoice whose payer chooses the amount.',
  interfaces: [Invoice],
});
