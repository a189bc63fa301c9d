// A wallet: what it holds, what moved, what is asked for. Every field shows this wallet alone.

import { toSatFloor } from '../../../lightning/values.ts';
import { isUuid } from '../../../platform/ids.ts';
import { refuse } from '../../../platform/refusal.ts';
import { unitsOf } from '../../../wallets/units.ts';
import type { WalletView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { InvoiceConnection, LnHoldInvoiceConnection, pageArgs, pageAsk, TransactionConnection } from './connections.ts';
import { WalletCurrency } from './enums.ts';
import { Invoice } from './Invoice.ts';
import { Transaction } from './Transaction.ts';

const newestFirst = 'Newest first.';
const addressArg = 'Only what came to this address.';

export const Wallet = builder.interfaceRef<WalletView>('Wallet').implement({
  description: 'Something of an account that holds money.',
  resolveType: (wallet) => (wallet.currency === 'BTC' ? 'BTCWallet' : 'UsdWallet'),
  fields: (t) => ({
    accountId: t.exposeID('accountId'),
    balance: t.field({
      type: 'SignedAmount',
      description: 'Whole satoshis, or cents, that can be spent: what its backend has, or its share of it.',
      resolve: reading('balance', async (wallet, _args, context) => unitsOf(wallet, await context.loaders.balance.load(wallet.id))),
    }),
    holdInvoices: t.field({
      type: LnHoldInvoiceConnection,
      description: `Invoices whose payment is held until somebody decides. ${newestFirst}`,
      args: pageArgs,
      resolve: reading('holdInvoices', async (wallet, args, context) => context.reads.holdInvoices([wallet.id], pageAsk(args))),
    }),
    id: t.exposeID('id'),
    invoiceByPaymentHash: t.field({
      type: Invoice,
      args: { paymentHash: t.arg({ type: 'PaymentHash', required: true, description: 'Of an invoice of this wallet.' }) },
      resolve: reading('invoiceByPaymentHash', async (wallet, args, context) => {
        const paymentHash = good(args.paymentHash);
        const invoice = await context.reads.invoiceByHash([wallet.id], paymentHash);
        return invoice ?? refuse({ is: 'notFound', what: 'invoice', given: paymentHash });
      }),
    }),
    invoices: t.field({
      type: InvoiceConnection,
      nullable: true,
      description: newestFirst,
      args: pageArgs,
      resolve: reading('invoices', async (wallet, args, context) => context.reads.invoices([wallet.id], pageAsk(args))),
    }),
    pendingIncomingBalance: t.field({
      type: 'SignedAmount',
      description: 'Satoshis on the chain that are on their way and not credited yet.',
      resolve: reading('pendingIncomingBalance', async (wallet, _args, context) =>
        toSatFloor(await context.loaders.pendingIncoming.load(wallet.id)),
      ),
    }),
    pendingIncomingTransactions: t.field({
      type: [Transaction],
      description:
        'Deposits on the chain that are not credited yet; credited, they have another id and are in the transactions. Newest first.',
      resolve: reading('pendingIncomingTransactions', async (wallet, _args, context) => context.reads.pendingIncoming([wallet.id], null)),
    }),
    pendingIncomingTransactionsByAddress: t.field({
      type: [Transaction],
      description: 'Deposits to one address that are not credited yet. Newest first.',

      args: { address: t.arg({ type: 'OnChainAddress', required: true, description: addressArg }) },
      resolve: reading('pendingIncomingTransactionsByAddress', async (wallet, args, context) =>
        context.reads.pendingIncoming([wallet.id], good(args.address)),
      ),
    }),
    transactionById: t.field({
      type: Transaction,
      args: { transactionId: t.arg.id({ required: true }) },
      resolve: reading('transactionById', async (wallet, { transactionId }, context) => {
        // Asking the database for what is no id of ours would be a fault, not a miss.
        const found = isUuid(transactionId) ? await context.reads.transactionById([wallet.id], transactionId) : null;
        return found ?? refuse({ is: 'notFound', what: 'transaction', given: transactionId });
      }),
    }),
    transactions: t.field({
      type: TransactionConnection,
      nullable: true,
      description: newestFirst,
      args: pageArgs,
      resolve: reading('transactions', async (wallet, args, context) => context.reads.transactions([wallet.id], pageAsk(args))),
    }),
    transactionsByAddress: t.field({
      type: TransactionConnection,
      nullable: true,
      description: 'Movements with one address, newest first: what was sent to it, and what came to it once it is credited.',
      args: { address: t.arg({ type: 'OnChainAddress', required: true, description: addressArg }), ...pageArgs },
      resolve: reading('transactionsByAddress', async (wallet, args, context) =>
        context.reads.transactionsByAddress([wallet.id], good(args.address), pageAsk(args)),
      ),
    }),
    transactionsByPaymentHash: t.field({
      type: [Transaction],
      description: 'Movements of one Lightning payment: one when received, possibly several when sent.',
      args: { paymentHash: t.arg({ type: 'PaymentHash', required: true }) },
      resolve: reading('transactionsByPaymentHash', async (wallet, args, context) =>
        context.reads.transactionsByHash([wallet.id], good(args.paymentHash)),
      ),
    }),
    transactionsByPaymentRequest: t.field({
      type: [Transaction],
      description: 'The same, by what was paid.',
      args: { paymentRequest: t.arg({ type: 'LnPaymentRequest', required: true }) },
      resolve: reading('transactionsByPaymentRequest', async (wallet, args, context) => {
        const { hash } = await context.ask('decodeInvoice', { bolt11: good(args.paymentRequest) }, context.asking);
        return context.reads.transactionsByHash([wallet.id], hash);
      }),
    }),
    walletCurrency: t.expose('currency', { type: WalletCurrency }),
  }),
});

builder.objectRef<WalletView>('BTCWallet').implement({ description: 'A wallet that holds bitcoin.', interfaces: [Wallet] });

builder.objectRef<WalletView>('UsdWallet').implement({
  description: 'A wallet that holds US dollars, counted in cents: one of a Galoy upstream, to which everything is passed on.',
  interfaces: [Wallet],
});
