// How a movement went: over Lightning, on the chain, or inside the gateway.
import type { TransactionView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';

const SettlementViaIntraLedger = builder.objectRef<TransactionView>('SettlementViaIntraLedger').implement({
  description: 'Inside the gateway: no fee, no network.',
  fields: (t) => ({
    counterPartyUsername: t.expose('counterpartyUsername', {
      type: 'Username',
      nullable: true,
      description: 'Null: the other side has no handle here.',
    }),
    counterPartyWalletId: t.expose('counterpartyWalletId', { type: 'WalletId', nullable: true }),
    preImage: t.expose('preimage', { type: 'LnPaymentPreImage', nullable: true }),
  }),
});

const SettlementViaLn = builder.objectRef<TransactionView>('SettlementViaLn').implement({
  description: 'Over the Lightning network. The preimage proves it.',
  fields: (t) => ({
    paymentSecret: t.expose('preimage', {
      type: 'LnPaymentSecret',
      nullable: true,
      deprecationReason: "Shifting property to 'preImage' to improve granularity of the LnPaymentSecret type",
    }),
    preImage: t.expose('preimage', { type: 'LnPaymentPreImage', nullable: true }),
  }),
});

const SettlementViaOnChain = builder.objectRef<TransactionView>('SettlementViaOnChain').implement({
  description: 'By a Bitcoin transaction.',
  fields: (t) => ({
    arrivalInMempoolEstimatedAt: t.field({
      type: 'Timestamp',
      nullable: true,
      description: 'Null: not estimated here.',
      resolve: () => null,
    }),
    transactionHash: t.expose('txid', { type: 'OnChainTxHash', nullable: true }),
    vout: t.exposeInt('vout', { nullable: true }),
  }),
});

const members = { lightning: SettlementViaLn, intraledger: SettlementViaIntraLedger, onchain: SettlementViaOnChain } as const;

export const SettlementVia = builder.unionType('SettlementVia', {
  description: 'How a movement went.',
  types: [SettlementViaIntraLedger, SettlementViaLn, SettlementViaOnChain],
  resolveType: (moved) => members[moved.kind],
});
