// `npm run test:postgres`: starts a throwaway PostgreSQL from the system's binaries, runs the suites on it, and leaves nothing behind.
// Its words after `--` go to vitest. Without PostgreSQL it says so in one line and exits with 3.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const root = fileURLToPath(new URL('../..', import.meta.url));
const OLDEST = 15;
const NOBODY = 65534;

const versionOf = (folder) => {
  const { status, stdout } = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  return status === 0 ? Number(/(\d+)/.exec(stdout)?.[1] ?? 0) : 0;
};

/** The newest PostgreSQL on this machine: `{ folder, version }`, or undefined. */
const findPostgres = () => {
  const debian = '/usr/lib/postgresql';
  const installed = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
  return [...(process.env.PATH ?? '').split(delimiter), ...installed]
    .filter((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
    .map((folder) => ({ folder, version: versionOf(folder) }))
    .filter(({ version }) => version >= OLDEST)
    .sort((a, b) => b.version - a.version)[0];
};

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** PostgreSQL refuses to run as root: then it runs as the user that its package made, or as nobody. */
const userFor = () => {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim() || NOBODY);
  return { uid: idOf('-u'), gid: idOf('-g') };
};

const waitUntilReady = async (url, server) => {
  for (let tries = 0; tries < 150; tries += 1) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended by itself with ${server.exitCode}`);
    const client = new pg.Client(url);
    const ready = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (ready) return;
    await sleep(100);
  }
  throw new Error('PostgreSQL was not ready within 15 seconds');
};

const startServer = async (folder, home) => {
  const user = userFor();
  if (user.uid !== undefined) chownSync(home, user.uid, user.gid);
  const data = join(home, 'data');
  const initialise = ['-D', data, '-U', 'switchyard', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  execFileSync(join(folder, 'initdb'), initialise, { ...user, cwd: home, stdio: ['ignore', 'ignore', 'inherit'] });
  const port = await freePort();
  // A crash of this throwaway loses nothing that anybody wants.
  const fast = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=300'].flatMap((word) => ['-c', word]);
  const listening = ['-c', 'listen_addresses=127.0.0.1', '-p', String(port), '-k', home];
  const words = ['-D', data, ...listening, ...fast, '-c', 'log_min_messages=panic'];
  const server = spawn(join(folder, 'postgres'), words, { ...user, cwd: home, stdio: ['ignore', 'ignore', 'ignore'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    // SIGINT is PostgreSQL's fast shutdown: it ends its sessions instead of waiting for them.
    server.kill('SIGINT');
    const gone = await Promise.race([ended.then(() => true), sleep(10_000, false)]);
    if (!gone) server.kill('SIGKILL');
    await ended;
  };
  const url = `postgresql://switchyard@127.0.0.1:${port}/postgres`;
  await waitUntilReady(url, server).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, stop };
};

const runSuites = (url, onChild) =>
  new Promise((resolve) => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const words = ['run', '--config', 'vitest.postgres.config.ts', ...process.argv.slice(2)];
    const child = spawn(process.execPath, [vitest, ...words], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, TEST_DATABASE_URL: url },
    });
    onChild(child);
    child.once('exit', (code) => resolve(code ?? 1));
  });

const main = async () => {
  const found = findPostgres();
  if (!found) {
    console.error(
      `test:postgres needs PostgreSQL ${OLDEST} or newer on this machine (initdb and postgres, on PATH or in /usr/lib/postgresql)`,
    );
    return 3;
  }
  const home = mkdtempSync(join(tmpdir(), 'switchyard-postgres-'));
  let child = null;
  // vitest gets the terminal's signal too; this only keeps us here to clean up after it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child?.kill(signal));
  try {
    const server = await startServer(found.folder, home);
    console.error(`PostgreSQL ${found.version} at ${server.url}`);
    try {
      return await runSuites(server.url, (started) => {
        child = started;
      });
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};

process.exitCode = await main();
