// The rows that go along with a payout's statements: the movement that the user sees and the event that is told.
import type { OutboxRow, TransactionRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import type { Price } from '../prices/price.ts';
import type { PayoutState } from './states.ts';
import type { NewPayout, PayoutMove, PayoutRow } from './store.ts';

/** The one transaction of a payout; written again it replaces status, amount, fee, transaction id and end. Pending until a block has it. */
export const transactionRow = (
  payout: PayoutRow,
  movement: {
    readonly status: TransactionRow['status'];
    readonly set: Partial<PayoutMove['set']>;
    readonly price: Price | null;
    readonly now: Date;
  },
): TransactionRow => {
  const { status, set, price, now } = movement;
  const failed = status === 'failure';
  return {
    id: newId(now),
    account_id: payout.accountId,
    wallet_id: payout.walletId,
    direction: 'send',
    status,
    kind: 'onchain',
    amount_msat: set.paid_msat ?? payout.paidMsat ?? payout.amountMsat,
    fee_msat: failed ? 0n : (set.fee_msat ?? payout.feeMsat ?? payout.maxFeeMsat),
    payment_hash: null,
    bolt11: null,
    preimage: null,
    address: payout.address,
    txid: set.txid ?? payout.txid,
    vout: set.vout ?? payout.vout,
    memo: payout.memo,
    external_id: null,
    subject_id: payout.id,
    counterparty_wallet_id: null,
    key_id: payout.keyId,
    price_base: price?.base ?? null,
    price_currency: price?.currency ?? 'USD',
    created_at: payout.createdAt,
    ended_at: status === 'pending' ? null : now,
  };
};

/** What the outbox tells of a payout. */
export interface PayoutNews {
  readonly payoutId: string;
  readonly state: PayoutState;
  readonly address: string;
  readonly txid: string | null;
  readonly feeMsat: string | null;
  readonly failure: string | null;
}

export const payoutEvent = (
  payout: PayoutRow,
  move: { readonly state: PayoutState; readonly set: Partial<PayoutMove['set']>; readonly now: Date },
): OutboxRow => {
  const { state, set, now } = move;
  const fee = set.fee_msat ?? payout.feeMsat;
  const news: PayoutNews = {
    payoutId: payout.id,
    state,
    address: payout.address,
    txid: set.txid ?? payout.txid,
    feeMsat: fee === null || fee === undefined ? null : String(fee),
    failure: state === 'failed' ? (set.failure ?? null) : null,
  };
  return {
    topic: 'payout',
    subject: payout.id,
    account_id: payout.accountId,
    wallet_id: payout.walletId,
    payload: { ...news },
    created_at: now,
  };
};

/** The row as it will be read back. */
export const storedPayout = (row: NewPayout): PayoutRow => ({
  id: row.id,
  accountId: row.account_id,
  walletId: row.wallet_id,
  keyId: row.key_id,
  backendId: row.backend_id,
  backendIdentity: row.backend_identity,
  state: 'sending',
  disproved: false,
  taken: false,
  address: row.address,
  amountMsat: row.amount_msat,
  sendsAll: row.sends_all,
  maxFeeMsat: row.max_fee_msat,
  speed: row.speed,
  targetConfirmations: row.target_confirmations,
  memo: row.memo,
  sinceHeight: row.since_height,
  sendBy: row.send_by,
  txid: null,
  vout: null,
  paidMsat: null,
  feeMsat: null,
  failure: null,
  createdAt: row.created_at,
  endedAt: null,
  nextCheckAt: row.next_check_at,
  checks: 0,
  askedBy: row.asked_by,
  askedKey: row.asked_key,
  askedDigest: row.asked_digest,
});
