// The server that doors share: health, metrics, an end that lets a send finish, and a certificate that is changed while it runs.
import { writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { firstPair, type Pair, secondPair } from '../../support/certificates.ts';
import { start } from './transport-harness.ts';

const origin = (url: string): string => new URL(url).origin;

test('healthz, readyz and metrics', async () => {
  const server = await start();
  const base = origin(server.url);
  expect(await (await fetch(`${base}/healthz`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
  server.seen.databaseDown = true;
  const unready = await fetch(`${base}/readyz`);
  expect(unready.status).toBe(503);
  expect(await unready.json()).toEqual({ ready: false, detail: 'no database' });
  expect(await (await fetch(`${base}/metrics`)).text()).toContain('switchyard_graphql_sockets 0');
  expect((await fetch(`${base}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(404);
  expect((await fetch(`${base}/toString`)).status).toBe(404);
  expect((await fetch(`${base}/__proto__`)).status).toBe(404);
  await server.close();
});

test('a port that is taken is an error', async () => {
  const server = await start();
  await expect(start({}, { port: server.port })).rejects.toThrow('EADDRINUSE');
  await server.close();
});

test('what is no HTTP gets 400 with JSON; an upgrade elsewhere 404', async () => {
  const server = await start();
  const said = await new Promise<string>((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.write('NONSENSE\r\n\r\n');
  });
  expect(said).toMatch(/^HTTP\/1\.1 400 /);
  expect(said).toContain('application/json');
  const socket = new WebSocket(`${origin(server.url).replace('http', 'ws')}/other`, 'graphql-transport-ws');
  const status = await new Promise((resolve) => socket.once('unexpected-response', (_req, res) => resolve(res.statusCode)));
  expect(status).toBe(404);
  await server.close();
});

const post = (
  port: number,
  agent: Agent,
  query: string,
): Promise<{ status: number | undefined; connection: string | undefined; text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request({ port, agent, path: '/graphql', method: 'POST', headers: { 'content-type': 'application/json' } }, (res) => {
      let text = '';
      res.on('data', (chunk) => {
        text += chunk;
      });
      res.on('end', () => resolve({ status: res.statusCode, connection: res.headers.connection, text }));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ query }));
  });

test('closing lets a send finish, its client there or not, and takes nothing new', async () => {
  const server = await start();
  const agent = new Agent({ keepAlive: true });
  const sending = post(server.port, agent, 'mutation { send(ms: 300) }');
  const left = new AbortController();
  const gone = fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"mutation { send(ms: 500) }"}',
    signal: left.signal,
  }).catch(() => 'gone');
  await sleep(100);
  left.abort();
  expect(await gone).toBe('gone');
  const began = Date.now();
  const closing = server.close(5000);
  await expect(fetch(server.url.replace('/graphql', '/healthz'))).rejects.toThrow();
  expect(await sending).toEqual({ status: 200, connection: 'close', text: '{"data":{"send":"sent"}}' });
  expect(server.seen.sends).toBe(1);
  await closing;
  expect(server.seen.sends).toBe(2);
  expect(Date.now() - began).toBeLessThan(2000);
  agent.destroy();
});

test('closing waits for a send over a WebSocket, and no longer than it may', async () => {
  const server = await start();
  const socket = new WebSocket(server.url.replace('http', 'ws'), 'graphql-transport-ws');
  const got: string[] = [];
  socket.on('message', (data) => got.push(String(data)));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('{"type":"connection_init"}');
  for (let tries = 0; got.length === 0 && tries < 200; tries++) await sleep(5);
  socket.send('{"id":"2","type":"subscribe","payload":{"query":"mutation { send(ms: 300) }"}}');
  await sleep(50);
  await server.close(5000);
  expect(await closed).toBe(1001);
  expect(got.at(-2)).toBe('{"id":"2","type":"next","payload":{"data":{"send":"sent"}}}');

  const stuck = await start();
  const answer = post(stuck.port, new Agent(), 'mutation { send(ms: 1500) }').catch(() => 'cut');
  await sleep(50);
  const began = Date.now();
  await stuck.close(200);
  expect(Date.now() - began).toBeLessThan(1000);
  expect(await answer).toBe('cut');
});

const certificate = (dir: string, name: string, pair: Pair): { cert: string; key: string } => {
  const [cert, key] = [join(dir, `${name}.crt`), join(dir, `${name}.key`)];
  writeFileSync(cert, pair.cert);
  writeFileSync(key, pair.key);
  return { cert, key };
};

const nameOf = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });

test('TLS: a new certificate is served without a restart; one that does not fit leaves the old one', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'switchyard-tls-'));
  const [first, second] = [certificate(dir, 'first', firstPair), certificate(dir, 'second', secondPair)];
  const live = { cert: join(dir, 'live.crt'), key: join(dir, 'live.key') };
  await Promise.all([cp(first.cert, live.cert), cp(first.key, live.key)]);
  const server = await start({}, { tls: live, tlsCheckMs: 40 });
  expect(server.url).toMatch(/^https:/);
  expect(await nameOf(server.port)).toBe('first.example');
  await cp(second.cert, live.cert);
  for (let tries = 0; server.seen.logged.length === 0 && tries < 100; tries++) await sleep(20);
  expect(JSON.stringify(server.seen.logged)).toContain('the old one stays');
  expect(await nameOf(server.port)).toBe('first.example');
  await cp(second.key, live.key);
  for (let tries = 0; (await nameOf(server.port)) !== 'second.example' && tries < 100; tries++) await sleep(20);
  expect(await nameOf(server.port)).toBe('second.example');
  const socket = new WebSocket(server.url.replace('https', 'wss'), 'graphql-transport-ws', { rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  expect(socket.protocol).toBe('graphql-transport-ws');
  await server.close();
  await expect(start({}, { tls: { cert: first.cert, key: second.key } })).rejects.toThrow(/key values mismatch/);
  await rm(dir, { recursive: true });
});
