// `status`: whether a gateway runs on this data folder and how it is. Unlike other verbs it opens nothing by itself.
import { findAdmin } from '../platform/adminsocket.ts';
import { configOf } from './load.ts';
import { json, outline } from './print.ts';
import { configOptions, jsonOption, type Verb } from './verb.ts';

export const status: Verb = {
  name: 'status',
  summary: 'Show how the running gateway is; exit code 1 when none runs',
  operands: [],
  options: { ...configOptions, ...jsonOption },
  examples: [['status --config /etc/switchyard.yaml', 'the gateway of that configuration']],
  run: async (call) => {
    const { dataDir } = await configOf(call);
    const admin = await findAdmin(dataDir);
    if (!admin) {
      call.io.err(`No gateway runs on ${dataDir}. Start one: switchyard start\n`);
      return 1;
    }
    const said = await admin('status', {});
    call.io.out(call.on.has('json') ? json(said) : outline(said));
    return 0;
  },
};
