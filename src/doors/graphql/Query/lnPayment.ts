// A payment of the asker's wallets by its hash (additive): the newest for the hash, and a succeeded one before all others.
import { builder } from '../builder.ts';
import { reader, reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { LnPayment } from '../types/LnPayment.ts';

builder.queryField('lnPayment', (t) =>
  t.field({
    type: LnPayment,
    nullable: true,
    description: 'A payment that was made from here, with its attempts. Null when there is none with this hash. Needs READ.',
    args: { paymentHash: t.arg({ type: 'PaymentHash', required: true }) },
    resolve: reading('lnPayment', async (_root, args, context) => context.reads.payment(reader(context), good(args.paymentHash))),
  }),
);
