// Moves money from one ledger wallet to another by wallet id: no invoice, no backend, no fee. It is done when the statement is, or not at all.
import type { Clock } from '../platform/clock.ts';
import { type Database, isCheckViolation } from '../platform/db.ts';
import type { Effects, OutboxRow, TransactionRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import { refuse } from '../platform/refusal.ts';
import { replayOr } from '../platform/replay.ts';
import type { Price, Prices } from '../prices/price.ts';
import { bookTransfer } from './ledger.ts';
import { limitRefusal } from './spending.ts';
import { insertTransfer, type TransferRow, transferByAsk } from './store-transfers.ts';
import { transactionOf } from './transactions.ts';
import type { TransactionView, WalletView } from './view.ts';

export interface TransferDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly prices: Prices;
  readonly displayCurrency: (accountId: string) => Promise<string>;
  readonly poke: () => void;
  readonly available: (walletId: string) => Promise<bigint>;
  /** True while outgoing payments are halted. */
  readonly halted: () => Promise<boolean>;
}

export interface TransferOrder {
  readonly from: WalletView;
  readonly to: WalletView;
  readonly amountMsat: bigint;
  readonly memo: string | null;
  readonly keyId: string | null;
  /** The recipient's address, when it was asked for by one. */
  readonly address?: string;
  readonly asked: { readonly by: string; readonly key: string; readonly digest: string } | null;
}

/**
 * The sender's movement. Throws Refused: amountIsZero, selfPayment, outgoingHalted, needsLedger, insufficientBalance, limitExceeded,
 * idempotencyConflict. Under the same idempotency key it happens once, and is answered again whatever would refuse it now.
 */
export const transfer = (deps: TransferDeps, order: TransferOrder): Promise<TransactionView> =>
  replayOr(
    () => replayTransfer(deps.db, order.asked),
    () => move(deps, order),
  );

/** The sender's movement of the transfer that was made under this key; null when there is none. Throws Refused idempotencyConflict. */
export const replayTransfer = async (db: Database, asked: TransferOrder['asked']): Promise<TransactionView | null> => {
  const row = asked && (await transferByAsk(db, asked));
  if (!row) return null;
  if (row.digest !== asked.digest) return refuse({ is: 'idempotencyConflict' });
  return (await transactionOf(db, row.id, row.walletId)) ?? refuse({ is: 'internal' });
};

const move = async (deps: TransferDeps, order: TransferOrder): Promise<TransactionView> => {
  if (order.amountMsat <= 0n) return refuse({ is: 'amountIsZero' });
  if (order.from.id === order.to.id) return refuse({ is: 'selfPayment' });
  if (await deps.halted()) return refuse({ is: 'outgoingHalted' });
  const row = rowOf(deps, order);
  try {
    if (!(await insertTransfer(deps.db, row, await effectsOf(deps, order, row)))) return refuse({ is: 'needsLedger' });
  } catch (error) {
    return whyNot(deps, error, order);
  }
  deps.poke();
  return (await transactionOf(deps.db, row.id, row.wallet_id)) ?? refuse({ is: 'internal' });
};

const rowOf = (deps: TransferDeps, order: TransferOrder): TransferRow => {
  const now = deps.clock.now();
  return {
    id: newId(now),
    account_id: order.from.accountId,
    wallet_id: order.from.id,
    recipient_wallet_id: order.to.id,
    key_id: order.keyId,
    amount_msat: order.amountMsat,
    memo: order.memo,
    created_at: now,
    asked_by: order.asked?.by ?? null,
    asked_key: order.asked?.key ?? null,
    asked_digest: order.asked?.digest ?? null,
  };
};

const effectsOf = async (deps: TransferDeps, order: TransferOrder, row: TransferRow): Promise<Effects> => {
  const { from, to, amountMsat } = order;
  const address = order.address ?? null;
  const priceFor = async (wallet: WalletView): Promise<Price | null> => deps.prices.current(await deps.displayCurrency(wallet.accountId));
  const sent = movement(row, { price: await priceFor(from), direction: 'send', wallet: from, other: to, address });
  const received = movement(row, { price: await priceFor(to), direction: 'receive', wallet: to, other: from, address });
  return {
    transactions: [sent, received],
    journals: bookTransfer({ wallet: from, subjectId: row.id, at: row.created_at }, { to, msat: amountMsat }),
    events: [news(sent), news(received)],
  };
};

interface Side {
  readonly price: Price | null;
  readonly direction: 'send' | 'receive';
  readonly wallet: WalletView;
  readonly other: WalletView;
  readonly address: string | null;
}

const movement = (row: TransferRow, { price, direction, wallet, other, address }: Side): TransactionRow => ({
  id: newId(row.created_at),
  account_id: wallet.accountId,
  wallet_id: wallet.id,
  direction,
  status: 'success',
  kind: 'intraledger',
  amount_msat: row.amount_msat,
  fee_msat: 0n,
  payment_hash: null,
  bolt11: null,
  preimage: null,
  address,
  txid: null,
  vout: null,
  memo: row.memo,
  external_id: null,
  subject_id: row.id,
  counterparty_wallet_id: other.id,
  key_id: direction === 'send' ? row.key_id : null,
  price_base: price?.base ?? null,
  price_currency: price?.currency ?? 'USD',
  created_at: row.created_at,
  ended_at: row.created_at,
});

const news = (moved: TransactionRow): OutboxRow => ({
  topic: 'transfer',
  subject: moved.subject_id,
  account_id: moved.account_id,
  wallet_id: moved.wallet_id,
  payload: { transferId: moved.subject_id, transactionId: moved.id, direction: moved.direction, amountMsat: String(moved.amount_msat) },
  created_at: moved.created_at,
});

/** The guard of the database that refused it, as an answer: nothing was written. */
const whyNot = async (deps: TransferDeps, error: unknown, order: TransferOrder): Promise<never> => {
  if (isCheckViolation(error, 'wallets_available'))
    return refuse({ is: 'insufficientBalance', neededMsat: order.amountMsat, availableMsat: await deps.available(order.from.id) });
  const over = limitRefusal(error);
  if (over) return refuse(over);
  throw error;
};
