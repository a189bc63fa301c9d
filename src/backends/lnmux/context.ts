// What every part of the lnmux adapter is given, and the times they share. No part knows another.
import type { BackendLog } from '../port.ts';
import type { Book } from './book.ts';
import type { LnmuxConnection } from './client.ts';
import type { Live } from './live.ts';
import type { LnmuxSettings } from './settings.ts';

export interface LnmuxContext {
  readonly connection: LnmuxConnection;
  readonly settings: LnmuxSettings;
  readonly log: BackendLog;
  readonly clock: { now(): Date };
  readonly live: Live;
  readonly book: Book;
  /** Called when a settlement was asked for: whoever follows the list looks now. */
  readonly settled: Set<() => void>;
}

/** How long things may take, in milliseconds. */
export const patience = {
  call: 10_000,
  list: 30_000,
  health: 5_000,
  /** For one answer to the heartbeat; two missing ones are a dead connection. */
  beat: 5_000,
  /** Between two heartbeats. */
  beats: 10_000,
  /** For a settlement to become final, before it is asked about again: a node of the cluster may be away for long. */
  final: 600_000,
} as const;

/** Milliseconds that a stream must have been open, and answered for, before its silence about a set means that it is not held. */
export const completeAfter = ({ heldSeconds }: LnmuxSettings): number => Math.min(2_000, (heldSeconds * 1_000) / 30);
