// What leaves the deposit story: no row does.
import type { DepositState } from './states.ts';

export interface DepositView {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly state: DepositState;
  readonly address: string;
  readonly txid: string;
  /** Which output of the transaction. */
  readonly output: number;
  readonly amountMsat: bigint;
  readonly confirmations: number;
  readonly seenAt: Date;
}
