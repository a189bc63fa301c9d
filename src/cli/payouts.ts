// `payouts …`: sends on the chain that have not ended, what the node says of one, and the word of a person that one will never be in a block.
import { z } from 'zod';
import { withAdmin } from './load.ts';
import { day, json, outline, table } from './print.ts';
import { configOptions, jsonOption, UsageError, type Verb } from './verb.ts';

const time = z.union([z.string(), z.date()]).transform((at) => new Date(at));
const rows = z.array(
  z.looseObject({
    ...{ id: z.string(), state: z.string(), address: z.string(), amountMsat: z.union([z.bigint(), z.string()]) },
    ...{ txid: z.string().nullable(), backendId: z.string(), isInDoubt: z.boolean(), createdAt: time },
  }),
);

export const payoutsShow: Verb = {
  name: 'payouts',
  summary: 'List sends on the chain that have not ended; exit code 1 while one is in doubt',
  operands: [],
  options: { ...configOptions, ...jsonOption },
  examples: [['payouts', 'what waits for a block, and what nobody can tell of']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const found = rows.parse(await admin('payouts', {}));
      const lines = found.map((row) => [
        row.id,
        row.isInDoubt ? `${row.state}, in doubt` : row.state,
        String(BigInt(row.amountMsat) / 1000n),
        row.address,
        row.txid ?? '-',
        row.backendId,
        day(row.createdAt),
      ]);
      const heads = ['ID', 'STATE', 'SAT', 'TO', 'TRANSACTION', 'BACKEND', 'SINCE (UTC)'];
      call.io.out(call.on.has('json') ? json(found) : table(heads, lines, 'No send on the chain waits for anything.'));
      return found.some((row) => row.isInDoubt) ? 1 : 0;
    }),
};

const missing = (id: string | undefined): never => {
  throw new UsageError(`there is no send on the chain "${id}"`);
};

export const payoutsAsk: Verb = {
  name: 'payouts ask',
  summary: 'Ask the node now what became of a send on the chain, and write down what it says',
  operands: ['id'],
  options: { ...configOptions, ...jsonOption },
  examples: [['payouts ask 0199…', 'the id is in "switchyard payouts", and in the label at the node']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const said = (await admin('payouts.ask', { id: call.operands[0] })) ?? missing(call.operands[0]);
      call.io.out(call.on.has('json') ? json(said) : outline(said));
      return 0;
    }),
};

export const payoutsGiveUp: Verb = {
  name: 'payouts give-up',
  summary: 'Say that a send in doubt will never be in a block: its reserve is given back',
  operands: ['id', 'why'],
  options: configOptions,
  examples: [['payouts give-up 0199… "replaced by hand, txid …"', 'refused while the node knows it']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const [id, why = ''] = call.operands;
      if (!(await admin('payouts.giveUp', { id, why }))) missing(id);
      call.io.out('failed; what was set aside for it is given back\n');
      return 0;
    }),
};
