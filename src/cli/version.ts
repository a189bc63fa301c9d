// `version`: which build this is.
import type { Verb } from './verb.ts';

export const version: Verb = {
  name: 'version',
  summary: 'Print the version',
  operands: [],
  options: {},
  examples: [['version', 'such as 0.1.0']],
  run: async ({ io, parts }) => {
    io.out(`${parts.version}\n`);
    return 0;
  },
};
