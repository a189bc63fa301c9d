// Reading BOLT 11 payment requests. `decodeBolt11` checks everything; `peekPaymentHash` reads one field fast and proves nothing,
// so what it finds must be compared with a stored request before it is believed.
// The part of ln-service that reads requests: ln-service itself loads all of LND's protocol with it.
import { parsePaymentRequest } from 'invoices';
import { type Bolt11, bolt11Text, isHex32, type Msat, msat, type PaymentHash, paymentHash } from './values.ts';

export interface DecodedBolt11 {
  readonly bolt11: Bolt11;
  readonly hash: PaymentHash;
  /** BOLT 11 field `s`; every payable request has one. */
  readonly paymentSecret: string;
  /** Null when the payer chooses. */
  readonly amount: Msat | null;
  readonly network: Bolt11Network;
  /** Compressed public key, hex: who is paid. */
  readonly destination: string;
  readonly description: string | null;
  readonly descriptionHash: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Blocks that the last hop must leave to the payee. */
  readonly finalCltvDelta: number;
  readonly features: readonly { readonly bit: number; readonly name: string; readonly required: boolean }[];
  /** Private hops before the destination, one list a hint. */
  readonly routeHints: readonly (readonly RouteHintHop[])[];
}
export type Bolt11Network = 'mainnet' | 'testnet' | 'signet' | 'regtest' | 'unknown';
export interface RouteHintHop {
  readonly node: string;
  readonly channel: string | null;
  readonly baseFeeMsat: bigint;
  readonly feeRatePpm: number;
  readonly cltvDelta: number;
}

export type Decoding =
  | { readonly is: 'decoded'; readonly invoice: DecodedBolt11 }
  | { readonly is: 'undecodable'; readonly why: 'checksum' | 'character' | 'noPaymentSecret' | 'malformed' };

/** Longest text that is even looked at, in characters: route hints and a 639-byte memo stay far below it. */
export const maxBolt11Length = 8_000;

// The networks as ln-service calls them, by their BOLT 11 prefix (bc, tb, tbs, bcrt).
const networks: Readonly<Record<string, Bolt11Network>> = { bitcoin: 'mainnet', testnet: 'testnet', signet: 'signet', regtest: 'regtest' };

/** Decodes and checks a payment request of any network (BOLT 11): checksum, signature, payment secret. Never throws. */
export const decodeBolt11 = (text: string): Decoding => {
  if (text.length > maxBolt11Length) return { is: 'undecodable', why: 'malformed' };
  try {
    return fromParsed(text, parsePaymentRequest({ request: text }));
  } catch (error) {
    return { is: 'undecodable', why: whyUndecodable(error instanceof Error ? error.message : String(error)) };
  }
};

const whyUndecodable = (message: string): 'checksum' | 'character' | 'malformed' => {
  if (/checksum/i.test(message)) return 'checksum';
  return /unknown character|mixed-case/i.test(message) ? 'character' : 'malformed';
};

const fromParsed = (text: string, parsed: ReturnType<typeof parsePaymentRequest>): Decoding => {
  if (!isHex32(parsed.id)) return { is: 'undecodable', why: 'malformed' };
  if (parsed.payment === undefined) return { is: 'undecodable', why: 'noPaymentSecret' };
  // An explicit amount of zero means nothing that a payer could send: treated as absent, as LND does.
  const amount = parsed.mtokens === undefined || parsed.mtokens === '0' ? null : msat(parsed.mtokens);
  return {
    is: 'decoded',
    invoice: {
      bolt11: bolt11Text(text),
      hash: paymentHash(parsed.id),
      paymentSecret: parsed.payment,
      amount,
      network: networks[parsed.network] ?? 'unknown',
      destination: parsed.destination,
      description: parsed.description ?? null,
      descriptionHash: parsed.description_hash ?? null,
      createdAt: new Date(parsed.created_at),
      expiresAt: new Date(parsed.expires_at),
      finalCltvDelta: parsed.cltv_delta,
      features: parsed.features.map((f) => ({ bit: f.bit, name: f.type, required: f.is_required })),
      routeHints: (parsed.routes ?? []).map(hintHops),
    },
  };
};

type ParsedHint = NonNullable<ReturnType<typeof parsePaymentRequest>['routes']>[number];

// The list names each hop's start; the channel, fee and delta stand with the hop's end.
const hintHops = (hint: ParsedHint): RouteHintHop[] =>
  hint.slice(1).map((hop, index) => ({
    node: hint[index]?.public_key ?? '',
    channel: hop.channel ?? null,
    baseFeeMsat: BigInt(hop.base_fee_mtokens ?? 0),
    feeRatePpm: hop.fee_rate ?? 0,
    cltvDelta: hop.cltv_delta ?? 0,
  }));

const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const wordValues = new Int8Array(128).fill(-1);
for (let i = 0; i < charset.length; i++) wordValues[charset.charCodeAt(i)] = i;

const timestampWords = 7;
const hashTag = 1; // 'p'
const hashWords = 52;
const tailWords = 104 + 6; // signature and checksum

/**
 * The payment hash that a request claims, without checking checksum or signature (a microsecond instead of a millisecond).
 * Null when the text does not even look like BOLT 11. Believe it only after comparing the whole text with a stored request.
 */
export const peekPaymentHash = (text: string): PaymentHash | null => {
  if (text.length > maxBolt11Length) return null;
  const lower = text.toLowerCase();
  const start = lower.lastIndexOf('1') + 1;
  if (!lower.startsWith('ln') || start < 4) return null;
  const end = lower.length - tailWords;
  let at = start + timestampWords;
  while (at + 3 <= end) {
    const tag = wordAt(lower, at);
    const length = wordAt(lower, at + 1) * 32 + wordAt(lower, at + 2);
    if (tag < 0 || length < 0) return null;
    if (tag === hashTag && length === hashWords) return hashFrom(lower, at + 3);
    at += 3 + length;
  }
  return null;
};

const wordAt = (text: string, index: number): number => wordValues[text.charCodeAt(index)] ?? -1;

const hashFrom = (text: string, start: number): PaymentHash | null => {
  const bytes = Buffer.alloc(32);
  let bits = 0;
  let held = 0;
  let written = 0;
  for (let i = start; i < start + hashWords && written < 32; i++) {
    const word = wordAt(text, i);
    if (word < 0) return null;
    held = ((held << 5) | word) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[written++] = (held >> bits) & 0xff;
  }
  return paymentHash(bytes.toString('hex'));
};
