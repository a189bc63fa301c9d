// What a node holds now, by LND's own list. LND walks its invoices from an index on, all that have ended too, so each look begins where the
// one before found the oldest that had not ended: what has ended is never held again.
import { paymentHash } from '../../lightning/values.ts';
import type { HeldInvoice } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { asFault } from './faults.ts';
import type { InvoiceMessage } from './messages.ts';
import { allOf, pageSize } from './pages.ts';
import { sightingOf } from './translate.ts';

/** Each call lists everything that is held at the node. Throws BackendFault. */
export const heldLister = (context: LndContext): ((signal: AbortSignal) => Promise<readonly HeldInvoice[]>) => {
  // All invoices up to this index have ended.
  let ended = 0n;
  return async (signal) => {
    const limits = { ms: patience.list, signal };
    const stubs = context.connection.stubs();
    try {
      // Read first: what is made meanwhile lies behind it.
      const newest = BigInt(
        (await stubs.listInvoices({ reversed: true, num_max_invoices: '1', index_offset: '0' }, limits)).last_index_offset,
      );
      // Another database than the one before.
      if (newest < ended) ended = 0n;
      const open = await allOf(async (index_offset) => {
        const asked = { pending_only: true, num_max_invoices: String(pageSize), index_offset };
        const { invoices: rows, last_index_offset: last } = await stubs.listInvoices(asked, limits);
        return { rows, last };
      }, String(ended));
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
