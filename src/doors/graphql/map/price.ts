// Prices as clients read them.
import { createHash } from 'node:crypto';
import { priceOffset } from '../../../prices/display.ts';
import type { CentPrice } from '../types/Price.ts';

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
