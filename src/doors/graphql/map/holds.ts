// What clients of hold invoices and cash-outs are told: our own operations have codes of their own for what Galoy has no word for.
// One code says one thing, so that a machine knows what it may do next.
import type { InvoiceView } from '../../../invoices/view.ts';
import { toSatFloor } from '../../../lightning/values.ts';
import type { Refusal } from '../../../platform/refusal.ts';
import { type ErrorText, refusalText } from './texts.ts';
import type { ErrorView, Trouble } from './trouble.ts';

const say = (code: string, message: string): ErrorText => ({ code, message });

const stateTexts: ReadonlyMap<string, ErrorText> = new Map(
  Object.entries({
    open: say('HOLD_NOT_PAID', 'Nothing is held for it: nobody has paid it in full, or the payer has the money back.'),
    held: say('HOLD_HELD', 'It is held: settle or cancel it.'),
    claimed: say('HOLD_CLAIMED', 'A machine is giving out cash for it: only its report or the deadline ends it.'),
    settling: say('HOLD_SETTLED', 'It is settled, or is being settled.'),
    settled: say('HOLD_SETTLED', 'It is settled, or is being settled.'),
    canceling: say('HOLD_CANCELED', 'It is canceled, or is being canceled: the payer gets the money back.'),
    canceled: say('HOLD_CANCELED', 'It is canceled, or is being canceled: the payer gets the money back.'),
    cashOut: say('HOLD_OF_CASH_OUT', 'It belongs to a cash-out, whose own operations settle it.'),
    waiting: say('CASH_OUT_NOT_STARTED', 'The machine has not started to give out cash.'),
    dispensing: say('CASH_OUT_STARTED', 'A machine has started already: do not give out cash for it again.'),
    silent: say('CASH_OUT_OVER', 'No report came in time, and the payment was settled: only the report is awaited.'),
    dispensed: say('CASH_OUT_OVER', 'The cash for it was given out.'),
    partial: say('CASH_OUT_OVER', 'The cash for it was given out in part.'),
    notDispensed: say('CASH_OUT_OVER', 'It was reported that no cash was given out.'),
  }),
);

const fieldTexts: ReadonlyMap<string, ErrorText> = new Map(
  Object.entries({
    longestHoldSeconds: say('INVALID_INPUT', 'Invalid value for Seconds: a payment is held from 30 seconds to 24 hours'),
    onDeadline: say('INVALID_INPUT', 'SETTLE needs a preimage that the gateway has: leave the payment hash out, or choose CANCEL.'),
    startSeconds: say('INVALID_INPUT', 'Invalid value for startWithin: from 10 to 3600 seconds'),
    dispenseSeconds: say('INVALID_INPUT', 'Invalid value for dispenseWithin: from 10 to 3600 seconds'),
    refundSeconds: say('INVALID_INPUT', 'Invalid value for refundFor: from 3600 seconds to 366 days'),
    dispensedMsat: say(
      'INVALID_INPUT',
      'PARTIAL needs what was dispensed: more than nothing and less than was asked for; ALL and NONE need nothing.',
    ),
    refundAmount: say('INVALID_INPUT', 'The payment request must ask for exactly the amount of the refund, or for no amount.'),
  }),
);

/** Ours where Galoy's text would be about something else. */
const holdText = (refusal: Refusal): ErrorText => {
  switch (refusal.is) {
    case 'wrongState':
      return stateTexts.get(refusal.state) ?? refusalText(refusal);
    case 'invalidInput':
      if (refusal.field === 'preimage')
        return refusal.given === 'none'
          ? say('PREIMAGE_REQUIRED', 'The preimage is needed: it was made by whoever gave the payment hash.')
          : say('WRONG_PREIMAGE', 'This preimage does not open the payment hash.');
      return fieldTexts.get(refusal.field) ?? refusalText(refusal);
    case 'notFound':
      return refusal.what === 'invoice'
        ? say('HOLD_NOT_FOUND', 'This wallet has no hold invoice with this payment hash.')
        : refusalText(refusal);
    case 'alreadyProcessed':
      return say('HASH_IN_USE', 'This payment hash was used for another invoice.');
    case 'limitExceeded':
      return say(
        'HOLD_LIMIT',
        `Too much would be ${refusal.limit}: there is room for ${toSatFloor(refusal.remainingMsat > 0n ? refusal.remainingMsat : 0n)} sats.`,
      );
    case 'notSupported':
      return say('HOLD_NOT_SUPPORTED', 'No backend of this wallet can do it: it takes no payment hash, or holds no payment for so long.');
    default:
      return refusalText(refusal);
  }
};

/** The payload errors of a hold's or a cash-out's operation. */
export const holdErrors = (trouble: Trouble): readonly ErrorView[] =>
  trouble.is === 'refused' ? [holdText(trouble.refusal)] : trouble.errors;

export interface HoldPayload {
  readonly errors: readonly ErrorView[];
  readonly invoice: InvoiceView | null;
}

export const holdAnswer = (invoice: InvoiceView): HoldPayload => ({ errors: [], invoice });
export const noHold = (trouble: Trouble): HoldPayload => ({ errors: holdErrors(trouble), invoice: null });
