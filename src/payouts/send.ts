// Sends on the chain, once. The row says `sending` before the first byte leaves; only the process whose insert won calls the backend, and
// only once; after that everybody asks by its label. The caller's patience ends the waiting, never the payout.
import { msat } from '../lightning/values.ts';
import { isCheckViolation, isUniqueViolation } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import { refuse } from '../platform/refusal.ts';
import { limitRefusal } from '../wallets/spending.ts';
import { transactionOf } from '../wallets/transactions.ts';
import { transfer } from '../wallets/transfer.ts';
import type { TransactionView, WalletView } from '../wallets/view.ts';
import { labelOf } from './ask.ts';
import { beginPayout } from './begin.ts';
import type { PayoutDeps } from './deps.ts';
import { observePayout } from './observe.ts';
import { addressFor, isInside, type PayoutAsk, type PreparedPayout, preparePayout } from './prepare.ts';
import { storedPayout } from './rows.ts';
import { type NewPayout, type PayoutRow, payoutByAsk, payoutById, reschedulePayout, toPayoutView } from './store.ts';
import type { PayoutView } from './view.ts';

export interface PayoutOrder extends PayoutAsk {
  readonly memo: string | null;
  readonly keyId: string | null;
  /** Idempotency: under which key, and the digest of what was asked. */
  readonly asked: { readonly by: string; readonly key: string; readonly digest: string } | null;
  /** Seconds; null: the gateway's setting. */
  readonly waitSeconds: number | null;
}

export type PaidOut =
  | { readonly is: 'payout'; readonly payout: PayoutView; readonly transaction: TransactionView | null }
  /** From one of our ledger wallets to another: no transaction was needed. */
  | { readonly is: 'inside'; readonly transaction: TransactionView };

const firstCheckMs = 10_000;
/** A backend refuses to send for more than so many times what it said it would cost; the wallet pays what it was told at most. */
const feeSlack = 2n;

/**
 * Throws Refused before anything is written: invalidInput (address), the amount rules, selfPayment, outgoingHalted, insufficientBalance,
 * limitExceeded, notSupported, chainUnavailable, idempotencyConflict. Afterwards it answers with the payout as it stands.
 */
export const sendPayout = async (deps: PayoutDeps, order: PayoutOrder): Promise<PaidOut> => {
  const replayed = await replay(deps, order);
  if (replayed) return replayed;
  if (await deps.halted()) return refuse({ is: 'outgoingHalted' });
  const own = await deps.ownAddress(addressFor(deps, order.address));
  if (own?.id === order.wallet.id) return refuse({ is: 'selfPayment' });
  if (own && isInside(order.wallet, own)) return inside(deps, order, own);
  const prepared = await preparePayout(deps, order);
  const row = newPayout(deps, order, prepared);
  const replayedNow = await write(deps, order, row);
  if (replayedNow) return replayedNow;
  const waitMs = (order.waitSeconds ?? deps.settings.waitSeconds) * 1000;
  const ended = new AbortController();
  // Not awaited beyond the caller's patience, and not tied to its request: what was begun is carried to its end.
  const running = tracked(deps, call(deps, storedPayout(row), prepared)).finally(() => ended.abort());
  await Promise.race([running, deps.clock.sleep(waitMs, ended.signal).catch(() => undefined)]);
  ended.abort();
  return seen(deps, (await payoutById(deps.db, row.id)) ?? storedPayout(row));
};

const seen = async (deps: PayoutDeps, row: PayoutRow): Promise<PaidOut> => ({
  is: 'payout',
  payout: toPayoutView(row),
  transaction: await transactionOf(deps.db, row.id, row.walletId),
});

const tracked = (deps: PayoutDeps, work: Promise<void>): Promise<void> => {
  deps.underWay.add(work);
  return work.finally(() => deps.underWay.delete(work));
};

/** Resolves when no send of this process is between its insert and its answer: what a drain waits for. */
export const payoutsAtRest = async (deps: Pick<PayoutDeps, 'underWay'>): Promise<void> => {
  while (deps.underWay.size > 0) await Promise.allSettled([...deps.underWay]);
};

const replay = async (deps: PayoutDeps, order: PayoutOrder): Promise<PaidOut | null> => {
  const row = order.asked && (await payoutByAsk(deps.db, order.asked));
  if (!row) return null;
  if (row.askedDigest !== order.asked?.digest) return refuse({ is: 'idempotencyConflict' });
  return seen(deps, row);
};

const inside = async (deps: PayoutDeps, order: PayoutOrder, to: WalletView): Promise<PaidOut> => {
  const all = order.amount === 'all' ? await deps.available(order.wallet.id) : null;
  if (all !== null && all <= 0n) return refuse({ is: 'nothingToSend' });
  const amountMsat = all ?? (order.amount === 'all' ? 0n : order.amount.msat);
  const { memo, keyId, asked, wallet: from } = order;
  const address = addressFor(deps, order.address);
  const { db, clock, prices, displayCurrency, available, feed } = deps;
  const parts = { db, clock, prices, displayCurrency, available, poke: feed.poke };
  return { is: 'inside', transaction: await transfer(parts, { from, to, amountMsat, memo, keyId, asked, address }) };
};

const newPayout = (deps: PayoutDeps, order: PayoutOrder, { on, address, amount, sendsAll, fee, pace }: PreparedPayout): NewPayout => {
  const now = deps.clock.now();
  return {
    id: newId(now),
    account_id: order.wallet.accountId,
    wallet_id: order.wallet.id,
    key_id: order.keyId,
    backend_id: on.backendId,
    backend_identity: on.identityKey,
    address,
    amount_msat: amount,
    sends_all: sendsAll,
    max_fee_msat: fee,
    speed: pace.speed,
    target_confirmations: pace.targetConfirmations,
    memo: order.memo,
    since_height: deps.heights.of(on.backendId),
    send_by: new Date(now.getTime() + deps.settings.sendWithinSeconds * 1000),
    created_at: now,
    next_check_at: new Date(now.getTime() + firstCheckMs),
    asked_by: order.asked?.by ?? null,
    asked_key: order.asked?.key ?? null,
    asked_digest: order.asked?.digest ?? null,
  };
};

/** Null when it is written; the earlier answer when another request with this key was faster. */
const write = async (deps: PayoutDeps, order: PayoutOrder, row: NewPayout): Promise<PaidOut | null> => {
  try {
    await beginPayout(deps, order.wallet, row);
    return null;
  } catch (error) {
    return whyNot(deps, error, { order, neededMsat: row.amount_msat + row.max_fee_msat });
  }
};

/** The guard of the database that refused the insert, as an answer: nothing was written. */
const whyNot = async (
  deps: PayoutDeps,
  error: unknown,
  { order, neededMsat }: { readonly order: PayoutOrder; readonly neededMsat: bigint },
): Promise<PaidOut> => {
  const over = limitRefusal(error);
  if (over) return refuse(over);
  if (isCheckViolation(error, 'wallets_available'))
    return refuse({ is: 'insufficientBalance', neededMsat, availableMsat: await deps.available(order.wallet.id) });
  const before = isUniqueViolation(error) ? await replay(deps, order) : null;
  if (before) return before;
  throw error;
};

const call = async (deps: PayoutDeps, row: PayoutRow, { on, amount, sendsAll, fee, pace }: PreparedPayout): Promise<void> => {
  try {
    const outcome = await on.chain.send({
      to: { address: row.address, amount: sendsAll ? 'all' : amount },
      label: labelOf(row),
      maxFee: sendsAll ? null : msat(fee * feeSlack),
      sendBy: row.sendBy,
      ...pace,
    });
    const after = await observePayout(deps, row.id, outcome);
    if (after?.state === 'sending') await reschedulePayout(deps.db, row.id, new Date(deps.clock.now().getTime() + 1_000));
  } catch (error) {
    // The row says `sending`; the sweep goes on from there.
    deps.log.error({ err: error, payoutId: row.id }, 'a payout was interrupted; the sweep asks what became of it');
  }
};
