// What leaves the payout story: no row does.
import type { ChainFailure } from '../backends/port.ts';
import type { PayoutState } from './states.ts';

export type Speed = 'fast' | 'medium' | 'slow';

export interface PayoutView {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly state: PayoutState;
  /** The backend has it for sure, broadcast or in a queue of its own. */
  readonly isTaken: boolean;
  readonly address: string;
  /** What the address gets, fee not included. */
  readonly amountMsat: bigint;
  readonly maxFeeMsat: bigint;
  /** Null until it was broadcast. */
  readonly feeMsat: bigint | null;
  readonly txid: string | null;
  readonly output: number | null;
  readonly failure: ChainFailure | 'notSent' | null;
  readonly memo: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}
