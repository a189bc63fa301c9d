// What a node holds now, by LND's own list. LND walks its invoices from an index on, all that have ended too, so each look begins where the
// one before found the oldest that had not ended: what has ended is never held again.
import { paymentHash } from '../../lightning/values.ts';
import type { HeldInvoice } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { asFault } from './faults.ts';
import type { InvoiceMessage, InvoicePage } from './messages.ts';
import { sightingOf } from './translate.ts';

const pageSize = 500;

/** Each call lists everything that is held at the node. Throws BackendFault. */
export const heldLister = (context: LndContext): ((signal: AbortSignal) => Promise<readonly HeldInvoice[]>) => {
  // All invoices up to this index have ended.
  let ended = 0n;
  const list = (
    asked: { readonly reversed?: boolean; readonly pending_only?: boolean; readonly most: number; readonly after: bigint },
    signal: AbortSignal,
  ) =>
    context.connection.stubs().listInvoices(
      {
        ...(asked.reversed && { reversed: true }),
        ...(asked.pending_only && { pending_only: true }),
        num_max_invoices: String(asked.most),
        index_offset: String(asked.after),
      },
      { ms: patience.list, signal },
    );
  const pending = async (after: bigint, signal: AbortSignal): Promise<readonly InvoiceMessage[]> => {
    const all: InvoiceMessage[] = [];
    for (let page: InvoicePage | null = null; page === null || page.invoices.length === pageSize; ) {
      page = await list({ pending_only: true, most: pageSize, after: page === null ? after : BigInt(page.last_index_offset) }, signal);
      all.push(...page.invoices);
    }
    return all;
  };
  return async (signal) => {
    try {
      // Read first: what is made meanwhile lies behind it.
      const newest = BigInt((await list({ reversed: true, most: 1, after: 0n }, signal)).last_index_offset);
      // Another database than the one before.
      if (newest < ended) ended = 0n;
      const open = await pending(ended, signal);
      ended = open.reduce((lowest, { add_index }) => (BigInt(add_index) <= lowest ? BigInt(add_index) - 1n : lowest), newest);
      return open.flatMap(heldIn);
    } catch (error) {
      throw asFault(error);
    }
  };
};

const heldIn = (invoice: InvoiceMessage): readonly HeldInvoice[] => {
  const sighting = sightingOf(invoice);
  if (sighting.is !== 'held') return [];
  const hash = paymentHash(invoice.r_hash.toString('hex'));
  return [{ hash, handle: null, received: sighting.received, at: new Date(Number(invoice.creation_date) * 1000) }];
};
