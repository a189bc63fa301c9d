// What a movement is in whole units of what its wallet holds: satoshis, or cents. What leaves is rounded up, what comes is rounded down.
import { toSatCeil, toSatFloor } from '../lightning/values.ts';
import type { TransactionView, WalletView } from './view.ts';

export const currencyOf = ({ amountCents }: TransactionView): WalletView['currency'] => (amountCents === null ? 'BTC' : 'USD');

/** Never negative; of a send with its fee. */
export const movedUnits = ({ direction, amountMsat, feeMsat, amountCents, feeCents }: TransactionView): number => {
  if (amountCents !== null) return Number(direction === 'send' ? amountCents + (feeCents ?? 0n) : amountCents);
  return direction === 'send' ? toSatCeil(amountMsat + feeMsat) : toSatFloor(amountMsat);
};

/** Signed: negative when sent. */
export const settlementUnits = (moved: TransactionView): number => {
  const value = movedUnits(moved);
  // No sign where upstream has not said yet how many cents it is.
  return moved.direction === 'send' && value !== 0 ? -value : value;
};

export const feeUnits = ({ feeMsat, amountCents, feeCents }: TransactionView): number =>
  amountCents === null ? toSatCeil(feeMsat) : Number(feeCents ?? 0n);

/** What a wallet has: cents, or msat as whole satoshis. */
export const unitsOf = ({ currency }: Pick<WalletView, 'currency'>, held: bigint): number =>
  currency === 'USD' ? Number(held) : toSatFloor(held);
