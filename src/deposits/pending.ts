// Deposits that are not credited yet, shown as the movements that they will be. They have no row of their own among the transactions.
import type { TransactionView } from '../wallets/view.ts';
import type { DepositDeps } from './deps.ts';
import type { DepositView } from './view.ts';

/** A deposit that is not credited yet, as the movement that it will be; it has another id then, as upstream. */
export const pendingTransaction = async (deps: DepositDeps, deposit: DepositView): Promise<TransactionView> => {
  const price = deps.prices.current(await deps.displayCurrency(deposit.accountId));
  return {
    id: deposit.id,
    accountId: deposit.accountId,
    walletId: deposit.walletId,
    direction: 'receive',
    status: 'pending',
    kind: 'onchain',
    amountMsat: deposit.amountMsat,
    feeMsat: 0n,
    amountCents: null,
    feeCents: null,
    paymentHash: null,
    bolt11: null,
    preimage: null,
    address: deposit.address,
    txid: deposit.txid,
    vout: deposit.output,
    memo: null,
    externalId: null,
    subjectId: deposit.id,
    counterpartyWalletId: null,
    counterpartyUsername: null,
    priceBase: price?.base ?? null,
    priceCurrency: price?.currency ?? 'USD',
    createdAt: deposit.seenAt,
    endedAt: null,
  };
};
