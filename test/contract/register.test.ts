// The register of recordings says of each which test answers it, or why none does; and what it says is so.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { notFor, open, register } from '../../scripts/recordings-page.mjs';
import { schema } from '../../src/doors/graphql/schema.ts';

const entries = register;
const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const names = (path: string, name: 'name' | 'file'): readonly string[] =>
  JSON.parse(text(path)).map((one: Readonly<Record<string, string>>) => one[name]);

const cases = readdirSync(new URL('test/contract/recordings/', root))
  .filter((file) => file.startsWith('asserted'))
  .flatMap((file) => names(`test/contract/recordings/${file}`, 'name'));
const replays = names('test/contract/recordings/recorded.json', 'file');

const reference = new URL('../shared/reference/galoy/recordings/', root);

describe('the register of recordings', () => {
  it('has every recording once, the 111 that upstream’s tests assert among them', () => {
    expect(new Set(entries.map(({ file }) => file)).size).toBe(entries.length);
    expect(entries.filter(({ file }) => file.startsWith('assertion--'))).toHaveLength(111);
    if (existsSync(reference)) expect(entries.map(({ file }) => `${file}.json`)).toEqual(readdirSync(reference).sort());
  });

  it.each(entries.map((entry) => [entry.file, entry] as const))('is right about %s', (file, entry) => {
    const answered = entry.case !== undefined || entry.by !== undefined || entry.replay === true;
    expect([answered, entry.notFor !== undefined, entry.open !== undefined].filter(Boolean)).toHaveLength(1);
    if (entry.case !== undefined) expect(cases).toContain(entry.case);
    if (entry.replay) expect(replays).toContain(`${file}.json`);
    if (entry.notFor !== undefined) expect(Object.keys(notFor)).toContain(entry.notFor);
    if (entry.open !== undefined) expect(Object.keys(open)).toContain(entry.open);
    if (entry.by) expect(text(entry.by[0])).toMatch(new RegExp(`(?:test|it)(?:\\.each\\([^)]*\\))?\\(\\s*['"]${escaped(entry.by[1])}['"]`));
  });

  it('knows every recording that is replayed', () => {
    const told = entries.filter((entry) => entry.replay).map(({ file }) => `${file}.json`);
    expect(told.sort()).toEqual([...replays].sort());
  });

  it('calls nothing answered that is not served', () => {
    const served = (operation: string): boolean => {
      const [type = '', field = ''] = operation.split('.');
      const of = schema.getType(type);
      return of !== undefined && 'getFields' in of && Object.hasOwn(of.getFields(), field);
    };
    for (const { file, operations, ...entry } of entries) {
      if (entry.notFor === undefined && entry.open === undefined)
        for (const one of operations) expect(served(one), `${file}: ${one}`).toBe(true);
    }
  });
});

function escaped(title: string): string {
  return title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
