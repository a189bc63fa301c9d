// What a send from a dollar wallet would cost. There is none here yet: a bitcoin wallet is refused with Galoy’s own text.
import { builder } from '../builder.ts';
import { reader, reading } from '../map/ask.ts';
import { good } from '../scalars/input.ts';
import { OnChainUsdTxFee, speedField } from '../types/OnChain.ts';

builder.queryField('onChainUsdTxFeeAsBtcDenominated', (t) =>
  t.field({
    type: OnChainUsdTxFee,
    description: 'What a send from a dollar wallet would cost, in cents. Needs READ.',
    args: {
      address: t.arg({ type: 'OnChainAddress', required: true }),
      amount: t.arg({ type: 'SatAmount', required: true }),
      speed: t.arg(speedField),
      walletId: t.arg({ type: 'WalletId', required: true }),
    },
    resolve: reading('onChainUsdTxFeeAsBtcDenominated', async (_root, args, context) => {
      const { speed } = args;
      const who = reader(context);
      good(args.amount);
      const ask = { walletId: good(args.walletId), address: good(args.address), amountMsat: null, speed };
      return { amount: Number(await context.reads.onChainFee(who, ask)) };
    }),
  }),
);
