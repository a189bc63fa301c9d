// `ledger`: the books held against themselves and against the backends. Exit code 1 when something is wrong.
import { z } from 'zod';
import { withAdmin } from './load.ts';
import { json, outline } from './print.ts';
import { configOptions, jsonOption, type Verb } from './verb.ts';

const msat = z.union([z.bigint(), z.string()]).transform(BigInt);
const answer = z.looseObject({ findings: z.number(), owedMsat: msat, ownedMsat: msat.nullable() });

export const ledger: Verb = {
  name: 'ledger',
  summary: 'Check that the books balance and that what is owed is covered; exit code 1 when not',
  operands: [],
  options: { ...configOptions, ...jsonOption },
  examples: [['ledger', 'wallets, reserves, journals, and what the backends hold']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const said = await admin('ledger', {});
      call.io.out(call.on.has('json') ? json(said) : outline(said));
      const { findings, owedMsat, ownedMsat } = answer.parse(said);
      // A node that cannot be asked proves nothing.
      return findings === 0 && (ownedMsat === null || owedMsat <= ownedMsat) ? 0 : 1;
    }),
};
