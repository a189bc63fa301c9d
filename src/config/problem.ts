// What is wrong with a configuration, in the same four words every time: which key, where, what it holds, what was expected.

export type Path = readonly (string | number)[];

/** `backends.node-1.socket`, `accounts[0].name`. */
export const dotted = (path: Path): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${part}`)).join('');

export interface Problem {
  /** Dotted; empty for the file as a whole; `--port` for a flag. */
  readonly path: string;
  readonly line: number | null;
  readonly holds: string;
  readonly expected: string;
}

/** Thrown by `loadConfig`; `message` is the whole text for a person, secrets masked. Exit code 2. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(source: string, problems: readonly Problem[]) {
    super(describe(source, problems));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const describe = (source: string, problems: readonly Problem[]): string => {
  const title = `${source} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`;
  const parts = problems.map(({ path, line, holds, expected }) => {
    const where = `${path || 'the file'}${line === null ? '' : ` (line ${line})`}`;
    return `  ${where}\n    holds     ${holds}\n    expected  ${expected}`;
  });
  return [title, ...parts].join('\n\n');
};

export const problem = (path: Path, rest: Omit<Problem, 'path'>): Problem => ({ path: dotted(path), ...rest });

const secretName = /(macaroon|secret|password|passphrase|token|apikey|api_key|mnemonic|preimage|privatekey|lndconnect|authorization)/i;

/** A value for people: short, and never a secret. */
export const show = (value: unknown, path: Path, isSecret: boolean): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (null)';
  if (typeof value === 'object')
    return Array.isArray(value) ? `a list of ${value.length}` : `the keys ${Object.keys(value).join(', ') || '(none)'}`;
  const text = String(value);
  if (isSecret || path.some((part) => secretName.test(String(part)))) return `a secret of ${text.length} characters`;
  // A URL may carry a password or, as lndconnect:// does, a macaroon.
  const masked = text
    .replace(/(:\/\/[^:@/\s]*):[^@/\s]*@/, '$1:***@')
    .replace(/([?&](?:macaroon|password|token|key|cert)=)[^&\s]*/gi, '$1***');
  return JSON.stringify(masked.length > 80 ? `${masked.slice(0, 77)}...` : masked);
};

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** The known name that was probably meant; null when none is near. */
export const nearest = (name: string, known: readonly string[]): string | null => {
  const [best] = known.map((word) => ({ word, off: distance(name, word) })).sort((a, b) => a.off - b.off);
  return best && best.off <= Math.max(2, Math.floor(name.length / 3)) ? best.word : null;
};

/** What to say of a name that nobody knows. */
export const unknownName = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known);
  const all = known.length > 0 ? `known: ${known.join(', ')}` : 'there is none here';
  return near ? `did you mean "${near}"? (${all})` : `no such name; ${all}`;
};
