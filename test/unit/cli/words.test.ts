// What a person types: every verb has help with examples, and what is not understood is named and ends with 2.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verbs } from '../../../src/cli/verbs.ts';
import { type Outside, outside } from './outside.ts';

const never = (): never => {
  throw new Error('nothing of the gateway is needed for this');
};

let person: Outside;
beforeEach(() => {
  person = outside({ gateway: never });
});
afterEach(() => rmSync(person.dir, { recursive: true, force: true }));

describe('help', () => {
  it('lists every verb', async () => {
    const { code, out, err } = await person.run('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const verb of verbs) expect(out).toContain(verb.name);
    expect((await person.run()).code).toBe(2);
    expect((await person.run('-h')).out).toBe(out);
  });

  it.each(verbs)('of $name shows every option and an example', async (verb) => {
    const { code, out } = await person.run(...verb.name.split(' '), '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Usage: switchyard ${verb.name}`);
    for (const name of Object.keys(verb.options)) expect(out).toContain(`--${name}`);
    expect(verb.examples.length).toBeGreaterThan(0);
    for (const [line] of verb.examples) expect(out).toContain(`switchyard ${line}`);
    for (const [line] of verb.examples) expect(line.startsWith(verb.name)).toBe(true);
  });

  it('is shown even beside what would be wrong', async () => {
    expect((await person.run('look', '--help')).code).toBe(0);
    expect((await person.run('keys', 'create', '-h')).code).toBe(0);
  });

  it('the version is printed three ways', async () => {
    for (const words of [['version'], ['--version'], ['-v']])
      expect(await person.run(...words)).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });
});

describe('what is not understood', () => {
  it.each([
    [['strat'], 'unknown verb "strat"; did you mean "start"?'],
    [['frobnicate'], 'unknown verb "frobnicate"'],
    [['keys'], 'which one? There are: keys create, keys list, keys limit, keys revoke'],
    [['keys', 'make'], 'unknown verb "keys make"? There are: keys create'],
    [['--port', '1'], '"--port" comes before the verb'],
    [['start', '--prot', '1'], 'unknown option "--prot"; did you mean "port"?'],
    [['start', '--prot=1'], 'unknown option "--prot"; did you mean "port"?'],
    [['start', '-x'], "unknown option '-x'"],
    [['start', '--port'], "option '-p, --port <value>' argument missing"],
    [['start', 'now'], '"now" is one word too many'],
    [['doctor', '--json=yes'], "option '--json' does not take an argument"],
    [['look'], '<payment hash> is missing'],
    [['look', 'xyz'], '"xyz" is not a payment hash: expected 64 hex digits'],
    [['ask', 'A'.repeat(63)], 'is not a payment hash'],
    [['keys', 'revoke'], '<id or prefix> is missing'],
    [['keys', 'create'], 'name either --wallet or --account'],
    [['keys', 'create', '--wallet', 'w', '--account', 'a'], 'name either --wallet or --account'],
    [['keys', 'create', '--wallet', 'w', '--scopes', 'READ,WRIT'], '--scopes holds "WRIT"; expected some of READ, RECEIVE, WRITE, ADMIN'],
    [['keys', 'create', '--wallet', 'w', '--scopes', ''], '--scopes holds ""'],
    [['keys', 'create', '--wallet', 'w', '--expires', 'soon'], '--expires holds "soon"'],
    [['keys', 'create', '--wallet', 'w', '--expires', '10s'], 'at least a minute'],
    [['keys', 'create', '--wallet', 'w', '--wait-seconds', '301'], '--wait-seconds holds "301"'],
  ])('%j', async (argv, words) => {
    const { code, out, err } = await person.run(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words);
    expect(err).toMatch(/Try: switchyard .*--help\n$/);
    expect(err).not.toMatch(/\n {4}at /);
  });

  it('a wrong configuration ends with 2, before anything is opened', async () => {
    writeFileSync(join(person.dir, 'switchyard.yaml'), 'listen: { prot: 1 }\n');
    for (const argv of [['start'], ['wallets', 'list'], ['status']]) {
      const { code, err } = await person.run(...argv);
      expect(code).toBe(2);
      expect(err).toContain('listen.prot (line 1)');
      expect(err).toContain('did you mean "port"?');
    }
    expect((await person.run('start', '--config', 'none.yaml')).err).toContain('there is no such file');
    rmSync(join(person.dir, 'switchyard.yaml'));
    expect((await person.run('start', '--port', 'x')).err).toContain('--port');
  });
});
