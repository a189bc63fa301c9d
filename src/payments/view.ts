// What leaves the payment story: no row does. A payment's state is derived from its attempts.
import type { PayFailure, Route } from '../backends/port.ts';
import type { AttemptState } from './states.ts';

export type PaymentState = 'pending' | 'succeeded' | 'failed';

export interface PaymentView {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly paymentHash: string;
  readonly bolt11: string;
  readonly destination: string;
  /** What the payee gets, fee not included. */
  readonly amountMsat: bigint;
  /** What was asked for in cents, of a wallet that holds dollars; `amountMsat` is 0 then. */
  readonly amountCents: bigint | null;
  readonly maxFeeMsat: bigint;
  /** What was paid for routing; null until succeeded. */
  readonly feeMsat: bigint | null;
  readonly memo: string | null;
  readonly state: PaymentState;
  /** Null until succeeded, and where the backend gives none. */
  readonly preimage: string | null;
  /** Why the last attempt failed, when the payment failed. */
  readonly failure: PayFailure | 'notSent' | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly attempts: readonly AttemptView[];
}

export interface AttemptView {
  readonly id: string;
  readonly backendId: string;
  readonly state: AttemptState;
  readonly feeMsat: bigint | null;
  readonly failure: PayFailure | 'notSent' | null;
  /** Failed by the word of a backend that may pay it after all, and still asked about (testimony.ts). */
  readonly isDoubted: boolean;
  readonly routes: readonly Route[];
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** One success makes the payment; anything on its way keeps it pending; only all failed is failed. */
export const paymentState = (attempts: readonly AttemptState[]): PaymentState => {
  if (attempts.includes('succeeded')) return 'succeeded';
  return attempts.length === 0 || attempts.includes('sending') ? 'pending' : 'failed';
};
