// Whether any payment request is paid; needs no key. Deprecated upstream and still what ATMs poll. Troubles stand in the payload.
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { inputTrouble, troubleOf } from '../map/trouble.ts';
import { BadInput } from '../scalars/input.ts';
import { LnInvoicePaymentStatusPayload, type StatusPayload } from '../types/LnInvoicePaymentStatus.ts';
import { deprecated, LnInvoicePaymentStatusInput } from '../types/statusInputs.ts';

const statusOf = async (paymentRequest: string | BadInput, context: GraphqlContext): Promise<StatusPayload> => {
  if (paymentRequest instanceof BadInput) return { errors: inputTrouble([paymentRequest]).errors, view: null };
  try {
    return { errors: [], view: await context.reads.statusByRequest(paymentRequest) };
  } catch (error) {
    return { errors: troubleOf(error, 'lnInvoicePaymentStatus', context).errors, view: null };
  }
};

builder.queryField('lnInvoicePaymentStatus', (t) =>
  t.field({
    type: LnInvoicePaymentStatusPayload,
    description: 'Whether a payment request is paid: one of ours by somebody, another by us. Needs no key.',
    deprecationReason: deprecated,
    args: { input: t.arg({ type: LnInvoicePaymentStatusInput, required: true }) },
    resolve: (_root, { input }, context) => statusOf(input.paymentRequest, context),
  }),
);
