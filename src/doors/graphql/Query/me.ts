// Who asks: null and a top-level error without a key; the other fields of the query still answer.
import { builder } from '../builder.ts';
import { reader, reading } from '../map/ask.ts';
import { User } from '../types/User.ts';

builder.queryField('me', (t) =>
  t.field({
    type: User,
    nullable: true,
    resolve: reading('me', async (_root, _args, context) => context.reads.account(reader(context))),
  }),
);
