// Follows a payment of the asker's wallets to its end (additive), so that a PENDING send is pushed too. `after` resumes without loss.
import type { PaymentEvent } from '../../../commands/reads.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { reader } from '../map/ask.ts';
import { follow } from '../map/follow.ts';
import { errorOf } from '../map/trouble.ts';
import { good } from '../scalars/input.ts';
import { cursor } from '../types/connections.ts';
import { LnPaymentPayload, type PaymentPayload } from '../types/payloads.ts';

// Who may not read is told at the top level, before any event.
const readerOr = (context: GraphqlContext): ReturnType<typeof reader> => {
  try {
    return reader(context);
  } catch (error) {
    throw errorOf(error, 'lnPayment', context);
  }
};

const followPayment = (paymentHash: string, after: string | null, context: GraphqlContext): AsyncIterable<PaymentPayload> => {
  const who = readerOr(context);
  return follow<PaymentEvent, PaymentPayload>(context, {
    field: 'lnPayment',
    watch: (signal) => context.reads.watchPayment(who, paymentHash, after, signal),
    event: (event) => ({ errors: [], ...event }),
    trouble: (errors) => ({ errors, payment: null, cursor: null }),
  });
};

builder.subscriptionField('lnPayment', (t) =>
  t.field({
    type: LnPaymentPayload,
    description: 'A payment as it is now, then every change until it has succeeded or failed; then the stream is complete. Needs READ.',
    args: {
      after: t.arg.string({ description: 'The cursor of the last event that was seen: only what happened behind it is told.' }),
      paymentHash: t.arg({ type: 'PaymentHash', required: true }),
    },
    subscribe: (_root, args, context) => followPayment(good(args.paymentHash), cursor('after', args.after), context),
    resolve: (event) => event,
  }),
);
