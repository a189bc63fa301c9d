// The log: JSON lines for machines, one readable line each for a person at a terminal. What could spend money or open a door is never
// written: preimages, macaroons, keys and authorization headers are replaced before a line is made.
import { inspect } from 'node:util';
import { pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** What the gateway needs of a log. `err` is the field for an Error. */
export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  /** The same log, with fields on every line. */
  child(fields: Record<string, unknown>): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** One readable line per entry instead of JSON. By default: whether standard output is a terminal. */
  readonly pretty?: boolean;
  /** Where lines go, each with its newline. By default standard output. */
  readonly write?: (line: string) => void;
}

const SECRETS = ['preimage', 'macaroon', 'apiKey', 'api_key', 'authorization', 'x-api-key', 'password', 'secret', 'cookie'] as const;
const DEPTHS = ['', '*.', '*.*.', '*.*.*.'] as const;
const secretPaths = DEPTHS.flatMap((depth) =>
  SECRETS.map((name) => (name.includes('-') ? `${depth.slice(0, -1)}["${name}"]` : depth + name)),
);

export const createLog = ({ level, pretty = process.stdout.isTTY === true, write = writeOut }: LogOptions): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: '[secret]' },
    },
    { write: pretty ? (line) => write(readable(line)) : write },
  );

// Not pino's own destination: writing synchronously, a line is out before the process can die of what it tells.
const writeOut = (line: string): void => {
  process.stdout.write(line);
};

const MARKS: Readonly<Record<string, string>> = { debug: 'debug', info: 'info ', warn: 'WARN ', error: 'ERROR' };

const readable = (line: string): string => {
  const { level, time, msg, err, ...fields } = JSON.parse(line);
  const said = Object.entries(fields).map(([name, value]) => `${name}=${readableValue(value)}`);
  const trouble = err === undefined ? [] : [`(${err.message ?? inspect(err)})`];
  const stack = level === 'error' && typeof err?.stack === 'string' ? `${err.stack.split('\n').slice(1).join('\n')}\n` : '';
  return `${[String(time).slice(11, 23), MARKS[level] ?? level, msg, ...trouble, ...said].join(' ')}\n${stack}`;
};

const readableValue = (value: unknown): string => (typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value));

/** For tests and for code that runs without a log. */
export const silentLog: Log = createLog({ level: 'silent', pretty: false });
