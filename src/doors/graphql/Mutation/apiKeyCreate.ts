// Makes an API key, in upstream's words: errors are top-level there. The secret is in this answer and nowhere else.
import type { CommandTypes } from '../../../commands/table.ts';
import { builder } from '../builder.ts';
import { asking } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { ApiKey } from '../types/ApiKey.ts';
import { Scope } from '../types/enums.ts';

const ApiKeyCreatePayload = builder.objectRef<CommandTypes['createKey']['output']>('ApiKeyCreatePayload').implement({
  description: 'A new key.',
  fields: (t) => ({
    apiKey: t.field({ type: ApiKey, resolve: (made) => made.view }),
    apiKeySecret: t.exposeString('key', { description: 'Shown this once.' }),
  }),
});

const ApiKeyCreateInput = builder.inputType('ApiKeyCreateInput', {
  fields: (t) => ({
    expireInDays: t.int(),
    name: t.string({ required: true }),
    scopes: t.field({ type: [Scope], required: true, defaultValue: ['READ', 'WRITE'] }),
    waitSeconds: t.int({
      description:
        'How long its sends wait for their end before they are answered as PENDING, 0 to 300; null: as the gateway is configured (45). ' +
        'For clients that give up earlier.',
    }),
    walletId: t.field({ type: 'WalletId', description: 'The one wallet that it may see.' }),
  }),
});

builder.mutationField('apiKeyCreate', (t) =>
  t.field({
    type: ApiKeyCreatePayload,
    description: 'Makes an API key. Needs ADMIN.',
    args: { input: t.arg({ type: ApiKeyCreateInput, required: true }) },
    resolve: asking('createKey', ({ input }) => ({
      name: input.name,
      scopes: input.scopes,
      expireInDays: input.expireInDays ?? null,
      waitSeconds: input.waitSeconds ?? null,
      walletId: input.walletId === null || input.walletId === undefined ? null : good(input.walletId),
    })),
  }),
);
