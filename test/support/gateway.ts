// A real gateway process for a test: `node dist/src/cli.js start --config …`, its command line, and its end by signal or by SIGKILL.
// It never outlives the test run, and it comes back on the same port, so clients may reconnect to it.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../bench/paths.ts';
import { type Daemon, guardFolder, startDaemon, whileRunning } from '../regtest/daemon.ts';
import { freePorts } from '../regtest/ports.ts';
import { waitUntil } from '../regtest/wait.ts';
import { type Door, doorAt } from './door.ts';

const cli = join(root, 'dist', 'src', 'cli.js');

export interface Answered {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Either of the two. */
export interface KeyOwner {
  readonly wallet?: string;
  readonly account?: string;
}

export interface KeyTerms {
  readonly scopes?: string;
  /** Seconds that a send waits before it answers PENDING. */
  readonly waitSeconds?: number;
}

export interface Gateway {
  /** `http://127.0.0.1:port/graphql`, the same for the gateway's whole life. */
  readonly endpoint: string;
  readonly url: string;
  /** Holds configuration, data and output; removed by `remove`. */
  readonly folder: string;
  readonly configPath: string;
  /** Resolves when the gateway says where it listens. @throws Error with its last words when it ends instead */
  readonly start: () => Promise<void>;
  /** SIGTERM and the exit code's words. */
  readonly stop: () => Promise<string>;
  /** SIGKILL: what a power cut does. */
  readonly kill: () => Promise<void>;
  readonly isRunning: () => boolean;
  /** Runs a verb of the command line on this gateway's configuration. */
  readonly cli: (...words: readonly string[]) => Promise<Answered>;
  /** Makes an API key by the command line. */
  readonly key: (of: KeyOwner, terms?: KeyTerms) => Promise<string>;
  readonly walletId: (name: string) => Promise<string>;
  /** A client with this key; null: without one. */
  readonly door: (key: string | null) => Door;
  /** Everything that the gateway has printed, all its starts together. */
  readonly output: () => string;
  /** Lines of its log, as they were written. */
  readonly logged: (text: string) => readonly Readonly<Record<string, unknown>>[];
  /** @throws Error with the last words of a gateway that had ended without being asked to */
  readonly remove: () => Promise<void>;
}

/** A port that nobody listens on, and that no outgoing connection is given. */
export const freePort = async (): Promise<number> => {
  const [port = 0] = await freePorts(1);
  return port;
};

/** Runs the command line in a folder; the exit code is an answer, not a fault. */
export const runCli = (cwd: string, words: readonly string[]): Promise<Answered> =>
  new Promise((done) => {
    execFile(process.execPath, [cli, ...words], { cwd, timeout: 60_000, maxBuffer: 1e7 }, (fault, out, err) => {
      const code = fault === null ? 0 : typeof fault.code === 'number' ? fault.code : -1;
      done({ code, out, err });
    });
  });

/** Writes a configuration (JSON is YAML) and answers its path. */
export const writeConfig = (folder: string, name: string, config: object): string => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
};

const must = ({ code, out, err }: Answered): string => {
  if (code !== 0) throw new Error(`the command line ended with ${code}: ${err}${out}`);
  return out;
};

const logLines = (output: string): readonly Readonly<Record<string, unknown>>[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line));

const started = (home: string, args: readonly string[], port: number): { readonly daemon: Daemon; readonly ready: Promise<void> } => {
  const output = join(home, 'output.log');
  const before = existsSync(output) ? readFileSync(output, 'utf8').length : 0;
  const daemon = startDaemon({ name: 'the gateway', command: process.execPath, args: [cli, ...args], home });
  const said = () => readFileSync(output, 'utf8').slice(before).includes(`http://127.0.0.1:${port}/graphql`);
  return { daemon, ready: whileRunning(daemon, waitUntil('the gateway to say where it listens', said, 150_000)).then(() => undefined) };
};

/**
 * A gateway that is not started yet. `config` is the file's content without `listen` and `dataDir`, which are made here.
 * The program must have been built (dist/), as the scripts of package.json do before a suite runs.
 */
export const createGateway = async (config: object): Promise<Gateway> => {
  if (!existsSync(cli)) throw new Error(`${cli} is missing: build first (node scripts/setup.mjs)`);
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-gateway-'));
  const release = guardFolder(folder);
  const port = await freePort();
  const home = join(folder, 'home');
  const listen = { port, drainSeconds: 5 };
  const configPath = writeConfig(folder, 'switchyard.yaml', { listen, dataDir: join(folder, 'data'), ...config });
  const url = `http://127.0.0.1:${port}`;
  const doors = new Set<Door>();
  let daemon: Daemon | null = null;

  let asked = true;
  let listed: Promise<readonly { readonly id: string; readonly name: string }[]> | null = null;
  let accident: string | null = null;

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<string> => {
    asked = true;
    daemon?.signal(signal);
    return (await daemon?.ended) ?? 'it did not run';
  };
  const command = (...words: readonly string[]) => runCli(folder, [...words, '--config', configPath]);
  const output = () => readFileSync(join(home, 'output.log'), 'utf8');
  return {
    ...{ endpoint: `${url}/graphql`, url, folder, configPath, output },
    start: async () => {
      const next = started(home, ['start', '--config', configPath], port);
      daemon = next.daemon;
      asked = false;
      void next.daemon.ended.then((words) => {
        if (!asked) accident = words;
      });
      await next.ready;
    },
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    isRunning: () => daemon?.isRunning() === true,
    cli: command,
    key: async ({ wallet, account }, { scopes = 'READ,WRITE', waitSeconds } = {}) => {
      const owner = wallet === undefined ? ['--account', account ?? ''] : ['--wallet', wallet];
      const wait = waitSeconds === undefined ? [] : ['--wait-seconds', String(waitSeconds)];
      return must(await command('keys', 'create', ...owner, '--scopes', scopes, ...wait)).trim();
    },
    walletId: async (name) => {
      listed ??= command('wallets', 'list', '--json').then((said) => JSON.parse(must(said)));
      const row = (await listed).find((one) => one.name === name);
      if (!row) throw new Error(`there is no wallet ${name}`);
      return row.id;
    },
    door: (key) => {
      const door = doorAt(`${url}/graphql`, key);
      doors.add(door);
      return door;
    },
    logged: (text) => logLines(output()).filter((line) => line.msg === text),
    remove: async () => {
      for (const door of doors) await door.close();
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      release();
      if (accident !== null) throw new Error(`it ended without being asked to: ${accident}`);
    },
  };
};
