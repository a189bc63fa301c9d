// Plain invoices at LND: one raw AddInvoice each, with a preimage of our own so that a transfer between our wallets can be proved.
import { hashOf, newPreimage, type PaymentHash } from '../../lightning/values.ts';
import type { HoldOutcome, InvoiceSighting, InvoiceTerms, Issue, Receive } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { asFault, faultOf, isNotFound, rpcError } from './faults.ts';
import type { InvoiceMessage } from './messages.ts';
import { issued, notIssued, requestOf } from './terms.ts';
import { bytes, sightingOf } from './translate.ts';

export const lndReceive = (context: LndContext, hints: () => boolean): Receive => ({
  traits: { unit: 'msat', amountless: true, descriptionHash: true, forgetsOpen: false },
  create: (terms, signal) => create(context, { terms, hints: hints() }, signal),
  cancel: (hash, signal) => cancelInvoice(context, hash, signal),
  find: (hash, signal) => findInvoice(context, hash, signal),
});

const create = async (
  context: LndContext,
  { terms, hints }: { readonly terms: InvoiceTerms; readonly hints: boolean },
  signal: AbortSignal,
): Promise<Issue> => {
  const request = requestOf(terms, hints);
  if (typeof request === 'string') return { is: 'refused', because: 'terms', detail: request };
  const secret = newPreimage();
  try {
    // Raw: ln-service's createInvoice makes a second call and recovers signatures, which halves the rate.
    const answer = await context.connection.stubs().addInvoice({ ...request, r_preimage: bytes(secret) }, { ms: patience.call, signal });
    return issued(answer, terms, { hash: hashOf(secret), secret });
  } catch (error) {
    return notIssued(error);
  }
};

/** The whole invoice, or null when LND has none. @throws BackendFault */
export const lookUp = async (context: LndContext, hash: PaymentHash, signal: AbortSignal): Promise<InvoiceMessage | null> => {
  try {
    return await context.connection.stubs().lookupInvoice({ r_hash: bytes(hash) }, { ms: patience.call, signal });
  } catch (error) {
    if (isNotFound(error)) return null;
    throw asFault(error);
  }
};

/** @throws BackendFault */
export const findInvoice = async (context: LndContext, hash: PaymentHash, signal: AbortSignal): Promise<InvoiceSighting> => {
  const invoice = await lookUp(context, hash, signal);
  return invoice === null ? { is: 'notFound' } : sightingOf(invoice);
};

/** Cancels any unpaid invoice, held ones included. LND answers a second cancel like the first. */
export const cancelInvoice = async (context: LndContext, hash: PaymentHash, signal: AbortSignal): Promise<HoldOutcome> => {
  try {
    await context.connection.stubs().cancelInvoice({ payment_hash: bytes(hash) }, { ms: patience.call, signal });
    return { is: 'done' };
  } catch (error) {
    if (isNotFound(error)) return { is: 'refused', because: 'notFound' };
    const details = rpcError(error)?.details ?? '';
    if (details.includes('invoice already settled')) return { is: 'refused', because: 'alreadySettled' };
    if (details.includes('invoice already canceled')) return { is: 'done' };
    return { is: 'unknown', fault: faultOf(error) };
  }
};
