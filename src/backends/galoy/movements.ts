// What the wallet's ledger upstream says of one payment hash. Upstream numbers no attempts, so the number of outgoing rows of the hash is our
// AttemptRef: every attempt that reaches the ledger adds one and none is ever taken away.
// The rows' order does not matter: while any is PENDING or SUCCESS, or shows a preimage that opens the hash, that is the answer; only when all
// of them are FAILURE and there are more than at the floor has the newest attempt failed. (None was PENDING or SUCCESS at the floor, or the
// payment would not have been begun.)
import { fromSat, type Msat, type PaymentHash, type Preimage, preimage, proves, zeroMsat } from '../../lightning/values.ts';
import { type AttemptRef, attemptRef, BackendFault, type Floor, type PayOutcome } from '../port.ts';
import type { GaloyContext } from './context.ts';
import { GatewayMovementsOfHash, type MovementFragment } from './documents.generated.ts';

/** One row of the wallet's ledger, checked. */
export interface Movement {
  readonly id: string;
  readonly status: 'SUCCESS' | 'PENDING' | 'FAILURE';
  readonly direction: 'SEND' | 'RECEIVE';
  readonly at: Date;
  /** Satoshis, negative when sent, the fee included. */
  readonly amount: number;
  readonly fee: number;
  /** Of a Lightning invoice, whether it was paid over the network or inside upstream; null for everything else. */
  readonly hash: string | null;
  readonly preimage: string | null;
}

const wrong = (what: string): never => {
  throw new BackendFault({ kind: 'protocol', detail: `a transaction with ${what}` });
};

const statuses: readonly string[] = ['SUCCESS', 'PENDING', 'FAILURE'];
const directions: readonly string[] = ['SEND', 'RECEIVE'];

/** @throws BackendFault when the row is not what the schema promises: a state that we do not know is no state to act on. */
export const movementOf = (row: MovementFragment): Movement => {
  const { id, status, direction, createdAt, settlementAmount, settlementFee, settlementCurrency, initiationVia, settlementVia } = row;
  if (!statuses.includes(status)) return wrong(`the status ${status}`);
  if (!directions.includes(direction)) return wrong(`the direction ${direction}`);
  if (typeof id !== 'string' || id === '') return wrong('no id');
  if (settlementCurrency !== 'BTC') return wrong(`an amount in ${settlementCurrency}`);
  if (![createdAt, settlementAmount, settlementFee].every(Number.isSafeInteger)) return wrong('an amount or time that is no whole number');
  return {
    id,
    status,
    direction,
    at: new Date(createdAt * 1000),
    amount: settlementAmount,
    fee: settlementFee,
    hash: initiationVia.__typename === 'InitiationViaLn' ? initiationVia.paymentHash.toLowerCase() : null,
    preimage: settlementVia.__typename === 'SettlementViaOnChain' ? null : (settlementVia.preImage?.toLowerCase() ?? null),
  };
};

/** All rows of the wallet for this hash. @throws BackendFault */
export const movementsOf = async (context: GaloyContext, hash: PaymentHash, signal: AbortSignal): Promise<readonly Movement[]> => {
  const walletId = await context.account.walletId(signal);
  return context.asking.read(
    {
      document: GatewayMovementsOfHash,
      variables: { walletId, paymentHash: hash },
      pick: ({ me }) => (me ?? wrong('no account')).defaultAccount.walletById.transactionsByPaymentHash.map(movementOf),
    },
    signal,
  );
};

const sendsOf = (rows: readonly Movement[]): readonly Movement[] => rows.filter(({ direction }) => direction === 'SEND');
const refOf = (sends: readonly Movement[]): AttemptRef => attemptRef(sends.length);

const proofOf = (rows: readonly Movement[], hash: PaymentHash): Preimage | null => {
  const found = rows.find((row) => row.preimage !== null && proves(row.preimage, hash))?.preimage;
  return found ? preimage(found) : null;
};

/** What the row cost, less what upstream paid back of it in rows of its own. */
const feeOf = (paid: Movement | undefined, rows: readonly Movement[]): Msat => {
  if (paid === undefined) return zeroMsat;
  const paidBack = rows.filter((row) => row.direction === 'RECEIVE' && row.status === 'SUCCESS').reduce((sum, row) => sum + row.amount, 0);
  return fromSat(Math.max(Math.abs(paid.fee) - paidBack, 0));
};

type Succeeded = Extract<PayOutcome, { is: 'succeeded' }>;

/** The payment as these rows show it paid; null when they do not. A preimage is proof, whatever stands beside it. */
export const successIn = (rows: readonly Movement[], hash: PaymentHash): Omit<Succeeded, 'ref'> | null => {
  const sends = sendsOf(rows);
  const proof = proofOf(sends, hash);
  const paid = sends.find(({ status }) => status === 'SUCCESS') ?? sends.find((row) => proof !== null && row.preimage === proof);
  return paid === undefined ? null : { is: 'succeeded', preimage: proof, fee: feeOf(paid, rows), routes: [] };
};

export const isPending = (rows: readonly Movement[]): boolean => sendsOf(rows).some(({ status }) => status === 'PENDING');

/** How the attempts above `above` stand. */
export const standing = (
  rows: readonly Movement[],
  hash: PaymentHash,
  above: AttemptRef | null,
): PayOutcome | { readonly is: 'notFound' } => {
  const ref = refOf(sendsOf(rows));
  const success = successIn(rows, hash);
  if (success !== null) return { ...success, ref };
  if (isPending(rows)) return { is: 'inFlight', ref };
  if (ref <= (above ?? 0n)) return { is: 'notFound' };
  // Rows carry no reason; the answer to the order did.
  return { is: 'failed', reason: 'other', ref, routes: [] };
};

export const floorOf = (rows: readonly Movement[], hash: PaymentHash): Floor => {
  const ref = refOf(sendsOf(rows));
  const success = successIn(rows, hash);
  if (success !== null) return { is: 'succeeded', ref, preimage: success.preimage };
  if (isPending(rows)) return { is: 'inFlight', ref };
  return ref === 0n ? { is: 'nothing' } : { is: 'failed', ref };
};

/** What the wallet got for this hash, and how it is proved; null when nothing has come. */
export const receivedIn = (
  rows: readonly Movement[],
  hash: PaymentHash,
): { readonly received: Msat; readonly preimage: Preimage | null } | null => {
  // A fee that is paid back for a payment of ours is no receipt: its row does not begin with the invoice.
  const got = rows.filter((row) => row.direction === 'RECEIVE' && row.status === 'SUCCESS' && row.hash === hash && row.amount > 0);
  if (got.length === 0) return null;
  const received = fromSat(got.reduce((sum, row) => sum + row.amount, 0));
  return { received, preimage: proofOf(got, hash) };
};
