// What the pages say exists: links, npm scripts, verbs with their options, metrics, configurations; and they name no place of anybody's machine.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { backendKinds } from '../../src/backends/index.ts';
import { simulatedSettings } from '../../src/backends/simulated/settings.ts';
import { verbs } from '../../src/cli/verbs.ts';
import { loadConfig } from '../../src/config.ts';
import { createMeter } from '../../src/doors/graphql/meter.ts';
import { schema } from '../../src/doors/graphql/schema.ts';
import { createMetrics } from '../../src/platform/metrics.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const pagesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : pagesIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });

const pages = ['README.md', ...pagesIn('docs'), ...pagesIn('src')].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** Fenced blocks and spans: where commands stand. */
const codeOf = (text: string): readonly string[] => {
  const fenced = [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...fenced, ...spans];
};

/** As GitHub makes them. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('there are the pages that are looked for', () => {
  expect(pages.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'README.md',
      'docs/lamassu.md',
      'docs/operating.md',
      'docs/backends.md',
      'docs/config.md',
      'docs/adr/README.md',
    ]),
  );
});

describe.each(pages)('$path', ({ path, text }) => {
  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
    const dead = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : relative(root, join(root, dirname(path), file));
      if (!existsSync(join(root, target)) || target.startsWith('..')) return true;
      if (anchor === undefined || statSync(join(root, target)).isDirectory()) return false;
      return !anchorsOf(readFileSync(join(root, target), 'utf8')).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  test('names scripts and verbs that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const wrong = codeOf(text).flatMap((code) => {
      const run = [...code.matchAll(/\bnpm run ([a-z:-]+)/g)].filter(([, name = '']) => !(name in scripts)).map(([said]) => said);
      const typed = [...code.matchAll(/\bswitchyard ([a-z][a-z-]*)( [a-z][a-z-]*)?([^#&|]*)/g)].flatMap(
        ([said, first = '', second = '', rest = '']) => {
          const verb = verbs.find(({ name }) => name === first + second) ?? verbs.find(({ name }) => name === first);
          if (!verb) return [said];
          const options = [...rest.matchAll(/--([a-z-]+)/g)].map(([, name = '']) => name);
          return options.some((name) => name !== 'help' && !(name in verb.options)) ? [said] : [];
        },
      );
      return [...run, ...typed];
    });
    expect(wrong).toEqual([]);
  });

  test('names no place of one machine and no host that packages come from', () => {
    expect(text).not.toMatch(/(?:^|[\s"'(`=])\/(?:root|home|work|tmp|Users)\//m);
    expect(text).not.toMatch(/registry\.|proxy\.golang|artifactory|nexus/i);
  });
});

test('every verb is named somewhere', () => {
  const all = pages.flatMap(({ text }) => codeOf(text)).join('\n');
  const silent = verbs
    .map(({ name }) => name)
    .filter((name) => name !== 'version' && name !== 'start' && !all.includes(`switchyard ${name}`));
  expect(silent).toEqual([]);
});

test('the metrics of docs/operating.md are reported, and all of ours are there', async () => {
  const metrics = createMetrics();
  createMeter(metrics.registry, schema, { subscriptions: () => 0, sockets: () => 0 });
  const reported = [...(await metrics.render()).matchAll(/^# TYPE (switchyard_[a-z_]+) /gm)].map(([, name = '']) => name);
  const ours = reported.filter((name) => !/^switchyard_(process|nodejs)_/.test(name));
  const text = pages.find(({ path }) => path === 'docs/operating.md')?.text ?? '';
  const told = new Set([...text.matchAll(/`(switchyard_[a-z_]+)`/g)].map(([, name = '']) => name));
  expect([...told].sort()).toEqual(ours.sort());
});

test('docs/backends.md has a part for every kind, and every setting of the simulated one', () => {
  const text = pages.find(({ path }) => path === 'docs/backends.md')?.text ?? '';
  for (const kind of Object.keys(backendKinds)) expect(text).toMatch(new RegExp(`^## ${kind}$`, 'm'));
  const part = /^## simulated$([\s\S]*?)^## /m.exec(text)?.[1] ?? '';
  const missing = Object.keys(simulatedSettings.shape).filter((name) => name !== 'network' && !part.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});

const configurations = pages
  .filter(({ path }) => path === 'README.md' || path === 'docs/lamassu.md')
  .flatMap(({ path, text }) => [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) => ({ path, yaml })));

test.each(configurations)('the configuration in $path is taken', ({ yaml }) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-docs-'));
  try {
    const macaroon = Buffer.from(`0201${'ab'.repeat(60)}`, 'hex').toString('base64url');
    writeFileSync(join(folder, 'node1.lndconnect'), `lndconnect://localhost:10009?macaroon=${macaroon}\n`, { mode: 0o600 });
    const path = join(folder, 'switchyard.yaml');
    writeFileSync(path, yaml);
    const config = loadConfig({ kinds: backendKinds, path, env: {} });
    expect(config.accounts[0]?.wallets[0]?.name).toBe('atm-1');
    expect(config.backends.map(({ kind }) => kind)).toEqual(['lnd']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
