// Every refusal and every failure has Galoy's text and code, and no ordinary text has a word that clients take for a bad key.
import { describe, expect, it } from 'vitest';
import { failureText, refusalText } from '../../../src/doors/graphql/map/texts.ts';
import type { Refusal } from '../../../src/platform/refusal.ts';
import { hash, payment } from './support.ts';

const persists = 'Unexpected error occurred, please try again or contact support if it persists (code: ';
const offline =
  'Offchain action failed, please try again in a few minutes. If the problem persists, please contact support. ' +
  'If you are on regtest, it might because blocks need to be generated so that lnd can be considered active.';
const fee = 'Payment failed due to an insufficient fee, please try again later or contact support if the problem persists.';
const invalidInput = (field: string): Refusal => ({ is: 'invalidInput', field, rule: 'r', given: 'g' });
const missing = (what: Extract<Refusal, { is: 'notFound' }>['what']): Refusal => ({ is: 'notFound', what, given: hash });

const table: readonly (readonly [Refusal, string, string])[] = [
  [invalidInput('expirySeconds'), 'INVALID_INPUT', 'Invalid value for Minutes: an invoice lives from 1 minute to 1440 (24 hours)'],
  [invalidInput('memo'), 'INVALID_INPUT', 'Memo is too long'],
  [invalidInput('webhookUrl'), 'INVALID_INPUT', 'Invalid value for EndpointUrl'],
  [invalidInput('amountMsat'), 'INVALID_INPUT', 'A valid satoshi amount is required'],
  [invalidInput('after'), 'INVALID_INPUT', 'Argument "after" must be a valid cursor'],
  [invalidInput('before'), 'INVALID_INPUT', 'Argument "before" must be a valid cursor'],
  [invalidInput('somethingNew'), 'INVALID_INPUT', 'Invalid value for somethingNew'],
  [invalidInput('constructor'), 'INVALID_INPUT', 'Invalid value for constructor'],
  [{ is: 'invalidInvoice', why: 'undecodable' }, 'INVOICE_DECODE_ERROR', "Invalid lightning request, couldn't decode."],
  [{ is: 'invalidInvoice', why: 'checksum' }, 'INVOICE_DECODE_ERROR', 'Invoice has an invalid checksum, please check again'],
  [
    { is: 'invalidInvoice', why: 'network' },
    'INVOICE_DECODE_ERROR',
    "Invalid lightning request, couldn't decode. It is for another network.",
  ],
  [
    { is: 'invalidInvoice', why: 'unsupported' },
    'LIGHTNING_PAYMENT_ERROR',
    'Invoice may have invalid feature bits set, please check again.',
  ],
  [
    { is: 'needsLedger' },
    'OPERATION_RESTRICTED',
    'Money moves by wallet id between ledger wallets alone: pay an invoice of the other wallet instead.',
  ],
  [{ is: 'usdAmountIsZero' }, 'INVALID_INPUT', 'A valid usd amount is required'],
  [{ is: 'wrongCurrency' }, 'INVALID_INPUT', "Unsupported operation for wallet's currency."],
  [{ is: 'priceUnavailable' }, 'PRICE_SERVICE_OFFLINE', 'Price unavailable, please wait for a while and try again.'],
  [{ is: 'unknownCurrency' }, 'INVALID_INPUT', 'Invalid currency.'],
  [{ is: 'usernameTaken' }, 'USERNAME_ERROR', 'username not available'],
  [{ is: 'usernameIsSet' }, 'USERNAME_ERROR', 'username is immutable'],
  [missing('recipient'), 'UNEXPECTED_CLIENT_ERROR', `${persists}CouldNotFindWalletFromIdError)`],
  [missing('currency'), 'UNEXPECTED_CLIENT_ERROR', `${persists}CouldNotFindWalletFromUsernameAndCurrencyError: ${hash})`],
  [invalidInput('limitSats'), 'INVALID_INPUT', 'Invalid limit value (must be positive)'],
  [invalidInput('address'), 'INVALID_INPUT', 'Invalid value for OnChainAddress'],
  [{ is: 'belowDust', leastSats: 5_000 }, 'INVALID_INPUT', 'Use lightning to send amounts less than 5000 sats'],
  [{ is: 'nothingToSend' }, 'INSUFFICIENT_BALANCE', 'No balance left to send.'],
  [{ is: 'chainUnavailable' }, 'LND_OFFLINE', offline.replace('Offchain', 'Onchain')],
  [{ is: 'amountRequired' }, 'INVALID_INPUT', 'An amount is required to complete payment'],
  [{ is: 'amountNotAllowed' }, 'INVALID_INPUT', 'Invoice must be a zero-amount invoice'],
  [{ is: 'amountIsZero' }, 'INVALID_INPUT', 'A valid satoshi amount is required'],
  [{ is: 'noAmountInInvoice' }, 'INVALID_INPUT', 'Invoice does not have a valid amount to pay'],
  [
    { is: 'insufficientBalance', neededMsat: 1_000_001n, availableMsat: 999_999n },
    'INSUFFICIENT_BALANCE',
    "Payment amount '1001' sats exceeds balance '999'",
  ],
  [
    { is: 'limitExceeded', limit: 'daily', remainingMsat: 5_999n },
    'TRANSACTION_RESTRICTED',
    'daily spending limit exceeded. Remaining: 5 sats',
  ],
  [
    { is: 'tooManyRequests', what: 'invoices', retryAfterSeconds: 1 },
    'TOO_MANY_REQUEST',
    'Too many invoices creation, please wait for a while and try again.',
  ],
  [
    { is: 'tooManyRequests', what: 'addresses', retryAfterSeconds: 1 },
    'TOO_MANY_REQUEST',
    'Too many onchain addresses creation, please wait for a while and try again.',
  ],
  [{ is: 'wrongState', state: 'held', asked: 'cancel' }, 'INVALID_INPUT', 'The invoice has already been processed'],
  [missing('wallet'), 'UNEXPECTED_CLIENT_ERROR', `${persists}CouldNotFindWalletFromIdError)`],
  [missing('invoice'), 'LIGHTNING_PAYMENT_ERROR', `User tried to pay invoice with hash ${hash}, but it does not exist`],
  [missing('payment'), 'UNEXPECTED_CLIENT_ERROR', `${persists}CouldNotFindLnPaymentFromHashError)`],
  [missing('account'), 'NOT_FOUND', `Account does not exist for username ${hash}`],
  [missing('transaction'), 'UNEXPECTED_CLIENT_ERROR', `${persists}CouldNotFindTransactionError)`],
  [missing('key'), 'NOT_FOUND', 'API key not found'],
  [{ is: 'noRoute', reserveMsat: null }, 'ROUTE_FINDING_ERROR', 'Unable to find a route for payment.'],
  [{ is: 'idempotencyConflict' }, 'INVALID_INPUT', 'The idempotency key was used before, with other input'],
  [{ is: 'notSupported' }, 'OPERATION_RESTRICTED', 'This gateway does not offer the operation.'],
  [{ is: 'invoiceExpired' }, 'LIGHTNING_PAYMENT_ERROR', 'Invoice already expired, or has bad payment hash'],
  [{ is: 'alreadyPaid' }, 'LIGHTNING_PAYMENT_ERROR', 'Invoice is already paid'],
  [{ is: 'alreadyProcessed' }, 'INVALID_INPUT', 'The invoice has already been processed'],
  [{ is: 'paymentInFlight' }, 'INVALID_INPUT', 'There is a pending payment for this invoice'],
  [{ is: 'selfPayment' }, 'CANT_PAY_SELF', 'User tried to pay themselves'],
  [{ is: 'feeTooHigh' }, 'INVALID_INPUT', fee],
  [{ is: 'backendUnavailable' }, 'LND_OFFLINE', offline],
  [{ is: 'outgoingHalted' }, 'OPERATION_RESTRICTED', 'Outgoing payments are halted, please contact support.'],
  [{ is: 'externalIdTaken' }, 'INVALID_INPUT', 'External id for invoice or transaction already exists'],
  [{ is: 'internal' }, 'UNKNOWN_CLIENT_ERROR', 'Unknown error occurred (code: UnknownError)'],
];

const failures = [
  ['noRoute', 'ROUTE_FINDING_ERROR', 'Unable to find a route for payment.'],
  ['feeLimit', 'INVALID_INPUT', fee],
  ['insufficientBalance', 'INSUFFICIENT_BALANCE', "Payment amount '101' sats exceeds what can be sent now"],
  ['invoiceExpired', 'LIGHTNING_PAYMENT_ERROR', 'Invoice already expired, or has bad payment hash'],
  ['rejectedByPayee', 'LIGHTNING_PAYMENT_ERROR', 'Payment was rejected by destination as invalid'],
  ['selfPayment', 'CANT_PAY_SELF', 'User tried to pay themselves'],
  ['attemptsExhausted', 'LIGHTNING_PAYMENT_ERROR', 'Temporary failure when trying to pay, please try again later'],
  ['canceled', 'LIGHTNING_PAYMENT_ERROR', 'Temporary failure when trying to pay, please retry payment'],
  ['other', 'LIGHTNING_PAYMENT_ERROR', 'Issue with lightning payment, please try again.'],
  ['notSent', 'LND_OFFLINE', offline],
] as const;

const badKeyWords = /auth|forbidden|permission|scope|ResourceAttemptsRedlockServiceError/i;

describe('a refusal', () => {
  // Upstream's words, and the one text that has such a word and speaks of something else: who makes keys reads it, no wallet's client does.
  it('of a key that may do nothing says so', () => {
    expect(refusalText(invalidInput('scopes'))).toEqual({ code: 'INVALID_INPUT', message: 'scopes can not be empty' });
  });
  it.each(table.map(([refusal, code, message]) => ({ refusal, code, message })))('$refusal.is: $message', ({ refusal, code, message }) => {
    expect(refusalText(refusal)).toEqual({ code, message });
    expect(message).not.toMatch(badKeyWords);
  });
  it('for want of a scope says so in Galoy’s words', () => {
    expect(refusalText({ is: 'forbidden', needs: 'WRITE', kind: 'write' }).message).toBe(
      `${persists}AuthorizationError: not authorized to execute mutations)`,
    );
    expect(refusalText({ is: 'forbidden', needs: 'READ', kind: 'read' }).message).toBe(
      `${persists}AuthorizationError: not authorized to read data)`,
    );
    expect(refusalText({ is: 'unauthenticated' })).toEqual({ code: 'NOT_AUTHORIZED', message: 'Not authorized' });
  });
});

describe('a failed payment', () => {
  it.each(failures)('%s is %s', (failure, code, message) => {
    expect(failureText(payment({ state: 'failed', failure }))).toEqual({ code, message });
    expect(message).not.toMatch(badKeyWords);
  });
  it('always says something', () => {
    const issue = { code: 'LIGHTNING_PAYMENT_ERROR', message: 'Issue with lightning payment, please try again.' };
    expect(failureText(payment({ state: 'failed' }))).toEqual(issue);
    expect(failureText(null)).toEqual(issue);
  });
});
