// What lnmux derives instead of storing it: the preimage from the payment secret, the amount and expiry inside it, the channel that its hints
// name, and the name of a set of HTLCs.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { hashOf, type PaymentHash, type Preimage, preimage } from '../../src/lightning/values.ts';

/** 16 random bytes, the expiry in Unix seconds and the amount in msat, as 64 hex digits. */
export const newSecret = (amount: bigint, expiresAt: number): string => {
  const secret = Buffer.alloc(32);
  randomBytes(16).copy(secret);
  secret.writeBigUInt64BE(BigInt(expiresAt), 16);
  secret.writeBigUInt64BE(amount, 24);
  return secret.toString('hex');
};

export interface Derived {
  readonly preimage: Preimage;
  readonly hash: PaymentHash;
  readonly amount: bigint;
  /** Unix seconds. */
  readonly expiresAt: number;
}

export const derivedFrom = (identityKey: Uint8Array, secret: string): Derived => {
  const bytes = Buffer.from(secret, 'hex');
  const derived = preimage(createHmac('sha256', identityKey).update(bytes).digest('hex'));
  return { preimage: derived, hash: hashOf(derived), amount: bytes.readBigUInt64BE(24), expiresAt: Number(bytes.readBigUInt64BE(16)) };
};

/** The channel from a node of the cluster to nowhere that its hint names: the end of its key, the top bit set. */
export const virtualChannel = (nodeKey: string): string => {
  const id = Buffer.from(nodeKey, 'hex').readBigUInt64BE(25) | (1n << 63n);
  return `${id >> 40n}x${(id >> 16n) & 0xffffffn}x${id & 0xffffn}`;
};

const channelNumber = (channel: string): bigint => {
  const [block = 0n, transaction = 0n, output = 0n] = channel.split('x').map(BigInt);
  return (block << 40n) | (transaction << 16n) | output;
};

export interface HtlcPlace {
  /** Key of the node that has it, hex. */
  readonly node: string;
  /** The channel by which it came, `block x transaction x output`. */
  readonly channel: string;
  readonly id: number;
}

export const htlcKey = ({ node, channel, id }: HtlcPlace): string => {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64BE(channelNumber(channel), 0);
  numbers.writeBigUInt64BE(BigInt(id), 8);
  return node + numbers.toString('hex');
};

/** Names exactly these HTLCs, in whatever order they came. */
export const setIdOf = (keys: readonly string[]): string =>
  createHash('sha256')
    .update(Buffer.from([...keys].sort().join(''), 'hex'))
    .digest('hex');
