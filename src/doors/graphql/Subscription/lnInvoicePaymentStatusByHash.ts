// Follows whether what has this payment hash is paid, until it is paid or expired. Needs no key.
import { builder } from '../builder.ts';
import { followStatus } from '../map/status.ts';
import { good } from '../scalars/input.ts';
import { LnInvoicePaymentStatusPayload } from '../types/LnInvoicePaymentStatus.ts';
import { LnInvoicePaymentStatusByHashInput } from '../types/statusInputs.ts';

builder.subscriptionField('lnInvoicePaymentStatusByHash', (t) =>
  t.field({
    type: LnInvoicePaymentStatusPayload,
    description: 'The status now, then PAID or EXPIRED as soon as it is; then the stream is complete. Needs no key.',
    args: { input: t.arg({ type: LnInvoicePaymentStatusByHashInput, required: true }) },
    subscribe: (_root, { input }, context) =>
      followStatus('lnInvoicePaymentStatusByHash', { paymentHash: good(input.paymentHash) }, context),
    resolve: (event) => event,
  }),
);
