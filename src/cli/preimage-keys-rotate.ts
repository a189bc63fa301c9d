// `preimage-keys rotate`: a new key for the preimages that the gateway guards; what older keys sealed still opens.
import { z } from 'zod';
import { withAdmin } from './load.ts';
import { json } from './print.ts';
import { configOptions, jsonOption, type Verb } from './verb.ts';

const answer = z.object({ file: z.string(), added: z.string(), keys: z.array(z.string()), inUse: z.array(z.string()) });

export const preimageKeysRotate: Verb = {
  name: 'preimage-keys rotate',
  summary: 'Seal the preimages of hold invoices with a new key from now on',
  operands: [],
  options: { ...configOptions, ...jsonOption },
  examples: [['preimage-keys rotate', 'adds a key in front of the others in holds.keyFile; the running gateway uses it at once']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const rotated = answer.parse(await admin('preimageKeys.rotate', {}));
      if (call.on.has('json')) {
        call.io.out(json(rotated));
        return 0;
      }
      const idle = rotated.keys.slice(1).filter((id) => !rotated.inUse.includes(id));
      const old = idle.length === 0 ? '' : `Nothing stored needs ${idle.join(', ')} any more: those lines may be removed.\n`;
      call.io.out(`${rotated.added} seals from now on; older keys in ${rotated.file} still open what they sealed.\n${old}`);
      call.io.out('Back the file up now, and copy it to every other replica: without it, what is held cannot be settled.\n');
      return 0;
    }),
};
