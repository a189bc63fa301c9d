// Pays a refund back, once. A use of the refund is written by the statement that writes its payment, under a number that is free only when
// the payment of the number before has failed: so a use counts only when a payment is on its way, and two never are. A failure that proves
// nothing (ADR 12) does not open it to another request: the custodian may pay the first one after all, and that would be a second refund.
import { askAbout } from '../payments/ask.ts';
import { decodeFor } from '../payments/prepare.ts';
import { sendPayment } from '../payments/send.ts';
import { attempt } from '../payments/store.ts';
import { type Refusal, refuse } from '../platform/refusal.ts';
import { replayOr } from '../platform/replay.ts';
import type { WalletView } from '../wallets/view.ts';
import type { CashOutDeps } from './deps.ts';
import { cashOutView, refundView } from './look.ts';
import { readBoth } from './move.ts';
import { type CashOutView, type Doubt, doubtsOf, type RefundView } from './view.ts';

export interface Redemption {
  readonly wallet: WalletView;
  readonly id: string;
  /** Of the customer: over exactly the refund, or without an amount. */
  readonly bolt11: string;
  readonly keyId: string | null;
  readonly waitSeconds: number | null;
}

/**
 * Afterwards `paying` or `paid`, or `open` again when the payment has failed for certain. The same request again is answered as it stands;
 * one that has failed by a custodian's word alone is asked of that custodian again.
 * Throws Refused: notFound (refund), voucherUsed, voucherExpired, voucherNotReady, paymentInFlight (of another request), invalidInput
 * (refundAmount), and whatever `sendPayment` throws.
 */
export const redeemRefund = async (deps: CashOutDeps, ask: Redemption): Promise<CashOutView> => {
  await replayOr(
    () => redeemed(deps, ask),
    () => redeem(deps, ask),
  );
  return cashOutView(deps, ask.id, ask.wallet.id);
};

const read = async (deps: CashOutDeps, ask: Redemption) => {
  const { row, invoice } = await readBoth(deps, ask.id, ask.wallet.id);
  const refund = (await refundView(deps, row, invoice)) ?? refuse({ is: 'notFound', what: 'refund', given: ask.id });
  return { row, refund, request: decodeFor(ask.bolt11, deps.payments.network) };
};

/** True when it is this request that pays the refund, or has paid it. */
const redeemed = async (deps: CashOutDeps, ask: Redemption): Promise<true | null> => {
  const { refund, request } = await read(deps, ask);
  const counts = refund.payments.find(({ state }) => state !== 'failed');
  return counts?.paymentHash === request.hash ? true : null;
};

const redeem = async (deps: CashOutDeps, ask: Redemption): Promise<true> => {
  const { row, refund, request } = await read(deps, ask);
  const at = deps.invoices.clock.now();
  const doubts = doubtsOf(refund);
  const again = isAskedAgain(refund, doubts, request.hash);
  if (again && refund.expiresAt <= at) return refuse(closed.expired);
  if (!again && refund.state !== 'open') return refuse(closed[refund.state]);
  if (request.amount !== null && request.amount !== refund.amountMsat)
    return refuse({ is: 'invalidInput', field: 'refundAmount', rule: 'exactly the refund', given: String(request.amount) });
  const number = refund.payments.length + 1;
  const sent = await sendPayment(deps.payments, {
    wallet: again ? { ...ask.wallet, payRoute: payRouteOf(ask.wallet, doubts) } : ask.wallet,
    bolt11: ask.bolt11,
    amount: request.amount === null ? { msat: refund.amountMsat } : 'inInvoice',
    memo: `refund of cash-out ${row.id}`,
    maxFeeMsat: null,
    keyId: ask.keyId,
    waitSeconds: ask.waitSeconds,
    asked: null,
    along: (paymentId) => ({
      voucherUses: [{ voucher_id: refund.id, number, payment_id: paymentId, created_at: at }],
      steps: [
        {
          ...{ invoice_id: row.id, about: 'refund', event: 'redeemAsked', from_state: refund.state, to_state: 'paying', at },
          detail: { number, paymentId, paymentHash: request.hash },
        },
      ],
    }),
  });
  if (sent.is !== 'alreadyPaid') return true;
  // Perhaps by a use that was doubted: then this is the request that has paid the refund.
  await Promise.all(doubts.map((one) => askNow(deps, one)));
  return refuse({ is: 'alreadyPaid' });
};

/** The one request that may be paid after all, though its payment was called failed. */
const isAskedAgain = ({ payments }: RefundView, doubts: readonly Doubt[], hash: string): boolean =>
  doubts.length > 0 && doubts.every((one) => one.paymentHash === hash) && payments.every(({ state }) => state === 'failed');

/** Where it is in doubt and nowhere else: one custodian pays a hash once, two backends may pay it twice. */
const payRouteOf = ({ payRoute }: WalletView, doubts: readonly Doubt[]): readonly string[] => {
  const route = payRoute.filter((id) => doubts.every(({ backendId }) => backendId === id));
  return route.length > 0 ? route : refuse(closed.paying);
};

const askNow = async ({ payments }: CashOutDeps, { attemptId }: Doubt): Promise<void> => {
  const row = await attempt(payments.db, attemptId);
  if (row) await askAbout(payments, row);
};

const closed: { readonly [S in Exclude<RefundView['state'], 'open'>]: Refusal } = {
  waiting: { is: 'voucherNotReady' },
  paying: { is: 'paymentInFlight' },
  paid: { is: 'voucherUsed' },
  expired: { is: 'voucherExpired' },
};
