// Hold invoices at LND: the hash is the caller's, or made here. Settling and canceling twice is done; the preimage is checked before it leaves.
import { bolt11Text, hashOf, newPreimage, type PaymentHash, type Preimage, proves } from '../../lightning/values.ts';
import type { Hold, HoldOutcome, InvoiceTerms, Issue } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { asFault, faultOf, isAnswerLost, isDuplicateInvoice, isNotFound, rpcError } from './faults.ts';
import { heldLister } from './held.ts';
import type { HoldWatch } from './hold-watch.ts';
import { type LostAnswers, lostAnswers } from './lost-answers.ts';
import { cancelInvoice, findInvoice, lookUp } from './receive.ts';
import { issued, notIssued, requestOf, sameTerms } from './terms.ts';
import { bytes } from './translate.ts';

interface Parts {
  readonly hints: () => boolean;
  readonly watch: HoldWatch;
}
type HoldTerms = InvoiceTerms & { readonly hash?: PaymentHash };

export const lndHold = (context: LndContext, parts: Parts): Hold => {
  const lost = lostAnswers(context.clock);
  return {
    traits: { hashFrom: 'caller', heldSeconds: null, expiryDelta: context.settings.holdExpiryDelta },
    create: (terms, signal) => create(context, { terms, lost, ...parts }, signal),
    settle: ({ hash }, secret, signal) => settle(context, { hash, secret }, signal),
    cancel: ({ hash }, signal) => cancelInvoice(context, hash, signal),
    find: async (hash, signal) => {
      const sighting = await findInvoice(context, hash, signal);
      // LND's stream of all invoices never says ACCEPTED or CANCELED: whoever is asked about is watched by itself from now on.
      if (sighting.is === 'open' || sighting.is === 'held') parts.watch.add(hash);
      return sighting;
    },
    held: heldLister(context),
  };
};

// Never left to the node's own default: the height at which LND cancels by itself (the end less `holdExpiryDelta`) hangs on it. Its own is 80.
const finalCltvDelta = 80;

interface Order extends Parts {
  readonly terms: HoldTerms;
  readonly lost: LostAnswers;
}

const create = async (context: LndContext, { terms, hints, watch, lost }: Order, signal: AbortSignal): Promise<Issue> => {
  const secret = terms.hash === undefined ? newPreimage() : null;
  const hash = secret === null ? terms.hash : hashOf(secret);
  const full = { ...terms, finalCltvDelta: terms.finalCltvDelta ?? finalCltvDelta };
  const request = requestOf(full, hints());
  if (typeof request === 'string' || hash === undefined) return { is: 'refused', because: 'terms', detail: String(request) };
  const askedAt = context.clock.now().getTime();
  try {
    const answer = await context.connection.stubs().addHoldInvoice({ ...request, hash: bytes(hash) }, { ms: patience.call, signal });
    watch.add(hash);
    return issued(answer, full, { hash, secret });
  } catch (error) {
    if (isAnswerLost(error)) lost.add(hash, askedAt);
    if (!isDuplicateInvoice(error)) return notIssued(error);
    const there = await adopt(context, { hash, terms: full, lost }, signal);
    if (there.is === 'issued') watch.add(hash);
    return there;
  }
};

interface Adoption {
  readonly hash: PaymentHash;
  readonly terms: InvoiceTerms;
  readonly lost: LostAnswers;
}

/**
 * A hash that LND already has: ours from an answer that got lost in this process, if it is open, on hold, promises the same and was made since.
 * Any other is somebody else's, and its money too. What was lost before a restart is refused like those: nobody was ever told of that invoice,
 * so it can do no harm, and the caller takes another hash.
 */
const adopt = async (context: LndContext, { hash, terms, lost }: Adoption, signal: AbortSignal): Promise<Issue> => {
  try {
    const invoice = await lookUp(context, hash, signal);
    if (invoice === null) return { is: 'unknown', fault: { kind: 'protocol', detail: 'LND has the hash and does not find the invoice' } };
    // LND knows the preimage of a plain invoice from the start, and of an open hold invoice never.
    const isHold = invoice.r_preimage.every((byte) => byte === 0);
    const isOurs = lost.mayHaveMade(hash, Number(invoice.creation_date));
    if (!isOurs || invoice.state !== 'OPEN' || !isHold || !sameTerms(invoice, terms)) {
      return {
        is: 'refused',
        because: 'hashInUse',
        detail: 'LND has an invoice with this payment hash that was not made here, makes other terms or is no longer open',
      };
    }
    return {
      is: 'issued',
      hash,
      bolt11: bolt11Text(invoice.payment_request),
      paymentSecret: invoice.payment_addr.toString('hex'),
      expiresAt: new Date((Number(invoice.creation_date) + Number(invoice.expiry)) * 1000),
    };
  } catch (error) {
    return { is: 'unknown', fault: asFault(error).fault };
  }
};

const settle = async (
  context: LndContext,
  { hash, secret }: { readonly hash: PaymentHash; readonly secret: Preimage },
  signal: AbortSignal,
): Promise<HoldOutcome> => {
  // LND looks the invoice up by the preimage's hash: a wrong one could settle another invoice.
  if (!proves(secret, hash)) return { is: 'refused', because: 'wrongPreimage' };
  try {
    await context.connection.stubs().settleInvoice({ preimage: bytes(secret) }, { ms: patience.call, signal });
    return { is: 'done' };
  } catch (error) {
    if (isNotFound(error)) return { is: 'refused', because: 'notFound' };
    const details = rpcError(error)?.details ?? '';
    if (details.includes('invoice already settled')) return { is: 'done' };
    if (details.includes('invoice already canceled')) return { is: 'refused', because: 'alreadyCanceled' };
    if (details.includes('invoice still open')) return { is: 'refused', because: 'notHeld' };
    return { is: 'unknown', fault: faultOf(error) };
  }
};
