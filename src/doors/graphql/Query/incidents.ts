// What a person must look at (additive), for scope ADMIN.
import { builder } from '../builder.ts';
import { administrator, reading } from '../map/ask.ts';
import { Incident } from '../types/Incident.ts';

builder.queryField('incidents', (t) =>
  t.field({
    type: [Incident],
    description: 'What a person must look at, newest first. Needs ADMIN.',
    args: { all: t.arg.boolean({ description: 'Resolved ones too.' }) },
    resolve: reading('incidents', async (_root, args, context) => {
      administrator(context);
      return context.reads.incidents(args.all ?? false);
    }),
  }),
);
