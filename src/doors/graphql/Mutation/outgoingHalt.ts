// Nothing more goes out until resumed (additive); what is under way goes on to its end.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { OutgoingPayload, type OutgoingView } from '../types/OutgoingPayload.ts';

const OutgoingHaltInput = builder.inputType('OutgoingHaltInput', { fields: (t) => ({ reason: t.string({ required: true }) }) });

builder.mutationField('outgoingHalt', (t) =>
  t.field({
    type: OutgoingPayload,
    description: 'Nothing more is sent, on every replica, until resumed. Needs ADMIN.',
    args: { input: t.arg({ type: OutgoingHaltInput, required: true }) },
    resolve: payloadMutation({
      command: 'haltOutgoing',
      input: ({ reason }) => ({ reason }),
      answer: ({ halted }): OutgoingView => ({ errors: [], halted }),
      trouble: ({ errors }): OutgoingView => ({ errors, halted: null }),
    }),
  }),
);
