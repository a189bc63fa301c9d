// The state file of a simulated world: one line of JSON for every change of a record, written before anybody hears of the change, so that a
// killed process loses nothing. At the next start the last line of a record counts, and the file is written anew without the others.
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { emptyRecords, type Journal, saveNothing } from './core.ts';
import type { LoggedFact, RecordKind, Records } from './model.ts';
import type { SavedNetwork } from './network.ts';

export interface StateFile {
  readonly journal: Journal & {
    /** Names the life that the following lines belong to. */
    life(name: string): void;
  };
  readonly saved: SavedNetwork | null;
}

type Line = readonly ['life', string] | readonly ['fact', LoggedFact] | readonly [RecordKind, string, unknown];

/** Facts that are kept for a later start. */
const keptFacts = 10_000;

/** Opens a state file, or none. @throws Error when the file cannot be read or written. */
export const openJournal = (path: string | null): StateFile => {
  if (path === null) return { journal: { ...saveNothing, life: () => undefined }, saved: null };
  mkdirSync(dirname(path), { recursive: true });
  const saved = existsSync(path) ? load(path) : null;
  if (saved !== null) compact(path, saved);
  else writeFileSync(path, '', { mode: 0o600 });
  let file: number | null = openSync(path, 'a', 0o600);
  const write = (line: Line): void => {
    if (file !== null) writeSync(file, `${JSON.stringify(line, bigintOut)}\n`);
  };
  return {
    saved,
    journal: {
      life: (name) => write(['life', name]),
      save: (kind, key, value) => write([kind, key, value]),
      fact: (entry) => write(['fact', entry]),
      close: () => {
        if (file !== null) closeSync(file);
        file = null;
      },
    },
  };
};

// JSON has neither bigint nor Date.
const bigintOut = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? { $n: String(value) } : value);

const bigintIn = (key: string, value: unknown): unknown => {
  if (key === 'at' && typeof value === 'string') return new Date(value);
  if (typeof value === 'object' && value !== null && '$n' in value) return BigInt(String(value.$n));
  return value;
};

// Our own lines come back as what they were: the cast is the translator's.
const parse = (line: string): Line => JSON.parse(line, bigintIn) as Line;

const load = (path: string): SavedNetwork | null => {
  const lines = readFileSync(path, 'utf8').split('\n');
  // A process that was killed may have left half a line at the end.
  const whole = lines.slice(0, -1).map(parse);
  const records = emptyRecords();
  const facts: LoggedFact[] = [];
  let life: string | null = null;
  for (const line of whole) {
    if (line[0] === 'life') life = line[1];
    else if (line[0] === 'fact') facts.push(line[1]);
    else put(records, line);
  }
  return life === null ? null : { life, records, facts: facts.slice(-keptFacts) };
};

const put = (records: Records, [kind, key, value]: readonly [RecordKind, string, unknown]): void => {
  const map: Map<string, unknown> = records[kind];
  if (value === null) map.delete(key);
  else map.set(key, value);
};

const compact = (path: string, saved: SavedNetwork): void => {
  const lines: Line[] = [['life', saved.life]];
  for (const [kind, map] of Object.entries(saved.records)) for (const [key, value] of map) lines.push([kind as RecordKind, key, value]);
  for (const entry of saved.facts) lines.push(['fact', entry]);
  const next = `${path}.next`;
  writeFileSync(next, '', { mode: 0o600 });
  for (let at = 0; at < lines.length; at += 1_000) {
    appendFileSync(
      next,
      lines
        .slice(at, at + 1_000)
        .map((line) => `${JSON.stringify(line, bigintOut)}\n`)
        .join(''),
    );
  }
  renameSync(next, path);
};
