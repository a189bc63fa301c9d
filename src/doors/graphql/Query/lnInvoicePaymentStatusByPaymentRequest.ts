// Whether any payment request is paid; needs no key. Troubles stand at the top level.
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { LnInvoicePaymentStatus } from '../types/LnInvoicePaymentStatus.ts';
import { LnInvoicePaymentStatusByPaymentRequestInput } from '../types/statusInputs.ts';

builder.queryField('lnInvoicePaymentStatusByPaymentRequest', (t) =>
  t.field({
    type: LnInvoicePaymentStatus,
    description: 'Whether a payment request is paid: one of ours by somebody, another by us. Needs no key.',
    args: { input: t.arg({ type: LnInvoicePaymentStatusByPaymentRequestInput, required: true }) },
    resolve: reading('lnInvoicePaymentStatusByPaymentRequest', async (_root, { input }, context) =>
      context.reads.statusByRequest(good(input.paymentRequest)),
    ),
  }),
);
