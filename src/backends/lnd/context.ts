// What every part of the LND adapter is given, and the deadlines they share. No part knows another.
import type { BackendLog } from '../port.ts';
import type { Bell } from './bell.ts';
import type { LndConnection } from './connection.ts';
import type { LndSettings } from './settings.ts';

export interface LndContext {
  readonly connection: LndConnection;
  readonly settings: LndSettings;
  readonly log: BackendLog;
  readonly clock: { now(): Date };
  /** Rung when the node answers again. */
  readonly bell: Bell;
}

/** How long a call may take, in milliseconds. */
export const patience = {
  /** Reads and writes that LND answers from its own database. */
  call: 10_000,
  /** Lists that may be long. */
  list: 60_000,
  /** For a connection to be there before a payment is not even tried. */
  connect: 3_000,
  /** For a payment's end, before `inFlight` is the answer. */
  payment: 28_000,
  /** For the wallet to choose coins, sign and publish. */
  chainSend: 30_000,
  health: 5_000,
} as const;
