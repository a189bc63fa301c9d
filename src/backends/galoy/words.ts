// Galoy's codes and sentences, read here and nowhere else (contract §4.3, error-map). What they do not say for certain stays doubt.
import type { Fault, PayFailure } from '../port.ts';

/** An error of a payload or beside the data. */
export interface Told {
  readonly message: string;
  readonly code: string | null;
}

const authText = /not authorized|AuthorizationError|access credentials/i;
const tooMany = (error: Told): boolean => error.code === 'TOO_MANY_REQUEST' || /^too many /i.test(error.message);
// A router that cannot reach the service behind it, and services that cannot reach theirs.
const passing = /HTTP fetch failed|ECONNREFUSED|timed? ?out|ResourceAttemptsRedlockServiceError|service offline/i;

/** What errors instead of an answer mean. */
export const faultOfErrors = (errors: readonly Told[]): Fault => {
  const [first] = errors;
  if (first === undefined) return { kind: 'protocol', detail: 'an answer without data and without errors' };
  const detail = sentenceOf(errors);
  if (errors.some(({ code, message }) => code === 'NOT_AUTHORIZED' || authText.test(message))) return { kind: 'auth', detail };
  if (errors.some(tooMany)) return { kind: 'rateLimited', detail };
  return { kind: errors.some(({ message }) => passing.test(message)) ? 'internal' : 'refused', detail };
};

const longest = 300;
export const sentenceOf = (errors: readonly Told[]): string =>
  errors
    .map(({ message, code }) => (code === null ? message : `${message} (${code})`))
    .join('; ')
    .slice(0, longest);

export const isTooMany = (errors: readonly Told[]): boolean => errors.some(tooMany);

/** The hash is known upstream and was paid, or is being paid: look it up, it is not a failure. */
export const isKnownPayment = (errors: readonly Told[]): boolean =>
  errors.some(({ message }) => /already paid|pending payment for this invoice|still in transition/i.test(message));

/** An invoice that the wallet does not have. */
export const isNoInvoice = (errors: readonly Told[]): boolean =>
  errors.some(({ message }) => /but it does not exist|InvoiceNotFound/i.test(message));

/** Paid, held, expired or canceled before: which of them, only the invoice itself says. */
export const isProcessed = (errors: readonly Told[]): boolean => errors.some(({ message }) => /already been processed/i.test(message));

// Checks that upstream makes before it writes or sends anything (contract §4.2, §5): their word alone is enough.
const earlyCodes = [
  'INSUFFICIENT_BALANCE',
  'CANT_PAY_SELF',
  'ROUTE_FINDING_ERROR',
  'INVOICE_DECODE_ERROR',
  'INVALID_INPUT',
  'TRANSACTION_RESTRICTED',
  'OPERATION_RESTRICTED',
  'TOO_MANY_REQUEST',
];
const earlyTexts =
  /^Invalid (value|type) for |^Value too big for |InvalidWalletForAccountError|CouldNotFindWalletFromIdError|AuthorizationError/;

/** True when upstream says that it refused the order before it began; such a word needs no look at its ledger. */
export const isEarlyRefusal = (errors: readonly Told[]): boolean =>
  errors.length > 0 &&
  !isKnownPayment(errors) &&
  errors.every(({ code, message }) => (code !== null && earlyCodes.includes(code)) || earlyTexts.test(message));

const reasons: readonly (readonly [(error: Told) => boolean, PayFailure])[] = [
  [({ code }) => code === 'INSUFFICIENT_BALANCE', 'insufficientBalance'],
  [({ code }) => code === 'CANT_PAY_SELF', 'selfPayment'],
  [({ code }) => code === 'ROUTE_FINDING_ERROR', 'noRoute'],
  [({ message }) => /insufficient fee/i.test(message), 'feeLimit'],
  [({ message }) => /already expired/i.test(message), 'invoiceExpired'],
  [({ message }) => /rejected by destination/i.test(message), 'rejectedByPayee'],
  [({ message }) => /please try again later/i.test(message), 'attemptsExhausted'],
  [({ message }) => /please retry payment/i.test(message), 'canceled'],
];

/** Why a payment failed, by upstream's first word. */
export const reasonOf = (errors: readonly Told[]): PayFailure => {
  const [first] = errors;
  return (first && reasons.find(([fits]) => fits(first))?.[1]) ?? 'other';
};
