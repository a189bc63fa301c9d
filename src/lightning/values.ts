// The value types of Lightning: each is a primitive with a brand, so that an amount is never a height and a hash never a preimage.
// The constructors are the only casts; they check and throw RangeError, for untrusted text use the `is…` guards first.
import { createHash, randomBytes } from 'node:crypto';

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** Thousandth of a satoshi, a non-negative bigint. JSON and SQL carry it as a decimal. */
export type Msat = Branded<bigint, 'Msat'>;
/** sha256 of the preimage: 64 lower-case hex digits (BOLT 11 field `p`). */
export type PaymentHash = Branded<string, 'PaymentHash'>;
/** The secret whose sha256 is the payment hash: 64 lower-case hex digits. Never logged. */
export type Preimage = Branded<string, 'Preimage'>;
/** A payment request in its bech32 form, lower case (BOLT 11). */
export type Bolt11 = Branded<string, 'Bolt11'>;
/** Height of a block in the chain. */
export type BlockHeight = Branded<number, 'BlockHeight'>;
/** The name of a backend in the configuration, `[a-z0-9-]{1,40}`. */
export type BackendId = Branded<string, 'BackendId'>;

const hex32 = /^[0-9a-f]{64}$/;

/** @throws RangeError when negative. */
export const msat = (value: bigint | number | string): Msat => {
  const amount = BigInt(value);
  if (amount < 0n) throw new RangeError(`an amount in msat is never negative: ${amount}`);
  return amount as Msat;
};

export const zeroMsat = 0n as Msat;

/** Whole satoshis as millisatoshis. */
export const fromSat = (sat: bigint | number): Msat => msat(BigInt(sat) * 1000n);

/** Whole satoshis in an amount, the rest dropped: what a client that counts in satoshis may spend. */
export const toSatFloor = (amount: bigint): number => Number(amount / 1000n);

/** Whole satoshis that cover an amount: what a client that counts in satoshis is charged. */
export const toSatCeil = (amount: bigint): number => Number((amount + 999n) / 1000n);

export const isHex32 = (text: string): boolean => hex32.test(text);

/** @throws RangeError unless 64 hex digits; upper case is folded. */
export const paymentHash = (hex: string): PaymentHash => {
  const lower = hex.toLowerCase();
  if (!hex32.test(lower)) throw new RangeError('a payment hash is 64 hex digits');
  return lower as PaymentHash;
};

/** @throws RangeError unless 64 hex digits; upper case is folded. */
export const preimage = (hex: string): Preimage => {
  const lower = hex.toLowerCase();
  if (!hex32.test(lower)) throw new RangeError('a preimage is 64 hex digits');
  return lower as Preimage;
};

export const blockHeight = (height: number): BlockHeight => height as BlockHeight;

/** @throws RangeError unless it is a name that a configuration may give to a backend. */
export const backendId = (name: string): BackendId => {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) throw new RangeError(`not a backend name: ${name}`);
  return name as BackendId;
};

/** Folds the case: bech32 is one-case, and ours is lower. Does not decode; see `bolt11.ts`. */
export const bolt11Text = (text: string): Bolt11 => text.toLowerCase() as Bolt11;

/** The payment hash that a preimage opens. */
export const hashOf = (secret: Preimage): PaymentHash =>
  createHash('sha256').update(Buffer.from(secret, 'hex')).digest('hex') as PaymentHash;

/** True when the preimage is the proof for this hash. */
export const proves = (secret: string, hash: PaymentHash): boolean => hex32.test(secret) && hashOf(secret as Preimage) === hash;

/** A fresh preimage from the system's randomness. */
export const newPreimage = (): Preimage => randomBytes(32).toString('hex') as Preimage;
