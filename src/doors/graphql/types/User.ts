// Who asks. This gateway knows accounts, not people: a user is an account.
import type { AccountView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { reader, reading } from '../map/ask.ts';
import { Account } from './Account.ts';
import { ApiKey } from './ApiKey.ts';

export const User = builder.objectRef<AccountView>('User').implement({
  description: 'Who asks.',
  fields: (t) => ({
    apiKeys: t.field({
      type: [ApiKey],
      description: 'The keys of the account. Needs READ.',
      resolve: reading('apiKeys', async (_account, _args, context) => context.reads.apiKeys(reader(context))),
    }),
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    defaultAccount: t.field({ type: Account, resolve: (account) => account }),
    id: t.exposeID('id'),
    username: t.expose('username', {
      type: 'Username',
      nullable: true,
      description: 'Its handle, if it has one.',
      deprecationReason: 'will be moved to @Handle in Account and Wallet',
    }),
  }),
});
