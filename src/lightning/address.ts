// Bitcoin addresses: what they look like, checked down to the checksum, and of which networks. Nothing here asks anybody.
import { createHash } from 'node:crypto';
import { bech32, bech32m } from 'bech32';

export type AddressNetwork = 'mainnet' | 'testnet' | 'signet' | 'regtest';

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const tests: readonly AddressNetwork[] = ['testnet', 'signet', 'regtest'];
// Testnet and signet share a prefix; the legacy forms of all test networks are the same.
const byPrefix: ReadonlyMap<string, readonly AddressNetwork[]> = new Map([
  ['bc', ['mainnet']],
  ['tb', ['testnet', 'signet']],
  ['bcrt', ['regtest']],
]);
/** Pay to public key hash and to script hash. */
const byVersion: ReadonlyMap<number, readonly AddressNetwork[]> = new Map([
  [0x00, ['mainnet']],
  [0x05, ['mainnet']],
  [0x6f, tests],
  [0xc4, tests],
]);

export interface ReadAddress {
  /** As nodes write it: SegWit in lower case. */
  readonly address: string;
  readonly networks: readonly AddressNetwork[];
}

/** A legacy (base58check) or a SegWit (BIP 173, BIP 350) address; null for anything else. */
export const readAddress = (text: string): ReadAddress | null => (text.length > 90 ? null : (readSegwit(text) ?? readLegacy(text)));

const readSegwit = (text: string): ReadAddress | null => {
  const decoded = bech32.decodeUnsafe(text) ?? bech32m.decodeUnsafe(text);
  const [version = 99, ...words] = decoded?.words ?? [];
  const networks = byPrefix.get(decoded?.prefix ?? '');
  const isOfItsForm = (version === 0 ? bech32 : bech32m).decodeUnsafe(text) !== undefined;
  if (networks === undefined || version > 16 || !isOfItsForm) return null;
  const size = bech32.fromWordsUnsafe(words)?.length ?? 0;
  const fits = version === 0 ? size === 20 || size === 32 : size >= 2 && size <= 40;
  return fits ? { address: text.toLowerCase(), networks } : null;
};

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

const readLegacy = (text: string): ReadAddress | null => {
  const bytes = fromBase58(text);
  const networks = byVersion.get(bytes?.[0] ?? -1);
  if (bytes === null || networks === undefined) return null;
  const sum = sha256(sha256(bytes.subarray(0, 21))).subarray(0, 4);
  return sum.equals(bytes.subarray(21)) ? { address: text, networks } : null;
};

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
