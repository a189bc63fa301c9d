// How soon a transaction can be asked to be in a block; needs no key.
import type { SpeedView } from '../../../commands/reads.ts';
import { builder } from '../builder.ts';
import { PayoutSpeed } from '../types/enums.ts';

const names = { fast: 'Fast', medium: 'Medium', slow: 'Slow' } as const;
const blockMinutes = 10;

// A guess in words that people use: blocks come when they come.
const timeOf = (blocks: number): string => {
  const minutes = blocks * blockMinutes;
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
};

const PayoutSpeeds = builder.objectRef<SpeedView>('PayoutSpeeds').implement({
  description: 'One way of paying for a place in a block.',
  fields: (t) => ({
    description: t.string({
      resolve: ({ targetConfirmations: blocks }) =>
        `Confirmed within ${blocks} ${blocks === 1 ? 'block' : 'blocks'}, about ${timeOf(blocks)}`,
    }),
    displayName: t.string({ resolve: ({ speed }) => names[speed] }),
    speed: t.expose('speed', { type: PayoutSpeed }),
  }),
});

builder.queryField('payoutSpeeds', (t) =>
  t.field({
    type: [PayoutSpeeds],
    description: 'How soon a transaction can be asked to be in a block. Needs no key.',
    resolve: (_root, _args, context) => [...context.reads.payoutSpeeds()],
  }),
);
