// What a send to this address would cost now; nothing is sent.
import { fromSat, toSatCeil } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { reader, reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { OnChainTxFee, speedField } from '../types/OnChain.ts';

builder.queryField('onChainTxFee', (t) =>
  t.field({
    type: OnChainTxFee,
    description: 'What a send would cost, in satoshis; zero where no transaction is needed. Needs READ.',
    args: {
      address: t.arg({ type: 'OnChainAddress', required: true }),
      amount: t.arg({ type: 'SatAmount', required: true }),
      speed: t.arg(speedField),
      walletId: t.arg({ type: 'WalletId', required: true }),
    },
    resolve: reading('onChainTxFee', async (_root, args, context) => {
      const { speed } = args;
      const who = reader(context);
      const ask = { walletId: good(args.walletId), address: good(args.address), amountMsat: fromSat(good(args.amount)), speed };
      return { amount: toSatCeil(await context.reads.onChainFee(who, ask)) };
    }),
  }),
);
