// `keys revoke`: ends an API key; other replicas may serve it for another two seconds.
import { keyRow } from './answers.ts';
import { withAdmin } from './load.ts';
import { configOptions, UsageError, type Verb } from './verb.ts';

export const keysRevoke: Verb = {
  name: 'keys revoke',
  summary: 'End an API key at once',
  operands: ['id or prefix'],
  options: configOptions,
  examples: [['keys revoke blink_Ab3dEf', 'the key that "keys list" shows with these letters']],
  run: (call) => {
    // A whole key may be pasted here; only its beginning is looked for and nothing of it is repeated.
    const asked = (call.operands[0] ?? '').replace(/…$/, '').replace(/^(blink_[A-Za-z0-9]{6}).+$/, '$1');
    return withAdmin(call, async (admin) => {
      const key = keyRow.nullable().parse(await admin('keys.revoke', { key: asked }));
      if (!key) throw new UsageError(`there is no valid key "${asked}", or there are several: take an id of "switchyard keys list"`);
      call.io.out(`revoked ${key.prefix}… (${key.name})\n`);
      return 0;
    });
  },
};
