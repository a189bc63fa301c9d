// A payment with everything its attempts tell (additive): how far it is, what it cost, which ways were tried and why they failed.
import type { Route } from '../../../backends/port.ts';
import { toSatCeil } from '../../../lightning/values.ts';
import type { AttemptView, PaymentView } from '../../../payments/view.ts';
import { builder } from '../builder.ts';
import { TxStatus } from './enums.ts';

const LnPaymentFailure = builder.enumType('LnPaymentFailure', {
  description: 'Why a payment or an attempt failed, on the word of the backend that tried. NOT_SENT: no backend was called.',
  values: {
    ATTEMPTS_EXHAUSTED: { value: 'attemptsExhausted' },
    CANCELED: { value: 'canceled' },
    FEE_LIMIT: { value: 'feeLimit' },
    INSUFFICIENT_BALANCE: { value: 'insufficientBalance' },
    INVOICE_EXPIRED: { value: 'invoiceExpired' },
    NOT_SENT: { value: 'notSent' },
    NO_ROUTE: { value: 'noRoute' },
    OTHER: { value: 'other' },
    REJECTED_BY_PAYEE: { value: 'rejectedByPayee' },
    SELF_PAYMENT: { value: 'selfPayment' },
  } as const,
});

const paymentStatus = { pending: 'pending', succeeded: 'success', failed: 'failure' } as const;
const attemptStatus = { sending: 'pending', succeeded: 'success', failed: 'failure' } as const;

const LnPaymentHop = builder.objectRef<Route['hops'][number]>('LnPaymentHop').implement({
  description: 'One step of a route.',
  fields: (t) => ({
    channel: t.exposeString('channel', { description: 'Short channel id.' }),
    feeMsat: t.expose('fee', { type: 'Msat' }),
    node: t.exposeString('node', { description: 'Public key of the node that the channel leads to.' }),
  }),
});

const LnPaymentRoute = builder.objectRef<Route>('LnPaymentRoute').implement({
  description: 'One way that a backend tried.',
  fields: (t) => ({
    amountMsat: t.expose('amount', { type: 'Msat' }),
    failure: t.string({ nullable: true, description: "The backend's code for why it failed.", resolve: (route) => route.failure ?? null }),
    feeMsat: t.expose('fee', { type: 'Msat' }),
    hops: t.expose('hops', { type: [LnPaymentHop] }),
  }),
});

const LnPaymentAttempt = builder.objectRef<AttemptView>('LnPaymentAttempt').implement({
  description: 'One call to one backend. A second attempt is made only where the first cannot have paid.',
  fields: (t) => ({
    backend: t.exposeString('backendId'),
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    endedAt: t.expose('endedAt', { type: 'Timestamp', nullable: true }),
    failure: t.expose('failure', { type: LnPaymentFailure, nullable: true }),
    feeMsat: t.expose('feeMsat', { type: 'Msat', nullable: true }),
    id: t.exposeID('id'),
    routes: t.expose('routes', { type: [LnPaymentRoute] }),
    status: t.field({ type: TxStatus, resolve: (attempt) => attemptStatus[attempt.state] }),
  }),
});

export const LnPayment = builder.objectRef<PaymentView>('LnPayment').implement({
  description: 'A Lightning payment made from a wallet.',
  fields: (t) => ({
    amountMsat: t.expose('amountMsat', { type: 'Msat', description: 'What the payee gets; the fee is not in it.' }),
    attempts: t.expose('attempts', { type: [LnPaymentAttempt] }),
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    destination: t.exposeString('destination', { description: 'Public key of the node that is paid.' }),
    endedAt: t.expose('endedAt', { type: 'Timestamp', nullable: true }),
    failure: t.expose('failure', {
      type: LnPaymentFailure,
      nullable: true,
      description: 'Why the last attempt failed, when the payment failed.',
    }),
    feeMsat: t.expose('feeMsat', { type: 'Msat', nullable: true, description: 'What routing cost; null until paid.' }),
    id: t.exposeID('id'),
    maxFeeMsat: t.expose('maxFeeMsat', { type: 'Msat', description: 'The most that routing may cost.' }),
    memo: t.expose('memo', { type: 'Memo', nullable: true }),
    paymentHash: t.expose('paymentHash', { type: 'PaymentHash' }),
    paymentRequest: t.expose('bolt11', { type: 'LnPaymentRequest' }),
    preImage: t.expose('preimage', { type: 'LnPaymentPreImage', nullable: true, description: 'Proof of payment; null until paid.' }),
    satoshis: t.field({
      type: 'SatAmount',
      description: 'What the payee gets, rounded up.',
      resolve: (payment) => toSatCeil(payment.amountMsat),
    }),
    status: t.field({
      type: TxStatus,
      description: 'PENDING is on its way, however long.',
      resolve: (payment) => paymentStatus[payment.state],
    }),
    walletId: t.expose('walletId', { type: 'WalletId' }),
  }),
});
