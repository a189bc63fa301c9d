// What every part of the Galoy adapter is given, and the patience they share. No part knows another.
import type { BackendLog } from '../port.ts';
import type { Account } from './account.ts';
import type { Asking } from './asking.ts';
import type { Bell } from './bell.ts';
import type { GaloySettings } from './settings.ts';
import type { Watched } from './watched.ts';

export interface GaloyContext {
  readonly settings: GaloySettings;
  readonly asking: Asking;
  readonly account: Account;
  /** Rung when the account's transactions are worth a look. */
  readonly bell: Bell;
  /** Invoices that somebody waits for. */
  readonly watched: Watched;
  readonly log: BackendLog;
  readonly clock: { now(): Date };
}
