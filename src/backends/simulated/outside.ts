// The people outside: somebody who pays our invoices and somebody whose invoices we pay. Driven by the playground and by tests.
import { type Bolt11, fromSat, type Msat, msat, type PaymentHash, type Preimage } from '../../lightning/values.ts';
import type { InvoiceTerms, PayOutcome } from '../port.ts';
import { newAddress } from './chain.ts';
import { addInvoice } from './invoice-create.ts';
import { cancelInvoice, type Ending, lookUpInvoice, settleInvoice } from './invoices.ts';
import type { SimInvoice } from './model.ts';
import type { Network } from './network.ts';
import { payFrom } from './pay.ts';
import { readTarget } from './target.ts';

export interface OutsidePayment {
  readonly bolt11: Bolt11;
  /** For an invoice without amount, or to overpay one that has it. */
  readonly amount?: Msat;
  /** Most parts, 16 when absent. */
  readonly parts?: number;
  /** Fee limit; 5 % and 10 satoshis when absent. */
  readonly maxFee?: Msat;
  /** A node of the network, `alice` when absent. */
  readonly from?: string;
}

export interface OutsideInvoice {
  readonly amount?: Msat | null;
  readonly memo?: string;
  /** Instead of the memo. */
  readonly descriptionHash?: string;
  readonly expirySeconds?: number;
  readonly finalCltvDelta?: number;
  /** A node of the network, `bob` when absent. */
  readonly node?: string;
}

export interface Outside {
  readonly payer: {
    /** Pays, or says why not; `inFlight` after half a minute. A hash that failed may be paid again. */
    pay(payment: OutsidePayment): Promise<PayOutcome>;
  };
  readonly payee: {
    /** @throws RangeError when no invoice can hold it. */
    createInvoice(order?: OutsideInvoice): SimInvoice;
    /** A new address of somebody outside, of `bob` when nobody is named. */
    address(node?: string): string;
    /** With a hash, its owner keeps the preimage; without one, the node draws it and the answer shows it. */
    createHoldInvoice(order?: OutsideInvoice & { readonly hash?: PaymentHash }): SimInvoice;
    settle(invoice: SimInvoice, preimage: Preimage): Ending;
    cancel(invoice: SimInvoice): Ending;
    /** The invoice as it stands now. */
    look(invoice: SimInvoice): SimInvoice;
  };
}

const longAgoEnough = new Date(8.64e15); // an outside payer has no `sendBy`: the last moment that a Date can hold

export const createOutside = (network: Network): Outside => {
  const { sim } = network;
  const create = (order: OutsideInvoice, more: { isHold: boolean; hash?: PaymentHash }): SimInvoice =>
    addInvoice(sim, order.node ?? 'bob', { terms: termsOf(order), ...more });
  return {
    payer: { pay: (payment) => pay(network, payment) },
    payee: {
      createInvoice: (order = {}) => create(order, { isHold: false }),
      address: (node = 'bob') => newAddress(sim, node),
      createHoldInvoice: ({ hash, ...order } = {}) => create(order, { isHold: true, ...(hash === undefined ? {} : { hash }) }),
      settle: (invoice, preimage) => settleInvoice(sim, invoice.node, { hash: invoice.hash, preimage }),
      cancel: (invoice) => cancelInvoice(sim, invoice.node, invoice.hash),
      look: (invoice) => lookUpInvoice(sim, invoice.node, invoice.hash) ?? invoice,
    },
  };
};

const termsOf = ({ amount = null, memo = '', descriptionHash, expirySeconds = 3600, finalCltvDelta }: OutsideInvoice): InvoiceTerms => ({
  amount,
  description: descriptionHash === undefined ? { text: memo } : { hash: descriptionHash },
  expirySeconds,
  ...(finalCltvDelta === undefined ? {} : { finalCltvDelta }),
});

const pay = async (network: Network, payment: OutsidePayment): Promise<PayOutcome> => {
  const target = readTarget(network.sim, payment.bolt11);
  const amount = payment.amount ?? (target?.amount == null ? null : msat(target.amount));
  if (target === null || amount === null) return { is: 'failed', reason: 'other', ref: null, routes: [] };
  const maxFee = payment.maxFee ?? msat(amount / 20n + fromSat(10));
  return payFrom(network, {
    from: payment.from ?? 'alice',
    parts: payment.parts ?? 16,
    target: { ...target, amount },
    hash: target.hash,
    bolt11: payment.bolt11,
    amount,
    maxFee,
    amountless: false,
    sendBy: longAgoEnough,
  });
};
