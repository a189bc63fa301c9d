// Plants one bug at a time into a copy of the sources (never into the work tree) and shows who notices: the tests that name the rule, which
// must, and the simulation within some seeds. A bug that no test notices fails here, and so does one that no longer fits the sources.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mutants } from './mutants.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const seeds = process.env.MUTANT_SEEDS ?? '120';
const copied = ['src', 'prisma', 'test', 'tsconfig.json', 'package.json', 'vitest.config.ts', 'schema.graphql', 'docs'] as const;

interface Ran {
  readonly code: number;
  readonly output: string;
}

let copy: string;
const table: (readonly [string, readonly [string, string]])[] = [];
/** Tests that failed with a bug planted: without it they must pass, or their failure says nothing. */
const failing: (readonly string[])[] = [];

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'switchyard-mutants-'));
  const isWanted = (path: string): boolean => !/\/test\/regtest\/\.(bin|net)/.test(path);
  for (const name of copied) cpSync(join(root, name), join(copy, name), { recursive: true, filter: isWanted });
  mkdirSync(join(copy, 'dist'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
  const width = Math.max(...mutants.map(({ name }) => name.length));
  const rows = table.flatMap(([name, [tests, simulation]]) => [`${name.padEnd(width)}  ${tests}`, `${' '.repeat(width)}  ${simulation}`]);
  console.log([`${'planted bug'.padEnd(width)}  noticed by`, ...rows].join('\n'));
});

const run = (file: string, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const options = { cwd: copy, maxBuffer: 1 << 26, timeout: 400_000 };
    execFile(process.execPath, [file, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}` }),
    );
  });
const tool = (name: string): string => join(root, 'node_modules', name);

const compile = async (): Promise<void> => {
  const { code, output } = await run(tool('typescript/bin/tsc'), ['-p', 'test/simulation/tsconfig.json', '--noCheck']);
  if (code !== 0) throw new Error(`the copy does not compile: ${output}`);
};

const simulate = async (): Promise<string | null> => {
  await compile();
  const { code, output } = await run('dist/simulation/test/simulation/cli.js', ['--seeds', seeds, '--first']);
  if (code === 0) return null;
  const [, seed = '?', why = ''] = /seed (\d+) FAILED.*\n\s+(.*)/.exec(output) ?? [];
  if (seed === '?') throw new Error(`the simulation itself failed: ${output.slice(-2000)}`);
  return `simulation, seed ${seed}: ${why.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').slice(0, 110)}`;
};

const byTests = async (files: readonly string[]): Promise<string | null> => {
  // Tried once: a second chance could only hide that a bug is noticed by luck.
  const { code, output } = await run(tool('vitest/vitest.mjs'), ['run', '--retry=0', '--bail=1', ...files]);
  failing.push(...(code === 0 ? [] : [files]));
  const plain = output.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
  return code === 0 ? null : (/FAIL\s+(.*)/.exec(plain)?.[1]?.slice(0, 130) ?? expect.fail(`the tests did not run: ${plain.slice(-2000)}`));
};

/** Of those that the simulation can see, so many it must see by itself: below that it has lost its eyes. */
const leastSeen = 14;
let seen = 0;

describe('a planted bug is noticed:', () => {
  // Not '$name', which would be cut short.
  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', { timeout: 900_000 }, async (_, mutant) => {
    const path = join(copy, mutant.file);
    const before = readFileSync(path, 'utf8');
    expect(before.split(mutant.find).length - 1, 'places where it applies').toBe(1);
    writeFileSync(
      path,
      before.replace(mutant.find, () => mutant.put),
    );
    try {
      const [tests, simulation] = [await byTests(mutant.tests), mutant.simulated === false ? null : await simulate()];
      if (simulation !== null) seen += 1;
      table.push([mutant.name, [tests ?? 'NO TEST', simulation ?? (mutant.simulated === false ? 'not simulated' : 'not seen')]]);
      console.log(`${mutant.name}: ${tests ?? 'NO TEST'}; ${simulation ?? 'not seen by the simulation'}`);
      expect(tests).not.toBeNull();
    } finally {
      writeFileSync(path, before);
    }
  });

  test('and the simulation alone notices most of them', () => {
    expect(seen).toBeGreaterThanOrEqual(leastSeen);
  });

  test('and without a bug the same tests pass', { timeout: 900_000 }, async () => {
    const { code, output } =
      failing.length === 0 ? { code: 0, output: '' } : await run(tool('vitest/vitest.mjs'), ['run', ...new Set(failing.flat())]);
    expect(code, output.slice(-3000)).toBe(0);
  });
});
