// Hostile values as raw JSON text: every type where another belongs, every size, every corner of Unicode, numbers that no number holds.
import { badArguments, badRequests, badValues } from '../support/bad-values.ts';
import type { Random } from './random.ts';

const hex = '0123456789abcdef';
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const letters = `${bech32}${bech32.toUpperCase()}1bio-_ '"\\\n\t\u0000\u00a0\u202e\u200b\ufeff\u{1f600}\ud800é\u0301`;

export const text = (random: Random, most: number, from: string = letters): string => {
  const signs = [...from];
  return Array.from({ length: random.int(most + 1) }, () => random.pick(signs)).join('');
};

const size = (random: Random): number =>
  random.weighted([
    [60, 12],
    [25, 80],
    [10, 900],
    [4, 9_000],
    [1, 120_000],
  ]);

const sayings = [
  "'; DROP TABLE invoices;--",
  "' OR '1'='1",
  '$1',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '%00',
  '\\u0000',
  '\u0000',
  'null',
  'undefined',
  'NaN',
  '[object Object]',
  '__proto__',
  'constructor',
  'true',
  '-0',
  '1e9999',
  '\ud83d',
  '\ufeff',
  'İ',
  'ß'.repeat(99),
  '\r\nSet-Cookie: a=b',
];

const numbers = [
  '0',
  '-0',
  '-1',
  '1',
  '1.5',
  '-1.5',
  '1e308',
  '1e400',
  '-1e400',
  '9007199254740993',
  '10000000000001',
  '2147483648',
  '0.1e-400',
  '1E+2',
];

const nested = (random: Random): string => {
  const depth = 1 + random.int(random.chance(0.05) ? 3000 : 12);
  return random.chance(0.5) ? `${'['.repeat(depth)}1${']'.repeat(depth)}` : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
};

const objects = [
  '{}',
  '[]',
  '[null]',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"toString":1,"valueOf":2}',
  '{"length":1e9}',
  '{"a":1,"a":2}',
  '[[[]]]',
  '{"then":1}',
  '{"toJSON":"x"}',
];

/** Any JSON value. */
export const anyJson = (random: Random): string =>
  random.weighted<() => string>([
    [30, () => JSON.stringify(text(random, size(random)))],
    [15, () => JSON.stringify(random.pick(sayings))],
    [15, () => random.pick(numbers)],
    [5, () => String(random.int(4_294_967_296) - 2_147_483_648)],
    [10, () => random.pick(objects)],
    [5, () => nested(random)],
    [5, () => random.pick(['true', 'false'])],
    [8, () => JSON.stringify(text(random, 64, hex))],
    [7, () => JSON.stringify(`lnbcrt${text(random, 300, bech32)}`)],
  ])();

/** Swaps, drops, doubles or changes signs of a text. */
export const bruise = (random: Random, given: string, most = 4): string => {
  let out = given;
  for (let times = 1 + random.int(most); times > 0; times--) {
    const at = random.int(out.length + 1);
    const to = at + random.int(random.chance(0.2) ? 40 : 3);
    out = random.weighted<() => string>([
      [3, () => out.slice(0, at) + out.slice(to)],
      [3, () => out.slice(0, at) + text(random, 4) + out.slice(at)],
      [2, () => out.slice(0, to) + out.slice(at)],
      [2, () => out.slice(0, at) + random.pick([...'{}[]()":,$@!|&.\\/0\u0000']) + out.slice(at + 1)],
      [1, () => out.slice(0, at)],
    ])();
  }
  return out;
};

export interface SurelyBad {
  readonly json: string;
  readonly message: string | RegExp;
}

const knownBad = (scalar: string, argument: string): readonly SurelyBad[] => {
  const own = badArguments[argument === 'last' ? 'first' : argument] ?? [];
  const requests = scalar === 'LnPaymentRequest' ? badRequests : [];
  return [...(badValues[scalar] ?? []), ...own, ...requests].flatMap(({ json, expected }) =>
    expected === 'graphql' ? [] : [{ json, message: expected.message }],
  );
};

export const hasSurelyBad = (scalar: string, argument: string): boolean => knownBad(scalar, argument).length > 0;

/** A value that this scalar, or what takes an argument of this name, refuses for certain, with its words. */
export const surelyBad = (random: Random, scalar: string, argument: string): SurelyBad | null => {
  const known = knownBad(scalar, argument);
  return known.length === 0 ? null : random.pick(known);
};
