// Everything that comes to the account of a key, as one stream: prices at once and every half minute, and each receipt. Any key may follow.
import { GraphQLError } from 'graphql';
import type { UpdateView } from '../../../commands/updates.ts';
import type { AccountView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { follow } from '../map/follow.ts';
import { ErrorType } from '../types/Error.ts';
import type { Payload } from '../types/payloads.ts';
import { User } from '../types/User.ts';
import { UserUpdate, updateOf } from '../types/UserUpdate.ts';

interface UpdatesPayload extends Payload {
  readonly update: UpdateView | null;
}

const MyUpdatesPayload = builder.objectRef<UpdatesPayload>('MyUpdatesPayload').implement({
  description: 'One update, or why there are none.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    me: t.field({
      type: User,
      nullable: true,
      description: 'Null beside a `Price`, and for a key that may not READ.',
      resolve: ({ update }, _args, context): Promise<AccountView> | null =>
        context.who?.scopes.has('READ') && update !== null && update.is !== 'price' ? context.reads.account(context.who) : null,
    }),
    update: t.field({ type: UserUpdate, nullable: true, resolve: ({ update }) => update && updateOf(update) }),
  }),
});

const followUpdates = (context: GraphqlContext): AsyncIterable<UpdatesPayload> => {
  const { who } = context;
  if (who === null) throw new GraphQLError('Not Authenticated for subscription', { extensions: { code: 'NOT_AUTHENTICATED' } });
  return follow<UpdateView, UpdatesPayload>(context, {
    field: 'myUpdates',
    watch: (signal) => context.reads.watchUpdates(who, signal),
    event: (update) => ({ errors: [], update }),
    trouble: (errors) => ({ errors, update: null }),
  });
};

builder.subscriptionField('myUpdates', (t) =>
  t.field({
    type: MyUpdatesPayload,
    description:
      'Prices at once and every half minute; each receipt, by Lightning, by wallet id or on the chain; each payment on the chain. ' +
      'Of the account, or of the one wallet of a key. Needs a key.',
    subscribe: (_root, _args, context) => followUpdates(context),
    resolve: (event) => event,
  }),
);
