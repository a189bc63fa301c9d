// Galoy's words and codes for what the core refuses (contract §4.3): one exhaustive table, and the only place that knows them.
// Clients search these texts: "auth", "scope", "forbidden" and "permission" stand in no other text than that for a missing scope
// and upstream's for a key that is made with none.
import type { ChainFailure, PayFailure } from '../../../backends/port.ts';
import { toSatCeil, toSatFloor } from '../../../lightning/values.ts';
import type { PaymentView } from '../../../payments/view.ts';
import type { PayoutView } from '../../../payouts/view.ts';
import type { Refusal } from '../../../platform/refusal.ts';
import { externalIdText } from '../scalars/texts.ts';

export interface ErrorText {
  readonly message: string;
  readonly code: string;
}

type Kind = Refusal['is'];
type Of<K extends Kind> = Refusal extends infer R ? (R extends { readonly is: infer I } ? (K extends I ? R : never) : never) : never;
type Texts = { readonly [K in Kind]: (refusal: Of<K>) => ErrorText };

const say = (code: string, message: string): ErrorText => ({ message, code });
const always = (code: string, message: string) => (): ErrorText => say(code, message);
const unexpected = (name: string): ErrorText =>
  say('UNEXPECTED_CLIENT_ERROR', `Unexpected error occurred, please try again or contact support if it persists (code: ${name})`);

/** For what nobody foresaw: no detail. */
export const unknownText: ErrorText = say('UNKNOWN_CLIENT_ERROR', 'Unknown error occurred (code: UnknownError)');
export const notAuthorizedText: ErrorText = say('NOT_AUTHORIZED', 'Not authorized');
export const foreignWalletText: ErrorText = say('INVALID_INPUT', 'Invalid walletId for account.');
export const routeText: ErrorText = say('ROUTE_FINDING_ERROR', 'Unable to find a route for payment.');

const expiredText = say('LIGHTNING_PAYMENT_ERROR', 'Invoice already expired, or has bad payment hash');
const selfText = say('CANT_PAY_SELF', 'User tried to pay themselves');
const feeText = say(
  'INVALID_INPUT',
  'Payment failed due to an insufficient fee, please try again later or contact support if the problem persists.',
);
const offlineText = say(
  'LND_OFFLINE',
  'Offchain action failed, please try again in a few minutes. If the problem persists, please contact support. ' +
    'If you are on regtest, it might because blocks need to be generated so that lnd can be considered active.',
);
const chainOfflineText = say(
  'LND_OFFLINE',
  'Onchain action failed, please try again in a few minutes. If the problem persists, please contact support. ' +
    'If you are on regtest, it might because blocks need to be generated so that lnd can be considered active.',
);
const issueText = say('LIGHTNING_PAYMENT_ERROR', 'Issue with lightning payment, please try again.');
const processedText = say('INVALID_INPUT', 'The invoice has already been processed');
const amountText = say('INVALID_INPUT', 'A valid satoshi amount is required');

export const cursorText = (argument: string): ErrorText => say('INVALID_INPUT', `Argument "${argument}" must be a valid cursor`);

// A map: field names come from the core as text, and a plain object would know "constructor" too.
const fieldTexts: ReadonlyMap<string, ErrorText> = new Map(
  Object.entries({
    // Upstream would silently take the default; we say what is wrong (contract §10).
    expirySeconds: say('INVALID_INPUT', 'Invalid value for Minutes: an invoice lives from 1 minute to 1440 (24 hours)'),
    usdExpirySeconds: say('INVALID_INPUT', 'Invalid value for Minutes: an invoice of a wallet that holds dollars lives from 1 minute to 5'),
    memo: say('INVALID_INPUT', 'Memo is too long'),
    externalId: say('INVALID_INPUT', externalIdText),
    url: say('INVALID_INPUT', 'No more than 20 callback endpoints'),
    webhookUrl: say('INVALID_INPUT', 'Invalid value for EndpointUrl'),
    descriptionHash: say('INVALID_INPUT', 'Hex32Bytes is not 32 bytes'),
    paymentHash: say('INVALID_INPUT', 'Invalid value for PaymentHash'),
    walletId: say('INVALID_INPUT', 'Invalid value for WalletId'),
    address: say('INVALID_INPUT', 'Invalid value for OnChainAddress'),
    amountMsat: amountText,
    bolt11: say('INVALID_INPUT', 'Invalid value for LnPaymentRequest'),
    after: cursorText('after'),
    before: cursorText('before'),
    cursor: cursorText('after'),
    scopes: say('INVALID_INPUT', 'scopes can not be empty'),
    limitSats: say('INVALID_INPUT', 'Invalid limit value (must be positive)'),
  }),
);

const invoiceTexts: { readonly [W in Of<'invalidInvoice'>['why']]: ErrorText } = {
  undecodable: say('INVOICE_DECODE_ERROR', "Invalid lightning request, couldn't decode."),
  checksum: say('INVOICE_DECODE_ERROR', 'Invoice has an invalid checksum, please check again'),
  network: say('INVOICE_DECODE_ERROR', "Invalid lightning request, couldn't decode. It is for another network."),
  unsupported: say('LIGHTNING_PAYMENT_ERROR', 'Invoice may have invalid feature bits set, please check again.'),
};

type LnurlFault = Of<'lnurlFailed'>;
const lnurl = (message: string) => (): ErrorText => say('LNURL_REQUEST_INVOICE_ERROR', message);
const lnurlTexts: { readonly [W in LnurlFault['why']]: (refusal: LnurlFault) => ErrorText } = {
  notOne: lnurl('Invalid lnurl or lightning address'),
  forbidden: lnurl('Lnurl service is at an address that this gateway does not ask'),
  unreachable: lnurl('Lnurl service cannot be reached, please try again later'),
  malformed: lnurl('Lnurl service returned an invalid answer'),
  refused: ({ says }) => lnurl(`Lnurl service refused${strangersWord(says)}`)(),
  comment: lnurl('Comment is too long for the recipient'),
  wrongAmount: lnurl('Lnurl service returned an invoice with an invalid amount'),
  wrongHash: lnurl('Lnurl service returned an invoice with an invalid description hash'),
};

/** What a stranger says, as far as it cannot be taken for words of ours that clients search for. */
const strangersWord = (says: string | null): string => {
  const plain = (says ?? '')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
  return plain === '' || /auth|scope|forbidden|permission/i.test(plain) ? '' : `: ${plain}`;
};

type Missing = Of<'notFound'>;
const missingTexts: { readonly [W in Missing['what']]: (refusal: Missing) => ErrorText } = {
  wallet: () => unexpected('CouldNotFindWalletFromIdError'),
  recipient: () => unexpected('CouldNotFindWalletFromIdError'),
  currency: ({ given }) => unexpected(`CouldNotFindWalletFromUsernameAndCurrencyError: ${given}`),
  invoice: ({ given }) => say('LIGHTNING_PAYMENT_ERROR', `User tried to pay invoice with hash ${given}, but it does not exist`),
  payment: () => unexpected('CouldNotFindLnPaymentFromHashError'),
  account: ({ given }) => say('NOT_FOUND', `Account does not exist for username ${given}`),
  transaction: () => unexpected('CouldNotFindTransactionError'),
  key: () => say('NOT_FOUND', 'API key not found'),
  callback: ({ given }) => say('NOT_FOUND', `There is no callback endpoint ${given}`),
  cashOut: () => say('CASH_OUT_NOT_FOUND', 'There is no such cash-out in your wallets.'),
  refund: () => say('REFUND_NOT_FOUND', 'Nothing of this cash-out is to be paid back.'),
};

const texts: Texts = {
  invalidInput: ({ field }) => fieldTexts.get(field) ?? say('INVALID_INPUT', `Invalid value for ${field}`),
  invalidInvoice: ({ why }) => invoiceTexts[why],
  amountRequired: always('INVALID_INPUT', 'An amount is required to complete payment'),
  amountNotAllowed: always('INVALID_INPUT', 'Invoice must be a zero-amount invoice'),
  amountIsZero: () => amountText,
  noAmountInInvoice: always('INVALID_INPUT', 'Invoice does not have a valid amount to pay'),
  insufficientBalance: ({ neededMsat, availableMsat }) =>
    say('INSUFFICIENT_BALANCE', `Payment amount '${toSatCeil(neededMsat)}' sats exceeds balance '${toSatFloor(availableMsat)}'`),
  limitExceeded: ({ limit, remainingMsat }) =>
    say(
      'TRANSACTION_RESTRICTED',
      `${limit} spending limit exceeded. Remaining: ${toSatFloor(remainingMsat > 0n ? remainingMsat : 0n)} sats`,
    ),
  tooManyRequests: ({ what }) =>
    say(
      'TOO_MANY_REQUEST',
      `Too many ${what === 'invoices' ? 'invoices' : 'onchain addresses'} creation, please wait for a while and try again.`,
    ),
  lnurlFailed: (refusal) => lnurlTexts[refusal.why](refusal),
  lnurlAmount: ({ leastMsat, mostMsat }) =>
    lnurl(`The recipient takes from ${toSatCeil(leastMsat)} to ${toSatFloor(mostMsat)} sats at once`)(),
  wrongState: () => processedText,
  notFound: (refusal) => missingTexts[refusal.what](refusal),
  forbidden: ({ kind }) => unexpected(`AuthorizationError: not authorized to ${kind === 'read' ? 'read data' : 'execute mutations'}`),
  noRoute: () => routeText,
  unauthenticated: () => notAuthorizedText,
  idempotencyConflict: always('INVALID_INPUT', 'The idempotency key was used before, with other input'),
  notSupported: always('OPERATION_RESTRICTED', 'This gateway does not offer the operation.'),
  needsLedger: always(
    'OPERATION_RESTRICTED',
    'Money moves by wallet id between ledger wallets alone: pay an invoice of the other wallet instead.',
  ),
  priceUnavailable: always('PRICE_SERVICE_OFFLINE', 'Price unavailable, please wait for a while and try again.'),
  unknownCurrency: always('INVALID_INPUT', 'Invalid currency.'),
  usdAmountIsZero: always('INVALID_INPUT', 'A valid usd amount is required'),
  wrongCurrency: always('INVALID_INPUT', "Unsupported operation for wallet's currency."),
  usernameTaken: always('USERNAME_ERROR', 'username not available'),
  usernameIsSet: always('USERNAME_ERROR', 'username is immutable'),
  invoiceExpired: () => expiredText,
  alreadyPaid: always('LIGHTNING_PAYMENT_ERROR', 'Invoice is already paid'),
  alreadyProcessed: () => processedText,
  paymentInFlight: always('INVALID_INPUT', 'There is a pending payment for this invoice'),
  selfPayment: () => selfText,
  feeTooHigh: () => feeText,
  backendUnavailable: () => offlineText,
  chainUnavailable: () => chainOfflineText,
  belowDust: ({ leastSats }) => say('INVALID_INPUT', `Use lightning to send amounts less than ${leastSats} sats`),
  nothingToSend: always('INSUFFICIENT_BALANCE', 'No balance left to send.'),
  outgoingHalted: always('OPERATION_RESTRICTED', 'Outgoing payments are halted, please contact support.'),
  externalIdTaken: always('INVALID_INPUT', 'External id for invoice or transaction already exists'),
  notReceivable: ({ neededMsat, receivableMsat }) =>
    say('NOT_RECEIVABLE', `${toSatCeil(neededMsat)} sats cannot be received now: there is room for ${toSatFloor(receivableMsat)}.`),
  tooLittleTime: ({ neededSeconds, leftSeconds }) =>
    say('TOO_LITTLE_TIME', `It needs ${neededSeconds} seconds, and the hold ends in ${leftSeconds}: do not give out cash.`),
  reportConflict: always('REPORT_CONFLICT', 'Another result was reported for this cash-out before; that one stands.'),
  voucherNotReady: always('REFUND_NOT_READY', 'The customer’s payment is not settled yet: try again in a moment.'),
  voucherExpired: always('REFUND_EXPIRED', 'The time to redeem this refund is over.'),
  voucherUsed: always('REFUND_USED', 'This refund was paid already.'),
  internal: () => unknownText,
};

// The table pairs each refusal with its own text, which TypeScript cannot see through an index.
/** What a client is told about a refusal. Total: a new refusal does not compile until it has a text. */
export const refusalText = (refusal: Refusal): ErrorText => (texts[refusal.is] as (given: Refusal) => ErrorText)(refusal);

const failureTexts: { readonly [F in PayFailure | 'notSent']: (payment: PaymentView) => ErrorText } = {
  noRoute: () => routeText,
  feeLimit: () => feeText,
  insufficientBalance: ({ amountMsat, amountCents }) =>
    say(
      'INSUFFICIENT_BALANCE',
      `Payment amount '${amountCents === null ? `${toSatCeil(amountMsat)}' sats` : `${amountCents}' cents`} exceeds what can be sent now`,
    ),
  invoiceExpired: () => expiredText,
  rejectedByPayee: always('LIGHTNING_PAYMENT_ERROR', 'Payment was rejected by destination as invalid'),
  selfPayment: () => selfText,
  attemptsExhausted: always('LIGHTNING_PAYMENT_ERROR', 'Temporary failure when trying to pay, please try again later'),
  canceled: always('LIGHTNING_PAYMENT_ERROR', 'Temporary failure when trying to pay, please retry payment'),
  other: () => issueText,
  notSent: () => offlineText,
};

/** Why a payment failed, in Galoy's words; there is always something to say. */
export const failureText = (payment: PaymentView | null): ErrorText =>
  payment === null ? issueText : failureTexts[payment.failure ?? 'other'](payment);

const payoutFailureTexts: { readonly [F in ChainFailure | 'notSent']: (payout: PayoutView) => ErrorText } = {
  insufficientBalance: ({ amountMsat }) =>
    say('INSUFFICIENT_BALANCE', `Payment amount '${toSatCeil(amountMsat)}' sats exceeds what can be sent now`),
  dust: always('INVALID_INPUT', 'Use lightning to send an amount as small as this'),
  address: () => say('INVALID_INPUT', 'Invalid value for OnChainAddress'),
  feeLimit: () => feeText,
  other: () => chainOfflineText,
  notSent: () => chainOfflineText,
};

/** Why a send on the chain failed, in Galoy's words; there is always something to say. */
export const payoutFailureText = (payout: PayoutView | null): ErrorText =>
  payout === null ? chainOfflineText : payoutFailureTexts[payout.failure ?? 'other'](payout);
