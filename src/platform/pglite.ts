// PostgreSQL inside this process: PGlite behind a socket-like stream, so that node-postgres (and Prisma's adapter) speak to it as to a server.
// PGlite has one session, so the pool has one connection; with `durable`, PostgreSQL's own fsync calls reach the disk.
import { closeSync, existsSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import type { PoolConfig } from 'pg';
import { lockDirectory } from './lock.ts';

export type Embedded = {
  /** For `new pg.Pool`. */
  readonly config: PoolConfig;
  /** The whole database as a gzipped tar archive, for `seed`. Waits for the statement under way, not for its transaction. */
  readonly dump: () => Promise<Blob>;
  /** Stops PostgreSQL and gives the directory back. After the pool's own end. */
  readonly close: () => Promise<void>;
};

export type EmbeddedOptions = {
  /** A directory, made when missing; or nothing but memory. */
  readonly dataDir: string;
  /** true: a commit is on disk before its answer leaves. false: `kill -9` loses nothing, a power cut may. */
  readonly durable: boolean;
  /** What a database that does not exist yet starts from, instead of an initdb of 2 to 3 s: a `dumpDataDir` of the same PGlite version. */
  readonly seed?: Blob | undefined;
};

/** @throws Error when another process has the directory, or when it is not a database of this PostgreSQL version. */
export const openEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const { dataDir } = options;
  if (dataDir.startsWith('memory://')) {
    const db = await PGlite.create(dataDir, options.seed ? { loadDataDir: options.seed } : {});
    return embedded(db, () => Promise.resolve());
  }
  mkdirSync(dataDir, { recursive: true });
  const unlock = await lockDirectory(dataDir);
  try {
    const db = await openOnDisk(join(dataDir, 'pg'), options);
    return embedded(db, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
};

const embedded = (db: PGlite, unlock: () => Promise<void>): Embedded => ({
  config: poolConfig(db),
  dump: async () => {
    await db.exec('CHECKPOINT');
    return db.dumpDataDir('gzip');
  },
  close: () => db.close().finally(unlock),
});

const openOnDisk = async (directory: string, { durable, seed }: EmbeddedOptions): Promise<PGlite> => {
  const isNew = !existsSync(join(directory, 'PG_VERSION'));
  const start: PGliteOptions = isNew && seed ? { loadDataDir: seed } : {};
  if (!durable) return PGlite.create(directory, start);
  // PGlite starts PostgreSQL with -F (no fsync) and its file system ignores fsync; fdatasync has a system call of its own there that cannot be reached.
  const startParams = [...PGlite.defaultStartParams.filter((word) => word !== '-F'), '-c', 'fsync=on', '-c', 'wal_sync_method=fsync'];
  const db = await PGlite.create({ ...start, fs: syncingFileSystem(directory), startParams });
  // The files of a new database were copied, not written by PostgreSQL: nobody has synced them yet.
  if (isNew) syncTree(directory);
  return db;
};

/** NodeFS with an `fsync` that does what it says. */
const syncingFileSystem = (directory: string): NodeFS => {
  const files = new NodeFS(directory);
  const init = files.init.bind(files);
  files.init = async (db, given) => {
    const { emscriptenOpts } = await init(db, given);
    const preRun = [emscriptenOpts.preRun ?? []].flat();
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...preRun, (runtime: unknown) => installFsync(runtime)] } };
  };
  return files;
};

type Runtime = {
  readonly FS: { isDir(mode: number): boolean };
  readonly NODEFS: {
    tryFSOperation(work: () => void): void;
    readonly stream_ops: { fsync?: (stream: OpenFile) => number };
  };
};
type OpenFile = { readonly nfd: number; readonly node: { readonly mode: number } };

// PGlite does not type Emscripten's file systems: this says what is used of them.
const installFsync = (runtime: unknown): void => {
  const { FS, NODEFS } = runtime as Runtime;
  NODEFS.stream_ops.fsync = (file) => {
    // A failing disk must reach PostgreSQL as an error number, so that it stops instead of going on with a hole in its log.
    NODEFS.tryFSOperation(() => (FS.isDir(file.node.mode) ? fsyncSync(file.nfd) : fdatasyncSync(file.nfd)));
    return 0;
  };
};

const syncTree = (directory: string): void => {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) syncPath(path);
  }
  syncPath(directory);
};

const syncPath = (path: string): void => {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
};

const poolConfig = (db: PGlite): PoolConfig => {
  let connections = 0;
  const stream = (): Duplex => {
    connections += 1;
    return createStream(db, connections > 1);
  };
  // `stream` is node-postgres' own way to bring a socket; its types ask for a net.Socket, of which it uses what is below.
  return { user: 'postgres', database: 'postgres', host: 'localhost', ssl: false, max: 1, idleTimeoutMillis: 0, stream: stream as never };
};

const TERMINATE = 'X'.charCodeAt(0);

/** @param again the session was used by an earlier connection: its open transaction and prepared statements are cleared first. */
const createStream = (db: PGlite, again: boolean): Duplex => {
  const exec = (message: Buffer, done: (error?: Error | null) => void): void => {
    if (message[0] === TERMINATE) {
      socket.push(null);
      done();
      return;
    }
    // PGlite answers synchronously: without a turn of the event loop a busy caller starves timers and sockets.
    setImmediate(() => {
      // Not `execProtocolRaw`: that one parses every answer as well and keeps what it parsed for ever (two kilobytes a query, 0.5.16).
      const answer: Buffer[] = [];
      // A copy: the bytes are a view into memory that the next ones write over.
      const onRawData = (bytes: Uint8Array): void => void answer.push(Buffer.from(bytes));
      db.runExclusive(() => db.execProtocolRawStream(message, { onRawData })).then(() => {
        if (answer.length > 0 && !socket.destroyed) socket.push(Buffer.concat(answer));
        done();
      }, done);
    });
  };
  const duplex = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => exec(chunk, done),
    writev: (chunks, done) => exec(Buffer.concat(chunks.map((one) => one.chunk)), done),
    final: (done) => {
      socket.push(null);
      done();
    },
  });
  const itself = (): Duplex => socket;
  const connect = (): Duplex => {
    const cleared = again ? db.exec('ROLLBACK').then(() => db.exec('DISCARD ALL')) : Promise.resolve();
    cleared.then(
      () => socket.emit('connect'),
      (error) => socket.destroy(error),
    );
    return socket;
  };
  const socket = Object.assign(duplex, {
    connect,
    setNoDelay: itself,
    setKeepAlive: itself,
    setTimeout: itself,
    ref: itself,
    unref: itself,
  });
  return socket;
};
