// The admin socket over a real unix socket: who may open it, what goes through it, and what is left when a process dies.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AdminError, adminSocketPath, findAdmin, serveAdmin } from '../../../src/platform/adminsocket.ts';
import { refuse } from '../../../src/platform/refusal.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sy-admin-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('nobody there is null, not an error', async () => {
  expect(await findAdmin(dir)).toBeNull();
});

test('a question reaches the handler and its answer comes back as plain values', async () => {
  const served = await serveAdmin(dir, async (verb, args) => ({ verb, args, amount: 12n, at: new Date(0) }));
  const admin = await findAdmin(dir);
  expect(await admin?.('look', { hash: 'ab', text: 'a\nb' })).toEqual({
    verb: 'look',
    args: { hash: 'ab', text: 'a\nb' },
    amount: '12',
    at: '1970-01-01T00:00:00.000Z',
  });
  await served.close();
});

test('only its owner may open the socket, and it is gone after closing', async () => {
  const served = await serveAdmin(dir, async () => null);
  expect(served.path).toBe(join(dir, 'switchyard.sock'));
  expect(statSync(served.path).mode & 0o777).toBe(0o600);
  await served.close();
  expect(existsSync(served.path)).toBe(false);
  expect(await findAdmin(dir)).toBeNull();
});

test('what the handler throws is told, a refusal with its data', async () => {
  const served = await serveAdmin(dir, async (verb) => {
    if (verb === 'refused') return refuse({ is: 'notFound', what: 'key', given: 'blink_abc' });
    throw new Error('the disk is full');
  });
  const admin = await findAdmin(dir);
  await expect(admin?.('x', {})).rejects.toThrow(new AdminError('the disk is full'));
  await expect(admin?.('refused', {})).rejects.toThrow('notFound (what: key, given: blink_abc)');
  await served.close();
});

test('many questions at once each get their own answer', async () => {
  const served = await serveAdmin(dir, async (_, { n }) => {
    await new Promise((done) => setTimeout(done, Number(n) % 7));
    return n;
  });
  const admin = await findAdmin(dir);
  const asked = Array.from({ length: 50 }, (_, n) => n);
  expect(await Promise.all(asked.map((n) => admin?.('n', { n })))).toEqual(asked);
  await served.close();
});

test('a second gateway on the same folder is refused while the first answers', async () => {
  const served = await serveAdmin(dir, async () => 'first');
  await expect(serveAdmin(dir, async () => 'second')).rejects.toThrow('another gateway already answers');
  expect(await (await findAdmin(dir))?.('x', {})).toBe('first');
  await served.close();
});

test('a socket that a dead process left behind is taken over', async () => {
  const path = adminSocketPath(dir);
  const left = createServer().listen(path);
  await new Promise((done) => left.once('listening', done));
  // Closing would unlink it, dying does not: keep the name by linking it aside and back.
  const { renameSync } = await import('node:fs');
  renameSync(path, `${path}.kept`);
  await new Promise((done) => left.close(done));
  renameSync(`${path}.kept`, path);
  expect(existsSync(path)).toBe(true);
  expect(await findAdmin(dir)).toBeNull();
  const served = await serveAdmin(dir, async () => 'new');
  expect(await (await findAdmin(dir))?.('x', {})).toBe('new');
  await served.close();
});

test('garbage on the line is answered with an error and harms nobody', async () => {
  const served = await serveAdmin(dir, async () => 'fine');
  const said = await new Promise<string>((done) => {
    const socket = connect(served.path, () => socket.write('not json\n'));
    socket.once('data', (data) => {
      socket.destroy();
      done(data.toString());
    });
  });
  expect(JSON.parse(said)).toHaveProperty('error');
  expect(await (await findAdmin(dir))?.('x', {})).toBe('fine');
  await served.close();
});

test('a gateway that stops in the middle of an answer is an error, not a wait for ever', async () => {
  const served = await serveAdmin(dir, () => new Promise(() => {}));
  const admin = await findAdmin(dir);
  const asking = expect(admin?.('x', {})).rejects.toThrow('closed the connection');
  await new Promise((done) => setTimeout(done, 50));
  await served.close();
  await asking;
});

test('an answer that does not come is given up', async () => {
  const served = await serveAdmin(dir, () => new Promise(() => {}));
  const admin = await findAdmin(dir, 100);
  await expect(admin?.('x', {})).rejects.toThrow('did not answer within 0.1 s');
  await served.close();
});

test('a folder with a long name has its socket among the temporary files', async () => {
  const long = join(dir, 'x'.repeat(120));
  const path = adminSocketPath(long);
  expect(path.startsWith(tmpdir())).toBe(true);
  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
  expect(adminSocketPath(`${long}y`)).not.toBe(path);
  const served = await serveAdmin(long, async () => 'here');
  expect(await (await findAdmin(long))?.('x', {})).toBe('here');
  await served.close();
});
