// Writing signed BOLT 11 payment requests, as a simulated node does. Pure: the caller brings key, secrets and clock; nothing is verified by
// recovery, so that thousands a second can be signed.
import { createHash } from 'node:crypto';
import { signRecoverable } from 'tiny-secp256k1';
import type { RouteHintHop } from './bolt11.ts';
import { type Bolt11, bolt11Text, type PaymentHash } from './values.ts';

export interface Bolt11Draft {
  readonly network: 'mainnet' | 'testnet' | 'signet' | 'regtest';
  /** In msat, 1 or more; null when the payer chooses. */
  readonly amount: bigint | null;
  readonly hash: PaymentHash;
  /** BOLT 11 field `s`, 64 hex digits. */
  readonly paymentSecret: string;
  /** UTF-8 text of at most 639 bytes, or the sha256 of a longer one as 64 hex digits. */
  readonly description: { readonly text: string } | { readonly hash: string };
  readonly createdAt: Date;
  /** Whole seconds after `createdAt`. */
  readonly expirySeconds: number;
  /** Blocks that the last hop must leave to the payee. */
  readonly finalCltvDelta: number;
  /** Numbers of the feature bits that are set (BOLT 9). */
  readonly featureBits: readonly number[];
  /** Private hops before the payee, one list a hint. */
  readonly routeHints?: readonly (readonly RouteHintHop[])[];
}

/** Most bytes of a description text: a tagged field holds 1023 groups of five bits. */
export const maxDescriptionBytes = 639;

// What a reader assumes when the field is absent (BOLT 11), so it is left out.
const assumedExpirySeconds = 3600;
const assumedFinalCltvDelta = 18;

const prefixes = { mainnet: 'lnbc', testnet: 'lntb', signet: 'lntbs', regtest: 'lnbcrt' } as const;
const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const tags = { hash: 1, route: 3, features: 5, expiry: 6, text: 13, secret: 16, textHash: 23, cltv: 24 } as const;

/**
 * Signs and writes a payment request.
 * @throws RangeError when the amount is not positive, the description too long, or a number out of its field's range.
 */
export const encodeBolt11 = (draft: Bolt11Draft, privateKey: Uint8Array): Bolt11 => {
  const prefix = prefixes[draft.network] + amountText(draft.amount);
  const words = dataWords(draft);
  const digest = createHash('sha256').update(prefix, 'utf8').update(packed(words)).digest();
  const { signature, recoveryId } = signRecoverable(digest, privateKey);
  pushBytes(words, Buffer.concat([signature, Uint8Array.of(recoveryId)]));
  return bolt11Text(`${prefix}1${text(words)}${text(checksum(prefix, words))}`);
};

// One bitcoin and its parts, in tenths of a msat ("pico"): the largest that divides the amount gives the shortest text.
const units: readonly (readonly [size: bigint, letter: string])[] = [
  [1_000_000_000_000n, ''],
  [1_000_000_000n, 'm'],
  [1_000_000n, 'u'],
  [1_000n, 'n'],
  [1n, 'p'],
];

const amountText = (amount: bigint | null): string => {
  if (amount === null) return '';
  if (amount <= 0n) throw new RangeError('the amount of a payment request is at least 1 msat');
  const pico = amount * 10n;
  for (const [size, letter] of units) if (pico % size === 0n) return `${pico / size}${letter}`;
  return `${pico}p`;
};

const dataWords = (draft: Bolt11Draft): number[] => {
  const words: number[] = [];
  pushNumber(words, Math.floor(draft.createdAt.getTime() / 1000), 7);
  pushField(words, tags.hash, bytesOfHex(draft.hash));
  pushDescription(words, draft.description);
  if (draft.expirySeconds !== assumedExpirySeconds) pushNumberField(words, tags.expiry, draft.expirySeconds);
  if (draft.finalCltvDelta !== assumedFinalCltvDelta) pushNumberField(words, tags.cltv, draft.finalCltvDelta);
  pushField(words, tags.secret, bytesOfHex(draft.paymentSecret));
  pushFeatures(words, draft.featureBits);
  for (const hint of draft.routeHints ?? []) pushField(words, tags.route, Buffer.concat(hint.map(hopBytes)));
  return words;
};

const pushDescription = (words: number[], description: Bolt11Draft['description']): void => {
  if ('hash' in description) pushField(words, tags.textHash, bytesOfHex(description.hash));
  else pushField(words, tags.text, textBytes(description.text));
};

const textBytes = (text: string): Uint8Array => {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > maxDescriptionBytes) throw new RangeError(`a description holds at most ${maxDescriptionBytes} bytes: ${bytes.length}`);
  return bytes;
};

const bytesOfHex = (hex: string): Uint8Array => {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length !== 32) throw new RangeError('expected 64 hex digits');
  return bytes;
};

// 33 bytes of key, 8 of channel id, 4 of base fee, 4 of rate, 2 of time lock (BOLT 11, field `r`).
const hopBytes = (hop: RouteHintHop): Uint8Array => {
  const bytes = Buffer.alloc(51);
  bytes.set(Buffer.from(hop.node, 'hex'), 0);
  const [block = 0, transaction = 0, output = 0] = (hop.channel ?? '0x0x0').split('x').map(Number);
  bytes.writeUIntBE(block, 33, 3);
  bytes.writeUIntBE(transaction, 36, 3);
  bytes.writeUInt16BE(output, 39);
  bytes.writeUInt32BE(Number(hop.baseFeeMsat), 41);
  bytes.writeUInt32BE(hop.feeRatePpm, 45);
  bytes.writeUInt16BE(hop.cltvDelta, 49);
  return bytes;
};

const pushFeatures = (words: number[], bits: readonly number[]): void => {
  const count = Math.ceil((Math.max(-1, ...bits) + 1) / 5);
  const set = new Array<number>(count).fill(0);
  for (const bit of bits) {
    const at = count - 1 - Math.floor(bit / 5);
    set[at] = (set[at] ?? 0) | (1 << (bit % 5));
  }
  if (count > 0) pushTagged(words, tags.features, set);
};

const pushNumberField = (words: number[], tag: number, value: number): void => {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a whole number: ${value}`);
  let size = 1;
  while (value >= 32 ** size) size++;
  const field: number[] = [];
  pushNumber(field, value, size);
  pushTagged(words, tag, field);
};

const pushField = (words: number[], tag: number, bytes: Uint8Array): void => {
  const field: number[] = [];
  pushBytes(field, bytes);
  pushTagged(words, tag, field);
};

const pushTagged = (words: number[], tag: number, field: readonly number[]): void => {
  if (field.length > 1023) throw new RangeError('a tagged field holds at most 1023 groups of five bits');
  words.push(tag, field.length >> 5, field.length & 31, ...field);
};

const pushNumber = (words: number[], value: number, size: number): void => {
  for (let place = size - 1; place >= 0; place--) words.push(Math.floor(value / 32 ** place) % 32);
};

// Five bits a word, most significant first; the last word is filled up with zeros.
const pushBytes = (words: number[], bytes: Uint8Array): void => {
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      words.push((held >> bits) & 31);
    }
  }
  if (bits > 0) words.push((held << (5 - bits)) & 31);
};

// What is signed: the words as bytes, the last byte filled up with zeros.
const packed = (words: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil((words.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const word of words) {
    held = ((held << 5) | word) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 0xff;
  }
  if (bits > 0) bytes[at] = (held << (8 - bits)) & 0xff;
  return bytes;
};

const text = (words: readonly number[]): string => {
  let written = '';
  for (const word of words) written += charset[word];
  return written;
};

const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;

const polymod = (sum: number, word: number): number => {
  const top = sum >>> 25;
  let next = ((sum & 0x1ffffff) << 5) ^ word;
  for (let i = 0; i < 5; i++) if ((top >>> i) & 1) next ^= generators[i] ?? 0;
  return next;
};

// The six check words of bech32 (BIP 173).
const checksum = (prefix: string, words: readonly number[]): number[] => {
  let sum = 1;
  for (let i = 0; i < prefix.length; i++) sum = polymod(sum, prefix.charCodeAt(i) >> 5);
  sum = polymod(sum, 0);
  for (let i = 0; i < prefix.length; i++) sum = polymod(sum, prefix.charCodeAt(i) & 31);
  for (const word of words) sum = polymod(sum, word);
  for (let i = 0; i < 6; i++) sum = polymod(sum, 0);
  sum ^= 1;
  return [25, 20, 15, 10, 5, 0].map((shift) => (sum >>> shift) & 31);
};
