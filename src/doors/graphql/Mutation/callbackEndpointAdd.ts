// Registers an address that is called on the account's events, in upstream's words, with the secret that signs the calls.
import { builder } from '../builder.ts';
import { accountMutation } from '../map/ask.ts';
import { ErrorType } from '../types/Error.ts';
import type { Payload } from '../types/payloads.ts';

interface EndpointPayload extends Payload {
  readonly id: string | null;
  readonly secret: string | null;
}

const CallbackEndpointAddInput = builder.inputType('CallbackEndpointAddInput', {
  fields: (t) => ({ url: t.field({ type: 'EndpointUrl', required: true, description: 'The address to call.' }) }),
});

const CallbackEndpointAddPayload = builder.objectRef<EndpointPayload>('CallbackEndpointAddPayload').implement({
  description: 'A new endpoint, or why there is none.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    id: t.expose('id', { type: 'EndpointId', nullable: true }),
    secret: t.exposeString('secret', {
      nullable: true,
      description:
        'Signs what is sent there (docs/webhooks.md). In this answer alone; `switchyard callbacks secret` shows it to the operator.',
    }),
  }),
});

builder.mutationField('callbackEndpointAdd', (t) =>
  t.field({
    type: CallbackEndpointAddPayload,
    description: 'Registers an address that is called when money of the account moves. Not for a key of one wallet. Needs WRITE.',
    args: { input: t.arg({ type: CallbackEndpointAddInput, required: true }) },
    resolve: accountMutation({
      command: 'addCallback',
      input: ({ url }) => ({ url }),
      answer: ({ endpoint, secret }): EndpointPayload => ({ errors: [], id: endpoint.id, secret }),
      trouble: ({ errors }): EndpointPayload => ({ errors, id: null, secret: null }),
    }),
  }),
);
