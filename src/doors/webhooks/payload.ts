// What a callback says, in upstream's words (contract §6): the movement with its display amounts, or how an invoice has ended.
import type { Told } from '../../commands/callbacks.ts';
import { decodeBolt11 } from '../../lightning/bolt11.ts';
import { displayAmount, priceOffset } from '../../prices/display.ts';
import { currencyOf, feeUnits, settlementUnits } from '../../wallets/units.ts';
import type { TransactionView } from '../../wallets/view.ts';

const counterparty = ({ counterpartyWalletId, counterpartyUsername }: TransactionView) => ({
  counterPartyWalletId: counterpartyWalletId,
  counterPartyUsername: counterpartyUsername,
});

const payeeOf = (bolt11: string | null): string | null => {
  const decoding = bolt11 === null ? null : decodeBolt11(bolt11);
  return decoding?.is === 'decoded' ? decoding.invoice.destination : null;
};

const initiation = (moved: TransactionView): object => {
  if (moved.paymentHash !== null) return { type: 'lightning', paymentHash: moved.paymentHash, pubkey: payeeOf(moved.bolt11) };
  return moved.address === null ? { type: 'intraledger', ...counterparty(moved) } : { type: 'onchain', address: moved.address };
};

const settlement = (moved: TransactionView): object => {
  if (moved.kind === 'lightning') return { type: 'lightning' };
  if (moved.kind === 'intraledger') return { type: 'intraledger', ...counterparty(moved) };
  return { type: 'onchain', transactionHash: moved.txid, vout: moved.vout };
};

const transactionOf = (moved: TransactionView): object => {
  const [amount, fee, currency] = [settlementUnits(moved), feeUnits(moved), currencyOf(moved)];
  return {
    id: moved.id,
    walletId: moved.walletId,
    createdAt: moved.createdAt.toISOString(),
    status: moved.status,
    memo: moved.memo,
    externalId: moved.externalId,
    initiationVia: initiation(moved),
    settlementVia: settlement(moved),
    settlementAmount: amount,
    settlementCurrency: currency,
    settlementFee: fee,
    settlementDisplayAmount: displayAmount(amount, moved),
    settlementDisplayFee: displayAmount(fee, moved),
    settlementDisplayPrice: {
      base: String(moved.priceBase ?? 0n),
      offset: String(priceOffset),
      displayCurrency: moved.priceCurrency,
      walletCurrency: currency,
    },
  };
};

/** The body of a callback, as JSON. */
export const payloadOf = (told: Told): string => {
  if (told.is === 'invoice') {
    const { paymentHash, bolt11: paymentRequest, status, preimage: paymentPreimage } = told;
    return JSON.stringify({ paymentHash, paymentRequest, status, paymentPreimage });
  }
  const { transaction: moved } = told;
  const eventType = `${moved.direction}.${moved.kind}`;
  return JSON.stringify({ accountId: moved.accountId, eventType, walletId: moved.walletId, transaction: transactionOf(moved) });
};
