// Callbacks of an account: where it wants to be called, and what a delivery tells. They concern the account as a whole, so a key that sees one
// wallet has none.
import { pendingTransaction } from '../deposits/pending.ts';
import { depositById } from '../deposits/store.ts';
import { invoiceById } from '../invoices/store.ts';
import { statusOf } from '../invoices/view.ts';
import type { Delivery } from '../platform/deliveries.ts';
import { refuse } from '../platform/refusal.ts';
import { addEndpoint, deleteEndpoint, type EndpointView, endpointsOf } from '../wallets/store-callbacks.ts';
import { transactionOf } from '../wallets/transactions.ts';
import type { Principal, TransactionView } from '../wallets/view.ts';
import { wrong } from './administer.ts';
import type { CommandDeps } from './deps.ts';
import { principal } from './scope.ts';
import type { Asking, CommandName, CommandTypes } from './table.ts';
import { wholeAccount } from './transferring.ts';

type Names = Extract<CommandName, 'addCallback' | 'deleteCallback'>;
type Handlers = { readonly [N in Names]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']> };

const mostEndpoints = 20;

export const callbackHandlers = ({ payments: { db, clock } }: CommandDeps): Handlers => ({
  addCallback: async ({ url }, asking) => {
    const { accountId } = wholeAccount(principal(asking));
    if ((await endpointsOf(db, accountId)).length >= mostEndpoints) return wrong('url', `at most ${mostEndpoints} endpoints`, url);
    return addEndpoint(db, { accountId, url, now: clock.now() });
  },
  deleteCallback: async ({ id }, asking) => {
    const { accountId } = wholeAccount(principal(asking));
    const isGone = await deleteEndpoint(db, { accountId, id, now: clock.now() });
    return isGone ? { id } : refuse({ is: 'notFound', what: 'callback', given: id });
  },
});

/** Of the principal's account; none for a key that sees one wallet of it. */
export const callbacksOf = ({ payments: { db } }: CommandDeps, who: Principal): Promise<readonly EndpointView[]> =>
  who.walletId === null ? endpointsOf(db, who.accountId) : Promise.resolve([]);

/** What a delivery is about, as it stands now. */
export type Told =
  | { readonly is: 'transaction'; readonly transaction: TransactionView }
  | {
      readonly is: 'invoice';
      readonly status: 'PAID' | 'EXPIRED';
      readonly paymentHash: string;
      readonly bolt11: string;
      readonly preimage: string | null;
    };

/** Null when there is nothing to tell any more, such as the expiry of what was paid after all. */
export const toldBy = async (deps: CommandDeps, delivery: Delivery): Promise<Told | null> => {
  const { db, clock } = deps.payments;
  const { topic, event, subjectId, walletId } = delivery;
  if (delivery.endpointId === null) {
    const invoice = await invoiceById(db, subjectId);
    const status = invoice && statusOf(invoice, clock.now());
    if (!invoice || status !== (event === 'settled' ? 'PAID' : 'EXPIRED')) return null;
    return {
      is: 'invoice',
      status,
      paymentHash: invoice.paymentHash,
      bolt11: invoice.bolt11,
      preimage: status === 'PAID' ? invoice.preimage : null,
    };
  }
  if (topic === 'deposit' && event === 'pending') {
    const deposit = await depositById(db, subjectId);
    return deposit && { is: 'transaction', transaction: await pendingTransaction(deps.deposits, deposit) };
  }
  const transaction = await transactionOf(db, subjectId, walletId);
  return transaction && { is: 'transaction', transaction };
};
