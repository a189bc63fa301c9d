// The steps of a hold invoice for the story of its cash-out: written by the statement that takes the step, so that none is missing.
import type { StepRow } from '../platform/effects-cash.ts';
import type { InvoiceEvent, InvoiceState } from './states.ts';
import type { InvoiceRow } from './store.ts';

/** One step, or none when nothing moved or no cash-out can hang on the invoice. */
export const holdSteps = (
  row: Pick<InvoiceRow, 'id' | 'kind' | 'state'>,
  taken: { readonly event: InvoiceEvent; readonly to: InvoiceState; readonly at: Date; readonly receivedMsat?: bigint | undefined },
): readonly StepRow[] => {
  if (row.kind !== 'hold' || taken.to === row.state) return [];
  const detail = taken.receivedMsat === undefined ? {} : { receivedMsat: taken.receivedMsat };
  return [{ invoice_id: row.id, about: 'invoice', event: taken.event, from_state: row.state, to_state: taken.to, detail, at: taken.at }];
};
