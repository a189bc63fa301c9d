// A wallet: what it holds, what moved, what is asked for. Every field shows this wallet alone.

import { toSatFloor } from '../../../lightning/values.ts';
import { isUuid } from '../../../platform/ids.ts';
import { refuse } from '../../../platform/refusal.ts';
import type { WalletView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { InvoiceConnection, LnHoldInvoiceConnection, pageArgs, pageAsk, TransactionConnection } from './connections.ts';
import { WalletCurrency } from './enums.ts';
import { Invoice } from './Invoice.ts';
import { Transaction } from './Transaction.ts';

const emptyPage = { rows: [], hasNext: false, hasPrevious: false } as const;
const newestFirst = 'Newest first.';
const addressArg = 'Only what came to this address.';

export const Wallet = builder.interfaceRef<WalletView>('Wallet').implement({
  description: 'Something of an account that holds money.',
  resolveType: (wallet) => (wallet.currency === 'BTC' ? 'BTCWallet' : 'UsdWallet'),
  fields: (t) => ({
    accountId: t.exposeID('accountId'),
    balance: t.field({
      type: 'SignedAmount',
      description: 'Whole satoshis that can be spent: what its backend has, or its share of it.',
      resolve: reading('balance', async (wallet, _args, context) => toSatFloor(await context.loaders.balance.load(wallet.id))),
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
      description: 'Satoshis on the chain that are not confirmed. Zero: this gateway takes nothing on the chain yet.',
      resolve: () => 0,
    }),
    pendingIncomingTransactions: t.field({
      type: [Transaction],
      description: 'Deposits on the chain that are not confirmed. None yet.',
      resolve: () => [],
    }),
    pendingIncomingTransactionsByAddress: t.field({
      type: [Transaction],
      description: 'Deposits to one address that are not confirmed. None yet.',
      args: { address: t.arg({ type: 'OnChainAddress', required: true, description: addressArg }) },
      resolve: (_wallet, args) => {
        good(args.address);
        return [];
      },
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
      description: 'Movements on the chain with one address, newest first. None yet.',
      args: { address: t.arg({ type: 'OnChainAddress', required: true, description: addressArg }), ...pageArgs },
      resolve: reading('transactionsByAddress', async (_wallet, args) => {
        good(args.address);
        pageAsk(args);
        return emptyPage;
      }),
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
  description: "A wallet that holds US dollars. This gateway has none; the type is here for clients' fragments.",
  interfaces: [Wallet],
});
