// A Bitcoin address, checked down to its checksum. Which network it belongs to is the core's question: a scalar does not know ours.
import { createHash } from 'node:crypto';
import { builder } from '../builder.ts';
import { BadInput, textReading } from './input.ts';

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const prefixes = ['bc', 'tb', 'bcrt'];
/** Pay to public key hash and to script hash, on mainnet and on the test networks. */
const versions = [0x00, 0x05, 0x6f, 0xc4];

/** True for a legacy (base58check) or a segwit (BIP 173, BIP 350) address of any Bitcoin network. */
export const isAddress = (text: string): boolean => text.length <= 90 && (isSegwit(text) || isLegacy(text));

const isLegacy = (text: string): boolean => {
  const bytes = fromBase58(text);
  if (bytes === null || !versions.includes(bytes[0] ?? -1)) return false;
  const sum = sha256(sha256(bytes.subarray(0, 21))).subarray(0, 4);
  return sum.equals(bytes.subarray(21));
};

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

// Version, twenty bytes of hash, four of checksum.
const fromBase58 = (text: string): Buffer | null => {
  if (text.length < 26 || text.length > 35) return null;
  let value = 0n;
  for (const character of text) {
    const digit = base58.indexOf(character);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  const hex = value.toString(16);
  if (hex.length > 50) return null;
  // Every leading 1 stands for a zero byte, and for nothing else.
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  const bytes = Buffer.from(hex.padStart(50, '0'), 'hex');
  return bytes.findIndex((byte) => byte !== 0) === zeros ? bytes : null;
};

const isSegwit = (text: string): boolean => {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return false;
  const split = lower.lastIndexOf('1');
  const prefix = lower.slice(0, split);
  const words = [...lower.slice(split + 1)].map((character) => bech32.indexOf(character));
  if (!prefixes.includes(prefix) || words.includes(-1) || words.length < 8) return false;
  const version = words[0] ?? 0;
  const constant = version === 0 ? 1 : 0x2bc830a3;
  if (version > 16 || polymod([...expanded(prefix), ...words]) !== constant) return false;
  return isProgram(version, words.slice(1, -6));
};

const isProgram = (version: number, words: readonly number[]): boolean => {
  const bits = words.length * 5;
  const spare = bits % 8;
  const last = words.at(-1) ?? 0;
  if (spare >= 5 || (last & ((1 << spare) - 1)) !== 0) return false;
  const bytes = (bits - spare) / 8;
  return version === 0 ? bytes === 20 || bytes === 32 : bytes >= 2 && bytes <= 40;
};

const expanded = (prefix: string): readonly number[] => {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
};

const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

// The checksum of BIP 173.
const polymod = (values: readonly number[]): number => {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of generators.entries()) if ((top >> bit) & 1) sum ^= generator;
  }
  return sum >>> 0;
};

builder.scalarType('OnChainAddress', {
  description: 'A Bitcoin address.',
  serialize: (text) => text,
  ...textReading('OnChainAddress', (text) => (isAddress(text) ? text : new BadInput('Invalid value for OnChainAddress'))),
});
