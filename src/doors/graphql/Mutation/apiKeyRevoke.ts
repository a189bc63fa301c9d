// Ends an API key, in upstream's words.
import type { KeyView } from '../../../wallets/store-keys.ts';
import { builder } from '../builder.ts';
import { asking } from '../map/ask.ts';
import { ApiKey } from '../types/ApiKey.ts';

const ApiKeyRevokePayload = builder.objectRef<KeyView>('ApiKeyRevokePayload').implement({
  description: 'A key that has ended.',
  fields: (t) => ({ apiKey: t.field({ type: ApiKey, resolve: (key) => key }) }),
});

const ApiKeyRevokeInput = builder.inputType('ApiKeyRevokeInput', { fields: (t) => ({ id: t.id({ required: true }) }) });

builder.mutationField('apiKeyRevoke', (t) =>
  t.field({
    type: ApiKeyRevokePayload,
    description: 'Ends an API key; other replicas may serve it for another two seconds. Needs ADMIN.',
    args: { input: t.arg({ type: ApiKeyRevokeInput, required: true }) },
    resolve: asking('revokeKey', ({ input }) => ({ id: input.id })),
  }),
);
