// The throwaway PostgreSQL of `npm run test:postgres`, from the system's binaries; absent where there are none.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { root } from './paths.ts';

interface Throwaway {
  findPostgres(): { readonly folder: string; readonly version: number } | undefined;
  startServer(
    folder: string,
    home: string,
    options: { readonly durable: boolean },
  ): Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
}

export interface Postgres {
  readonly version: number;
  /** Stands in the command line of its first process, the parent of all others. */
  readonly mark: string;
  /** A new database; its address. */
  readonly create: (name: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** A server of its own, or why there is none. */
export const startPostgres = async (): Promise<Postgres | string> => {
  const throwaway = (await import(pathToFileURL(join(root, 'test/postgres/throwaway.mjs')).href)) as Throwaway;
  const found = throwaway.findPostgres();
  if (found === undefined) return 'no PostgreSQL 15 or newer on this machine (initdb and postgres, on PATH or in /usr/lib/postgresql)';
  const home = mkdtempSync(join(tmpdir(), 'switchyard-bench-postgres-'));
  const server = await throwaway.startServer(found.folder, home, { durable: true });
  const create = async (name: string): Promise<string> => {
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  };
  return { version: found.version, mark: join(home, 'data'), create, stop };
};
