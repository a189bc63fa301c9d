// Writes the beginning of a payment: one statement with the attempt `sending`, the reservation and the transaction, before any call.

import type { Floor } from '../backends/port.ts';
import { isCheckViolation, isUniqueViolation } from '../platform/db.ts';
import type { TransactionRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import { refuse } from '../platform/refusal.ts';
import { msatOfCents, unitPrice } from '../prices/price.ts';
import { bookReserve } from '../wallets/ledger.ts';
import { limitRefusal } from '../wallets/spending.ts';
import type { PaymentDeps } from './deps.ts';
import { galoyReserve, type PreparedPayment, type SendOrder } from './prepare.ts';
import type { Candidate } from './route.ts';
import { centsOf, paymentEvent, storedPayment, transactionRow } from './rows.ts';
import {
  type AttemptRow,
  attemptsForHash,
  insertPayment,
  type NewAttempt,
  type NewPayment,
  type PaymentRow,
  paymentById,
  viewOfPayment,
} from './store.ts';
import type { PaymentView } from './view.ts';

export interface Started {
  readonly is: 'started';
  readonly payment: PaymentRow;
  /** The movement as it was written beside it. */
  readonly movement: TransactionRow;
  readonly amountless: boolean;
  readonly candidates: readonly Candidate[];
  readonly first: { readonly candidate: Candidate; readonly row: NewAttempt };
  /** Aborted when the caller need not wait any more. */
  readonly ended: AbortController;
}

export type Begun = Started | { readonly is: 'replayed' } | { readonly is: 'alreadyPaid'; readonly payment: PaymentView | null };

const firstCheckMs = 10_000;

const attempt = (
  deps: PaymentDeps,
  payment: Pick<PaymentRow, 'id' | 'paymentHash' | 'amountMsat' | 'maxFeeMsat'>,
  on: { readonly candidate: Candidate; readonly floor: bigint | null },
): NewAttempt => {
  const now = deps.clock.now();
  return {
    id: newId(now),
    payment_id: payment.id,
    payment_hash: payment.paymentHash,
    backend_id: on.candidate.backendId,
    backend_identity: on.candidate.identityKey() ?? refuse({ is: 'backendUnavailable' }),
    amount_msat: payment.amountMsat,
    max_fee_msat: payment.maxFeeMsat,
    floor: on.floor,
    send_by: new Date(now.getTime() + deps.settings.sendWithinSeconds * 1000),
    created_at: now,
    next_check_at: new Date(now.getTime() + firstCheckMs),
  };
};

const newPayment = (deps: PaymentDeps, order: SendOrder, { invoice, amount, cents, amountless, maxFee }: PreparedPayment): NewPayment => {
  const now = deps.clock.now();
  return {
    id: newId(now),
    account_id: order.wallet.accountId,
    wallet_id: order.wallet.id,
    key_id: order.keyId,
    payment_hash: invoice.hash,
    bolt11: invoice.bolt11,
    destination: invoice.destination,
    amount_msat: amount,
    amount_cents: cents,
    amountless,
    max_fee_msat: maxFee,
    memo: order.memo,
    created_at: now,
    asked_by: order.asked?.by ?? null,
    asked_key: order.asked?.key ?? null,
    asked_digest: order.asked?.digest ?? null,
  };
};

/** What a payment in dollars counts against the limits of its key, which are in satoshis: amount and reserve, at the price of now where needed. */
const countedOf = ({ prices }: PaymentDeps, { wallet }: SendOrder, { amount, cents }: PreparedPayment): bigint | null => {
  if (wallet.currency === 'BTC') return null;
  const counted = cents === null ? amount : msatOfCents(prices, cents);
  return counted === null ? null : counted + galoyReserve(counted);
};

interface Writing {
  readonly order: SendOrder;
  readonly prepared: PreparedPayment;
  readonly candidates: readonly Candidate[];
  readonly first: { readonly candidate: Candidate; readonly floor: Floor };
}

const write = async (deps: PaymentDeps, { order, prepared, candidates, first: on }: Writing): Promise<Begun> => {
  const row = newPayment(deps, order, prepared);
  const payment = storedPayment(row);
  const floor = on.floor.is === 'failed' ? on.floor.ref : null;
  const first = attempt(deps, payment, { candidate: on.candidate, floor });
  const now = row.created_at;
  const reserve = { msat: row.amount_msat + row.max_fee_msat };
  const movement = transactionRow(payment, {
    status: 'pending',
    feeMsat: row.max_fee_msat,
    cents: centsOf(order.wallet, payment),
    countedMsat: countedOf(deps, order, prepared),
    preimage: null,
    price: unitPrice(deps.prices, await deps.displayCurrency(row.account_id), order.wallet.currency, now),
    now,
    endedAt: null,
  });
  const effects = {
    attempts: [first],
    transactions: [movement],
    journals: bookReserve({ wallet: order.wallet, subjectId: row.id, at: now }, reserve),
    events: [paymentEvent(payment, { state: 'pending', attemptId: first.id, set: {}, now })],
    ...order.along?.(row.id),
  };
  try {
    if (!(await insertPayment(deps.db, row, effects))) return whoElse(deps, row.payment_hash);
  } catch (error) {
    return whyNot(deps, error, { order, row });
  }
  deps.feed.poke();
  return {
    is: 'started',
    payment,
    movement,
    amountless: row.amountless,
    candidates,
    first: { candidate: on.candidate, row: first },
    ended: new AbortController(),
  };
};

/** Somebody else has paid it, or was about to while we were: nothing of ours was written, and asking again is safe. */
const whoElse = async (deps: PaymentDeps, hash: string): Promise<Begun> => {
  const others = await attemptsForHash(deps.db, hash);
  return others.some((one) => one.state === 'succeeded') ? already(deps, others) : refuse({ is: 'paymentInFlight' });
};

/** The guard of the database that refused the insert, as an answer: nothing was written. */
const whyNot = async (deps: PaymentDeps, error: unknown, of: { readonly order: SendOrder; readonly row: NewPayment }): Promise<Begun> => {
  if (isUniqueViolation(error, 'attempts_one_live')) {
    return whoElse(deps, of.row.payment_hash);
  }
  if (isUniqueViolation(error, 'voucher_uses_pkey')) return refuse({ is: 'paymentInFlight' });
  if (isUniqueViolation(error) && of.order.asked) return { is: 'replayed' };
  if (isCheckViolation(error, 'wallets_available')) {
    const rows = await deps.db.prisma.wallet.findUnique({ where: { id: of.order.wallet.id }, select: { availableMsat: true } });
    return refuse({
      is: 'insufficientBalance',
      neededMsat: of.row.amount_msat + of.row.max_fee_msat,
      availableMsat: rows?.availableMsat ?? 0n,
    });
  }
  const over = limitRefusal(error);
  if (over) return refuse(over);
  throw error;
};

/** The payment of which one of these attempts succeeded; null: none did. */
const paidBy = async (deps: PaymentDeps, attempts: readonly AttemptRow[]): Promise<PaymentView | null> => {
  const won = attempts.find((one) => one.state === 'succeeded');
  const payment = won ? await paymentById(deps.db, won.paymentId) : null;
  return payment && viewOfPayment(deps.db, payment);
};

/** The answer when one of these attempts succeeded before. */
const already = async (deps: PaymentDeps, attempts: readonly AttemptRow[]): Promise<Begun> => ({
  is: 'alreadyPaid',
  payment: await paidBy(deps, attempts),
});

export const beginPayment = { write, already, paidBy, attempt } as const;
