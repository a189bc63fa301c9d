// The gateways that are measured: `switchyard start` as an operator runs it, with a wallet and a key, on either database.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Row } from './measure.ts';
import { root } from './paths.ts';
import { type Proc, startProc } from './procs.ts';

const run = promisify(execFile);
export const cli = join(root, 'dist', 'src', 'cli.js');

/** A configuration in a folder of its own, which no gateway runs on yet. */
export interface Site {
  readonly folder: string;
  readonly configPath: string;
  readonly url: string;
  readonly database: Row['database'];
  /** Null: embedded, in `folder`/data. */
  readonly databaseUrl: string | null;
}

export interface Gateway {
  readonly site: Site;
  readonly proc: Proc;
}

export interface Plan {
  readonly folder: string;
  readonly backend: object;
  /** Null: embedded. */
  readonly databaseUrl: string | null;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const place = probe.address();
      probe.close(() => resolve(place !== null && typeof place === 'object' ? place.port : 0));
    });
  });

export const createSite = async ({ folder, backend, databaseUrl }: Plan): Promise<Site> => {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const config = {
    network: 'regtest',
    dataDir: join(folder, 'data'),
    listen: { port, drainSeconds: 2 },
    ...(databaseUrl === null ? {} : { database: { url: databaseUrl } }),
    backends: { main: backend },
    accounts: [{ name: 'operator', wallets: [{ name: 'atm', backend: 'main' }] }],
  };
  const configPath = join(folder, 'switchyard.yaml');
  // JSON is YAML.
  writeFileSync(configPath, JSON.stringify(config), { mode: 0o600 });
  const database = databaseUrl === null ? 'embedded' : 'PostgreSQL';
  return { folder, configPath, url: `http://127.0.0.1:${port}/graphql`, database, databaseUrl };
};

/** Resolves with the first answer to a question of GraphQL. */
export const firstAnswer = async (url: string, ms = 90_000): Promise<void> => {
  const end = Date.now() + ms;
  const headers = { 'content-type': 'application/json' };
  while (Date.now() < end) {
    const answered = await fetch(url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' }).catch(() => null);
    if (answered?.status === 200) return void (await answered.text());
    await sleep(5);
  }
  throw new Error(`nobody answers at ${url}`);
};

export const startGateway = async (site: Site, profileDir: string | null): Promise<Gateway> => {
  const execArgv = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const output = join(site.folder, 'output.log');
  const proc = startProc({ script: cli, args: ['start', '--config', site.configPath], execArgv, cwd: site.folder, output });
  const ended = proc.next<never>(() => undefined);
  await Promise.race([firstAnswer(site.url), ended]);
  await atRest(proc);
  return { site, proc };
};

const restMs = 1000;
const busyMs = 100;

/** Waits until a start's own work is over, such as reading what a node has had; at most a minute. */
const atRest = async (proc: Proc): Promise<void> => {
  let { cpuMs } = await proc.usage();
  for (let tries = 0; tries < 60; tries += 1) {
    await sleep(restMs);
    const now = await proc.usage();
    if (now.cpuMs - cpuMs < busyMs && tries >= 2) return;
    cpuMs = now.cpuMs;
  }
};

const verb = async ({ configPath, folder }: Site, ...words: readonly string[]): Promise<string> => {
  const { stdout } = await run(process.execPath, [cli, ...words, '--config', configPath], { cwd: folder });
  return stdout.trim();
};

export interface Access {
  readonly walletId: string;
  readonly key: string;
}

/** Of a gateway that runs. */
export const accessTo = async ({ site }: Gateway): Promise<Access> => {
  const [wallet] = JSON.parse(await verb(site, 'wallets', 'list', '--json'));
  return { walletId: String(wallet?.id), key: await verb(site, 'keys', 'create', '--wallet', 'atm', '--scopes', 'READ,WRITE') };
};
