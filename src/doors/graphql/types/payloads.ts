// What mutations answer: `errors`, never null, and the fields that are null when there are any.

import type { InvoiceView } from '../../../invoices/view.ts';
import type { PaymentView } from '../../../payments/view.ts';
import type { TransactionView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import type { ErrorView } from '../map/trouble.ts';
import { ErrorType } from './Error.ts';
import { PaymentSendResult } from './enums.ts';
import { LnInvoice, LnNoAmountInvoice } from './Invoice.ts';
import { LnPayment } from './LnPayment.ts';
import { Transaction } from './Transaction.ts';

export interface Payload {
  readonly errors: readonly ErrorView[];
}
export interface InvoicePayload extends Payload {
  readonly invoice: InvoiceView | null;
}
export interface SendPayload extends Payload {
  readonly status: 'ALREADY_PAID' | 'FAILURE' | 'PENDING' | 'SUCCESS' | null;
  readonly transaction: TransactionView | null;
}
export interface SatPayload extends Payload {
  /** Whole satoshis. */
  readonly amount: number | null;
}
export interface CentPayload extends Payload {
  /** Whole US cents. */
  readonly amount: number | null;
}
export interface DonePayload extends Payload {
  readonly success: boolean | null;
}
export interface PaymentPayload extends Payload {
  readonly payment: PaymentView | null;
  readonly cursor: string | null;
}

export const LnInvoicePayload = builder.objectRef<InvoicePayload>('LnInvoicePayload').implement({
  description: 'A new invoice with an amount, or why there is none.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    invoice: t.expose('invoice', { type: LnInvoice, nullable: true }),
  }),
});

export const LnNoAmountInvoicePayload = builder.objectRef<InvoicePayload>('LnNoAmountInvoicePayload').implement({
  description: 'A new invoice whose payer chooses the amount, or why there is none.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    invoice: t.expose('invoice', { type: LnNoAmountInvoice, nullable: true }),
  }),
});

export const PaymentSendPayload = builder.objectRef<SendPayload>('PaymentSendPayload').implement({
  description: 'What became of a send. A null status says that nothing was tried, or, next to an unknown error, that nobody knows.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    status: t.expose('status', { type: PaymentSendResult, nullable: true }),
    transaction: t.expose('transaction', { type: Transaction, nullable: true }),
  }),
});

export const CentAmountPayload = builder.objectRef<CentPayload>('CentAmountPayload').implement({
  description: 'An amount in US cents.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'CentAmount', nullable: true }),
    errors: t.expose('errors', { type: [ErrorType] }),
  }),
});

export const SatAmountPayload = builder.objectRef<SatPayload>('SatAmountPayload').implement({
  description: 'A fee in satoshis. Without a route it stands next to an error: what a send would set aside.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'SatAmount', nullable: true }),
    errors: t.expose('errors', { type: [ErrorType] }),
  }),
});

export const SuccessPayload = builder.objectRef<DonePayload>('SuccessPayload').implement({
  description: 'Whether it was done.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    success: t.exposeBoolean('success', { nullable: true }),
  }),
});

export const LnPaymentPayload = builder.objectRef<PaymentPayload>('LnPaymentPayload').implement({
  description: 'One state of a payment as it moves.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { nullable: true, description: 'Give it back as `after` to go on behind this event.' }),
    errors: t.expose('errors', { type: [ErrorType] }),
    payment: t.expose('payment', { type: LnPayment, nullable: true }),
  }),
});
