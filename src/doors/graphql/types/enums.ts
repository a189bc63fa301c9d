// Enumerations with Galoy's values; inside, the views' words.
import { builder } from '../builder.ts';

export const InvoicePaymentStatus = builder.enumType('InvoicePaymentStatus', {
  description: 'How a payer sees an invoice. Canceling one shows as EXPIRED only when its time is over.',
  values: ['EXPIRED', 'PAID', 'PENDING'] as const,
});

export const WalletCurrency = builder.enumType('WalletCurrency', {
  description: 'What a wallet holds.',
  values: ['BTC', 'USD'] as const,
});

export const PaymentSendResult = builder.enumType('PaymentSendResult', {
  description: 'What became of a send. PENDING ends later: ask `lnPayment` or the transaction. FAILURE always comes with an error.',
  values: ['ALREADY_PAID', 'FAILURE', 'PENDING', 'SUCCESS'] as const,
});

export const TxDirection = builder.enumType('TxDirection', {
  description: 'Which way the money went.',
  values: { RECEIVE: { value: 'receive' }, SEND: { value: 'send' } } as const,
});

export const TxStatus = builder.enumType('TxStatus', {
  description: 'How far a movement or a payment is.',
  values: { FAILURE: { value: 'failure' }, PENDING: { value: 'pending' }, SUCCESS: { value: 'success' } } as const,
});

export const PayoutSpeed = builder.enumType('PayoutSpeed', {
  description: 'How soon a transaction shall be in a block; sooner costs more.',
  values: { FAST: { value: 'fast' }, MEDIUM: { value: 'medium' }, SLOW: { value: 'slow' } } as const,
});

export const Network = builder.enumType('Network', {
  description: 'Which Bitcoin network.',
  values: ['mainnet', 'regtest', 'signet', 'testnet'] as const,
});

export const Scope = builder.enumType('Scope', {
  description: "What an API key may do. WRITE includes RECEIVE and not READ. ADMIN is this gateway's own, and only its keys show it.",
  values: ['ADMIN', 'READ', 'RECEIVE', 'WRITE'] as const,
});

export const AccountLevel = builder.enumType('AccountLevel', {
  description: 'How well an account is known. This gateway makes no difference: every account is ONE.',
  values: ['ONE', 'THREE', 'TWO', 'ZERO'] as const,
});

export const PhoneCodeChannelType = builder.enumType('PhoneCodeChannelType', {
  description: 'How a login code would reach a phone. This gateway has no phone login.',
  values: ['SMS', 'TELEGRAM', 'WHATSAPP'] as const,
});

export const ExchangeCurrencyUnit = builder.enumType('ExchangeCurrencyUnit', {
  description: 'What an amount is in.',
  values: ['BTCSAT', 'USDCENT'] as const,
});

export const PriceGraphRange = builder.enumType('PriceGraphRange', {
  description: 'How far back a graph of prices goes.',
  values: ['FIVE_YEARS', 'ONE_DAY', 'ONE_MONTH', 'ONE_WEEK', 'ONE_YEAR'] as const,
});

export const TxNotificationType = builder.enumType('TxNotificationType', {
  description: 'What an update tells of, with the spelling that clients know.',
  values: [
    'IntraLedgerPayment',
    'IntraLedgerReceipt',
    'LigtningReceipt',
    'OnchainPayment',
    'OnchainReceipt',
    'OnchainReceiptPending',
  ] as const,
});
