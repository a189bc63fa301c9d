// Deposit lifecycle. Money that no deep enough block has is nobody's yet; what was credited stays credited, and a person is told when the
// chain takes it back.
import type { Table } from '../platform/machine.ts';

export type DepositState = 'pending' | 'credited' | 'vanished';
export type DepositEvent =
  // fewer confirmations than a credit needs; enough; the backend has no such transaction (any more)
  'sawShallow' | 'sawDeep' | 'sawGone';

export const depositTable: Table<DepositState, DepositEvent> = {
  pending: { sawShallow: 'pending', sawDeep: 'credited', sawGone: 'vanished' },
  credited: { sawShallow: 'credited', sawDeep: 'credited', sawGone: 'credited' },
  // Replaced by another transaction, or dropped; it may come back, and it was never credited.
  vanished: { sawShallow: 'pending', sawDeep: 'credited', sawGone: 'vanished' },
};

export const depositAlarms: ReadonlySet<`${DepositState}:${DepositEvent}`> = new Set(['credited:sawGone']);

export const depositTerminal: ReadonlySet<DepositState> = new Set(['credited']);
