// The three status subscriptions are one stream: the current status first, then each change; a refusal is a last event with errors.
import type { StatusView } from '../../../commands/table.ts';
import type { GraphqlContext } from '../context.ts';
import type { StatusPayload } from '../types/LnInvoicePaymentStatus.ts';
import { follow } from './follow.ts';

export const followStatus = (
  field: string,
  of: { readonly paymentHash: string } | { readonly bolt11: string },
  context: GraphqlContext,
): AsyncIterable<StatusPayload> =>
  follow<StatusView, StatusPayload>(context, {
    field,
    watch: (signal) => context.reads.watchStatus(of, signal),
    event: (view) => ({ errors: [], view }),
    trouble: (errors) => ({ errors, view: null }),
  });
