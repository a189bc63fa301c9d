// What `myUpdates` tells: a price, or one movement of the account's money with what older clients read beside it.
import type { PriceView } from '../../../commands/pricing.ts';
import type { UpdateView } from '../../../commands/updates.ts';
import { toSatCeil, toSatFloor } from '../../../lightning/values.ts';
import { fractionDigits } from '../../../prices/currency.ts';
import { priceOffset } from '../../../prices/display.ts';
import type { TransactionView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { centsFor } from '../map/price.ts';
import { InvoicePaymentStatus, TxNotificationType } from './enums.ts';
import { type CentPrice, Price } from './Price.ts';
import { RealtimePrice } from './RealtimePrice.ts';
import { Transaction } from './Transaction.ts';

type Moved = Extract<UpdateView, { readonly transaction: TransactionView }>;

const inFavor = 'Deprecated in favor of transaction';

const amountOf = ({ transaction: { direction, amountMsat } }: Moved): number =>
  direction === 'send' ? toSatCeil(amountMsat) : toSatFloor(amountMsat);

/** Major units for one satoshi; zero when nobody knew. */
const perSat = (base: bigint | null, currency: string): number => Number(base ?? 0n) / 10 ** (priceOffset + fractionDigits(currency));

const displayPerSat = ({ transaction }: Moved): number => perSat(transaction.priceBase, transaction.priceCurrency);

const usdPerSat = (moved: Moved, context: GraphqlContext): number => {
  if (moved.transaction.priceCurrency === 'USD') return displayPerSat(moved);
  const known = context.reads.currencies().some(({ code }) => code === 'USD');
  return known ? perSat(context.reads.price('USD').base, 'USD') : 0;
};

export const IntraLedgerUpdate = builder.objectRef<Moved>('IntraLedgerUpdate').implement({
  description: 'Money came from another wallet of this gateway, by wallet id.',
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', deprecationReason: inFavor, resolve: amountOf }),
    displayCurrencyPerSat: t.float({ deprecationReason: inFavor, resolve: displayPerSat }),
    transaction: t.expose('transaction', { type: Transaction }),
    txNotificationType: t.field({ type: TxNotificationType, resolve: ({ about }) => about }),
    usdPerSat: t.float({
      deprecationReason: 'updated over displayCurrencyPerSat',
      resolve: (moved, _args, context) => usdPerSat(moved, context),
    }),
    walletId: t.field({ type: 'WalletId', deprecationReason: inFavor, resolve: ({ transaction }) => transaction.walletId }),
  }),
});

export const LnUpdate = builder.objectRef<Moved>('LnUpdate').implement({
  description: 'An invoice of the account was paid.',
  fields: (t) => ({
    paymentHash: t.field({ type: 'PaymentHash', deprecationReason: inFavor, resolve: ({ transaction }) => transaction.paymentHash ?? '' }),
    status: t.field({ type: InvoicePaymentStatus, resolve: () => 'PAID' as const }),
    transaction: t.expose('transaction', { type: Transaction }),
    walletId: t.field({ type: 'WalletId', deprecationReason: inFavor, resolve: ({ transaction }) => transaction.walletId }),
  }),
});

export const OnChainUpdate = builder.objectRef<Moved>('OnChainUpdate').implement({
  description: 'Money was seen on the chain, came from it, or went there.',
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', deprecationReason: inFavor, resolve: amountOf }),
    displayCurrencyPerSat: t.float({ deprecationReason: inFavor, resolve: displayPerSat }),
    transaction: t.expose('transaction', { type: Transaction }),
    txHash: t.field({ type: 'OnChainTxHash', deprecationReason: inFavor, resolve: ({ transaction }) => transaction.txid ?? '' }),
    txNotificationType: t.field({ type: TxNotificationType, resolve: ({ about }) => about }),
    usdPerSat: t.float({
      deprecationReason: 'updated over displayCurrencyPerSat',
      resolve: (moved, _args, context) => usdPerSat(moved, context),
    }),
    walletId: t.field({ type: 'WalletId', deprecationReason: inFavor, resolve: ({ transaction }) => transaction.walletId }),
  }),
});

const names = { lightning: 'LnUpdate', intraledger: 'IntraLedgerUpdate', onchain: 'OnChainUpdate' } as const;

/** The member of the union that an update is, under the name of its type. */
export const updateOf = (update: UpdateView): (Moved | CentPrice | PriceView) & { readonly member: string } => {
  if ('transaction' in update) return { ...update, member: names[update.is] };
  return update.is === 'price' ? { ...centsFor(1, update.price.base), member: 'Price' } : { ...update.price, member: 'RealtimePrice' };
};

export const UserUpdate = builder.unionType('UserUpdate', {
  description: 'One thing that is told of an account.',
  types: [IntraLedgerUpdate, LnUpdate, OnChainUpdate, Price, RealtimePrice],
  resolveType: (value) => ('member' in value && typeof value.member === 'string' ? value.member : null),
});
