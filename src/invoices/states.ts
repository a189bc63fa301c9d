// Invoice lifecycle. Intentions (…Asked, …Due) only lead to …ing states; only a fact (saw…) from the backend ends one.
import type { Table } from '../platform/machine.ts';

export type InvoiceState = 'open' | 'held' | 'claimed' | 'settling' | 'canceling' | 'settled' | 'canceled';
export type InvoiceEvent =
  // a door
  | 'settleAsked' | 'cancelAsked'
  // a cash-out: the machine starts; full or part; nothing
  | 'claimAsked' | 'dispensed' | 'notDispensed'
  // the clock, by the invoice's own `onDeadline`
  | 'settleDue' | 'cancelDue'
  // the backend
  | 'sawHeld' | 'sawReleased' | 'sawSettled' | 'sawCanceled' | 'sawNotFound';

export const invoiceTable: Table<InvoiceState, InvoiceEvent> = {
  open: { cancelAsked: 'canceling', sawReleased: 'open', sawHeld: 'held', sawSettled: 'settled', sawCanceled: 'canceled' },
  held: {
    sawHeld: 'held', claimAsked: 'claimed', settleAsked: 'settling', cancelAsked: 'canceling', settleDue: 'settling',
    cancelDue: 'canceling', sawReleased: 'open', sawSettled: 'settled', sawCanceled: 'canceled',
  },
  // Cash may be leaving the machine: nobody may cancel but the machine's own report, and the deadline settles.
  claimed: {
    sawHeld: 'claimed', dispensed: 'settling', notDispensed: 'canceling', settleDue: 'settling', sawReleased: 'open',
    sawSettled: 'settled', sawCanceled: 'canceled',
  },
  settling: {
    sawHeld: 'settling', settleAsked: 'settling', settleDue: 'settling', dispensed: 'settling', sawReleased: 'open',
    sawSettled: 'settled', sawCanceled: 'canceled',
  },
  canceling: {
    sawHeld: 'canceling', cancelAsked: 'canceling', cancelDue: 'canceling', notDispensed: 'canceling', sawReleased: 'canceling',
    sawCanceled: 'canceled', sawNotFound: 'canceled', sawSettled: 'settled',
  },
  settled: { settleAsked: 'settled', dispensed: 'settled', sawHeld: 'settled', sawSettled: 'settled', sawCanceled: 'settled' },
  canceled: {
    cancelAsked: 'canceled', notDispensed: 'canceled', sawReleased: 'canceled', sawCanceled: 'canceled', sawNotFound: 'canceled',
    sawHeld: 'canceling', sawSettled: 'settled',
  },
};

/** Allowed, because facts outrank intentions and clocks; but money may be at stake, so a person is told. */
export const invoiceAlarms: ReadonlySet<`${InvoiceState}:${InvoiceEvent}`> = new Set([
  'claimed:sawReleased', 'claimed:sawCanceled', 'settling:sawReleased', 'settling:sawCanceled',
  'canceling:sawSettled', 'canceled:sawHeld', 'canceled:sawSettled', 'settled:sawCanceled',
]);

export const invoiceTerminal: ReadonlySet<InvoiceState> = new Set(['settled', 'canceled']);
// EXPIRED is a view: canceled or past its expiry, unpaid.
