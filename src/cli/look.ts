// `look` and `ask`: what is stored about a payment hash, and what the backends say of it now. Neither changes anything.
import { isHex32 } from '../lightning/values.ts';
import { withAdmin } from './load.ts';
import { json, outline } from './print.ts';
import { type Call, configOptions, jsonOption, UsageError, type Verb } from './verb.ts';

const runWith =
  (verb: 'look' | 'ask', nothing: string) =>
  (call: Call): Promise<number> => {
    const hash = (call.operands[0] ?? '').toLowerCase();
    if (!isHex32(hash)) throw new UsageError(`"${call.operands[0]}" is not a payment hash: expected 64 hex digits`);
    return withAdmin(call, async (admin) => {
      const found = await admin(verb, { hash });
      if (found === null || found === undefined) {
        call.io.err(`${nothing}\n`);
        return 1;
      }
      call.io.out(call.on.has('json') ? json(found) : outline(found));
      return 0;
    });
  };

const example = '6b1c…64 hex digits…';

export const look: Verb = {
  name: 'look',
  summary: 'Show what is stored about a payment hash: invoice, payments, attempts, transactions',
  operands: ['payment hash'],
  options: { ...configOptions, ...jsonOption },
  examples: [[`look ${example}`, 'everything that the database holds of it']],
  run: runWith('look', 'Nothing is stored about this payment hash.'),
};

export const ask: Verb = {
  name: 'ask',
  summary: 'Ask the backends now what they know of a payment hash',
  operands: ['payment hash'],
  options: { ...configOptions, ...jsonOption },
  examples: [[`ask ${example}`, 'the word of every backend, right now']],
  run: runWith('ask', 'No backend answered about this payment hash.'),
};
