// Where to send to somebody whose handle is known. Anybody may ask.
import { refuse } from '../../../platform/refusal.ts';
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { WalletCurrency } from '../types/enums.ts';
import { PublicWallet } from '../types/PublicWallet.ts';

builder.queryField('accountDefaultWallet', (t) =>
  t.field({
    type: PublicWallet,
    description: 'The wallet that a handle leads to, or that account’s wallet in a currency. Needs no key.',
    args: {
      username: t.arg({ type: 'Username', required: true }),
      walletCurrency: t.arg({ type: WalletCurrency }),
    },
    resolve: reading('accountDefaultWallet', async (_root, args, context) => {
      const username = good(args.username);
      const wallet = await context.reads.publicWallet(username, args.walletCurrency ?? null);
      if (wallet) return wallet;
      const known = args.walletCurrency && (await context.reads.isNameTaken(username));
      return refuse({ is: 'notFound', what: known ? 'currency' : 'account', given: username });
    }),
  }),
);
