// Payout lifecycle. `sending` is written before the first byte leaves; doubt stays in `sending`; a transaction is done when a block has it.
import type { ChainOutcome } from '../backends/port.ts';
import type { Table } from '../platform/machine.ts';

export type PayoutState = 'sending' | 'sent' | 'confirmed' | 'failed';
export type PayoutEvent = 'sawTaken' | 'sawSent' | 'sawConfirmed' | 'sawFailed' | 'sawNothing' | 'provedUnsent'
  // a person, who has looked: it will never be in a block
  | 'givenUp';

export const payoutTable: Table<PayoutState, PayoutEvent> = {
  sending: {
    sawTaken: 'sending', sawNothing: 'sending', sawSent: 'sent', sawConfirmed: 'confirmed', sawFailed: 'failed', provedUnsent: 'failed',
    givenUp: 'failed',
  },
  // What was broadcast is not failed because somebody says so: a block may still have it.
  sent: { sawTaken: 'sent', sawNothing: 'sent', sawSent: 'sent', sawConfirmed: 'confirmed', sawFailed: 'sent', givenUp: 'failed' },
  confirmed: { sawTaken: 'confirmed', sawNothing: 'confirmed', sawSent: 'confirmed', sawConfirmed: 'confirmed', sawFailed: 'confirmed' },
  failed: { sawFailed: 'failed', sawNothing: 'failed', provedUnsent: 'failed', givenUp: 'failed', sawSent: 'sent', sawConfirmed: 'confirmed' },
};

/** A transaction is proof, a failure is testimony: proof wins, and a person is told. */
export const payoutAlarms: ReadonlySet<`${PayoutState}:${PayoutEvent}`> = new Set([
  'sent:sawFailed', 'confirmed:sawFailed', 'failed:sawSent', 'failed:sawConfirmed',
]);

export const payoutTerminal: ReadonlySet<PayoutState> = new Set(['confirmed', 'failed']);

/** The only translation from what a backend says to what it means. `notFound` becomes `provedUnsent` only by the rules of ask.ts. */
export const meaning = (said: ChainOutcome | { readonly is: 'notFound' }): PayoutEvent => {
  switch (said.is) {
    case 'sent':
      return said.confirmations > 0 ? 'sawConfirmed' : 'sawSent';
    case 'queued':
      return 'sawTaken';
    case 'failed':
      return 'sawFailed';
    case 'notSent':
      return 'provedUnsent';
    case 'unknown':
    case 'notFound':
      return 'sawNothing';
  }
};
