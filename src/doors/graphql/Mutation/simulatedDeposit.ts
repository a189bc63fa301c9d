// Somebody outside the simulated network sends coins to an address, and blocks are mined (additive, for the playground).
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import type { ErrorView } from '../map/trouble.ts';
import { ErrorType } from '../types/Error.ts';

interface MinedView {
  readonly errors: readonly ErrorView[];
  readonly transactionHash: string | null;
  readonly blockHeight: number | null;
}

const SimulatedDepositPayload = builder.objectRef<MinedView>('SimulatedDepositPayload').implement({
  description: 'What became of the play coins.',
  fields: (t) => ({
    blockHeight: t.exposeInt('blockHeight', { nullable: true, description: 'The height of the simulated chain afterwards.' }),
    errors: t.expose('errors', { type: [ErrorType] }),
    transactionHash: t.expose('transactionHash', { type: 'OnChainTxHash', nullable: true }),
  }),
});

const SimulatedDepositInput = builder.inputType('SimulatedDepositInput', {
  fields: (t) => ({
    address: t.field({
      type: 'OnChainAddress',
      description: 'An address of this gateway. Left out: blocks are mined and nothing is sent.',
    }),
    amount: t.field({ type: 'SatAmount', description: 'Satoshis; needed with an address.' }),
    blocks: t.int({ required: true, description: 'How many blocks are mined after it: 0 to 100.' }),
  }),
});

builder.mutationField('simulatedDeposit', (t) =>
  t.field({
    type: SimulatedDepositPayload,
    description: 'Somebody sends coins on the simulated chain, and blocks are mined. Only where a backend is simulated. Needs no key.',
    args: { input: t.arg({ type: SimulatedDepositInput, required: true }) },
    resolve: payloadMutation({
      command: 'simulateDeposit',
      input: ({ address, amount, blocks }) => ({ address: address ?? null, amountMsat: fromSat(amount ?? 0), blocks }),
      answer: ({ txid, height }): MinedView => ({ errors: [], transactionHash: txid, blockHeight: height }),
      trouble: ({ errors }) => ({ errors, transactionHash: null, blockHeight: null }),
    }),
  }),
);
