// The machine's word about the cash (additive): all, nothing or a part. Send it again until it is answered; it counts once.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { cashOutAnswer, noCashOut } from '../map/cashouts.ts';
import { CashOutPayloadType } from '../types/CashOut.ts';

const CashOutResult = builder.enumType('CashOutResult', {
  description: 'FULL: the payment is taken. NONE: it is given back. PARTIAL: it is taken, and the rest becomes a refund.',
  values: { FULL: { value: 'all' }, NONE: { value: 'none' }, PARTIAL: { value: 'partial' } } as const,
});

const CashOutReportDispenseInput = builder.inputType('CashOutReportDispenseInput', {
  fields: (t) => ({
    dispensed: t.field({ type: 'SatAmount', description: 'Of PARTIAL: how much of the invoice’s satoshis was given out.' }),
    id: t.id({ required: true }),
    note: t.field({ type: 'Memo', description: 'For people: what the machine says of itself.' }),
    result: t.field({ type: CashOutResult, required: true }),
  }),
});

builder.mutationField('cashOutReportDispense', (t) =>
  t.field({
    type: CashOutPayloadType,
    description: 'What came out. The same report again is answered as before; another one is refused. Needs RECEIVE or WRITE.',
    args: { input: t.arg({ type: CashOutReportDispenseInput, required: true }) },
    resolve: payloadMutation({
      command: 'reportDispense',
      input: ({ id, result, dispensed, note }) => ({
        id,
        result,
        dispensedMsat: dispensed === null || dispensed === undefined ? null : fromSat(dispensed),
        note: note ?? null,
      }),
      answer: cashOutAnswer,
      trouble: noCashOut,
    }),
  }),
);
