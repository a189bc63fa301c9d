// How a command line talks to the gateway that runs beside it: a unix socket that only its owner may open, one JSON object a line each way.
// The embedded database has one owner, so whoever wants to look or to change asks that owner.
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Refused, refusalText } from './refusal.ts';

/** What is asked by name; answers plain values (a bigint arrives as its digits, a Date as ISO text). */
export type AdminHandler = (verb: string, args: Record<string, unknown>) => Promise<unknown>;

/** What the other side said went wrong. */
export class AdminError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'AdminError';
  }
}

// Unix socket names end at 107 bytes on Linux and at 103 elsewhere.
const longestName = 100;
const longestLine = 1_048_576;

/** Where the socket of a data folder lies: inside it, or in the folder for temporary files when that name would be too long. */
export const adminSocketPath = (dataDir: string): string => {
  const near = join(resolve(dataDir), 'switchyard.sock');
  if (Buffer.byteLength(near) <= longestName) return near;
  return join(tmpdir(), `switchyard-${createHash('sha256').update(near).digest('hex').slice(0, 16)}.sock`);
};

const toWire = (value: unknown): string => `${JSON.stringify(value, (_, held) => (typeof held === 'bigint' ? held.toString() : held))}\n`;

const textOf = (error: unknown): string => {
  if (error instanceof Refused) return refusalText(error.refusal);
  return error instanceof Error ? error.message : String(error);
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (line: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
};

const answer = async (line: string, admin: AdminHandler): Promise<string> => {
  try {
    const asked = parse(line);
    if (!asked || typeof asked.verb !== 'string') return toWire({ error: 'expected {"verb": "…", "args": {…}}' });
    return toWire({ ok: (await admin(asked.verb, isRecord(asked.args) ? asked.args : {})) ?? null });
  } catch (error) {
    return toWire({ error: textOf(error) });
  }
};

/** Calls `take` with every whole line; gives the connection up when a line grows too long. */
const readLines = (socket: Socket, take: (line: string) => void): void => {
  let waiting = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = (waiting + String(chunk)).split('\n');
    waiting = lines.pop() ?? '';
    if (waiting.length > longestLine) socket.destroy();
    else for (const line of lines) if (line.trim() !== '') take(line);
  });
};

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((done, failed) => {
    // Created closed to others: between `bind` and a later chmod it would be open.
    const before = process.umask(0o177);
    try {
      server.once('error', failed).listen(path, () => {
        chmodSync(path, 0o600);
        done();
      });
    } finally {
      process.umask(before);
    }
  });

/**
 * Serves until closed. What a process that died has left is taken over.
 * @throws Error when another process answers there.
 */
export const serveAdmin = async (dataDir: string, admin: AdminHandler): Promise<{ readonly path: string; close(): Promise<void> }> => {
  const path = adminSocketPath(dataDir);
  mkdirSync(dirname(path), { recursive: true });
  if (await findAdmin(dataDir)) throw new Error(`another gateway already answers at ${path}`);
  if (lstatSync(path, { throwIfNoEntry: false })) unlinkSync(path);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket));
    readLines(socket, (line) => void answer(line, admin).then((text) => socket.writable && socket.write(text)));
  });
  await listen(server, path);
  server.unref();
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      for (const socket of open) socket.destroy();
    });
  return { path, close };
};

const reach = (path: string): Promise<Socket | null> =>
  new Promise((found, failed) => {
    const socket = connect(path);
    socket.once('connect', () => found(socket.removeAllListeners('error')));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTSOCK') found(null);
      else failed(error);
    });
  });

const ask = async (path: string, question: object, timeoutMs: number): Promise<unknown> => {
  const socket = await reach(path);
  if (!socket) throw new AdminError('the gateway has stopped');
  try {
    return await new Promise<unknown>((done, failed) => {
      socket.once('error', failed).once('close', () => failed(new AdminError('the gateway closed the connection before it answered')));
      socket.setTimeout(timeoutMs, () => failed(new AdminError(`the gateway did not answer within ${timeoutMs / 1000} s`)));
      readLines(socket, (line) => {
        const said = parse(line);
        if (said && 'ok' in said) done(said.ok);
        else failed(new AdminError(said ? String(said.error) : 'the gateway answered something else'));
      });
      socket.write(toWire(question));
    });
  } finally {
    socket.destroy();
  }
};

/**
 * The gateway that runs on this data folder; null when none does.
 * @throws Error when there is one that this user may not ask.
 */
export const findAdmin = async (dataDir: string, timeoutMs = 60_000): Promise<AdminHandler | null> => {
  const path = adminSocketPath(dataDir);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return null;
  // In a folder that all users share, a name proves nothing.
  const me = process.getuid?.();
  if (me !== undefined && me !== 0 && found.uid !== me)
    throw new Error(`${path} belongs to another user: run this as the user of the gateway`);
  const socket = await reach(path);
  if (!socket) return null;
  socket.destroy();
  return (verb, args) => ask(path, { verb, args }, timeoutMs);
};
