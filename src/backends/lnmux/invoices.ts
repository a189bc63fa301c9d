// Invoices at lnmux, plain and hold alike: it derives hash and preimage by itself, keeps nothing of what is open, and holds everything that is paid
// until it is told to settle or cancel. The preimage comes with the invoice and is known to nobody else.
import { decodeBolt11 } from '../../lightning/bolt11.ts';
import { bolt11Text, hashOf, isHex32, type PaymentHash, type Preimage, preimage, proves } from '../../lightning/values.ts';
import { BackendFault, type Hold, type HoldOutcome, type InvoiceSighting, type InvoiceTerms, type Issue, type Receive } from '../port.ts';
import { type LnmuxContext, patience } from './context.ts';
import { code, faultOf, hasCode, rpcError } from './faults.ts';
import type { AddedMessage, AddInvoiceRequest } from './messages.ts';
import { heldSighting, listedSighting } from './translate.ts';

/** Blocks that lnmux leaves to itself in every invoice. */
const finalCltvDelta = 40;
const maxDescriptionBytes = 639;

export const lnmuxReceive = (context: LnmuxContext): Receive => ({
  traits: { unit: 'msat', amountless: false, descriptionHash: true, forgetsOpen: true, heldUntilSettled: true },
  create: (terms, signal) => create(context, terms, signal),
  cancel: (hash, signal) => cancel(context, { hash, handle: null }, signal),
  find: (hash, signal) => find(context, hash, signal),
});

export const lnmuxHold = (context: LnmuxContext): Hold => ({
  traits: { hashFrom: 'backend', heldSeconds: context.settings.heldSeconds, expiryDelta: null },
  create: async (terms, signal) => {
    if (terms.hash !== undefined) return refused('lnmux derives the hash by itself');
    const settlesByItself = await context.connection
      .calls()
      .getInfo({}, { ms: patience.call, signal })
      .then(({ auto_settle }) => auto_settle, faultOf);
    if (typeof settlesByItself === 'object') return { is: 'unknown', fault: settlesByItself };
    return settlesByItself ? refused('lnmux is in auto-settle mode: it would hold nothing') : create(context, terms, signal);
  },
  settle: ({ hash, handle }, secret, signal) => settle(context, { hash, handle, secret }, signal),
  cancel: (held, signal) => cancel(context, held, signal),
  find: (hash, signal) => find(context, hash, signal),
});

const refused = (detail: string): Issue => ({ is: 'refused', because: 'terms', detail });

const requestOf = (terms: InvoiceTerms): AddInvoiceRequest | string => {
  const { amount, description, expirySeconds } = terms;
  if (amount === null || amount < 1n) return 'lnmux makes no invoice without an amount';
  if (!Number.isSafeInteger(expirySeconds) || expirySeconds < 1) return 'an invoice lives for at least one second';
  if ((terms.finalCltvDelta ?? 0) > finalCltvDelta) return `lnmux leaves ${finalCltvDelta} blocks to itself and no more`;
  if ('text' in description && Buffer.byteLength(description.text) > maxDescriptionBytes)
    return `a description has at most ${maxDescriptionBytes} bytes`;
  if ('hash' in description && !isHex32(description.hash)) return 'a description hash is 64 hex digits';
  const words = 'text' in description ? { description: description.text } : { description_hash: Buffer.from(description.hash, 'hex') };
  return { amt_msat: String(amount), expiry_secs: String(expirySeconds), ...words };
};

/** Nothing is stored there: an answer that got lost leaves nothing behind. */
const create = async (context: LnmuxContext, terms: InvoiceTerms, signal: AbortSignal): Promise<Issue> => {
  const request = requestOf(terms);
  if (typeof request === 'string') return refused(request);
  try {
    return issued(await context.connection.calls().addInvoice(request, { ms: patience.call, signal }), terms);
  } catch (error) {
    if (hasCode(error, code.invalidArgument)) return refused(rpcError(error)?.details ?? '');
    return { is: 'unknown', fault: faultOf(error) };
  }
};

const issued = (answer: AddedMessage, terms: InvoiceTerms): Issue => {
  const secret = preimage(answer.preimage.toString('hex'));
  const hash = hashOf(secret);
  const decoding = decodeBolt11(answer.payment_request);
  // A payer would see another invoice than the one that is stored: nobody is told of it.
  if (decoding.is !== 'decoded' || decoding.invoice.hash !== hash || decoding.invoice.amount !== terms.amount)
    return { is: 'unknown', fault: { kind: 'protocol', detail: 'lnmux made an invoice that is not the one it was asked for' } };
  const { paymentSecret, expiresAt } = decoding.invoice;
  return { is: 'issued', hash, bolt11: bolt11Text(answer.payment_request), paymentSecret, expiresAt, preimage: secret };
};

/** Throws BackendFault, also while it is not known yet what lnmux holds: silence is not "open". */
const find = async ({ live, book }: LnmuxContext, hash: PaymentHash, signal: AbortSignal): Promise<InvoiceSighting> => {
  // First what is held: whatever is settled from here on is in the list that is read afterwards.
  const held = live.get(hash);
  const isSure = live.isSure(hash);
  const listed = await book.look(hash, signal);
  if (listed !== null) return listedSighting(listed, held);
  if (!isSure) throw new BackendFault({ kind: 'unreachable', detail: 'lnmux has not said yet what it holds' });
  return held === null ? { is: 'open' } : heldSighting(held, null);
};

interface Asked {
  readonly hash: PaymentHash;
  readonly handle: string | null;
}

/** The set that is meant: the newest that we know, for a new one replaces the one before. */
const setOf = ({ live }: LnmuxContext, { hash, handle }: Asked): string | null => live.get(hash)?.setId ?? handle;

const messageOf = (hash: PaymentHash, setId: string) => ({ hash: Buffer.from(hash, 'hex'), set_id: Buffer.from(setId, 'hex') });

const settle = async (context: LnmuxContext, asked: Asked & { readonly secret: Preimage }, signal: AbortSignal): Promise<HoldOutcome> => {
  const { hash, secret } = asked;
  // lnmux derives the preimage itself: this one is only the proof that the caller may settle.
  if (!proves(secret, hash)) return { is: 'refused', because: 'wrongPreimage' };
  const setId = setOf(context, asked);
  try {
    if (setId === null) return await standing(context, { hash, setId, wish: 'settle' }, signal);
    // Before the call: if its answer gets lost, time alone must not make it look open again.
    context.live.settling(hash, setId);
    await context.connection.calls().settleInvoice(messageOf(hash, setId), { ms: patience.call, signal });
    for (const look of context.settled) look();
    return { is: 'done' };
  } catch (error) {
    if (hasCode(error, code.notFound)) return ending(context, { hash, setId, wish: 'settle' }, signal);
    return { is: 'unknown', fault: faultOf(error) };
  }
};

/** Never `done` for an invoice that can still be paid: lnmux gives the set back and would take the next one. */
const cancel = async (context: LnmuxContext, asked: Asked, signal: AbortSignal): Promise<HoldOutcome> => {
  const { hash } = asked;
  const setId = setOf(context, asked);
  try {
    if (setId === null) return await standing(context, { hash, setId, wish: 'cancel' }, signal);
    await context.connection.calls().cancelInvoice(messageOf(hash, setId), { ms: patience.call, signal });
    context.live.forget(hash, setId);
    return { is: 'refused', because: 'notHeld' };
  } catch (error) {
    if (hasCode(error, code.failedPrecondition)) return { is: 'refused', because: 'alreadySettled' };
    if (hasCode(error, code.notFound)) return ending(context, { hash, setId, wish: 'cancel' }, signal);
    return { is: 'unknown', fault: faultOf(error) };
  }
};

interface Question {
  readonly hash: PaymentHash;
  readonly setId: string | null;
  readonly wish: 'settle' | 'cancel';
}

/** "Unable to locate" has many reasons; the list of settlements tells which. */
const ending = (context: LnmuxContext, question: Question, signal: AbortSignal): Promise<HoldOutcome> =>
  standing(context, question, signal).catch((error: unknown) => ({ is: 'unknown', fault: faultOf(error) }));

const standing = async (context: LnmuxContext, { hash, setId, wish }: Question, signal: AbortSignal): Promise<HoldOutcome> => {
  const listed = await context.book.look(hash, signal);
  if (listed === null) {
    if (setId !== null) context.live.forget(hash, setId);
    return { is: 'refused', because: 'notHeld' };
  }
  if (listed.status === 'failed') return wish === 'cancel' ? { is: 'done' } : { is: 'refused', because: 'alreadyCanceled' };
  return wish === 'settle' ? { is: 'done' } : { is: 'refused', because: 'alreadySettled' };
};
