// What the presented key may do.
import type { Principal } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { Scope } from './enums.ts';

export const Authorization = builder.objectRef<Principal>('Authorization').implement({
  description: 'What the presented key may do.',
  fields: (t) => ({
    // Galoy has no ADMIN, and its clients read this list into an enumeration of three.
    scopes: t.field({
      type: [Scope],
      resolve: ({ scopes }) => (['READ', 'RECEIVE', 'WRITE'] as const).filter((scope) => scopes.has(scope)),
    }),
  }),
});
