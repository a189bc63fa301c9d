// What the gateway says about itself; needs no key.
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { Globals } from '../types/Globals.ts';

builder.queryField('globals', (t) =>
  t.field({ type: Globals, nullable: true, resolve: reading('globals', async (_root, _args, context) => context.reads.globals()) }),
);
