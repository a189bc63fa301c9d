// What the wallet's ledger upstream says of one payment hash. Upstream numbers no attempts, so the number of outgoing rows of the hash is our
// AttemptRef: every attempt that reaches the ledger adds one and none is ever taken away.
// The rows' order does not matter: while any is PENDING or SUCCESS, or shows a preimage that opens the hash, that is the answer; only when all
// of them are FAILURE and there are more than at the floor has the newest attempt failed. (None was PENDING or SUCCESS at the floor, or the
// payment would not have been begun.)
import { fromSat, type PaymentHash, type Preimage, preimage, proves, zeroMsat } from '../../lightning/values.ts';
import {
  type AttemptRef,
  attemptRef,
  BackendFault,
  type DepositSighting,
  type Floor,
  type InvoiceSighting,
  type PayOutcome,
} from '../port.ts';
import type { GaloyContext } from './context.ts';
import { GatewayMovementsOfHash, type MovementFragment } from './documents.generated.ts';
import type { GaloySettings } from './settings.ts';

export type Currency = GaloySettings['currency'];

/** One row of the wallet's ledger, checked. */
export interface Movement {
  readonly id: string;
  readonly status: 'SUCCESS' | 'PENDING' | 'FAILURE';
  readonly direction: 'SEND' | 'RECEIVE';
  readonly at: Date;
  /** Satoshis, or cents of a wallet that holds dollars: negative when sent, the fee included. */
  readonly amount: number;
  readonly fee: number;
  /** Of a Lightning invoice, whether it was paid over the network or inside upstream; null for everything else. */
  readonly hash: string | null;
  readonly preimage: string | null;
  /** Of a receipt on the chain: which output. Null for everything else, and for rows from before upstream told of outputs. */
  readonly output: ChainReceipt | null;
}

export interface ChainReceipt {
  readonly address: string;
  readonly txid: string;
  readonly output: number;
}

const wrong = (what: string): never => {
  throw new BackendFault({ kind: 'protocol', detail: `a transaction with ${what}` });
};

const statuses: readonly string[] = ['SUCCESS', 'PENDING', 'FAILURE'];
const directions: readonly string[] = ['SEND', 'RECEIVE'];

/** @throws BackendFault when the row is not what the schema promises: a state that we do not know is no state to act on. */
export const movementOf = (row: MovementFragment, currency: Currency): Movement => {
  const { id, status, direction, createdAt, settlementAmount, settlementFee, settlementCurrency, initiationVia, settlementVia } = row;
  if (!statuses.includes(status)) return wrong(`the status ${status}`);
  if (!directions.includes(direction)) return wrong(`the direction ${direction}`);
  if (typeof id !== 'string' || id === '') return wrong('no id');
  if (settlementCurrency !== currency) return wrong(`an amount in ${settlementCurrency}`);
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
    output: direction === 'RECEIVE' ? receiptOf(row) : null,
  };
};

const receiptOf = ({ initiationVia, settlementVia }: MovementFragment): ChainReceipt | null => {
  if (initiationVia.__typename !== 'InitiationViaOnChain' || settlementVia.__typename !== 'SettlementViaOnChain') return null;
  const { transactionHash: txid, vout: output } = settlementVia;
  if (txid == null || output == null) return null;
  if (!/^[0-9a-f]{64}$/i.test(txid) || !Number.isSafeInteger(output) || output < 0) return wrong('an output that is none');
  return { address: initiationVia.address, txid: txid.toLowerCase(), output };
};

/** A receipt on the chain as it stands; null for every other row. Upstream credits by a rule of its own: then it has one confirmation for us. */
export const depositIn = ({ output, status, amount }: Movement): DepositSighting | null => {
  if (output === null || status === 'FAILURE' || amount <= 0) return null;
  return { ...output, amount: fromSat(amount), confirmations: status === 'SUCCESS' ? 1 : 0 };
};

/** All rows of the wallet for this hash. @throws BackendFault */
export const movementsOf = async (context: GaloyContext, hash: PaymentHash, signal: AbortSignal): Promise<readonly Movement[]> => {
  const walletId = await context.account.walletId(signal);
  const { currency } = context.settings;
  return context.asking.read(
    {
      document: GatewayMovementsOfHash,
      variables: { walletId, paymentHash: hash },
      pick: ({ me }) =>
        (me ?? wrong('no account')).defaultAccount.walletById.transactionsByPaymentHash.map((row) => movementOf(row, currency)),
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
const feeOf = (paid: Movement, rows: readonly Movement[]): number => {
  const paidBack = rows.filter((row) => row.direction === 'RECEIVE' && row.status === 'SUCCESS').reduce((sum, row) => sum + row.amount, 0);
  return Math.max(Math.abs(paid.fee) - paidBack, 0);
};

/** The fee in satoshis; of a wallet that holds dollars nothing in those, and both in cents. */
const costOf = (paid: Movement, rows: readonly Movement[], currency: Currency): Pick<Succeeded, 'fee' | 'cents'> => {
  const fee = feeOf(paid, rows);
  if (currency === 'BTC') return { fee: fromSat(fee) };
  const amount = Math.max(Math.abs(paid.amount) - Math.abs(paid.fee), 0);
  return { fee: zeroMsat, cents: { amount: BigInt(amount), fee: BigInt(fee) } };
};

type Succeeded = Extract<PayOutcome, { is: 'succeeded' }>;

/** What the rows are looked through for, and what they count in. */
export interface Wanted {
  readonly hash: PaymentHash;
  readonly currency: Currency;
}

/** The payment as these rows show it paid; null when they do not. A preimage is proof, whatever stands beside it. */
export const successIn = (rows: readonly Movement[], { hash, currency }: Wanted): Omit<Succeeded, 'ref'> | null => {
  const sends = sendsOf(rows);
  const proof = proofOf(sends, hash);
  const paid = sends.find(({ status }) => status === 'SUCCESS') ?? sends.find((row) => proof !== null && row.preimage === proof);
  return paid === undefined ? null : { is: 'succeeded', preimage: proof, ...costOf(paid, rows, currency), routes: [] };
};

export const isPending = (rows: readonly Movement[]): boolean => sendsOf(rows).some(({ status }) => status === 'PENDING');

/** How the attempts above `above` stand. */
export const standing = (rows: readonly Movement[], wanted: Wanted, above: AttemptRef | null): PayOutcome | { readonly is: 'notFound' } => {
  const ref = refOf(sendsOf(rows));
  const success = successIn(rows, wanted);
  if (success !== null) return { ...success, ref };
  if (isPending(rows)) return { is: 'inFlight', ref };
  if (ref <= (above ?? 0n)) return { is: 'notFound' };
  // Rows carry no reason; the answer to the order did.
  return { is: 'failed', reason: 'other', ref, routes: [] };
};

export const floorOf = (rows: readonly Movement[], wanted: Wanted): Floor => {
  const ref = refOf(sendsOf(rows));
  const success = successIn(rows, wanted);
  if (success !== null) return { is: 'succeeded', ref, preimage: success.preimage };
  if (isPending(rows)) return { is: 'inFlight', ref };
  return ref === 0n ? { is: 'nothing' } : { is: 'failed', ref };
};

export type Received = Pick<Extract<InvoiceSighting, { is: 'settled' }>, 'received' | 'cents' | 'preimage'>;

/** What the wallet got for this hash, and how it is proved; null when nothing has come. */
export const receivedIn = (rows: readonly Movement[], { hash, currency }: Wanted): Received | null => {
  // A fee that is paid back for a payment of ours is no receipt: its row does not begin with the invoice.
  const got = rows.filter((row) => row.direction === 'RECEIVE' && row.status === 'SUCCESS' && row.hash === hash && row.amount > 0);
  if (got.length === 0) return null;
  const sum = got.reduce((all, row) => all + row.amount, 0);
  const preimage = proofOf(got, hash);
  return currency === 'BTC' ? { received: fromSat(sum), preimage } : { received: null, cents: BigInt(sum), preimage };
};
