// Making invoices at LND, plain or hold: the request, the answer, and what its refusals mean.
import { bolt11Text, isHex32, type PaymentHash, type Preimage } from '../../lightning/values.ts';
import type { InvoiceTerms, Issue } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { faultOf, refusedTerms } from './faults.ts';
import type { InvoiceMessage, InvoiceRequest, IssuedMessage } from './messages.ts';
import { bytes, madeAt } from './translate.ts';

/** The terms in LND's words, or the sentence that says why they cannot be. */
export const requestOf = (terms: InvoiceTerms, hints: boolean): InvoiceRequest | string => {
  // LND takes 0 for 24 hours.
  if (!Number.isSafeInteger(terms.expirySeconds) || terms.expirySeconds < 1) return 'an invoice lives for at least one second';
  // BOLT 11 has room for 639 bytes; LND would take a longer memo and then fail to encode it.
  if ('text' in terms.description && Buffer.byteLength(terms.description.text) > 639) return 'a description has at most 639 bytes';
  if ('hash' in terms.description && !isHex32(terms.description.hash)) return 'a description hash is 64 hex digits';
  return {
    value_msat: String(terms.amount ?? 0n),
    ...('text' in terms.description ? { memo: terms.description.text } : { description_hash: bytes(terms.description.hash) }),
    expiry: String(terms.expirySeconds),
    ...(terms.finalCltvDelta === undefined ? {} : { cltv_expiry: String(terms.finalCltvDelta) }),
    private: hints,
  };
};

/** From the one answer of AddInvoice: no look-up, no decoding but the time in the request. */
export const issued = (
  answer: IssuedMessage,
  terms: InvoiceTerms,
  { hash, secret }: { readonly hash: PaymentHash; readonly secret: Preimage | null },
): Issue => ({
  is: 'issued',
  hash,
  bolt11: bolt11Text(answer.payment_request),
  paymentSecret: answer.payment_addr.toString('hex'),
  expiresAt: new Date((madeAt(answer.payment_request) + terms.expirySeconds) * 1000),
  ...(secret === null ? {} : { preimage: secret }),
});

/** An invoice that LND refused or may have made. Nobody was told of it, so doubt does no harm. */
export const notIssued = (error: unknown): Issue => {
  const detail = refusedTerms(error);
  return detail === null ? { is: 'unknown', fault: faultOf(error) } : { is: 'refused', because: 'terms', detail };
};

/** True when an invoice that is already there promises the same. */
export const sameTerms = (invoice: InvoiceMessage, terms: InvoiceTerms): boolean =>
  BigInt(invoice.value_msat) === (terms.amount ?? 0n) &&
  invoice.expiry === String(terms.expirySeconds) &&
  ('text' in terms.description
    ? invoice.memo === terms.description.text
    : invoice.description_hash.toString('hex') === terms.description.hash) &&
  (terms.finalCltvDelta === undefined || invoice.cltv_expiry === String(terms.finalCltvDelta));

const hintsKnownFor = 60_000;

/**
 * Whether invoices need hints to private channels. Looked up in the background once a minute: `private` makes LND read all its channels
 * for every invoice, which a node with public channels only need not pay for. Until LND has said so, hints are asked for.
 */
export const privateHints = ({ connection, clock, log }: LndContext): (() => boolean) => {
  let needed = true;
  let askAfter = 0;
  return () => {
    const now = clock.now().getTime();
    if (now < askAfter) return needed;
    askAfter = now + hintsKnownFor;
    connection
      .stubs()
      .listChannels({ private_only: true }, { ms: patience.call })
      .then(({ channels }) => {
        needed = channels.length > 0;
      })
      .catch((error: unknown) => {
        needed = true;
        log.debug({ error: faultOf(error) }, 'cannot tell whether LND has private channels');
      });
    return needed;
  };
};
