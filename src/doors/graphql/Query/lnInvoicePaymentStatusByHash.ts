// Whether what has this payment hash is paid; needs no key. A hash that nobody here knows is an error.
import { refuse } from '../../../platform/refusal.ts';
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { LnInvoicePaymentStatus } from '../types/LnInvoicePaymentStatus.ts';
import { LnInvoicePaymentStatusByHashInput } from '../types/statusInputs.ts';

builder.queryField('lnInvoicePaymentStatusByHash', (t) =>
  t.field({
    type: LnInvoicePaymentStatus,
    description: 'Whether what has this payment hash is paid. Needs no key.',
    args: { input: t.arg({ type: LnInvoicePaymentStatusByHashInput, required: true }) },
    resolve: reading('lnInvoicePaymentStatusByHash', async (_root, { input }, context) => {
      const paymentHash = good(input.paymentHash);
      return (await context.reads.statusByHash(paymentHash)) ?? refuse({ is: 'notFound', what: 'invoice', given: paymentHash });
    }),
  }),
);
