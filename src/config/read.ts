// Reads the file into plain values: `${ENV}` and `{ file: path }` are replaced here and nowhere else, and it is remembered which values
// must never be shown.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { absolute, namesFile, pathBegins } from './paths.ts';
import { dotted, type Path, type Problem, problem, show } from './problem.ts';

/** The file as values, with what its problems need to be told well. */
export interface Read {
  readonly value: Readonly<Record<string, unknown>>;
  /** Dotted paths of values that came from a secret file or the environment. */
  readonly secrets: ReadonlySet<string>;
  readonly secretFiles: readonly string[];
  /** The line of a key or of what is above it, from 1; null when neither is in the file. */
  readonly line: (path: Path) => number | null;
  readonly problems: readonly Problem[];
}

export type Env = Readonly<Record<string, string | undefined>>;

interface Pass {
  readonly folder: string;
  readonly env: Env;
  readonly secrets: Set<string>;
  readonly secretFiles: string[];
  readonly problems: Problem[];
  readonly line: (path: Path) => number | null;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

// A macaroon is bytes, a certificate is text; hex is how bytes become text.
const asText = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(bytes) && ![...text].some((letter) => letter < ' ' && !'\n\r\t'.includes(letter));
  return isText ? text.replace(/\s+$/, '') : bytes.toString('hex');
};

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a folder';
  return error instanceof Error ? error.message : String(error);
};

const readSecretFile = (name: string, path: Path, pass: Pass): string => {
  const file = absolute(pass.folder, name, pass.env);
  pass.secretFiles.push(file);
  pass.secrets.add(dotted(path));
  try {
    const text = asText(readFileSync(file));
    if (text === '')
      pass.problems.push(
        problem(path, { holds: `{ file: ${name} }`, expected: `a file that is not empty (${file})`, line: pass.line(path) }),
      );
    return text;
  } catch (error) {
    pass.problems.push(
      problem(path, {
        holds: `{ file: ${name} }`,
        expected: `a file that can be read (${file}: ${reasonOf(error)})`,
        line: pass.line(path),
      }),
    );
    return '';
  }
};

const interpolate = (text: string, path: Path, pass: Pass): string =>
  text.replace(/\$(\$?)\{([^}]*)\}/g, (whole, escaped: string, name: string) => {
    if (escaped) return whole.slice(1);
    pass.secrets.add(dotted(path));
    const found = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? pass.env[name] : undefined;
    if (found !== undefined && found !== '') return found;
    const expected =
      found === ''
        ? `an environment variable ${name} that is not empty`
        : `an environment variable ${name} that is set (a literal \${ is written $\${)`;
    pass.problems.push(problem(path, { holds: show(text, path, false), expected, line: pass.line(path) }));
    return '';
  });

// Settings of a backend are read by its own kind, which does not know where the file lies; so what is a path there is made absolute here.
const backendText = (text: string, path: Path, pass: Pass): string => {
  const name = String(path.at(-1));
  const isPath = path[0] === 'backends' && (/(Path|File|Dir)$/.test(name) || pathBegins(text) || namesFile(pass.folder, text));
  if (!isPath || text === '') return text;
  const file = absolute(pass.folder, text, pass.env);
  if (!/cert/i.test(name)) pass.secretFiles.push(file);
  return file;
};

const replace = (value: unknown, path: Path, pass: Pass): unknown => {
  if (typeof value === 'string') return backendText(interpolate(value, path, pass), path, pass);
  if (Array.isArray(value)) return value.map((item, index) => replace(item, [...path, index], pass));
  if (!isRecord(value)) return value;
  const names = Object.keys(value);
  if (path.length > 0 && names.length === 1 && typeof value.file === 'string')
    return readSecretFile(interpolate(value.file, path, pass), path, pass);
  return Object.fromEntries(names.map((name) => [name, replace(value[name], [...path, name], pass)]));
};

const lineOf =
  (document: Document, lines: LineCounter) =>
  (path: Path): number | null => {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(path.at(-1)))
      : undefined;
    const node = pair ? pair.key : document.getIn(path, true);
    const range = typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) ? node.range : null;
    if (range) return lines.linePos(Number(range[0])).line;
    // A key that is missing is missing from what is above it.
    return path.length > 1 ? lineOf(document, lines)(path.slice(0, -1)) : null;
  };

const nothing = { value: {}, secrets: new Set<string>(), secretFiles: [], line: () => null };

/** Reads a file that is known to be wanted; what is wrong is in `problems`. */
export const readConfigFile = (file: string, env: Env): Read => {
  try {
    return readConfigText(readFileSync(file, 'utf8'), { folder: dirname(file), env });
  } catch (error) {
    return {
      ...nothing,
      problems: [problem([], { holds: file, expected: `a configuration file that can be read: ${reasonOf(error)}`, line: null })],
    };
  }
};

const readConfigText = (text: string, { folder, env }: { readonly folder: string; readonly env: Env }): Read => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = [...document.errors, ...document.warnings];
  if (broken) {
    const { line } = lines.linePos(broken.pos[0]);
    // `{ a: ${B} }` is the usual cause, and YAML's words for it help nobody.
    const hint = text.split('\n')[line - 1]?.includes('${') ? `; inside { } or [ ] write "\${NAME}" with its quotes` : '';
    // The words between quotes at the end are the file's own, and may be a secret.
    const said = broken.message.replace(/: ".*$/s, '');
    return { ...nothing, problems: [problem([], { holds: 'text that is not YAML', expected: `${said}${hint}`, line })] };
  }
  const tree: unknown = document.toJS() ?? {};
  if (!isRecord(tree))
    return {
      ...nothing,
      problems: [problem([], { holds: typeof tree, expected: 'keys and values, such as `network: regtest`', line: 1 })],
    };
  const pass: Pass = { folder, env, secrets: new Set(), secretFiles: [], problems: [], line: lineOf(document, lines) };
  const value = replace(tree, [], pass);
  return {
    value: isRecord(value) ? value : {},
    secrets: pass.secrets,
    secretFiles: pass.secretFiles,
    line: pass.line,
    problems: pass.problems,
  };
};

/** What stands for a file when there is none. */
export const noFile: Read = { ...nothing, problems: [] };
