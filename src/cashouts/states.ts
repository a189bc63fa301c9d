// Cash-out lifecycle: a machine gives cash for a held payment. Only the machine's report or the clock ends what it started; what the
// payment itself does is the invoice's story (invoices/states.ts), and the two move together where one decides over the other.
import type { Table } from '../platform/machine.ts';

export type CashOutState = 'waiting' | 'dispensing' | 'silent' | 'dispensed' | 'partial' | 'notDispensed' | 'canceled';
export type CashOutEvent =
  // the machine
  | 'startAsked' | 'reportedAll' | 'reportedPart' | 'reportedNone'
  // the clock: nobody started, nobody reported
  | 'unclaimed' | 'unreported'
  // the invoice has ended without us
  | 'sawCanceled' | 'sawTaken';

export const cashOutTable: Table<CashOutState, CashOutEvent> = {
  waiting: { startAsked: 'dispensing', unclaimed: 'canceled', sawCanceled: 'canceled', sawTaken: 'silent' },
  // Cash may be leaving the machine: there is no way back to a second start, and no way out but a report or its absence.
  dispensing: { reportedAll: 'dispensed', reportedPart: 'partial', reportedNone: 'notDispensed', unreported: 'silent', sawTaken: 'silent' },
  // Settled without a report: it may still come, and what was not dispensed is paid back.
  silent: { reportedAll: 'dispensed', reportedPart: 'partial', reportedNone: 'notDispensed' },
  dispensed: { reportedAll: 'dispensed' },
  partial: { reportedPart: 'partial' },
  notDispensed: { reportedNone: 'notDispensed' },
  canceled: { unclaimed: 'canceled', sawCanceled: 'canceled' },
};

/** A person is told: somebody may have paid for cash that is not there, or the other way round. */
export const cashOutAlarms: ReadonlySet<`${CashOutState}:${CashOutEvent}`> = new Set([
  'waiting:sawTaken', 'dispensing:unreported', 'dispensing:sawTaken', 'silent:reportedNone', 'silent:reportedPart',
]);

export const cashOutTerminal: ReadonlySet<CashOutState> = new Set(['dispensed', 'partial', 'notDispensed', 'canceled']);
