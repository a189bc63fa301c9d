// One at a time: two terminals that set up the same folder take turns. The turn is a listening socket, which the kernel takes back from a
// process that dies, so there is no stale lock to clean up. (The gateway's own lock is src/platform/lock.ts; this runs before it is built.)
import { createHash } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const nameOf = (folder) => {
  const id = `switchyard-setup-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32)}`;
  if (process.platform === 'linux') return `\0${id}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${id}` : join(tmpdir(), `${id}.sock`);
};

/** Resolves to what gives the turn back, or to null when another has it. */
const take = (name) =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(name, () => resolve(() => server.close()));
  });

/** Resolves when the process that has the turn has ended; false when there was none. */
const waitForEnd = (name) =>
  new Promise((resolve) => {
    let connected = false;
    connect(name)
      .on('connect', () => {
        connected = true;
      })
      .on('error', () => undefined)
      .on('close', () => resolve(connected))
      .resume();
  });

/** Runs `work` when it is our turn; `waiting` is called once if that is not at once. */
export const withTurn = async (folder, waiting, work) => {
  const name = nameOf(folder);
  let giveBack = await take(name);
  if (!giveBack) waiting();
  while (!giveBack) {
    // A socket file that nobody listens on is left over from a process that was killed.
    if (!(await waitForEnd(name)) && process.platform === 'darwin') rmSync(name, { force: true });
    giveBack = await take(name);
  }
  try {
    await work();
  } finally {
    giveBack();
  }
};
