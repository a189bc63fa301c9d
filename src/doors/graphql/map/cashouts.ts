// What the four mutations of a cash-out have in common: the answer is the cash-out as it is now, and codes of our own say what a machine
// may do next.
import type { CashOutView } from '../../../cashouts/view.ts';
import { holdErrors } from './holds.ts';
import { type ErrorText, refusalText } from './texts.ts';
import type { ErrorView, Trouble } from './trouble.ts';

export interface CashOutPayload {
  readonly errors: readonly ErrorView[];
  readonly cashOut: CashOutView | null;
}

export const cashOutAnswer = (cashOut: CashOutView): CashOutPayload => ({ errors: [], cashOut });
export const noCashOut = (trouble: Trouble): CashOutPayload => ({ errors: holdErrors(trouble), cashOut: null });

const inFlight: ErrorText = {
  code: 'REFUND_IN_FLIGHT',
  message:
    'A payment of this refund is on its way, or nobody knows yet what became of it: another request is taken when it has failed for certain. ' +
    'Where a Galoy account pays, that may take a day and a half; the same request may be sent again before.',
};

/** Of the refund's payment Galoy's words are the right ones, except where they are about the request and not the refund. */
export const noRefund = (trouble: Trouble): CashOutPayload => {
  if (trouble.is !== 'refused') return noCashOut(trouble);
  const { refusal } = trouble;
  if (refusal.is === 'paymentInFlight') return { errors: [inFlight], cashOut: null };
  return refusal.is === 'invalidInput' ? noCashOut(trouble) : { errors: [refusalText(refusal)], cashOut: null };
};
