// Begins a cash-out: a hold invoice whose hold is long enough for the machine, over an amount that can be received, both in one statement.
import { type Asked, replayed } from '../invoices/create.ts';
import { createHoldInvoice } from '../invoices/hold.ts';
import type { NewInvoice } from '../invoices/store.ts';
import type { CashEffects } from '../platform/effects-cash.ts';
import { refuse } from '../platform/refusal.ts';
import { replayOr } from '../platform/replay.ts';
import type { WalletView } from '../wallets/view.ts';
import type { CashOutDeps } from './deps.ts';
import { cashOutView } from './look.ts';
import type { CashOutView } from './view.ts';

export interface CashOutOrder {
  readonly wallet: WalletView;
  readonly amountMsat: bigint;
  readonly memo: string | null;
  readonly expirySeconds: number | null;
  readonly externalId: string | null;
  /** Longest time from HELD to the start; null: 90. Then the payer gets the money back. */
  readonly startSeconds: number | null;
  /** Longest time from the start to the report; null: 120. Then it is settled and a person is told. */
  readonly dispenseSeconds: number | null;
  /** Longest hold; null: as long as both need. Refused when it is shorter. */
  readonly longestHoldSeconds: number | null;
  /** How long a refund may be redeemed; null: 30 days. */
  readonly refundSeconds: number | null;
  readonly asked: Asked | null;
}

interface Terms {
  readonly startSeconds: number;
  readonly dispenseSeconds: number;
  readonly refundSeconds: number;
  readonly longestHoldSeconds: number;
}

const usual = { startSeconds: 90, dispenseSeconds: 120, refundSeconds: 30 * 86_400, expirySeconds: 120 } as const;
const ranges = { startSeconds: [10, 3_600], dispenseSeconds: [10, 3_600], refundSeconds: [3_600, 366 * 86_400] } as const;
/** Seconds between the last moment for a report and the deadline of the hold, in which it can still be settled in peace. */
export const spareSeconds = 30;
const balanceMs = 5_000;

const inRange = (field: keyof typeof ranges, given: number | null): number => {
  const seconds = given ?? usual[field];
  const [least, most] = ranges[field];
  if (Number.isInteger(seconds) && seconds >= least && seconds <= most) return seconds;
  return refuse({ is: 'invalidInput', field, rule: `${least} to ${most} seconds`, given: String(seconds) });
};

const termsOf = (order: CashOutOrder): Terms => {
  const startSeconds = inRange('startSeconds', order.startSeconds);
  const dispenseSeconds = inRange('dispenseSeconds', order.dispenseSeconds);
  const needed = startSeconds + dispenseSeconds + spareSeconds;
  const longestHoldSeconds = order.longestHoldSeconds ?? needed;
  if (longestHoldSeconds < needed) return refuse({ is: 'tooLittleTime', neededSeconds: needed, leftSeconds: longestHoldSeconds });
  return { startSeconds, dispenseSeconds, longestHoldSeconds, refundSeconds: inRange('refundSeconds', order.refundSeconds) };
};

/**
 * The new cash-out, or the one that the same idempotency key made before.
 * Throws Refused: as `createHoldInvoice`, and tooLittleTime (the longest hold is shorter than the dispense may take), notReceivable.
 */
export const createCashOut = (deps: CashOutDeps, order: CashOutOrder, signal: AbortSignal): Promise<CashOutView> =>
  // Before anything is asked of the channels: the payment for this very cash-out may be what fills them now.
  replayOr(
    () => madeBefore(deps, order),
    () => create(deps, order, signal),
  );

const madeBefore = async (deps: CashOutDeps, { asked, wallet }: CashOutOrder): Promise<CashOutView | null> => {
  const before = asked && (await replayed(deps.invoices, asked));
  return before && cashOutView(deps, before.id, wallet.id);
};

const create = async (deps: CashOutDeps, order: CashOutOrder, signal: AbortSignal): Promise<CashOutView> => {
  const terms = termsOf(order);
  const receiveRoute = await receivableBy(deps, order);
  const along = (row: NewInvoice): CashEffects => ({
    cashOuts: [
      {
        id: row.id,
        account_id: row.accountId,
        wallet_id: row.walletId,
        amount_msat: order.amountMsat,
        start_seconds: terms.startSeconds,
        dispense_seconds: terms.dispenseSeconds,
        refund_seconds: terms.refundSeconds,
        created_at: row.createdAt,
      },
    ],
  });
  const invoice = await createHoldInvoice(
    deps.invoices,
    {
      ...{ memo: order.memo, externalId: order.externalId, asked: order.asked, amountMsat: order.amountMsat, along },
      // A machine stops waiting after two minutes: who pays later would pay for nothing.
      expirySeconds: order.expirySeconds ?? usual.expirySeconds,
      wallet: { ...order.wallet, receiveRoute },
      ...{ descriptionHash: null, webhookUrl: null, paymentHash: null },
      longestHoldSeconds: terms.longestHoldSeconds,
      // Unclaimed, the payer gets the money back; once claimed the deadline settles, whatever is written here.
      onDeadline: 'cancel',
    },
    signal,
  );
  return cashOutView(deps, invoice.id, order.wallet.id);
};

/** The backends of the route that have room for the amount, as far as they say. Throws Refused notReceivable when none has. */
const receivableBy = async (deps: CashOutDeps, { wallet, amountMsat }: CashOutOrder): Promise<readonly string[]> => {
  const rooms = await Promise.all(wallet.receiveRoute.map(async (id) => ({ id, room: await roomOf(deps, id) })));
  const fits = rooms.filter(({ room }) => room === null || room >= amountMsat);
  if (fits.length > 0 || rooms.length === 0) return fits.map(({ id }) => id);
  const most = rooms.reduce((best, { room }) => (room !== null && room > best ? room : best), 0n);
  return refuse({ is: 'notReceivable', neededMsat: amountMsat, receivableMsat: most });
};

/** Null when the backend cannot say: then only the payer finds out. */
const roomOf = async (deps: CashOutDeps, id: string): Promise<bigint | null> => {
  const balance = deps.invoices.registry.get(id)?.backend.balance;
  const found = await balance?.(AbortSignal.timeout(balanceMs)).catch(() => null);
  return found?.receivable ?? null;
};
