// Every backend as it is now (additive), for scope ADMIN.
import { builder } from '../builder.ts';
import { administrator, reading } from '../map/ask.ts';
import { Backend } from '../types/Backend.ts';

builder.queryField('backends', (t) =>
  t.field({
    type: [Backend],
    description: 'Every backend as it is now. Needs ADMIN.',
    resolve: reading('backends', async (_root, _args, context) => {
      administrator(context);
      return context.reads.backends();
    }),
  }),
);
