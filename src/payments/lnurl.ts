// From an LNURL or a Lightning address to an invoice that may be paid: asks the payee's service (LUD-06) and believes nothing of what it says.
// The invoice of an ask is remembered, so that whoever repeats the ask while it is open pays that invoice and no second one.
import type { DecodedBolt11 } from '../lightning/bolt11.ts';
import { callbackUrl, invoiceFault, type PayTerms, type Reading, readPayInvoice, readPayTerms } from '../lightning/lnurl.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { type Outbound, OutboundError } from '../platform/outbound.ts';
import { type LnurlTrouble, refuse } from '../platform/refusal.ts';
import type { PaymentDeps } from './deps.ts';
import { decodeFor } from './prepare.ts';
import { attemptsForHash, paymentByAsk } from './store.ts';
import { type AskedInvoice, askedInvoice, keepAskedInvoice } from './store-lnurl.ts';

export interface LnurlAsk {
  readonly url: string;
  readonly amountMsat: bigint;
  /** LUD-12. */
  readonly comment: string | null;
}

const timeMs = 8_000;
// An image of up to 136536 characters may be in the metadata, and a long description beside it.
const mostBytes = 400_000;
const redirects = 3;

const trouble = (why: LnurlTrouble, says: string | null = null): never => refuse({ is: 'lnurlFailed', why, says });

const fetched = async <T>(outbound: Outbound, url: string, read: (text: string) => Reading<T>): Promise<T> => {
  const answer = await outbound({ url, headers: { accept: 'application/json' }, timeMs, mostBytes, redirects }).catch((error: unknown) => {
    if (error instanceof OutboundError) return trouble(error.why === 'forbidden' ? 'forbidden' : 'unreachable');
    throw error;
  });
  const reading = read(answer.text);
  // Services send their refusals with HTTP statuses of all kinds.
  if (reading.is === 'refused') return trouble('refused', reading.says);
  return reading.is === 'read' && answer.status === 200 ? reading.value : trouble('malformed');
};

const check = ({ leastMsat, mostMsat, commentLength }: PayTerms, { amountMsat, comment }: LnurlAsk): void => {
  if (amountMsat < leastMsat || amountMsat > mostMsat) refuse({ is: 'lnurlAmount', leastMsat, mostMsat });
  if (comment !== null && [...comment].length > commentLength) trouble('comment');
};

/**
 * An invoice of the payee over this very amount, on our network. Nothing is written.
 * Throws Refused lnurlFailed, lnurlAmount, invalidInvoice.
 */
export const requestInvoice = async (deps: Pick<PaymentDeps, 'network'>, outbound: Outbound, ask: LnurlAsk): Promise<DecodedBolt11> => {
  const terms = await fetched(outbound, ask.url, readPayTerms);
  check(terms, ask);
  const decoded = decodeFor(
    await fetched(outbound, callbackUrl(terms.callback, ask.amountMsat, ask.comment), readPayInvoice),
    deps.network,
  );
  const fault = invoiceFault(decoded, { amountMsat: ask.amountMsat, terms });
  return fault === null ? decoded : trouble(fault);
};

export interface RememberedAsk {
  /** Of a keyed ask: its key, once and for all. Null: the ask is known by its digest as long as it is open. */
  readonly asked: { readonly by: string; readonly key: string; readonly digest: string } | null;
  /** Of the wallet and all that was asked. */
  readonly digest: string;
}

export interface PayableInvoice {
  readonly bolt11: string;
  readonly hash: string;
  readonly expiresAt: Date;
}

type Remembering = { readonly db: Database; readonly clock: Clock };

/**
 * The request to pay for this ask: the one that it was given before, as long as that one is still open, else what `issue` gives, remembered.
 * Open is what has not expired and was never sent, and what is being sent, expired or not. Of several at once all get the same.
 */
export const invoiceForAsk = async (deps: Remembering, of: RememberedAsk, issue: () => Promise<PayableInvoice>): Promise<string> => {
  const { bolt11, replaces } = await given(deps, of);
  if (bolt11 !== null) return bolt11;
  try {
    const issued = await issue();
    const kept = { ask: askOf(of), digest: of.digest, bolt11: issued.bolt11, paymentHash: issued.hash, expiresAt: issued.expiresAt };
    return (await keepAskedInvoice(deps.db, kept, { replaces, now: deps.clock.now() })).bolt11;
  } catch (error) {
    // The same ask may have been given one since we looked, and be on its way: then that is the answer, and FAILURE would be a lie.
    const other = await given(deps, of);
    if (other.bolt11 !== null) return other.bolt11;
    throw error;
  }
};

const askOf = ({ asked, digest }: RememberedAsk): string => (asked ? `key ${asked.by} ${asked.key}` : `open ${digest}`);

/** The invoice that this ask was given and still has; null: none, or that one (`replaces`, its hash) is over. Throws Refused idempotencyConflict. */
const given = async (
  deps: Remembering,
  of: RememberedAsk,
): Promise<{ readonly bolt11: string | null; readonly replaces: string | null }> => {
  const { asked, digest } = of;
  const paid = asked && (await paymentByAsk(deps.db, asked));
  if (paid) return { bolt11: paid.bolt11, replaces: null };
  const known = await askedInvoice(deps.db, askOf(of));
  if (known && asked && known.digest !== digest) return refuse({ is: 'idempotencyConflict' });
  return { bolt11: known && (await isOpen(deps, known, asked !== null)) ? known.bolt11 : null, replaces: known?.paymentHash ?? null };
};

const isOpen = async ({ db, clock }: Remembering, known: AskedInvoice, isKeyed: boolean): Promise<boolean> => {
  const hasTime = known.expiresAt > clock.now();
  // A key has no payment yet, or its payment would be the answer.
  if (isKeyed) return hasTime;
  const attempts = await attemptsForHash(db, known.paymentHash);
  // An invoice expires while its payment is on its way: that is no reason for a second one.
  return attempts.some(({ state }) => state === 'sending') || (attempts.length === 0 && hasTime);
};
