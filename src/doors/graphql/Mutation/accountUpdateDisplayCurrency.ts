// In which currency an account's amounts are shown beside satoshis.
import type { AccountView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { accountMutation } from '../map/ask.ts';
import { ConsumerAccount } from '../types/Account.ts';
import { ErrorType } from '../types/Error.ts';
import type { Payload } from '../types/payloads.ts';

interface AccountPayload extends Payload {
  readonly account: AccountView | null;
}

const AccountUpdateDisplayCurrencyInput = builder.inputType('AccountUpdateDisplayCurrencyInput', {
  fields: (t) => ({ currency: t.field({ type: 'DisplayCurrency', required: true, description: 'One of `currencyList`.' }) }),
});

const AccountUpdateDisplayCurrencyPayload = builder.objectRef<AccountPayload>('AccountUpdateDisplayCurrencyPayload').implement({
  description: 'The account with its new currency, or why it keeps the old one.',
  fields: (t) => ({
    account: t.expose('account', { type: ConsumerAccount, nullable: true }),
    errors: t.expose('errors', { type: [ErrorType] }),
  }),
});

builder.mutationField('accountUpdateDisplayCurrency', (t) =>
  t.field({
    type: AccountUpdateDisplayCurrencyPayload,
    description:
      'Sets the currency of `displayCurrency`, `realtimePrice` and of what happens from now on; what has happened keeps its price. ' +
      'Not for a key of one wallet. Needs WRITE.',
    args: { input: t.arg({ type: AccountUpdateDisplayCurrencyInput, required: true }) },
    resolve: accountMutation({
      command: 'setDisplayCurrency',
      input: ({ currency }) => ({ currency }),
      answer: (account: AccountView): AccountPayload => ({ errors: [], account }),
      trouble: ({ errors }): AccountPayload => ({ errors, account: null }),
    }),
  }),
);
