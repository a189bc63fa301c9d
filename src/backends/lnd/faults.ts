// What a gRPC error of LND means: a fault of the port, what a person must do about it, or one of the texts that decide about money.
// LND answers most refusals with code 2 (UNKNOWN) and a sentence, so sentences are read here and nowhere else.
import { BackendFault, type Fault, type Health, type PayFailure } from '../port.ts';

export interface RpcError {
  readonly code: number;
  readonly details: string;
}

/** The gRPC status of an error, or null for anything else that was thrown. */
export const rpcError = (error: unknown): RpcError | null => {
  // A DOMException (an aborted signal) has a numeric code too, and no details.
  if (typeof error !== 'object' || error === null || !('code' in error) || !('details' in error)) return null;
  const { code: status, details } = error;
  return typeof status === 'number' && typeof details === 'string' ? { code: status, details } : null;
};

const code = {
  canceled: 1,
  unknown: 2,
  deadline: 4,
  notFound: 5,
  alreadyExists: 6,
  denied: 7,
  exhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
};

const macaroonTexts = /macaroon|verification failed|permission denied|cannot determine data format for binary|root key with id/i;
const lockedTexts = /wallet locked|wallet not created|unlock it|create one to enable/i;
const startingTexts = /waiting to start|in the process of starting|still in the process of starting/i;
const certificateTexts = /certificate|self.signed|altnames|unable to verify|SSL routines|EPROTO|wrong version number/i;

/** The port's word for whatever a call threw. Never throws. */
export const faultOf = (error: unknown): Fault => {
  if (error instanceof BackendFault) return error.fault;
  const rpc = rpcError(error);
  if (rpc === null) {
    const timedOut = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
    return { kind: timedOut ? 'timeout' : 'internal', detail: error instanceof Error ? error.message : String(error) };
  }
  return { kind: kindOf(rpc), detail: `gRPC ${rpc.code}: ${rpc.details}` };
};

const kindOf = ({ code: status, details }: RpcError): Fault['kind'] => {
  switch (status) {
    case code.canceled:
    case code.deadline:
      return 'timeout';
    case code.unavailable:
      return 'unreachable';
    case code.exhausted:
      return 'rateLimited';
    case code.denied:
    case code.unauthenticated:
      return 'auth';
    case code.internal:
      return 'internal';
    case code.unimplemented:
      return 'protocol';
    case code.unknown:
      if (macaroonTexts.test(details)) return 'auth';
      return lockedTexts.test(details) || startingTexts.test(details) ? 'unreachable' : 'refused';
    default:
      return 'refused';
  }
};

export const asFault = (error: unknown): BackendFault => (error instanceof BackendFault ? error : new BackendFault(faultOf(error)));

/** Which trouble a failed call points at, and one sentence that says what to do. */
export const troubleOf = (
  error: unknown,
  socket: string,
): { readonly trouble: NonNullable<Health['trouble']>; readonly detail: string } => {
  const fault = faultOf(error);
  const details = rpcError(error)?.details ?? fault.detail;
  if (lockedTexts.test(details)) return { trouble: 'locked', detail: `LND at ${socket} is locked: unlock its wallet (lncli unlock).` };
  if (startingTexts.test(details)) return { trouble: 'down', detail: `LND at ${socket} is still starting: wait, or read its log.` };
  if (certificateTexts.test(details)) {
    return {
      trouble: 'certificate',
      detail: `LND at ${socket} shows a certificate that "cert" does not vouch for: copy its present tls.cert, and use a host name that it lists (${details}).`,
    };
  }
  if (fault.kind === 'auth') {
    return {
      trouble: 'macaroon',
      detail: `LND at ${socket} refuses the macaroon: give one that was made by this node and allows this call (${details}).`,
    };
  }
  if (fault.kind === 'unreachable')
    return { trouble: 'down', detail: `LND does not answer at ${socket}: start it, or correct "socket" (${details}).` };
  if (fault.kind === 'timeout')
    return { trouble: 'down', detail: `LND at ${socket} did not answer in time: look at its load, its disk and the network between.` };
  return { trouble: 'other', detail: `LND at ${socket} answered with an error: ${details}` };
};

export const isNotFound = (error: unknown): boolean => {
  const rpc = rpcError(error);
  // Invoice calls say it with a text under code 2, Track and look-ups with code 5.
  return (
    rpc !== null &&
    (rpc.code === code.notFound || /unable to locate invoice|there are no existing invoices|payment isn't initiated/.test(rpc.details))
  );
};
export const isDuplicateInvoice = (error: unknown): boolean => /payment hash already exists/.test(rpcError(error)?.details ?? '');
// The words of grpc-js for a call that found no connection to leave by.
const unsentTexts = /No connection established|Name resolution failed|Waiting for LB pick|Channel closed before call started/;
/** True when LND may have done what it was asked and nobody was told: the call has left, and what came back is no answer of LND's. */
export const isAnswerLost = (error: unknown): boolean => {
  const rpc = rpcError(error);
  if (rpc === null || unsentTexts.test(rpc.details)) return false;
  return [code.canceled, code.deadline, code.internal, code.unavailable].includes(rpc.code);
};
export const isUnimplemented = (error: unknown): boolean => rpcError(error)?.code === code.unimplemented;
/** `invoice is already paid`, `payment is in transition`, `payment already exists`: look it up. */
export const isKnownPayment = (error: unknown): boolean => rpcError(error)?.code === code.alreadyExists;

const termsTexts =
  /memo too large|description hash is|too large|too long|greater than max expiry|CLTV delta of|negative value|invalid field length/i;
/** The sentence with which LND refuses an invoice's terms, or null. */
export const refusedTerms = (error: unknown): string | null => {
  const rpc = rpcError(error);
  return rpc !== null && rpc.code === code.unknown && termsTexts.test(rpc.details) ? rpc.details : null;
};

// What SendPaymentV2 says before it has stored the payment (lnrpc/routerrpc, extractIntentFromSendRequest and zpay32).
const refusedPayments: readonly (readonly [RegExp, PayFailure])[] = [
  [/^invoice expired/i, 'invoiceExpired'],
  [/self-payments not allowed/i, 'selfPayment'],
  [/amount must (not )?be specified/i, 'other'],
  [/cltv limit \d+ should be greater|total time lock of \d+ exceeds/i, 'other'],
  [
    /must contain either a payment address|AMP flag|invoice not for current active network|checksum|invalid (bech32|index|character|field|payment)|unknown (required )?feature|missing feature/i,
    'other',
  ],
];
/**
 * Why LND would not even begin a payment, or null when the text proves nothing (code 2 alone does not).
 * Believe it only together with a look-up that finds no payment running for the hash.
 */
export const refusedPayment = (error: unknown): PayFailure | null => {
  const rpc = rpcError(error);
  if (rpc === null || rpc.code !== code.unknown) return null;
  if (macaroonTexts.test(rpc.details) || lockedTexts.test(rpc.details) || startingTexts.test(rpc.details)) return 'other';
  return refusedPayments.find(([text]) => text.test(rpc.details))?.[1] ?? null;
};

const chainTexts: readonly (readonly [RegExp, 'insufficientBalance' | 'dust' | 'address'])[] = [
  [/insufficient funds|insufficient balance|not enough/i, 'insufficientBalance'],
  [/dust/i, 'dust'],
  [
    /not valid for this network|address is not for|unable to decode address|decoded address|checksum|unknown address type|cannot send coins to pubkeys|invalid (bech32|address|index|format)/i,
    'address',
  ],
];
/** Why LND built no transaction, or null when it may have sent one. */
export const refusedSend = (error: unknown): 'insufficientBalance' | 'dust' | 'address' | null => {
  const rpc = rpcError(error);
  // Words of a failed broadcast prove nothing: the transaction exists by then.
  if (rpc === null || rpc.code !== code.unknown || /broadcast|publish/i.test(rpc.details)) return null;
  return chainTexts.find(([text]) => text.test(rpc.details))?.[1] ?? null;
};
