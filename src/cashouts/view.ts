// What leaves the cash-outs: one of them with its invoice, its refund and every step, so that one answer tells the whole story.
import type { InvoiceView } from '../invoices/view.ts';
import type { PaymentView } from '../payments/view.ts';
import type { CashOutState } from './states.ts';

export interface CashOutView {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly state: CashOutState;
  readonly amountMsat: bigint;
  /** What the machine says that it gave; null without a report. */
  readonly dispensedMsat: bigint | null;
  readonly startSeconds: number;
  readonly dispenseSeconds: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  /** Without a report until then it is settled, and a person is told. */
  readonly reportBy: Date | null;
  readonly reportedAt: Date | null;
  readonly invoice: InvoiceView;
  readonly refund: RefundView | null;
  /** Oldest first. */
  readonly steps: readonly StepView[];
}

/**
 * How far a refund is. `waiting`: the customer's payment is not settled, so there is nothing to pay back yet. `paying`: a payment is on its
 * way, or has failed by a word that proves nothing, so that it may be paid after all.
 */
export type RefundState = 'waiting' | 'open' | 'paying' | 'paid' | 'expired';

export interface RefundView {
  readonly id: string;
  readonly state: RefundState;
  readonly amountMsat: bigint;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Every payment that was tried for it, oldest first; at most one of them paid. */
  readonly payments: readonly PaymentView[];
}

export interface StepView {
  readonly at: Date;
  readonly about: 'invoice' | 'cashOut' | 'refund';
  readonly event: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a machine may do next. */
export type CashOutStatus =
  | 'WAITING'
  | 'READY'
  | 'DISPENSING'
  | 'UNREPORTED'
  | 'DISPENSED'
  | 'PARTLY_DISPENSED'
  | 'NOT_DISPENSED'
  | 'CANCELED'
  | 'EXPIRED';

const reported = { silent: 'UNREPORTED', dispensed: 'DISPENSED', partial: 'PARTLY_DISPENSED', notDispensed: 'NOT_DISPENSED' } as const;

/** READY is the only one in which a start can succeed; CANCELED and EXPIRED say that nobody's money is held. */
export const cashOutStatusOf = (cashOut: CashOutView, now: Date): CashOutStatus => {
  const { state, invoice } = cashOut;
  if (state === 'dispensing') return 'DISPENSING';
  if (state !== 'waiting' && state !== 'canceled') return reported[state];
  if (invoice.state === 'held' && state === 'waiting') return 'READY';
  if (invoice.state === 'open' && state === 'waiting') return invoice.expiresAt <= now ? 'EXPIRED' : 'WAITING';
  return invoice.hold?.heldAt === null && (invoice.hold.canceledAt ?? now) >= invoice.expiresAt ? 'EXPIRED' : 'CANCELED';
};

export interface Doubt {
  readonly attemptId: string;
  readonly backendId: string;
  readonly paymentHash: string;
}

/** Uses that have failed by the word of a custodian alone, and that it may pay after all: another request would be a second refund. */
export const doubtsOf = ({ payments }: Pick<RefundView, 'payments'>): readonly Doubt[] =>
  payments.flatMap(({ paymentHash, attempts }) =>
    attempts.filter((one) => one.isDoubted).map(({ id, backendId }) => ({ attemptId: id, backendId, paymentHash })),
  );

/** From what is stored: the last use decides, because the next one is allowed only after it failed; and any that may be paid after all. */
export const refundStateOf = (
  refund: Pick<RefundView, 'expiresAt' | 'payments'>,
  of: { readonly settled: boolean; readonly now: Date },
): RefundState => {
  const last = refund.payments.at(-1)?.state;
  if (refund.payments.some((payment) => payment.state === 'succeeded')) return 'paid';
  if (last === 'pending' || doubtsOf(refund).length > 0) return 'paying';
  if (refund.expiresAt <= of.now) return 'expired';
  return of.settled ? 'open' : 'waiting';
};
