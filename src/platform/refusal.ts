// What the gateway answers when it will not do something: a closed union with data. Doors map all of it in one exhaustive table;
// the core holds no client's texts. A refusal is thrown as `Refused` and never stands for doubt about money.

export type Refusal =
  | { readonly is: 'invalidInput'; readonly field: string; readonly rule: string; readonly given: string }
  | { readonly is: 'invalidInvoice'; readonly why: 'undecodable' | 'checksum' | 'network' | 'unsupported' }
  | { readonly is: 'amountRequired' | 'amountNotAllowed' | 'amountIsZero' | 'noAmountInInvoice' }
  | { readonly is: 'insufficientBalance'; readonly neededMsat: bigint; readonly availableMsat: bigint }
  /** Too little to be sent on the chain. */
  | { readonly is: 'belowDust'; readonly leastSats: number }
  | { readonly is: 'limitExceeded'; readonly limit: string; readonly remainingMsat: bigint }
  | { readonly is: 'tooManyRequests'; readonly what: 'invoices' | 'addresses'; readonly retryAfterSeconds: number }
  /** An LNURL or a Lightning address gave no invoice that may be paid; `says` is the payee's service's own word for it. */
  | { readonly is: 'lnurlFailed'; readonly why: LnurlTrouble; readonly says: string | null }
  /** What the payee takes at once. */
  | { readonly is: 'lnurlAmount'; readonly leastMsat: bigint; readonly mostMsat: bigint }
  | { readonly is: 'wrongState'; readonly state: string; readonly asked: string }
  | { readonly is: 'notFound'; readonly what: Missing; readonly given: string }
  | { readonly is: 'forbidden'; readonly needs: 'READ' | 'RECEIVE' | 'WRITE' | 'ADMIN'; readonly kind: 'read' | 'write' }
  | { readonly is: 'noRoute'; readonly reserveMsat: bigint | null }
  /** So much cannot be received now. */
  | { readonly is: 'notReceivable'; readonly neededMsat: bigint; readonly receivableMsat: bigint }
  /** A hold ends too soon, by the clock or by blocks, for what was asked. */
  | { readonly is: 'tooLittleTime'; readonly neededSeconds: number; readonly leftSeconds: number }
  | {
      readonly is:
        | 'unauthenticated'
        | 'idempotencyConflict'
        | 'notSupported'
        /** Money moves by wallet id between wallets of kind ledger alone. */
        | 'needsLedger'
        /** Of a wallet in another currency. */
        | 'wrongCurrency'
        | 'usdAmountIsZero'
        /** No price is known, or none that is fresh enough to reckon with. */
        | 'priceUnavailable'
        /** Nobody says what it is worth. */
        | 'unknownCurrency'
        | 'usernameTaken'
        | 'usernameIsSet'
        | 'invoiceExpired'
        | 'alreadyPaid'
        | 'alreadyProcessed'
        | 'paymentInFlight'
        | 'selfPayment'
        | 'feeTooHigh'
        | 'backendUnavailable'
        /** The same, of money on the chain. */
        | 'chainUnavailable'
        /** A wallet without anything to send. */
        | 'nothingToSend'
        | 'outgoingHalted'
        | 'externalIdTaken'
        | 'reportConflict'
        | 'voucherNotReady'
        | 'voucherExpired'
        | 'voucherUsed'
        | 'internal';
    };

export type LnurlTrouble =
  /** Neither an LNURL nor a Lightning address. */
  | 'notOne'
  /** At an address that we do not ask. */
  | 'forbidden'
  | 'unreachable'
  | 'malformed'
  | 'refused'
  /** The payee takes none, or none so long. */
  | 'comment'
  | 'wrongAmount'
  | 'wrongHash';

export type Missing =
  | 'wallet'
  | 'recipient'
  | 'currency'
  | 'invoice'
  | 'payment'
  | 'account'
  | 'transaction'
  | 'key'
  | 'callback'
  | 'cashOut'
  | 'refund';

/** Thrown by the core, caught by doors. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.is);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** Throws; usable in expression position. */
export const refuse = (refusal: Refusal): never => {
  throw new Refused(refusal);
};

/** In words, for a person at a command line: the doors have their own. */
export const refusalText = ({ is, ...data }: Refusal): string => {
  const told = Object.entries(data).map(([name, held]) => `${name}: ${String(held)}`);
  return told.length === 0 ? is : `${is} (${told.join(', ')})`;
};
