// Removes a limit of an API key, in upstream's words; one that was never set too.
import { builder } from '../builder.ts';
import { asking } from '../map/ask.ts';
import { ApiKeySetLimitPayload, LimitTimeWindow } from '../types/ApiKeyLimit.ts';

const ApiKeyRemoveLimitInput = builder.inputType('ApiKeyRemoveLimitInput', {
  fields: (t) => ({ id: t.id({ required: true }), limitTimeWindow: t.field({ type: LimitTimeWindow, required: true }) }),
});

builder.mutationField('apiKeyRemoveLimit', (t) =>
  t.field({
    type: ApiKeySetLimitPayload,
    description: 'Removes the limit of an API key for a window. Needs ADMIN.',
    args: { input: t.arg({ type: ApiKeyRemoveLimitInput, required: true }) },
    resolve: asking('setKeyLimit', ({ input }) => ({ id: input.id, window: input.limitTimeWindow, sats: null })),
  }),
);
