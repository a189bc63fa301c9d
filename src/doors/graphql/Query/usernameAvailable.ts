// Whether a handle is free. Anybody may ask.
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';

builder.queryField('usernameAvailable', (t) =>
  t.boolean({
    nullable: true,
    description: 'Whether no account here answers to this handle. Needs no key.',
    args: { username: t.arg({ type: 'Username', required: true }) },
    resolve: reading('usernameAvailable', async (_root, args, context) => !(await context.reads.isNameTaken(good(args.username)))),
  }),
);
