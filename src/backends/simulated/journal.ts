// The state file of a simulated world: one line of JSON for all that changed in one turn of the event loop, written before anything leaves the
// process, so that a killed process loses nothing and leaves no half change. At the next start the last word on a record counts.
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

type Change = readonly ['life', string] | readonly ['fact', LoggedFact] | readonly [RecordKind, string, unknown];

/** Facts that are kept for a later start. */
const keptFacts = 10_000;

/** An invoice that was never paid is forgotten this long after its expiry, at a start. */
const keepUnpaidMs = 7 * 24 * 3_600_000;

/** Opens a state file, or none. @throws Error when the file cannot be read or written. */
export const openJournal = (path: string | null, now: Date): StateFile => {
  if (path === null) return { journal: { ...saveNothing, life: () => undefined }, saved: null };
  mkdirSync(dirname(path), { recursive: true });
  const saved = existsSync(path) ? load(path) : null;
  if (saved !== null) forgetUnpaid(saved.records, now.getTime() - keepUnpaidMs);
  // Also without anything to keep: what a kill left of a line must not stay in front of the next one.
  rewrite(path, saved);
  return { saved, journal: appendTo(path) };
};

const appendTo = (path: string): StateFile['journal'] => {
  let file: number | null = openSync(path, 'a', 0o600);
  // One entry a record: what it was earlier in the same turn nobody has seen.
  let changes = new Map<string, Change>();
  const flush = (): void => {
    if (file !== null && changes.size > 0) writeSync(file, lineOf([...changes.values()]));
    changes = new Map();
  };
  const add = (key: string, change: Change): void => {
    // A microtask runs before the answers that follow from this change can leave by a socket.
    if (changes.size === 0) queueMicrotask(flush);
    changes.set(key, change);
  };
  return {
    life: (name) => add('life', ['life', name]),
    save: (kind, key, value) => add(`${kind}/${key}`, [kind, key, value]),
    fact: (entry) => add(`fact/${entry.node}/${entry.index}`, ['fact', entry]),
    close: () => {
      flush();
      if (file !== null) closeSync(file);
      file = null;
    },
  };
};

// JSON has neither bigint nor Date.
const toJson = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? { $n: String(value) } : value);

const fromJson = (key: string, value: unknown): unknown => {
  if (key === 'at' && typeof value === 'string') return new Date(value);
  if (typeof value === 'object' && value !== null && '$n' in value) return BigInt(String(value.$n));
  return value;
};

const lineOf = (changes: readonly Change[]): string => `${JSON.stringify(changes, toJson)}\n`;

// Our own lines come back as what they were: the cast is the translator's.
const parse = (line: string): readonly Change[] => JSON.parse(line, fromJson) as readonly Change[];

const load = (path: string): SavedNetwork | null => {
  const lines = readFileSync(path, 'utf8').split('\n');
  const records = emptyRecords();
  const facts: LoggedFact[] = [];
  let life: string | null = null;
  // Without the last: it is empty, or half a line.
  for (const change of lines.slice(0, -1).flatMap(parse)) {
    if (change[0] === 'life') life = change[1];
    else if (change[0] === 'fact') facts.push(change[1]);
    else put(records, change);
  }
  return life === null ? null : { life, records, facts: facts.slice(-keptFacts) };
};

const put = (records: Records, [kind, key, value]: readonly [RecordKind, string, unknown]): void => {
  const map: Map<string, unknown> = records[kind];
  if (value === null) map.delete(key);
  else map.set(key, value);
};

const forgetUnpaid = ({ invoices }: Records, before: number): void => {
  for (const [key, invoice] of invoices) {
    if (invoice.expiresAt < before && invoice.parts.length === 0 && invoice.state !== 'settled') invoices.delete(key);
  }
};

// The whole file anew, beside the old one, so that a kill leaves one of the two.
const rewrite = (path: string, saved: SavedNetwork | null): void => {
  const next = `${path}.next`;
  writeFileSync(next, saved === null ? '' : lineOf([['life', saved.life]]), { mode: 0o600 });
  for (const [kind, map] of Object.entries(saved?.records ?? {})) {
    appendFileSync(next, [...map].map(([key, value]) => lineOf([[kind as RecordKind, key, value]])).join(''));
  }
  appendFileSync(next, (saved?.facts ?? []).map((entry) => lineOf([['fact', entry]])).join(''));
  renameSync(next, path);
};
