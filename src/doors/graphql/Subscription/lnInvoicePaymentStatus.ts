// Follows whether a payment request is paid, until it is paid or expired; deprecated upstream, and stays. Needs no key.
import { builder } from '../builder.ts';
import { followStatus } from '../map/status.ts';
import { good } from '../scalars/input.ts';
import { LnInvoicePaymentStatusPayload } from '../types/LnInvoicePaymentStatus.ts';
import { deprecated, LnInvoicePaymentStatusInput } from '../types/statusInputs.ts';

builder.subscriptionField('lnInvoicePaymentStatus', (t) =>
  t.field({
    type: LnInvoicePaymentStatusPayload,
    description: 'The status now, then PAID or EXPIRED as soon as it is; then the stream is complete. Needs no key.',
    deprecationReason: deprecated,
    args: { input: t.arg({ type: LnInvoicePaymentStatusInput, required: true }) },
    subscribe: (_root, { input }, context) => followStatus('lnInvoicePaymentStatus', { bolt11: good(input.paymentRequest) }, context),
    resolve: (event) => event,
  }),
);
