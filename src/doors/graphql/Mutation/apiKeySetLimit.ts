// Sets what an API key may spend in a rolling window, in upstream's words.
import { builder } from '../builder.ts';
import { asking } from '../map/ask.ts';
import { ApiKeySetLimitPayload, LimitTimeWindow } from '../types/ApiKeyLimit.ts';

const ApiKeySetLimitInput = builder.inputType('ApiKeySetLimitInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    limitSats: t.int({ required: true, description: 'Satoshis, with fees; at least 1.' }),
    limitTimeWindow: t.field({ type: LimitTimeWindow, required: true }),
  }),
});

builder.mutationField('apiKeySetLimit', (t) =>
  t.field({
    type: ApiKeySetLimitPayload,
    description: 'Limits what an API key may spend in a rolling window, from its next send on. Needs ADMIN.',
    args: { input: t.arg({ type: ApiKeySetLimitInput, required: true }) },
    resolve: asking('setKeyLimit', ({ input }) => ({ id: input.id, window: input.limitTimeWindow, sats: input.limitSats })),
  }),
);
