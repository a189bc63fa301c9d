// Payments go out again (additive), after a halt by a person or by the watchdog.
import { builder } from '../builder.ts';
import { troubleOf } from '../map/trouble.ts';
import { OutgoingPayload, type OutgoingView } from '../types/OutgoingPayload.ts';

builder.mutationField('outgoingResume', (t) =>
  t.field({
    type: OutgoingPayload,
    description: 'Payments may go out again. Needs ADMIN.',
    resolve: async (_root, _args, context): Promise<OutgoingView> => {
      try {
        return { errors: [], ...(await context.ask('resumeOutgoing', {}, context.asking)) };
      } catch (error) {
        return { errors: troubleOf(error, 'outgoingResume', context).errors, halted: null };
      }
    },
  }),
);
