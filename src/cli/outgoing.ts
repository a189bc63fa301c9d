// `payments halt` and `payments resume`: nobody's money leaves while it is halted; what is under way goes on to its end.
import { withAdmin } from './load.ts';
import { configOptions, type Verb } from './verb.ts';

export const paymentsHalt: Verb = {
  name: 'payments halt',
  summary: 'Send nothing more, on every replica, until resumed',
  operands: ['reason'],
  options: configOptions,
  examples: [['payments halt "node is being moved"', 'sends are refused with a clear answer from now on']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      await admin('outgoing.halt', { reason: call.operands[0] ?? '' });
      call.io.out('outgoing payments are halted; what is under way goes on to its end\n');
      return 0;
    }),
};

export const paymentsResume: Verb = {
  name: 'payments resume',
  summary: 'Send again, after a halt by a person or by the watchdog',
  operands: [],
  options: configOptions,
  examples: [['payments resume', 'look at "switchyard ledger" and "switchyard incidents" first']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      await admin('outgoing.resume', {});
      call.io.out('outgoing payments are resumed\n');
      return 0;
    }),
};
