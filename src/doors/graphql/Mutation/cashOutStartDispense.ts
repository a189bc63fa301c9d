// Asks whether cash may come out (additive): once only, and only while the payment is held for long enough.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { cashOutAnswer, noCashOut } from '../map/cashouts.ts';
import { CashOutPayloadType } from '../types/CashOut.ts';

const CashOutStartDispenseInput = builder.inputType('CashOutStartDispenseInput', {
  fields: (t) => ({ id: t.id({ required: true }) }),
});

builder.mutationField('cashOutStartDispense', (t) =>
  t.field({
    type: CashOutPayloadType,
    description:
      'Give out cash only after an answer without errors. From then on nobody can cancel but your report. A second start is refused; ' +
      'if the answer got lost, look at the cash-out and report NONE. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: CashOutStartDispenseInput, required: true }) },
    resolve: payloadMutation({
      command: 'startDispense',
      input: ({ id }) => ({ id }),
      answer: cashOutAnswer,
      trouble: noCashOut,
    }),
  }),
);
