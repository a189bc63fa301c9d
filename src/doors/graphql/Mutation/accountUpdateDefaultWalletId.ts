// Which wallet an account's handle leads to.
import type { AccountView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { accountMutation } from '../map/ask.ts';
import { ConsumerAccount } from '../types/Account.ts';
import { ErrorType } from '../types/Error.ts';
import type { Payload } from '../types/payloads.ts';

interface AccountPayload extends Payload {
  readonly account: AccountView | null;
}

const AccountUpdateDefaultWalletIdInput = builder.inputType('AccountUpdateDefaultWalletIdInput', {
  fields: (t) => ({ walletId: t.field({ type: 'WalletId', required: true }) }),
});

const AccountUpdateDefaultWalletIdPayload = builder.objectRef<AccountPayload>('AccountUpdateDefaultWalletIdPayload').implement({
  description: 'The account with its new default wallet, or why it has none.',
  fields: (t) => ({
    account: t.expose('account', { type: ConsumerAccount, nullable: true }),
    errors: t.expose('errors', { type: [ErrorType] }),
  }),
});

builder.mutationField('accountUpdateDefaultWalletId', (t) =>
  t.field({
    type: AccountUpdateDefaultWalletIdPayload,
    description:
      'Makes a wallet the one that the account’s handle and Lightning address lead to. Not for a key of one wallet. Needs WRITE.',
    args: { input: t.arg({ type: AccountUpdateDefaultWalletIdInput, required: true }) },
    resolve: accountMutation({
      command: 'setDefaultWallet',
      input: ({ walletId }) => ({ walletId }),
      answer: (account: AccountView): AccountPayload => ({ errors: [], account }),
      trouble: ({ errors }): AccountPayload => ({ errors, account: null }),
    }),
  }),
);
