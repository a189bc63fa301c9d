// `incidents`: what a person must look at. Exit code 1 while something is open, so that a monitor may call it.
import { incidentRows } from './answers.ts';
import { withAdmin } from './load.ts';
import { day, json, table } from './print.ts';
import { configOptions, jsonOption, type Verb } from './verb.ts';

export const incidents: Verb = {
  name: 'incidents',
  summary: 'List what a person must look at; exit code 1 while something is open',
  operands: [],
  options: { all: { does: 'resolved ones too' }, ...configOptions, ...jsonOption },
  examples: [
    ['incidents', 'what is open'],
    ['incidents --all --json', 'everything, for a script'],
  ],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const found = incidentRows.parse(await admin('incidents', { all: call.on.has('all') }));
      const rows = found.map((one) => [
        day(one.createdAt),
        one.kind,
        one.subject,
        one.resolvedAt ? `resolved ${day(one.resolvedAt)}` : 'open',
        JSON.stringify(one.detail),
      ]);
      call.io.out(call.on.has('json') ? json(found) : table(['SINCE (UTC)', 'KIND', 'ABOUT', 'STATE', 'DETAIL'], rows, 'No incidents.'));
      return found.some((one) => one.resolvedAt === null) ? 1 : 0;
    }),
};
