// One cash-out of the asker's wallets with its whole story (additive).
import { builder } from '../builder.ts';
import { reader, reading } from '../map/ask.ts';
import { CashOut } from '../types/CashOut.ts';

builder.queryField('cashOut', (t) =>
  t.field({
    type: CashOut,
    nullable: true,
    description: 'A cash-out of your wallets with its invoice, its refund and every step. Null when there is none. Needs READ.',
    args: { id: t.arg.id({ required: true }) },
    resolve: reading('cashOut', async (_root, { id }, context) => context.reads.cashOut(reader(context), id)),
  }),
);
