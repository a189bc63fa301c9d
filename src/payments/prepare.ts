// From what a client sent to an order that may be paid: decoding, Galoy's amount rules, the fee limit. Nothing is written here.

import type { Network } from '../backends/port.ts';
import { type DecodedBolt11, decodeBolt11 } from '../lightning/bolt11.ts';
import { fromSat, type Msat, msat } from '../lightning/values.ts';
import type { CashEffects } from '../platform/effects-cash.ts';
import { refuse } from '../platform/refusal.ts';
import type { WalletView } from '../wallets/view.ts';

export interface PaymentAsk {
  readonly wallet: WalletView;
  readonly bolt11: string;
  readonly amount: 'inInvoice' | { readonly msat: bigint } | { readonly cents: bigint };
  /** Null: the wallet's own limit, else Galoy's reserve. */
  readonly maxFeeMsat: bigint | null;
}

/** A payment that a client asks for, with who asked and how long they wait. */
export interface SendOrder extends PaymentAsk {
  readonly memo: string | null;
  readonly keyId: string | null;
  /** Idempotency: under which key, and the digest of what was asked. */
  readonly asked: { readonly by: string; readonly key: string; readonly digest: string } | null;
  /** Seconds; null: the gateway's setting. */
  readonly waitSeconds: number | null;
  /** What the statement that writes the payment writes beside it; when it cannot, there is no payment (`paymentInFlight`). */
  readonly along?: (paymentId: string) => CashEffects;
}

export interface PreparedPayment {
  readonly invoice: DecodedBolt11;
  /** What the payee gets; 0 where it is told in cents. */
  readonly amount: Msat;
  /** Of a wallet that holds dollars, for a request without an amount. */
  readonly cents: bigint | null;
  readonly amountless: boolean;
  readonly maxFee: Msat;
  /** The client named the limit: a backend that keeps none of ours may carry it only where its own is not higher. */
  readonly isFeeLimited: boolean;
}

/** Galoy's reserve (contract §5.6): half a percent, rounded up, at least 10 sat. */
export const galoyReserve = (amount: bigint): bigint => {
  const half = (amount + 199n) / 200n;
  const least: bigint = fromSat(10);
  return half > least ? half : least;
};

/** What a payment may cost when the client names no limit. */
export const feeLimitOf = (wallet: Pick<WalletView, 'defaultFeeLimitPpm'>, amount: bigint): bigint =>
  wallet.defaultFeeLimitPpm === null ? galoyReserve(amount) : (amount * BigInt(wallet.defaultFeeLimitPpm) + 999_999n) / 1_000_000n;

/**
 * Throws Refused: invalidInvoice, amountRequired/noAmountInInvoice, amountNotAllowed, amountIsZero, usdAmountIsZero, wrongCurrency.
 * An invoice with an amount is taken by lnNoAmount… too when the amount given is exactly its own (contract §10), unless the wallet says no.
 */
export const preparePayment = (ask: PaymentAsk, network: Network): PreparedPayment => {
  const invoice = decodeFor(ask.bolt11, network);
  const amount = amountOf(ask, invoice.amount);
  const isUsd = ask.wallet.currency === 'USD';
  // What a wallet of dollars pays is upstream's reckoning: no fee of it is in msat, and no limit is ours to set.
  const maxFee = msat(isUsd ? 0n : (ask.maxFeeMsat ?? feeLimitOf(ask.wallet, amount)));
  const cents = ask.amount !== 'inInvoice' && 'cents' in ask.amount ? ask.amount.cents : null;
  return { invoice, amount, cents, amountless: invoice.amount === null, maxFee, isFeeLimited: !isUsd && ask.maxFeeMsat !== null };
};

/** A request of this network, decoded; throws Refused `invalidInvoice`. */
export const decodeFor = (text: string, network: Network): DecodedBolt11 => {
  const decoding = decodeBolt11(text);
  if (decoding.is === 'undecodable') return refuse({ is: 'invalidInvoice', why: decoding.why === 'checksum' ? 'checksum' : 'undecodable' });
  if (decoding.invoice.network !== network) return refuse({ is: 'invalidInvoice', why: 'network' });
  return decoding.invoice;
};

const amountOf = (ask: PaymentAsk, inInvoice: Msat | null): Msat => {
  if (ask.amount === 'inInvoice') return inInvoice ?? refuse({ is: 'noAmountInInvoice' });
  if ('cents' in ask.amount) return centsOf(ask, ask.amount.cents, inInvoice);
  const given = ask.amount.msat;
  if (ask.wallet.currency !== 'BTC') return refuse({ is: given > 0n ? 'wrongCurrency' : 'amountIsZero' });
  if (inInvoice !== null) {
    if (ask.wallet.acceptFixedAmount && given === inInvoice) return inInvoice;
    return refuse({ is: 'amountNotAllowed' });
  }
  return given > 0n ? msat(given) : refuse({ is: 'amountIsZero' });
};

/** Nothing in msat: what so many cents are is upstream's word. */
const centsOf = ({ wallet }: PaymentAsk, cents: bigint, inInvoice: Msat | null): Msat => {
  if (cents <= 0n) return refuse({ is: 'usdAmountIsZero' });
  if (wallet.currency !== 'USD') return refuse({ is: 'wrongCurrency' });
  return inInvoice === null ? msat(0n) : refuse({ is: 'amountNotAllowed' });
};
