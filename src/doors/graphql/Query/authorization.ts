// What the presented key may do.
import { builder } from '../builder.ts';
import { reader, reading } from '../map/ask.ts';
import { Authorization } from '../types/Authorization.ts';

builder.queryField('authorization', (t) =>
  t.field({
    type: Authorization,
    description: 'What the presented key may do.',
    resolve: reading('authorization', async (_root, _args, context) => reader(context)),
  }),
);
