// The configuration: one YAML file, the flags above it, and the environment behind it. Nothing else reads process.env, and nothing starts
// with a configuration that is not wholly understood.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { problemsOf } from './config/issues.ts';
import { ConfigError, type Problem } from './config/problem.ts';
import { type Env, noFile, type Read, readConfigFile } from './config/read.ts';
import { schema } from './config/schema.ts';
import { shape } from './config/shape.ts';
import type { Config, ConfigFlags, ConfigKind } from './config/types.ts';

export interface LoadOptions {
  /** Kinds of backends by their name in the file. */
  readonly kinds: Readonly<Record<string, ConfigKind>>;
  /** The file; without it `switchyard.yaml` in `cwd`, if there is one. */
  readonly path?: string | undefined;
  readonly flags?: ConfigFlags;
  readonly env?: Env;
  readonly cwd?: string;
}

const flagPaths: readonly (readonly [keyof ConfigFlags, string, readonly string[]])[] = [
  ['port', '--port', ['listen', 'port']],
  ['host', '--host', ['listen', 'host']],
  ['dataDir', '--data-dir', ['dataDir']],
];

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The file's values with the flags laid over them. */
const withFlags = (value: Read['value'], flags: ConfigFlags, cwd: string): Read['value'] => {
  let { listen, database } = value;
  if (flags.port !== undefined || flags.host !== undefined) {
    const over = { ...(flags.port === undefined ? {} : { port: flags.port }), ...(flags.host === undefined ? {} : { host: flags.host }) };
    if (listen === undefined || listen === null || isRecord(listen)) listen = { ...(isRecord(listen) ? listen : {}), ...over };
  }
  // The folder of the command line replaces both of the file's: two databases in two folders would be one too many.
  if (flags.dataDir !== undefined && isRecord(database))
    database = Object.fromEntries(Object.entries(database).filter(([name]) => name !== 'dir'));
  const dataDir = flags.dataDir === undefined ? value.dataDir : resolve(cwd, flags.dataDir);
  const laid = { ...value, listen, database, dataDir };
  return Object.fromEntries(Object.entries(laid).filter(([, held]) => held !== undefined && held !== null));
};

const blameFlags = (problems: readonly Problem[], flags: ConfigFlags): readonly Problem[] =>
  problems.map((found) => {
    const flag = flagPaths.find(([name, , path]) => flags[name] !== undefined && path.join('.') === found.path);
    return flag ? { ...found, path: flag[1], line: null } : found;
  });

const findFile = (path: string | undefined, cwd: string): string | null => {
  if (path !== undefined) return resolve(cwd, path);
  const usual = resolve(cwd, 'switchyard.yaml');
  return existsSync(usual) ? usual : null;
};

/** @throws ConfigError with every problem at once. */
export const loadConfig = ({ kinds, path, flags = {}, env = process.env, cwd = process.cwd() }: LoadOptions): Config => {
  const file = findFile(path, cwd);
  const source = file ?? 'the command line';
  const read = file === null ? noFile : readConfigFile(file, env);
  if (read.problems.length > 0) throw new ConfigError(source, read.problems);
  const over = flagPaths.filter(([name]) => flags[name] !== undefined).map(([, , path]) => path.join('.'));
  const secrets = new Set([...read.secrets].filter((path) => !over.includes(path)));
  const laid: Read = { ...read, secrets, value: withFlags(read.value, flags, cwd) };
  const parsed = schema.safeParse(laid.value);
  if (!parsed.success)
    throw new ConfigError(source, blameFlags(problemsOf(parsed.error.issues, { root: schema, under: [], read: laid }), flags));
  const problems: Problem[] = [];
  const config = shape({ raw: parsed.data, read: laid, file, folder: file === null ? cwd : dirname(file), env, kinds, problems });
  if (problems.length > 0) throw new ConfigError(source, blameFlags(problems, flags));
  return config;
};

/** The environment of this process, for whoever hands it on. */
export const processEnv = (): Env => process.env;
