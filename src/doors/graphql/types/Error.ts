// What stands in a payload's `errors`.
import { builder } from '../builder.ts';
import type { ErrorView } from '../map/trouble.ts';

export const ErrorType = builder.interfaceRef<ErrorView>('Error').implement({
  description: 'Why something was not done. `code` is for machines; scalar, wallet and scope errors have none.',
  resolveType: () => 'GraphQLApplicationError',
  fields: (t) => ({
    code: t.exposeString('code', { nullable: true }),
    message: t.exposeString('message'),
    path: t.stringList({
      description: 'Always null.',
      nullable: { list: true, items: true },
      resolve: () => null,
    }),
  }),
});

builder.objectRef<ErrorView>('GraphQLApplicationError').implement({
  description: 'The one kind of error there is.',
  interfaces: [ErrorType],
});
