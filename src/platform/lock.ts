// One owner for an embedded database's directory: PGlite takes no lock of its own, and two processes on one directory corrupt it.
// The lock is a listening socket, which the kernel drops with its process, so `kill -9` leaves nothing to clean up.
import { createHash } from 'node:crypto';
import { realpathSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Takes the directory for this process; the answer gives it back.
 * Does not see a process in another network namespace (two containers on one volume): a directory belongs to one machine and one container.
 * @throws Error naming the directory when another process (or another caller here) has it.
 */
export const lockDirectory = async (directory: string): Promise<() => Promise<void>> => {
  const path = lockPath(realpathSync(directory));
  const server = await listen(path).catch((error: NodeJS.ErrnoException) => takeOver(error, path, directory));
  return () => new Promise((done) => server.close(() => done()));
};

/** Linux: an abstract name, which is no file and so cannot be left behind. Elsewhere a socket file. */
const lockPath = (directory: string): string => {
  const id = createHash('sha256').update(directory).digest('hex').slice(0, 32);
  return process.platform === 'linux' ? `\0switchyard-${id}` : join(tmpdir(), `switchyard-${id}.sock`);
};

const listen = (path: string): Promise<Server> =>
  new Promise((taken, failed) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once('error', failed).listen(path, () => taken(server));
  });

const takeOver = async (error: NodeJS.ErrnoException, path: string, directory: string): Promise<Server> => {
  if (error.code !== 'EADDRINUSE') throw error;
  if (path.startsWith('\0') || (await answers(path)))
    throw new Error(`data directory ${directory} is in use by another switchyard process`);
  unlinkSync(path);
  return listen(path);
};

const answers = (path: string): Promise<boolean> =>
  new Promise((tell) => {
    const socket = connect(path)
      .once('connect', () => {
        socket.destroy();
        tell(true);
      })
      .once('error', () => tell(false));
  });
