// The embedded database keeps what it acknowledged: through kill -9 always, through a power cut when `durable`; and it has one owner.
import { spawn } from 'node:child_process';
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase, sql } from '../../../src/platform/db.ts';
import { lockDirectory } from '../../../src/platform/lock.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { migratedSeed, migrationsDir } from '../../support/database.ts';

const directories: string[] = [];
const newDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-embedded-'));
  directories.push(directory);
  return directory;
};
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

const open = async (dataDir: string, durable: boolean): Promise<Database> =>
  openDatabase({ url: null, dataDir, migrationsDir, durable, seed: await migratedSeed(), log: silentLog });

describe('one owner', () => {
  it('refuses a second owner by name, and has room again after the first', async () => {
    const directory = newDirectory();
    const first = await open(directory, false);
    await expect(open(directory, false)).rejects.toThrow(`data directory ${directory} is in use by another switchyard process`);
    await expect(lockDirectory(join(directory, '..', directory.split('/').at(-1) ?? ''))).rejects.toThrow('in use');
    await first.close();
    const unlock = await lockDirectory(directory);
    await unlock();
  });

  it('gives the directory back when what is in it is no database', async () => {
    const directory = newDirectory();
    fs.mkdirSync(join(directory, 'pg'));
    fs.writeFileSync(join(directory, 'pg/PG_VERSION'), '9\n');
    await expect(open(directory, false)).rejects.toThrow();
    const unlock = await lockDirectory(directory);
    await unlock();
  });
});

describe('durable', () => {
  /** Counts the process's own calls that make a file's content reach the disk. */
  const countingSyncs = async (work: () => Promise<unknown>): Promise<number> => {
    const real = fs.fdatasyncSync;
    let calls = 0;
    fs.fdatasyncSync = (file) => {
      calls += 1;
      real(file);
    };
    syncBuiltinESMExports();
    await work().finally(() => {
      fs.fdatasyncSync = real;
      syncBuiltinESMExports();
    });
    return calls;
  };
  const insert = { name: 'test_durable', text: 'INSERT INTO accounts (id, name) VALUES (gen_random_uuid(), $1)' };
  const write = (db: Database, count: number) => async (): Promise<void> => {
    for (let n = 0; n < count; n += 1) await sql(db, insert, [`account ${n}`]);
  };

  it('syncs the log once a commit, nothing for a read, and every changed file at a checkpoint', async () => {
    const db = await open(newDirectory(), true);
    expect(await countingSyncs(write(db, 50))).toBe(50);
    expect(await countingSyncs(() => db.pool.query('SELECT count(*) FROM accounts'))).toBe(0);
    expect(await countingSyncs(() => db.pool.query('CHECKPOINT'))).toBeGreaterThan(5);
    await db.close();
  });

  it('syncs nothing when it need not be', async () => {
    const db = await open(newDirectory(), false);
    expect(await countingSyncs(write(db, 50))).toBe(0);
    await db.close();
  });
});

describe('kill -9', () => {
  /** Starts the writer, kills it that many milliseconds after its first row, and answers the rows it had acknowledged. */
  const writeUntilKilled = (directory: string, mode: string, afterMs: number): Promise<readonly number[]> =>
    new Promise((resolve, reject) => {
      const writer = spawn(process.execPath, [fileURLToPath(new URL('embedded-writer.mjs', import.meta.url)), directory, mode]);
      let printed = '';
      let said = '';
      writer.stdout.on('data', (chunk) => {
        if (printed === '') setTimeout(() => writer.kill('SIGKILL'), afterMs);
        printed += chunk;
      });
      writer.stderr.on('data', (chunk) => {
        said += chunk;
      });
      writer.once('close', (_code, signal) => {
        if (signal === 'SIGKILL') resolve(printed.split('\n').slice(0, -1).map(Number));
        else reject(new Error(`the writer ended by itself: ${said}`));
      });
    });

  it.each(['fast', 'durable'])('loses nothing that was acknowledged (%s)', { timeout: 120_000 }, async (mode) => {
    const directory = newDirectory();
    const acked = new Set<number>();
    await (await open(directory, false)).close();
    for (const afterMs of [3, 60, 250]) {
      const before = acked.size;
      for (const n of await writeUntilKilled(directory, mode, afterMs)) acked.add(n);
      expect(acked.size).toBeGreaterThan(before);
      const db = await open(directory, mode === 'durable');
      const rows = await sql<{ n: bigint; halves: bigint }>(db, {
        name: 'test_acked',
        text: 'SELECT n / 2 AS n, count(*) AS halves FROM acked GROUP BY 1 ORDER BY 1',
      });
      await db.close();
      const kept = new Set(rows.map((row) => Number(row.n)));
      expect([...acked].filter((n) => !kept.has(n))).toEqual([]);
      expect(rows.filter((row) => row.halves !== 2n)).toEqual([]);
    }
  });
});
