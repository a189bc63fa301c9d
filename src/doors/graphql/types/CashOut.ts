// A cash-out as a machine and its operator see it (additive): what may be done next, and every step that was taken.
import { type CashOutView, cashOutStatusOf, type RefundView, type StepView } from '../../../cashouts/view.ts';
import { toSatCeil, toSatFloor } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import type { CashOutPayload } from '../map/cashouts.ts';
import { ErrorType } from './Error.ts';
import { LnHoldInvoice } from './LnHoldInvoice.ts';
import { LnPayment } from './LnPayment.ts';

export const CashOutStatus = builder.enumType('CashOutStatus', {
  description:
    'WAITING for the customer; READY: held, start now; DISPENSING: started, report soon; UNREPORTED: settled because no report came; ' +
    'DISPENSED, PARTLY_DISPENSED, NOT_DISPENSED: reported; CANCELED, EXPIRED: over without a start.',
  values: [
    'CANCELED',
    'DISPENSED',
    'DISPENSING',
    'EXPIRED',
    'NOT_DISPENSED',
    'PARTLY_DISPENSED',
    'READY',
    'UNREPORTED',
    'WAITING',
  ] as const,
});

export const CashOutRefundStatus = builder.enumType('CashOutRefundStatus', {
  description:
    'WAITING for the settlement of the customer’s payment; OPEN: redeem it; PAYING: on its way, or in doubt, even after a failure.',
  values: {
    EXPIRED: { value: 'expired' },
    OPEN: { value: 'open' },
    PAID: { value: 'paid' },
    PAYING: { value: 'paying' },
    WAITING: { value: 'waiting' },
  } as const,
});

const CashOutRefund = builder.objectRef<RefundView>('CashOutRefund').implement({
  description: 'What was paid for and not given out. It is paid back once, to a payment request of the customer’s.',
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    expiresAt: t.expose('expiresAt', { type: 'Timestamp' }),
    payments: t.expose('payments', { type: [LnPayment], description: 'Every payment that was tried, oldest first; at most one has paid.' }),
    satoshis: t.field({ type: 'SatAmount', resolve: ({ amountMsat }) => toSatFloor(amountMsat) }),
    status: t.expose('state', { type: CashOutRefundStatus }),
  }),
});

const jsonOf = (detail: Readonly<Record<string, unknown>>): string => JSON.stringify(detail);

const CashOutEvent = builder.objectRef<StepView>('CashOutEvent').implement({
  description: 'One step of the story, written down by the very statement that took it.',
  fields: (t) => ({
    about: t.exposeString('about', { description: 'cashOut, invoice or refund.' }),
    at: t.expose('at', { type: 'Timestamp' }),
    detail: t.string({ description: 'What else was known, as JSON.', resolve: ({ detail }) => jsonOf(detail) }),
    event: t.exposeString('event', { description: 'As in docs/STATES.md.' }),
    from: t.exposeString('from', { nullable: true }),
    to: t.exposeString('to', { nullable: true }),
  }),
});

export const CashOut = builder.objectRef<CashOutView>('CashOut').implement({
  description: 'Cash from a machine for a Lightning payment that is held until the machine has reported.',
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    dispensedSatoshis: t.field({
      type: 'SatAmount',
      nullable: true,
      description: 'What the machine says that it gave, in the invoice’s money. Null without a report.',
      resolve: ({ dispensedMsat }) => (dispensedMsat === null ? null : toSatFloor(dispensedMsat)),
    }),
    events: t.expose('steps', { type: [CashOutEvent], description: 'The whole story, oldest first.' }),
    id: t.exposeID('id'),
    invoice: t.expose('invoice', { type: LnHoldInvoice, description: 'What the customer pays, and how that stands.' }),
    paymentRequest: t.field({
      type: 'LnPaymentRequest',
      description: 'What the customer scans (BOLT 11).',
      resolve: ({ invoice }) => invoice.bolt11,
    }),
    refund: t.expose('refund', { type: CashOutRefund, nullable: true, description: 'Null when nothing is to be paid back.' }),
    reportBy: t.expose('reportBy', {
      type: 'Timestamp',
      nullable: true,
      description: 'Without a report until then the payment is settled, for cash may be out, and a person is told.',
    }),
    reportedAt: t.expose('reportedAt', { type: 'Timestamp', nullable: true }),
    satoshis: t.field({ type: 'SatAmount', resolve: ({ amountMsat }) => toSatCeil(amountMsat) }),
    startBy: t.field({
      type: 'Timestamp',
      nullable: true,
      description: 'Without a start until then the customer gets the money back. Null unless READY.',
      resolve: ({ state, invoice, startSeconds }) =>
        state === 'waiting' && invoice.state === 'held' && invoice.hold?.heldAt
          ? new Date(invoice.hold.heldAt.getTime() + startSeconds * 1000)
          : null,
    }),
    startedAt: t.expose('startedAt', { type: 'Timestamp', nullable: true }),
    status: t.field({ type: CashOutStatus, resolve: (cashOut, _args, { now }) => cashOutStatusOf(cashOut, now()) }),
    walletId: t.expose('walletId', { type: 'WalletId' }),
  }),
});

export const CashOutPayloadType = builder.objectRef<CashOutPayload>('CashOutPayload').implement({
  description: 'A cash-out as it is now, or why not. With an error no cash may come out.',
  fields: (t) => ({
    cashOut: t.expose('cashOut', { type: CashOut, nullable: true }),
    errors: t.expose('errors', { type: [ErrorType] }),
  }),
});
