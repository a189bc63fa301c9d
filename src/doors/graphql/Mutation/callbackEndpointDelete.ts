// Ends the calls to an endpoint.
import { builder } from '../builder.ts';
import { accountMutation } from '../map/ask.ts';
import { type DonePayload, SuccessPayload } from '../types/payloads.ts';

const CallbackEndpointDeleteInput = builder.inputType('CallbackEndpointDeleteInput', {
  fields: (t) => ({ id: t.field({ type: 'EndpointId', required: true }) }),
});

builder.mutationField('callbackEndpointDelete', (t) =>
  t.field({
    type: SuccessPayload,
    description: 'Calls an endpoint no more; what still waits for it is dropped. Not for a key of one wallet. Needs WRITE.',
    args: { input: t.arg({ type: CallbackEndpointDeleteInput, required: true }) },
    resolve: accountMutation({
      command: 'deleteCallback',
      input: ({ id }) => ({ id }),
      answer: (): DonePayload => ({ errors: [], success: true }),
      trouble: ({ is, errors }): DonePayload => ({ errors, success: is === 'refused' ? false : null }),
    }),
  }),
);
