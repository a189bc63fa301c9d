// The sandbox as a newcomer starts it: the built program, no configuration, an empty folder.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '../regtest/wait.ts';

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));

export interface RunningSandbox {
  readonly endpoint: string;
  readonly apiKey: string;
  readonly walletId: string;
  close(): Promise<void>;
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()));

/** Listens on a free port of loopback until `close`. @throws when it does not say within a minute where it listens. */
export const startSandbox = async (): Promise<RunningSandbox> => {
  if (!existsSync(cli)) throw new Error(`${cli} is missing: build first (node scripts/setup.mjs)`);
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-sandbox-'));
  const child = spawn(process.execPath, [cli, 'start', '--port', '0'], { cwd: folder, stdio: 'ignore' });
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const file = join(folder, 'data', 'sandbox.json');
    await waitUntil('the sandbox to say where it listens', () => existsSync(file) || child.exitCode !== null, 60_000);
    return { ...JSON.parse(readFileSync(file, 'utf8')), close };
  } catch (error) {
    await close();
    throw error;
  }
};
