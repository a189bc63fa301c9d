// The older form of `accountDefaultWallet`.
import { refuse } from '../../../platform/refusal.ts';
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';

builder.queryField('userDefaultWalletId', (t) =>
  t.field({
    type: 'WalletId',
    description: 'The wallet that a handle leads to. Needs no key.',
    deprecationReason: 'will be migrated to AccountDefaultWalletId',
    args: { username: t.arg({ type: 'Username', required: true }) },
    resolve: reading('userDefaultWalletId', async (_root, args, context) => {
      const username = good(args.username);
      return (await context.reads.publicWallet(username))?.id ?? refuse({ is: 'notFound', what: 'account', given: username });
    }),
  }),
);
