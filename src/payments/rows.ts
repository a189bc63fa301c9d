// The rows that go along with a payment's statements: the movement that the user sees and the event that is told.
import type { Cents } from '../backends/port.ts';
import type { OutboxRow, TransactionRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import type { Price } from '../prices/price.ts';
import type { WalletView } from '../wallets/view.ts';
import type { AttemptMove, NewPayment, PaymentRow } from './store.ts';
import type { PaymentState } from './view.ts';

interface Movement {
  readonly status: 'pending' | 'success' | 'failure';
  /** While pending the reserve, afterwards what was paid. */
  readonly feeMsat: bigint;
  /** Of a wallet that holds dollars. */
  readonly cents: Cents | null;
  /** What it counts against the limits of its key, of a movement in cents; null when nobody can reckon that. */
  readonly countedMsat?: bigint | null;
  readonly preimage: string | null;
  readonly price: Price | null;
  readonly now: Date;
  readonly endedAt: Date | null;
}

/** The one transaction of a payment; written again it replaces status, fee, preimage and end. */
export const transactionRow = (
  payment: PaymentRow,
  movement: Movement,
  kind: 'lightning' | 'intraledger' = 'lightning',
): TransactionRow => ({
  id: newId(movement.now),
  account_id: payment.accountId,
  wallet_id: payment.walletId,
  direction: 'send',
  status: movement.status,
  kind,
  amount_msat: payment.amountMsat,
  fee_msat: movement.feeMsat,
  ...(movement.cents && { amount_cents: movement.cents.amount, fee_cents: movement.cents.fee }),
  ...(typeof movement.countedMsat === 'bigint' && { counted_msat: movement.countedMsat }),
  payment_hash: payment.paymentHash,
  bolt11: payment.bolt11,
  preimage: movement.preimage,
  address: null,
  txid: null,
  vout: null,
  memo: payment.memo,
  external_id: null,
  subject_id: payment.id,
  counterparty_wallet_id: null,
  key_id: payment.keyId,
  price_base: movement.price?.base ?? null,
  price_currency: movement.price?.currency ?? 'USD',
  created_at: payment.createdAt,
  ended_at: movement.endedAt,
});

/** In cents as far as upstream has said, else what was asked for; null where the wallet holds bitcoin. */
export const centsOf = (
  wallet: Pick<WalletView, 'currency'> | null,
  payment: Pick<PaymentRow, 'amountCents'>,
  said?: Cents,
): Cents | null => (wallet?.currency === 'USD' ? (said ?? { amount: payment.amountCents ?? 0n, fee: 0n }) : null);

/** What the outbox tells of a payment: enough to show that moment again when somebody resumes behind it. */
export interface PaymentNews {
  readonly paymentId: string;
  readonly state: PaymentState;
  readonly feeMsat: string | null;
  readonly preimage: string | null;
  readonly failure: string | null;
  readonly endedAt: string | null;
}

export const paymentEvent = (
  payment: PaymentRow,
  move: { readonly state: PaymentState; readonly attemptId: string; readonly set: Partial<AttemptMove['set']>; readonly now: Date },
): OutboxRow => {
  const news: PaymentNews = {
    paymentId: payment.id,
    state: move.state,
    feeMsat: move.state === 'succeeded' ? String(move.set.fee_msat ?? 0n) : null,
    preimage: move.set.preimage ?? null,
    failure: move.state === 'failed' ? (move.set.failure ?? null) : null,
    endedAt: move.state === 'pending' ? null : move.now.toISOString(),
  };
  return {
    topic: 'payment',
    subject: payment.paymentHash,
    account_id: payment.accountId,
    wallet_id: payment.walletId,
    payload: { ...news },
    created_at: move.now,
  };
};

/** The row as it will be read back. */
export const storedPayment = (row: NewPayment): PaymentRow => ({
  id: row.id,
  accountId: row.account_id,
  walletId: row.wallet_id,
  keyId: row.key_id,
  paymentHash: row.payment_hash,
  bolt11: row.bolt11,
  destination: row.destination,
  amountMsat: row.amount_msat,
  amountCents: row.amount_cents,
  amountless: row.amountless,
  maxFeeMsat: row.max_fee_msat,
  memo: row.memo,
  createdAt: row.created_at,
  askedBy: row.asked_by,
  askedKey: row.asked_key,
  askedDigest: row.asked_digest,
});
