// How a movement was asked for. Never null: what has neither an invoice nor an address was asked for inside the gateway.
import type { TransactionView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';

const InitiationViaIntraLedger = builder.objectRef<TransactionView>('InitiationViaIntraLedger').implement({
  description: 'From one wallet of the gateway to another, by its id.',
  fields: (t) => ({
    counterPartyUsername: t.expose('counterpartyUsername', { type: 'Username', nullable: true }),
    counterPartyWalletId: t.expose('counterpartyWalletId', { type: 'WalletId', nullable: true }),
  }),
});

const InitiationViaLn = builder.objectRef<TransactionView>('InitiationViaLn').implement({
  description: 'By a Lightning invoice.',
  fields: (t) => ({
    paymentHash: t.field({ type: 'PaymentHash', resolve: (moved) => moved.paymentHash ?? '' }),
    paymentRequest: t.field({ type: 'LnPaymentRequest', description: 'BOLT 11.', resolve: (moved) => moved.bolt11 ?? '' }),
  }),
});

const InitiationViaOnChain = builder.objectRef<TransactionView>('InitiationViaOnChain').implement({
  description: 'By a Bitcoin address.',
  fields: (t) => ({ address: t.field({ type: 'OnChainAddress', resolve: (moved) => moved.address ?? '' }) }),
});

export const InitiationVia = builder.unionType('InitiationVia', {
  description: 'How a movement was asked for.',
  types: [InitiationViaIntraLedger, InitiationViaLn, InitiationViaOnChain],
  resolveType: (moved) => {
    if (moved.paymentHash !== null && moved.bolt11 !== null) return InitiationViaLn;
    return moved.address === null ? InitiationViaIntraLedger : InitiationViaOnChain;
  },
});
