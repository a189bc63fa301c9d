// What satoshis are worth, as clients read it. A movement is worth what it was when it happened, from the price kept with it; zero when none was known.
import { createHash } from 'node:crypto';
import { fractionDigits } from '../../../prices/currency.ts';
import type { TransactionView } from '../../../wallets/view.ts';
import type { CentPrice } from '../types/Price.ts';

/** Minor units times 10^this for one satoshi: the scale of `priceBase`. */
export const priceOffset = 12;

/** Whole satoshis or cents (signed) in major units of the price's currency, such as "-0.47"; half a minor unit counts as one. */
export const displayAmount = (sats: number, price: Pick<TransactionView, 'priceBase' | 'priceCurrency'>): string => {
  const digits = fractionDigits(price.priceCurrency);
  const scale = 10n ** BigInt(priceOffset);
  const value = BigInt(Math.abs(sats)) * (price.priceBase ?? 0n);
  const minor = ((value + scale / 2n) / scale).toString().padStart(digits + 1, '0');
  const text = digits === 0 ? minor : `${minor.slice(0, -digits)}.${minor.slice(-digits)}`;
  return sats < 0 && /[1-9]/.test(text) ? `-${text}` : text;
};

/** So many satoshis in US cents, at the price of one (its base, in dollars). */
export const centsFor = (sats: number, base: bigint): CentPrice => ({
  base: Number(base * BigInt(sats)),
  offset: priceOffset,
  formattedAmount: String((Number(base) * sats) / 10 ** priceOffset),
});

/** One bitcoin in US cents, at offset 4: 10^8 satoshis, so the digits are those of the price of one at offset 12. */
export const centsPerBtc = (base: bigint): CentPrice => ({ base: Number(base), offset: 4, formattedAmount: String(Number(base) / 10_000) });

/** The same id for the same text (a UUID of version 8), for what clients keep by its id. */
export const nameOf = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** A stream of one event, which then is complete. */
export async function* once<T>(event: T): AsyncGenerator<T> {
  yield event;
}
