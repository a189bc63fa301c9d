// `npm run test:postgres`: starts a throwaway PostgreSQL from the system's binaries, runs the suites on it, and leaves nothing behind.
// Its words after `--` go to vitest. Without PostgreSQL it says so in one line and exits with 3.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPostgres, OLDEST, startServer } from './throwaway.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

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
