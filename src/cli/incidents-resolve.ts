// `incidents resolve`: a person has looked, and says what it was.
import { withAdmin } from './load.ts';
import { configOptions, UsageError, type Verb } from './verb.ts';

export const incidentsResolve: Verb = {
  name: 'incidents resolve',
  summary: 'Put an incident away with what you found',
  operands: ['id', 'what it was'],
  options: configOptions,
  examples: [['incidents resolve 0199… "paid by hand, customer told"', 'the id is in "switchyard incidents --json"']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const [id = '', resolution = ''] = call.operands;
      if (!(await admin('incidents.resolve', { id, resolution }))) throw new UsageError(`there is no open incident "${id}"`);
      call.io.out('resolved\n');
      return 0;
    }),
};
