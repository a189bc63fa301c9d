// One movement of a wallet's money, signed, in whole satoshis: what leaves is rounded up and includes its fee, what comes is rounded down. Of a
// wallet that holds dollars everything is in cents, as its upstream says.
import { displayAmount, priceOffset } from '../../../prices/display.ts';
import { currencyOf, feeUnits, settlementUnits } from '../../../wallets/units.ts';
import type { TransactionView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { TxDirection, TxStatus, WalletCurrency } from './enums.ts';
import { InitiationVia } from './InitiationVia.ts';
import { PriceOfOneSettlementMinorUnitInDisplayMinorUnit } from './PriceInterface.ts';
import { SettlementVia } from './SettlementVia.ts';

export const Transaction = builder.objectRef<TransactionView>('Transaction').implement({
  description:
    'One movement of money, however it was asked for (`initiationVia`) and however it went (`settlementVia`): ' +
    'an invoice of this gateway that this gateway pays never leaves it.',
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    direction: t.expose('direction', { type: TxDirection }),
    externalId: t.expose('externalId', { type: 'TxExternalId', nullable: true }),
    id: t.exposeID('id'),
    initiationVia: t.field({ type: InitiationVia, description: 'How it was asked for.', resolve: (moved) => moved }),
    memo: t.expose('memo', { type: 'Memo', nullable: true }),
    settlementAmount: t.field({
      type: 'SignedAmount',
      description: 'Satoshis, or cents; negative, and with the fee in it, when sent. Cents are zero until upstream has said how many.',
      resolve: settlementUnits,
    }),
    settlementCurrency: t.field({ type: WalletCurrency, resolve: currencyOf }),
    settlementDisplayAmount: t.field({
      type: 'SignedDisplayMajorAmount',
      description: 'The amount in the display currency at the price of that moment; zero when no price was known.',
      resolve: (moved) => displayAmount(settlementUnits(moved), moved),
    }),
    settlementDisplayCurrency: t.expose('priceCurrency', { type: 'DisplayCurrency' }),
    settlementDisplayFee: t.field({ type: 'SignedDisplayMajorAmount', resolve: (moved) => displayAmount(feeUnits(moved), moved) }),
    settlementFee: t.field({
      type: 'SignedAmount',
      description: 'Satoshis, or cents, paid for routing; what is set aside for it while pending.',
      resolve: feeUnits,
    }),
    settlementPrice: t.field({
      type: PriceOfOneSettlementMinorUnitInDisplayMinorUnit,
      description: 'What a satoshi, or a cent, was worth at that moment.',
      resolve: (moved) => ({ base: moved.priceBase ?? 0n, offset: priceOffset }),
    }),
    settlementVia: t.field({ type: SettlementVia, description: 'How it went.', resolve: (moved) => moved }),
    status: t.expose('status', { type: TxStatus }),
  }),
});
