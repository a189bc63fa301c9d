// Gives an account its handle, once and for all.
import type { AccountView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { accountMutation } from '../map/ask.ts';
import { ErrorType } from '../types/Error.ts';
import type { Payload } from '../types/payloads.ts';
import { User } from '../types/User.ts';

interface UserPayload extends Payload {
  readonly user: AccountView | null;
}

const UserUpdateUsernameInput = builder.inputType('UserUpdateUsernameInput', {
  fields: (t) => ({ username: t.field({ type: 'Username', required: true }) }),
});

const UserUpdateUsernamePayload = builder.objectRef<UserPayload>('UserUpdateUsernamePayload').implement({
  description: 'Who has the handle now, or why not.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    user: t.expose('user', { type: User, nullable: true }),
  }),
});

builder.mutationField('userUpdateUsername', (t) =>
  t.field({
    type: UserUpdateUsernamePayload,
    description: 'Gives the account its handle; it stays. Not for a key of one wallet. Needs WRITE.',
    deprecationReason:
      'Username will be moved to @Handle in Accounts. Also SetUsername naming should be used instead of UpdateUsername to reflect the idempotency of Handles',
    args: { input: t.arg({ type: UserUpdateUsernameInput, required: true }) },
    resolve: accountMutation({
      command: 'setUsername',
      input: ({ username }) => ({ username }),
      answer: (user: AccountView): UserPayload => ({ errors: [], user }),
      trouble: ({ errors }): UserPayload => ({ errors, user: null }),
    }),
  }),
);
