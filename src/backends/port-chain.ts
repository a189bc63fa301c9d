// The chain facet of the port (port.ts): addresses, sends that can be found again, deposits.
import type { BlockHeight, Msat } from '../lightning/values.ts';
import type { Fault } from './port-faults.ts';

export interface Chain {
  readonly traits: {
    /** `notFound` after `sendBy` and a grace proves that nothing was ever sent. */
    readonly findIsComplete: boolean;
    /** It credits deposits by a rule of its own and tells of one confirmation when it has (Galoy); else we count confirmations (LND). */
    readonly creditsByItself: boolean;
    /** Why it sends nothing and is never asked to; absent where it sends. */
    readonly sendsNot?: string;
  };
  /** A new address, each time. Throws a `Fault`; an address that nobody heard of is harmless. */
  createAddress(signal: AbortSignal): Promise<string>;
  /** What a send would cost now. Throws a `Fault` when it cannot be asked. */
  estimateFee(to: ChainOutput, pace: ChainPace, signal: AbortSignal): Promise<ChainFee>;
  /**
   * Caller: insert the row as `sending` first; call once, from the process whose insert won. Never call again: `find`.
   * Implementor: not ready → `notSent` without calling. Not tied to a request's signal. Say `failed` only if nothing was or will be broadcast.
   */
  send(order: ChainOrder): Promise<ChainOutcome>;
  /** What became of a send, by our label. A transaction that might be it and cannot be told apart is `unknown`, never `notFound`. Never throws. */
  find(sent: ChainQuestion, signal: AbortSignal): Promise<ChainOutcome | { readonly is: 'notFound' }>;
  /**
   * All that came to its addresses: what is unconfirmed, and what was confirmed at this height or above (null: ever). What is not in the
   * answer is not there, so leave nothing out; outputs that nobody waits for (change) do no harm. Throws a `Fault`.
   */
  deposits(since: BlockHeight | null, signal: AbortSignal): Promise<readonly DepositSighting[]>;
}

export interface ChainOutput {
  readonly address: string;
  /** Whole satoshis. */
  readonly amount: Msat;
}

/** How soon it shall be in a block. */
export interface ChainPace {
  readonly speed: 'fast' | 'medium' | 'slow';
  readonly targetConfirmations: number;
}

export type ChainFee = { readonly is: 'fee'; readonly fee: Msat } | { readonly is: 'refused'; readonly reason: ChainFailure };

export interface ChainOrder extends ChainPace {
  /** `all`: everything that the backend's wallet can spend, less the fee. */
  readonly to: { readonly address: string; readonly amount: Msat | 'all' };
  /** Ours, another one for each send: it is how the send is found again. */
  readonly label: string;
  /** Null for `all`. A backend that can tell before it sends refuses a higher fee as `feeLimit`. */
  readonly maxFee: Msat | null;
  /** No call is made after this moment. */
  readonly sendBy: Date;
}

export interface ChainQuestion extends Pick<ChainOrder, 'to' | 'label'> {
  /** Nothing of it can be in a block below; null: unknown. */
  readonly since: BlockHeight | null;
}

export type ChainOutcome =
  | {
      /** Broadcast. */
      readonly is: 'sent';
      readonly txid: string;
      /** Which output of it; null where the backend does not say. */
      readonly output: number | null;
      /** What the address gets. */
      readonly amount: Msat;
      readonly fee: Msat;
      /** 0: no block has it yet. */
      readonly confirmations: number;
    }
  /** The backend has taken it and broadcasts it by itself; there is no transaction yet (Galoy's queues). */
  | { readonly is: 'queued' }
  | { readonly is: 'failed'; readonly reason: ChainFailure }
  | { readonly is: 'notSent' | 'unknown'; readonly fault: Fault };

export type ChainFailure = 'insufficientBalance' | 'dust' | 'address' | 'feeLimit' | 'other';

/** One output to an address of the backend's, as it stands now. */
export interface DepositSighting {
  readonly txid: string;
  readonly output: number;
  readonly address: string;
  readonly amount: Msat;
  /** 0: no block has it yet. Fewer than before after a reorganisation. */
  readonly confirmations: number;
}
