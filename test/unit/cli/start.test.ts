// `start` with the real gateway, from the first start of a sandbox to its end: what is printed and written works as it stands.
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunningGateway } from '../../../src/cli/ports.ts';
import { adminSocketPath } from '../../../src/platform/adminsocket.ts';
import { type Outside, outside } from './outside.ts';

let person: Outside;
beforeEach(() => {
  person = outside();
});
afterEach(() => rmSync(person.dir, { recursive: true, force: true }));

const until = async (what: () => boolean): Promise<void> => {
  for (const end = Date.now() + 60_000; !what(); ) {
    if (Date.now() > end) throw new Error('it did not happen');
    await new Promise((done) => setTimeout(done, 20));
  }
};

const sandboxOf = (dir: string): { endpoint: string; apiKey: string; walletId: string } =>
  JSON.parse(readFileSync(join(dir, 'data', 'sandbox.json'), 'utf8'));

const graphql = async (endpoint: string, apiKey: string, query: string): Promise<unknown> => {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ query }),
  });
  return response.json();
};

it('is a sandbox that serves, answers a command line beside it, ends on a signal, and keeps its key', { timeout: 180_000 }, async () => {
  const running = person.run('start', '--port', '0');
  // Typed while it starts: answered as soon as it can be.
  await until(() => existsSync(adminSocketPath(join(person.dir, 'data'))));
  expect(person.printed.out).toBe('');
  const early = person.run('wallets', 'list');
  await until(() => person.printed.out.includes('API key'));
  const { endpoint, apiKey, walletId } = sandboxOf(person.dir);
  expect(await early).toMatchObject({ code: 0, out: expect.stringContaining(walletId) });
  expect(statSync(join(person.dir, 'data', 'sandbox.json')).mode & 0o777).toBe(0o600);
  expect(statSync(join(person.dir, 'data')).mode & 0o777).toBe(0o700);
  for (const text of [endpoint, apiKey, walletId, 'main/main', 'sandbox']) expect(person.printed.out).toContain(text);
  expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
  expect(apiKey).toMatch(/^blink_[A-Za-z0-9]+$/);
  const me = await graphql(endpoint, apiKey, '{ me { defaultAccount { defaultWalletId } } }');
  expect(me).toEqual({ data: { me: { defaultAccount: { defaultWalletId: walletId } } } });

  const made = await person.run('keys', 'create', '--wallet', 'main', '--scopes', 'READ');
  const second = made.out.trim();
  expect(second).toMatch(/^blink_[A-Za-z0-9]+$/);
  expect(await graphql(endpoint, second, '{ authorization { scopes } }')).toEqual({ data: { authorization: { scopes: ['READ'] } } });
  expect((await person.run('keys', 'list')).out).toContain(second.slice(0, 12));
  expect((await person.run('keys', 'revoke', second)).code).toBe(0);
  expect((await person.run('status')).out).toContain(endpoint.replace('/graphql', ''));
  expect((await person.run('wallets', 'list')).out).toContain(walletId);
  expect((await person.run('incidents')).out).toBe('No incidents.\n');
  const health = await person.run('doctor');
  expect(health, health.out).toMatchObject({ code: 0, out: expect.stringContaining('is served by the running gateway') });

  const other = await person.run('start', '--port', '0');
  expect(other).toMatchObject({ code: 1, err: expect.stringContaining('another gateway already answers') });

  person.signal('SIGTERM');
  expect((await running).code).toBe(0);
  expect(person.printed.err).toContain('SIGTERM: finishing what is under way');
  await expect(fetch(endpoint)).rejects.toThrow();
  expect((await person.run('status')).code).toBe(1);

  // Nobody runs: the command line opens the core itself, and the revoked key is still told.
  expect((await person.run('keys', 'list')).out).toMatch(new RegExp(`${second.slice(0, 12)}….*revoked`));

  const before = person.printed.out.length;
  const again = person.run('start', '--port', '0');
  await until(() => person.printed.out.slice(before).includes('API key'));
  expect(sandboxOf(person.dir)).toMatchObject({ apiKey, walletId });
  person.signal('SIGINT');
  expect((await again).code).toBe(0);
});

it('says so when the port is taken, and leaves the folder free', { timeout: 180_000 }, async () => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const found = await person.run('start', '--port', port);
  expect(found).toMatchObject({
    code: 1,
    err: `switchyard: 127.0.0.1:${port} is taken by another program: end it, or choose another with --port\n`,
  });
  taken.close();
  const running = person.run('start', '--port', port);
  await until(() => person.printed.out.includes('API key'));
  person.signal('SIGTERM');
  expect((await running).code).toBe(0);
});

it('leaves at once when told twice', async () => {
  const stuck: RunningGateway = { url: 'http://127.0.0.1:1', sandbox: null, admin: async () => [], close: () => new Promise(() => {}) };
  const slow = outside({ gateway: async () => ({ startGateway: async () => stuck, openAdmin: () => Promise.reject(new Error('no')) }) });
  const running = slow.run('start');
  await until(() => slow.printed.out.includes('GraphQL'));
  slow.signal('SIGINT');
  expect(await Promise.race([running, new Promise((done) => setTimeout(done, 100, 'waiting'))])).toBe('waiting');
  slow.signal('SIGINT');
  expect(await running).toMatchObject({ code: 1, err: expect.stringContaining('SIGINT again: leaving at once') });
  rmSync(slow.dir, { recursive: true, force: true });
});
