// How a payment request is named when its status is asked, as query and as subscription.
import { builder } from '../builder.ts';

export const LnInvoicePaymentStatusInput = builder.inputType('LnInvoicePaymentStatusInput', {
  fields: (t) => ({ paymentRequest: t.field({ type: 'LnPaymentRequest', required: true }) }),
});

export const LnInvoicePaymentStatusByHashInput = builder.inputType('LnInvoicePaymentStatusByHashInput', {
  fields: (t) => ({ paymentHash: t.field({ type: 'PaymentHash', required: true }) }),
});

export const LnInvoicePaymentStatusByPaymentRequestInput = builder.inputType('LnInvoicePaymentStatusByPaymentRequestInput', {
  fields: (t) => ({ paymentRequest: t.field({ type: 'LnPaymentRequest', required: true }) }),
});

/** Galoy's reason for `lnInvoicePaymentStatus`, which stays: ATMs poll it. */
export const deprecated = 'Deprecated in favor of lnInvoicePaymentStatusByPaymentRequest';
