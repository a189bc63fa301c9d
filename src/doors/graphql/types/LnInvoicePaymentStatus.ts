// What anybody may know of a payment request: whether it is paid. The preimage only of an invoice of ours, once settled.
import type { StatusView } from '../../../commands/table.ts';
import { builder } from '../builder.ts';
import type { ErrorView } from '../map/trouble.ts';
import { ErrorType } from './Error.ts';
import { InvoicePaymentStatus } from './enums.ts';

export interface StatusPayload {
  readonly errors: readonly ErrorView[];
  readonly view: StatusView | null;
}

export const LnInvoicePaymentStatus = builder.objectRef<StatusView>('LnInvoicePaymentStatus').implement({
  description: 'How far a payment request is.',
  fields: (t) => ({
    paymentHash: t.expose('paymentHash', { type: 'PaymentHash', nullable: true }),
    paymentPreimage: t.expose('preimage', { type: 'LnPaymentPreImage', nullable: true }),
    paymentRequest: t.expose('bolt11', { type: 'LnPaymentRequest', nullable: true }),
    status: t.expose('status', { type: InvoicePaymentStatus, nullable: true }),
  }),
});

export const LnInvoicePaymentStatusPayload = builder.objectRef<StatusPayload>('LnInvoicePaymentStatusPayload').implement({
  description: 'How far a payment request is, or why nobody can say.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    paymentHash: t.field({ type: 'PaymentHash', nullable: true, resolve: ({ view }) => view?.paymentHash }),
    paymentPreimage: t.field({ type: 'LnPaymentPreImage', nullable: true, resolve: ({ view }) => view?.preimage }),
    paymentRequest: t.field({ type: 'LnPaymentRequest', nullable: true, resolve: ({ view }) => view?.bolt11 }),
    status: t.field({ type: InvoicePaymentStatus, nullable: true, resolve: ({ view }) => view?.status }),
  }),
});
