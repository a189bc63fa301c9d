// Attempt lifecycle. `sending` is written before the first byte leaves; doubt stays in `sending`. A payment is what its attempts say.
import type { PayOutcome } from '../backends/port.ts';
import type { Table } from '../platform/machine.ts';

export type AttemptState = 'sending' | 'succeeded' | 'failed';
export type AttemptEvent = 'sawSucceeded' | 'sawFailed' | 'sawInFlight' | 'sawNothing' | 'provedUnsent'
  // a person, who has looked: it was not paid
  | 'givenUp';

export const attemptTable: Table<AttemptState, AttemptEvent> = {
  sending: {
    sawInFlight: 'sending', sawNothing: 'sending', sawSucceeded: 'succeeded', sawFailed: 'failed', provedUnsent: 'failed', givenUp: 'failed',
  },
  succeeded: { sawSucceeded: 'succeeded', sawInFlight: 'succeeded', sawNothing: 'succeeded', sawFailed: 'succeeded' },
  failed: { sawFailed: 'failed', sawNothing: 'failed', provedUnsent: 'failed', givenUp: 'failed', sawSucceeded: 'succeeded' },
};

/** The failure of an attempt that a person gave up; clients see it as `other`. */
export const byPerson = 'givenUp';

/** A preimage is proof, a failure is testimony, a backend's or a person's: proof wins, and a person is told. */
export const attemptAlarms: ReadonlySet<`${AttemptState}:${AttemptEvent}`> = new Set(['failed:sawSucceeded', 'succeeded:sawFailed']);

/** The only translation from what a backend says to what it means for the attempt. `notFound` becomes `provedUnsent` only by the rules of DESIGN §5. */
export const meaning = (said: PayOutcome | { readonly is: 'notFound' }): AttemptEvent => {
  switch (said.is) {
    case 'succeeded':
      return 'sawSucceeded';
    case 'inFlight':
      return 'sawInFlight';
    case 'failed':
      return 'sawFailed';
    case 'notSent':
      return 'provedUnsent';
    case 'unknown':
    case 'notFound':
      return 'sawNothing';
  }
};
