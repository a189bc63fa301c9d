// An API key as upstream's key service shows it: never the secret.
import type { KeyView } from '../../../wallets/store.ts';
import { builder } from '../builder.ts';
import { Scope } from './enums.ts';

export const ApiKey = builder.objectRef<KeyView>('ApiKey').implement({
  description: 'What a client presents instead of a person.',
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    expired: t.boolean({ resolve: (key, _args, { now }) => key.expiresAt !== null && key.expiresAt <= now() }),
    expiresAt: t.expose('expiresAt', { type: 'Timestamp', nullable: true }),
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    prefix: t.exposeString('prefix', { description: 'How it begins, to recognise it by.' }),
    readOnly: t.boolean({ resolve: (key) => key.scopes.every((scope) => scope === 'READ') }),
    revoked: t.boolean({ resolve: (key) => key.revokedAt !== null }),
    scopes: t.expose('scopes', { type: [Scope] }),
    walletId: t.expose('walletId', {
      type: 'WalletId',
      nullable: true,
      description: 'The one wallet that it sees; null: all of the account.',
    }),
  }),
});
