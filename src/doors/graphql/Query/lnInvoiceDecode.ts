// What is inside a payment request (additive); needs no key and asks no network.
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { LnDecodedInvoice } from '../types/LnDecodedInvoice.ts';

builder.queryField('lnInvoiceDecode', (t) =>
  t.field({
    type: LnDecodedInvoice,
    nullable: true,
    description: 'What is inside a payment request. Needs no key.',
    args: { paymentRequest: t.arg({ type: 'LnPaymentRequest', required: true }) },
    resolve: reading('lnInvoiceDecode', async (_root, args, context) =>
      context.ask('decodeInvoice', { bolt11: good(args.paymentRequest) }, context.asking),
    ),
  }),
);
