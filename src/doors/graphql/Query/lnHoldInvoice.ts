// A hold invoice of the asker's wallets by its hash (additive).
import { builder } from '../builder.ts';
import { reader, reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { LnHoldInvoice } from '../types/LnHoldInvoice.ts';

builder.queryField('lnHoldInvoice', (t) =>
  t.field({
    type: LnHoldInvoice,
    nullable: true,
    description: 'A hold invoice of your wallets. Null when there is none with this hash. Needs READ.',
    args: { paymentHash: t.arg({ type: 'PaymentHash', required: true }) },
    resolve: reading('lnHoldInvoice', async (_root, args, context) => {
      const wallets = await context.reads.wallets(reader(context));
      const ids = wallets.map(({ id }) => id);
      const invoice = await context.reads.invoiceByHash(ids, good(args.paymentHash));
      return invoice?.kind === 'hold' ? invoice : null;
    }),
  }),
);
