// What a satoshi is worth, from where, how old. For now one fixed rate from the configuration; without one, nobody knows.
export interface Price {
  /** Minor units of `currency` for one satoshi, times 10^12. */
  readonly base: bigint;
  readonly currency: string;
  readonly at: Date;
}

export interface Prices {
  /** Null when no price is known: fields that must be non-null then answer zero. */
  current(): Price | null;
  readonly currency: string;
}

/** `perBtc`: major units of the currency for one bitcoin, with `fractionDigits` digits behind the point (USD: 2). */
export const fixedPrice = (
  rate: { readonly currency: string; readonly perBtc: number; readonly fractionDigits?: number } | null,
  clock: { now(): Date },
): Prices => {
  if (rate === null) return { current: () => null, currency: 'USD' };
  const minorPerBtc = rate.perBtc * 10 ** (rate.fractionDigits ?? 2);
  // 10^8 satoshis a bitcoin, base carries 10^12: the factor is 10^4.
  const base = BigInt(Math.round(minorPerBtc * 10_000));
  return { currency: rate.currency, current: () => ({ base, currency: rate.currency, at: clock.now() }) };
};
