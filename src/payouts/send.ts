// Sends on the chain, once. The row says `sending` before the first byte leaves; only the process whose insert won calls the backend, and
// only once; after that everybody asks by its label. The caller's patience ends the waiting, never the payout.
import { msat } from '../lightning/values.ts';
import { isCheckViolation } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import { refuse } from '../platform/refusal.ts';
import { replayOr } from '../platform/replay.ts';
import { limitRefusal } from '../wallets/spending.ts';
import { transactionOf } from '../wallets/transactions.ts';
import { replayTransfer, transfer } from '../wallets/transfer.ts';
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
  const begun = await replayOr<Started | PaidOut>(
    () => replay(deps, order),
    () => begin(deps, order),
  );
  if (begun.is !== 'started') return begun;
  const { row, prepared } = begun;
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

/** What this key has sent before, on the chain or inside, as it stands. Throws Refused idempotencyConflict. */
const replay = async (deps: PayoutDeps, { asked }: PayoutOrder): Promise<PaidOut | null> => {
  if (asked === null) return null;
  const [row, transaction] = await Promise.all([payoutByAsk(deps.db, asked), replayTransfer(deps.db, asked)]);
  if (transaction) return { is: 'inside', transaction };
  if (!row) return null;
  return row.askedDigest === asked.digest ? seen(deps, row) : refuse({ is: 'idempotencyConflict' });
};

interface Started {
  readonly is: 'started';
  readonly row: NewPayout;
  readonly prepared: PreparedPayout;
}

const begin = async (deps: PayoutDeps, order: PayoutOrder): Promise<Started | PaidOut> => {
  if (await deps.halted()) return refuse({ is: 'outgoingHalted' });
  const own = await deps.ownAddress(addressFor(deps, order.address));
  if (own?.id === order.wallet.id) return refuse({ is: 'selfPayment' });
  if (own && isInside(order.wallet, own)) return inside(deps, order, own);
  const prepared = await preparePayout(deps, order);
  const row = newPayout(deps, order, prepared);
  await write(deps, order, row);
  return { is: 'started', row, prepared };
};

const inside = async (deps: PayoutDeps, order: PayoutOrder, to: WalletView): Promise<PaidOut> => {
  const all = order.amount === 'all' ? await deps.available(order.wallet.id) : null;
  if (all !== null && all <= 0n) return refuse({ is: 'nothingToSend' });
  const amountMsat = all ?? (order.amount === 'all' ? 0n : order.amount.msat);
  const { memo, keyId, asked, wallet: from } = order;
  const address = addressFor(deps, order.address);
  const { db, clock, prices, displayCurrency, available, halted, feed } = deps;
  const parts = { db, clock, prices, displayCurrency, available, halted, poke: feed.poke };
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

/** Throws Refused insufficientBalance, limitExceeded, and what else the database refuses; then nothing is written. */
const write = async (deps: PayoutDeps, { wallet }: PayoutOrder, row: NewPayout): Promise<void> => {
  try {
    await beginPayout(deps, wallet, row);
  } catch (error) {
    const over = limitRefusal(error);
    if (over) return refuse(over);
    if (!isCheckViolation(error, 'wallets_available')) throw error;
    const neededMsat = row.amount_msat + row.max_fee_msat;
    return refuse({ is: 'insufficientBalance', neededMsat, availableMsat: await deps.available(wallet.id) });
  }
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
