// What is known of a currency beside its price: how it is written. From the runtime's own tables (ISO 4217, Unicode CLDR).

export interface Currency {
  /** Three letters (ISO 4217). */
  readonly code: string;
  readonly name: string;
  readonly symbol: string;
  /** The flag of who issues it, as an emoji; empty when nobody in particular does. */
  readonly flag: string;
  readonly fractionDigits: number;
}

const digits = new Map<string, number>();

/** Digits after the point; two where nobody knows the currency. */
export const fractionDigits = (code: string): number => {
  const known = digits.get(code);
  if (known !== undefined) return known;
  const found = digitsOf(code);
  digits.set(code, found);
  return found;
};

const digitsOf = (code: string): number => {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
};

const names = new Intl.DisplayNames('en', { type: 'currency' });

const textOr = (code: string, read: () => string | undefined): string => {
  try {
    return read() ?? code;
  } catch {
    return code;
  }
};

const symbolOf = (code: string): string =>
  textOr(
    code,
    () =>
      new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay: 'narrowSymbol' })
        .formatToParts(0)
        .find(({ type }) => type === 'currency')?.value,
  );

const regionalA = 0x1_f1_e6;

// The first two letters are the country, but for those that no country issues alone.
const flagOf = (code: string): string => {
  if (!/^[A-Z]{3}$/.test(code) || code.startsWith('X')) return '';
  return [...code.slice(0, 2)].map((letter) => String.fromCodePoint(regionalA + letter.charCodeAt(0) - 65)).join('');
};

export const currencyOf = (code: string): Currency => ({
  code,
  name: textOr(code, () => names.of(code)),
  symbol: symbolOf(code),
  flag: flagOf(code),
  fractionDigits: fractionDigits(code),
});
