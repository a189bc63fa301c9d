// Follows a hold invoice of the asker's wallets to its end (additive): the state as it is first, then every change.
import type { InvoiceView } from '../../../invoices/view.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { reader } from '../map/ask.ts';
import { follow } from '../map/follow.ts';
import { type HoldPayload, holdAnswer, noHold } from '../map/holds.ts';
import { errorOf } from '../map/trouble.ts';
import { good } from '../scalars/input.ts';
import { LnHoldInvoicePayload } from '../types/LnHoldInvoice.ts';

// Who may not read is told at the top level, before any event.
const readerOr = (context: GraphqlContext): ReturnType<typeof reader> => {
  try {
    return reader(context);
  } catch (error) {
    throw errorOf(error, 'lnHoldInvoice', context);
  }
};

const followHold = (paymentHash: string, context: GraphqlContext): AsyncIterable<HoldPayload> => {
  const who = readerOr(context);
  return follow<InvoiceView, HoldPayload>(context, {
    field: 'lnHoldInvoice',
    watch: (signal) => context.reads.watchHoldInvoice(who, paymentHash, signal),
    event: holdAnswer,
    trouble: (_errors, trouble) => noHold(trouble),
  });
};

builder.subscriptionField('lnHoldInvoice', (t) =>
  t.field({
    type: LnHoldInvoicePayload,
    description: 'A hold invoice as it is now, then every change until it is settled or canceled; then the stream is complete. Needs READ.',
    args: { paymentHash: t.arg({ type: 'PaymentHash', required: true }) },
    subscribe: (_root, args, context) => followHold(good(args.paymentHash), context),
    resolve: (event) => event,
  }),
);
