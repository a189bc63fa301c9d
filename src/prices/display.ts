// What satoshis are worth in a currency, as text. A movement is worth what it was when it happened, from the price kept with it; zero when none was known.
import { fractionDigits } from './currency.ts';

/** Minor units times 10^this for one satoshi: the scale of `priceBase`. */
export const priceOffset = 12;

/** Whole satoshis or cents (signed) in major units of the price's currency, such as "-0.47"; half a minor unit counts as one. */
export const displayAmount = (sats: number, price: { readonly priceBase: bigint | null; readonly priceCurrency: string }): string => {
  const digits = fractionDigits(price.priceCurrency);
  const scale = 10n ** BigInt(priceOffset);
  const value = BigInt(Math.abs(sats)) * (price.priceBase ?? 0n);
  const minor = ((value + scale / 2n) / scale).toString().padStart(digits + 1, '0');
  const text = digits === 0 ? minor : `${minor.slice(0, -digits)}.${minor.slice(-digits)}`;
  return sats < 0 && /[1-9]/.test(text) ? `-${text}` : text;
};
