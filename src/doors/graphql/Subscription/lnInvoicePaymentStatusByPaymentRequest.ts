// Follows whether a payment request is paid, until it is paid or expired. Needs no key.
import { builder } from '../builder.ts';
import { followStatus } from '../map/status.ts';
import { good } from '../scalars/input.ts';
import { LnInvoicePaymentStatusPayload } from '../types/LnInvoicePaymentStatus.ts';
import { LnInvoicePaymentStatusByPaymentRequestInput } from '../types/statusInputs.ts';

builder.subscriptionField('lnInvoicePaymentStatusByPaymentRequest', (t) =>
  t.field({
    type: LnInvoicePaymentStatusPayload,
    description: 'The status now, then PAID or EXPIRED as soon as it is; then the stream is complete. Needs no key.',
    args: { input: t.arg({ type: LnInvoicePaymentStatusByPaymentRequestInput, required: true }) },
    subscribe: (_root, { input }, context) =>
      followStatus('lnInvoicePaymentStatusByPaymentRequest', { bolt11: good(input.paymentRequest) }, context),
    resolve: (event) => event,
  }),
);
