// Invoices of a Galoy account. What is issued is what the payment request itself says: upstream replaces terms that it does not like without
// a word (contract §5.8), so each answer is decoded and held against what was asked.
import { decodeBolt11 } from '../../lightning/bolt11.ts';
import { type Bolt11, type PaymentHash, paymentHash, toSatFloor } from '../../lightning/values.ts';
import { BackendFault, type Fault, type HoldOutcome, type InvoiceSighting, type InvoiceTerms, type Issue, type Receive } from '../port.ts';
import { type Asking, type Ordered, patience } from './asking.ts';
import type { GaloyContext } from './context.ts';
import {
  GatewayAmountlessInvoiceCreate,
  GatewayInvoice,
  GatewayInvoiceCancel,
  type GatewayInvoiceCancelMutation,
  GatewayInvoiceCreate,
  type GatewayInvoiceCreateMutation,
  GatewayInvoiceCreateWithHash,
  GatewayUsdInvoiceCreate,
  GatewayUsdInvoiceCreateOverSats,
  GatewayUsdInvoiceCreateWithHash,
} from './documents.generated.ts';
import { movementsOf, receivedIn } from './movements.ts';
import type { GaloySettings } from './settings.ts';
import { faultOfErrors, isNoInvoice, isProcessed, isTooMany, sentenceOf } from './words.ts';

export const galoyReceive = (context: GaloyContext): Receive => {
  const pace = creatingPace(context.clock);
  return {
    traits: { unit: 'sat', amountless: true, descriptionHash: true, forgetsOpen: false },
    create: (terms, signal) => create(context, { terms, pace }, AbortSignal.any([signal, AbortSignal.timeout(patience.order)])),
    cancel: (hash, signal) => cancel(context, hash, AbortSignal.any([signal, AbortSignal.timeout(patience.order)])),
    find: (hash, signal) => find(context, hash, signal),
  };
};

interface Pace {
  readonly closed: () => boolean;
  readonly tooMany: () => void;
}

// Upstream blocks a caller that goes on asking for five minutes (contract §4.4).
const tooManyMs = 60_000;

const creatingPace = (clock: { now(): Date }): Pace => {
  let until = 0;
  return {
    closed: () => clock.now().getTime() < until,
    tooMany: () => {
      until = clock.now().getTime() + tooManyMs;
    },
  };
};

/** Upstream's own range (contract §5.8); outside of it, it would take its default without saying so. */
const minutes = { BTC: { least: 1, most: 1440 }, USD: { least: 1, most: 5 } } as const;

/** Why upstream cannot make such an invoice; null when it can. */
const refusal = (terms: InvoiceTerms, currency: GaloySettings['currency']): string | null => {
  const asked = Math.ceil(terms.expirySeconds / 60);
  const { least, most } = minutes[currency];
  if (asked < least || asked > most) return `an invoice lives from ${least} to ${most} minutes there`;
  if (terms.cents !== undefined && currency === 'BTC') return 'its wallet holds bitcoin';
  if (terms.finalCltvDelta !== undefined) return 'the final CLTV delta cannot be chosen there';
  if (terms.amount !== null && terms.amount % 1000n !== 0n) return 'amounts are whole satoshis there';
  if (terms.amount === null && terms.cents === undefined && 'hash' in terms.description)
    return 'an invoice without an amount has no description hash there';
  return null;
};

const create = async (
  context: GaloyContext,
  { terms, pace }: { readonly terms: InvoiceTerms; readonly pace: Pace },
  signal: AbortSignal,
): Promise<Issue> => {
  const detail = refusal(terms, context.settings.currency);
  if (detail !== null) return { is: 'refused', because: 'terms', detail };
  if (pace.closed()) return unknown({ kind: 'rateLimited', detail: 'upstream said that too many invoices are made' });
  try {
    const answer = await order(context, terms, signal);
    const issue = issueOf(answer, terms, pace);
    if (issue.is === 'issued') context.watched.add(issue.hash, issue.expiresAt);
    return issue;
  } catch (error) {
    return unknown(error instanceof BackendFault ? error.fault : { kind: 'internal', detail: String(error) });
  }
};

const unknown = (fault: Fault): Extract<Issue, { is: 'unknown' }> => ({ is: 'unknown', fault });

const order = async (
  { asking, account, settings }: GaloyContext,
  terms: InvoiceTerms,
  signal: AbortSignal,
): Promise<Ordered<GatewayInvoiceCreateMutation>> => {
  const walletId = await account.walletId(signal);
  const { amount, description, expirySeconds } = terms;
  const expiresIn = Math.ceil(expirySeconds / 60);
  if (settings.currency === 'USD' && !isOpen(terms)) return usdOrder(asking, { terms, walletId, expiresIn }, signal);
  if ('hash' in description) {
    const input = { recipientWalletId: walletId, amount: sats(amount), descriptionHash: description.hash, expiresIn };
    return asking.order({ document: GatewayInvoiceCreateWithHash, variables: { input } }, signal);
  }
  const input = { walletId, expiresIn, ...(description.text === '' ? {} : { memo: description.text }) };
  if (amount === null) return asking.order({ document: GatewayAmountlessInvoiceCreate, variables: { input } }, signal);
  return asking.order({ document: GatewayInvoiceCreate, variables: { input: { ...input, amount: sats(amount) } } }, signal);
};

const isOpen = ({ amount, cents }: InvoiceTerms): boolean => amount === null && cents === undefined;

/** An invoice over cents; or over satoshis, which upstream makes on behalf of a wallet alone. */
const usdOrder = (
  asking: Asking,
  { terms, walletId, expiresIn }: { readonly terms: InvoiceTerms; readonly walletId: string; readonly expiresIn: number },
  signal: AbortSignal,
): Promise<Ordered<GatewayInvoiceCreateMutation>> => {
  const { amount, cents, description } = terms;
  const said = 'hash' in description ? { descriptionHash: description.hash } : description.text === '' ? {} : { memo: description.text };
  const onBehalf = { recipientWalletId: walletId, expiresIn, ...said };
  if (cents === undefined)
    return asking.order({ document: GatewayUsdInvoiceCreateOverSats, variables: { input: { ...onBehalf, amount: sats(amount) } } }, signal);
  if ('hash' in description)
    return asking.order(
      { document: GatewayUsdInvoiceCreateWithHash, variables: { input: { ...onBehalf, amount: Number(cents) } } },
      signal,
    );
  const input = { walletId, expiresIn, amount: Number(cents), ...said };
  return asking.order({ document: GatewayUsdInvoiceCreate, variables: { input } }, signal);
};

const sats = (amount: bigint | null): number => toSatFloor(amount ?? 0n);

const issueOf = (answer: Ordered<GatewayInvoiceCreateMutation>, terms: InvoiceTerms, pace: Pace): Issue => {
  if (answer.is === 'silence') return unknown(answer.fault);
  const made = answer.data?.made;
  const errors = [...(Array.isArray(made?.errors) ? made.errors : []), ...answer.errors];
  if (isTooMany(errors)) pace.tooMany();
  if (!made?.invoice) {
    const refused = errors.length > 0 && errors.every(({ code }) => code === 'INVALID_INPUT');
    return refused ? { is: 'refused', because: 'terms', detail: sentenceOf(errors) } : unknown(faultOfErrors(errors));
  }
  return issuedOf(made.invoice, terms);
};

const issuedOf = (invoice: { readonly paymentHash: string; readonly paymentRequest: string }, terms: InvoiceTerms): Issue => {
  const decoding = decodeBolt11(invoice.paymentRequest);
  if (decoding.is === 'undecodable')
    return unknown({ kind: 'protocol', detail: `a payment request that cannot be read (${decoding.why})` });
  const { hash, bolt11, amount, descriptionHash, paymentSecret, expiresAt } = decoding.invoice;
  if (hash !== invoice.paymentHash.toLowerCase()) return unknown({ kind: 'protocol', detail: 'a payment request of another hash' });
  // Over cents, upstream says how many satoshis that is; it must be some.
  const fits = terms.cents === undefined ? amount === terms.amount : amount !== null && amount > 0n;
  if (!fits) return unknown({ kind: 'protocol', detail: 'a payment request over another amount' });
  if ('hash' in terms.description && descriptionHash !== terms.description.hash)
    return unknown({ kind: 'protocol', detail: 'a payment request without the description hash' });
  return { is: 'issued', hash, bolt11, paymentSecret, expiresAt, ...(terms.cents !== undefined && amount !== null && { amount }) };
};

const cancel = async (context: GaloyContext, hash: PaymentHash, signal: AbortSignal): Promise<HoldOutcome> => {
  let answer: Ordered<GatewayInvoiceCancelMutation>;
  try {
    const walletId = await context.account.walletId(signal);
    const input = { walletId, paymentHash: hash };
    answer = await context.asking.order({ document: GatewayInvoiceCancel, variables: { input } }, signal);
  } catch (error) {
    return { is: 'unknown', fault: error instanceof BackendFault ? error.fault : { kind: 'internal', detail: String(error) } };
  }
  if (answer.is === 'silence') return { is: 'unknown', fault: answer.fault };
  const canceled = answer.data?.canceled;
  const errors = [...(Array.isArray(canceled?.errors) ? canceled.errors : []), ...answer.errors];
  if (canceled?.success === true && errors.length === 0) {
    context.watched.remove(hash);
    return { is: 'done' };
  }
  if (isNoInvoice(errors)) return { is: 'refused', because: 'notFound' };
  // Paid, held by a payment that is coming in, expired, or canceled before: the caller asks which.
  if (isProcessed(errors)) return { is: 'refused', because: 'notHeld' };
  return { is: 'unknown', fault: faultOfErrors(errors) };
};

/** The payment request of an invoice of the wallet; null when it is not upstream, or is none of this hash. @throws BackendFault */
export const requestOf = async ({ asking, account }: GaloyContext, hash: PaymentHash, signal: AbortSignal): Promise<Bolt11 | null> => {
  const walletId = await account.walletId(signal);
  return asking.read(
    {
      document: GatewayInvoice,
      variables: { walletId, paymentHash: hash },
      pick: ({ me }) => {
        const decoding = decodeBolt11(me?.defaultAccount.walletById.invoiceByPaymentHash.paymentRequest ?? '');
        return decoding.is === 'decoded' && decoding.invoice.hash === hash ? decoding.invoice.bolt11 : null;
      },
      answers: (errors) => (isNoInvoice(errors) ? null : undefined),
    },
    signal,
  );
};

/** @throws BackendFault */
const find = async (context: GaloyContext, hash: PaymentHash, signal: AbortSignal): Promise<InvoiceSighting> => {
  const got = receivedIn(await movementsOf(context, hash, signal), { hash, currency: context.settings.currency });
  if (got !== null) {
    context.watched.remove(hash);
    return { is: 'settled', ...got };
  }
  const walletId = await context.account.walletId(signal);
  const found = await context.asking.read(
    {
      document: GatewayInvoice,
      variables: { walletId, paymentHash: hash },
      pick: ({ me }) => invoiceOf(me?.defaultAccount.walletById.invoiceByPaymentHash),
      answers: (errors) => (isNoInvoice(errors) ? null : undefined),
    },
    signal,
  );
  return found === null ? { is: 'notFound' } : unpaid(context, hash, found);
};

interface Found {
  readonly status: string;
  readonly expiresAt: Date;
}

const invoiceOf = (invoice: { readonly paymentRequest: string; readonly paymentStatus: string } | undefined): Found => {
  if (invoice === undefined) throw new TypeError('no invoice');
  const decoding = decodeBolt11(invoice.paymentRequest);
  if (decoding.is === 'undecodable') throw new TypeError('no readable payment request');
  return { status: invoice.paymentStatus, expiresAt: decoding.invoice.expiresAt };
};

// A payment that came in before the expiry is settled by upstream when it gets to it; its status says EXPIRED meanwhile.
const lateMs = 3_600_000;

/** No receipt in the ledger: PAID is on its way there, and EXPIRED is final only when nothing can be on its way any more. */
const unpaid = (context: GaloyContext, hash: PaymentHash, { status, expiresAt }: Found): InvoiceSighting => {
  const over = expiresAt.getTime() + lateMs < context.clock.now().getTime();
  if (status === 'EXPIRED' && over) {
    context.watched.remove(hash);
    return { is: 'canceled' };
  }
  if (status === 'PENDING') context.watched.add(hash, expiresAt);
  return { is: 'open' };
};

/** A hash as the ledger gives it; null for what is none. */
export const hashIn = (text: string | null): PaymentHash | null =>
  text !== null && /^[0-9a-f]{64}$/.test(text) ? paymentHash(text) : null;
