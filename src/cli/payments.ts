// `payments give-up`: the word of a person that a payment in doubt was not paid.
import { z } from 'zod';
import { isHex32 } from '../lightning/values.ts';
import { withAdmin } from './load.ts';
import { configOptions, UsageError, type Verb } from './verb.ts';

const answer = z.looseObject({ backendSaid: z.string().nullable() }).nullable();

const lines: Readonly<Record<string, string>> = {
  failed: 'its backend says itself that it failed; what was set aside for it is given back',
  notFound: 'failed; what was set aside for it is given back. Its backend knows nothing of it',
};
const unasked =
  'failed; what was set aside for it is given back. Its backend could not tell: should it have paid after all, that is booked as a loss and told';

export const paymentsGiveUp: Verb = {
  name: 'payments give-up',
  summary: 'Say that a payment in doubt was not paid: what was set aside for it is given back',
  operands: ['payment hash', 'why'],
  options: configOptions,
  examples: [['payments give-up 6b1c… "the node is lost; the payee says unpaid"', 'refused while its backend says paid or under way']],
  run: (call) => {
    const [given = '', why = ''] = call.operands;
    const hash = given.toLowerCase();
    if (!isHex32(hash)) throw new UsageError(`"${given}" is not a payment hash: expected 64 hex digits`);
    return withAdmin(call, async (admin) => {
      const said = answer.parse((await admin('payments.giveUp', { hash, why })) ?? null);
      if (said === null) throw new UsageError(`there is no payment "${hash}"`);
      call.io.out(`${lines[said.backendSaid ?? ''] ?? unasked}\n`);
      return 0;
    });
  },
};
