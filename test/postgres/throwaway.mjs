// A throwaway PostgreSQL from the system's binaries: what it holds goes with it. For the suites and for the bench.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The oldest major version that will do. */
export const OLDEST = 15;
const NOBODY = 65534;

const versionOf = (folder) => {
  const { status, stdout } = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  return status === 0 ? Number(/(\d+)/.exec(stdout)?.[1] ?? 0) : 0;
};

/** The newest PostgreSQL on this machine: `{ folder, version }`, or undefined. */
export const findPostgres = () => {
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

/**
 * Listens on a free port of loopback when it resolves; `home` is an empty folder, which it does not remove. `durable`: commits reach the
 * disk before they are answered, as on a server that is meant to stay.
 */
export const startServer = async (folder, home, { durable = false } = {}) => {
  const user = userFor();
  if (user.uid !== undefined) chownSync(home, user.uid, user.gid);
  const data = join(home, 'data');
  const initialise = ['-D', data, '-U', 'switchyard', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  execFileSync(join(folder, 'initdb'), initialise, { ...user, cwd: home, stdio: ['ignore', 'ignore', 'inherit'] });
  const port = await freePort();
  // A crash of this throwaway loses nothing that anybody wants.
  const careless = durable ? [] : ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];
  const settings = [...careless, 'max_connections=300'].flatMap((word) => ['-c', word]);
  const listening = ['-c', 'listen_addresses=127.0.0.1', '-p', String(port), '-k', home];
  const words = ['-D', data, ...listening, ...settings, '-c', 'log_min_messages=panic'];
  const url = `postgresql://switchyard@127.0.0.1:${port}/postgres`;
  let server = null;
  let ended = Promise.resolve();
  const end = async (signal) => {
    server?.kill(signal);
    const gone = await Promise.race([ended.then(() => true), sleep(10_000, false, { ref: false })]);
    if (!gone) server?.kill('SIGKILL');
    await ended;
  };
  // SIGINT is PostgreSQL's fast shutdown: it ends its sessions instead of waiting for them.
  const stop = () => end('SIGINT');
  const start = async () => {
    const mine = spawn(join(folder, 'postgres'), words, { ...user, cwd: home, stdio: ['ignore', 'ignore', 'ignore'] });
    server = mine;
    ended = new Promise((resolve) => mine.once('exit', resolve));
    await waitUntilReady(url, mine).catch(async (error) => {
      await stop();
      throw error;
    });
  };
  await start();
  // SIGQUIT is its immediate shutdown: all at once, recovered from the log at the next start.
  return { url, start, stop, crash: () => end('SIGQUIT') };
};
