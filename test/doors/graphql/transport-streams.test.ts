// Subscriptions over WebSockets and event streams: keys, keep-alive, limits, and that each ends when it should.
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { key, type Running, start } from './transport-harness.ts';

let server: Running;
beforeEach(async () => {
  server = await start({ initTimeoutMs: 1500, maxSubscriptionsPerConnection: 5, maxSubscriptions: 12, maxSubscriptionsPerHolder: 9 });
});
afterEach(() => server.close());

const wsUrl = (): string => server.url.replace('http', 'ws');

interface Peer {
  readonly socket: WebSocket;
  readonly got: Record<string, unknown>[];
  send(message: object): void;
  until(done: (got: Record<string, unknown>[]) => boolean): Promise<void>;
  readonly closed: Promise<number>;
}

const open = async (init: object | null = {}, headers: Record<string, string> = {}): Promise<Peer> => {
  const socket = new WebSocket(wsUrl(), 'graphql-transport-ws', { headers });
  const got: Record<string, unknown>[] = [];
  socket.on('message', (data) => got.push(JSON.parse(String(data))));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const send = (message: object): void => socket.send(JSON.stringify(message));
  const until = async (done: (all: Record<string, unknown>[]) => boolean): Promise<void> => {
    for (const end = Date.now() + 3000; !done(got); await sleep(5))
      if (Date.now() > end) throw new Error(`got only ${JSON.stringify(got)}`);
  };
  if (init !== null) {
    send({ type: 'connection_init', payload: init });
    await until((all) => all.length > 0);
    expect(got.shift()).toEqual({ type: 'connection_ack' });
  }
  return { socket, got, send, until, closed };
};

const subscribe = (peer: Peer, id: string, query: string, variables: object = {}): void =>
  peer.send({ id, type: 'subscribe', payload: { query, variables } });

const notAuthenticated = { message: 'Not Authenticated for subscription', extensions: { code: 'NOT_AUTHENTICATED' } };

const eventually = async (check: () => boolean): Promise<void> => {
  for (const end = Date.now() + 3000; !check(); await sleep(5)) if (Date.now() > end) throw new Error('it never came true');
};

describe('graphql-transport-ws', () => {
  test('echoes the subprotocol, on the path with and without a slash', async () => {
    for (const url of [wsUrl(), `${wsUrl()}/`]) {
      const socket = new WebSocket(url, ['other', 'graphql-transport-ws']);
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      expect(socket.protocol).toBe('graphql-transport-ws');
      socket.terminate();
    }
  });

  test('another subprotocol is closed with 4406, silence with 4408, haste with 4401', async () => {
    const legacy = new WebSocket(wsUrl(), 'graphql-ws');
    legacy.on('error', () => undefined);
    expect(await new Promise((resolve) => legacy.once('close', resolve))).toBeOneOf([1006, 4406]);
    expect(await (await open(null)).closed).toBe(4408);
    const hasty = await open(null);
    subscribe(hasty, '1', '{ hello }');
    expect(await hasty.closed).toBe(4401);
  });

  test('carries subscriptions, queries and mutations', async () => {
    const peer = await open();
    subscribe(peer, 'a', 'subscription($n: Int!) { ticks(to: $n) }', { n: 2 });
    subscribe(peer, 'b', '{ hello boom }');
    subscribe(peer, 'c', 'mutation { send(ms: 1) }');
    await peer.until((got) => got.filter((one) => one.type === 'complete').length === 3);
    const of = (id: string) => peer.got.filter((one) => one.id === id && one.type === 'next').map((one) => one.payload);
    expect(of('a')).toEqual([{ data: { ticks: 1 } }, { data: { ticks: 2 } }]);
    expect(of('b')).toMatchObject([{ data: { hello: 'world', boom: null }, errors: [{ message: 'Unexpected error.', path: ['boom'] }] }]);
    expect(of('c')).toEqual([{ data: { send: 'sent' } }]);
    expect(JSON.stringify(peer.got)).not.toContain('hunter2');
    peer.socket.close();
  });

  test.each([
    ['X-API-KEY', { 'X-API-KEY': key }, {}],
    ['x-Api-Key', { 'x-Api-Key': key }, {}],
    ['Authorization', { Authorization: `Bearer ${key}` }, {}],
    ['authorization', { authorization: `bearer ${key}` }, {}],
    ['the upgrade’s headers', {}, { 'X-API-KEY': key }],
  ])('the key in %s', async (_name, init, headers) => {
    const peer = await open(init, Object.fromEntries(Object.entries(headers)));
    subscribe(peer, '1', '{ who }');
    await peer.until((got) => got.length > 0);
    expect(peer.got[0]).toEqual({ id: '1', type: 'next', payload: { data: { who: 'acc' } } });
    peer.socket.close();
  });

  test('nobody is acknowledged and anonymous; a wrong key is acknowledged and refused', async () => {
    for (const init of [{}, { 'X-API-KEY': '' }, { 'X-API-KEY': 7 }]) {
      const nobody = await open(init);
      subscribe(nobody, '1', '{ who }');
      await nobody.until((got) => got.length > 0);
      expect(nobody.got[0]?.payload).toEqual({ data: { who: null } });
      nobody.socket.close();
    }
    const wrong = await open({ 'X-API-KEY': 'blink_wrong' });
    subscribe(wrong, '1', 'subscription { ticks(to: 1) }');
    await wrong.until((got) => got.length > 0);
    expect(wrong.got[0]).toMatchObject({ id: '1', type: 'error', payload: [{ message: 'Not Authenticated for subscription' }] });
    wrong.socket.close();
  });

  test('what cannot be run is an error of its own subscription, not of the connection', async () => {
    const peer = await open();
    subscribe(peer, 'a', '{ unheardOf }');
    subscribe(peer, 'b', '{ hello');
    peer.send({ id: 'c', type: 'subscribe', payload: { query: 'query A { hello }', operationName: 'Z' } });
    subscribe(peer, 'd', 'subscription { broken }');
    subscribe(peer, 'e', 'query($t: String!) { echo(text: $t) }');
    server.seen.databaseDown = true;
    const keyed = await open({ 'X-API-KEY': key });
    subscribe(keyed, 'f', '{ hello }');
    await keyed.until((got) => got.length > 0);
    server.seen.databaseDown = false;
    expect(keyed.got[0]).toMatchObject({ type: 'error', payload: [{ message: 'Unexpected error.' }] });
    await peer.until((got) => new Set(got.map((one) => one.id)).size === 5);
    const said = JSON.stringify([...peer.got, ...keyed.got]);
    expect(said).not.toMatch(/hunter2|10\.0\.0\.7/);
    expect(peer.got.filter((one) => one.type === 'error').map((one) => one.id)).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd']));
    subscribe(peer, 'z', '{ hello }');
    await peer.until((got) => got.some((one) => one.id === 'z'));
    keyed.socket.close();
    peer.socket.close();
  });

  test('a subscription ends with complete, with its socket, and with the server (1001)', async () => {
    const peer = await open();
    subscribe(peer, '1', 'subscription { forever }');
    subscribe(peer, '2', 'subscription { forever }');
    await eventually(() => server.seen.streams === 2);
    peer.send({ id: '1', type: 'complete' });
    await eventually(() => server.seen.streams === 1);
    peer.socket.terminate();
    await eventually(() => server.seen.streams === 0);
    const last = await open();
    subscribe(last, '3', 'subscription { forever }');
    await eventually(() => server.seen.streams === 1);
    await server.close();
    expect(await last.closed).toBe(1001);
    expect(last.got.at(-1)).toEqual({ id: '3', type: 'complete' });
    expect(server.seen.streams).toBe(0);
  });

  test('a subscription ends with its key: before the next event, or when it says nothing; without one, and while nobody can say, it stays', async () => {
    await server.close();
    server = await start({ keyCheckMs: 50 });
    const peer = await open({ 'X-API-KEY': key });
    const nobody = await open();
    for (const one of [peer, nobody]) subscribe(one, '1', 'subscription { forever }');
    await eventually(() => server.seen.streams === 2);
    server.seen.databaseDown = true;
    await sleep(200);
    expect(server.seen.streams).toBe(2);
    server.seen.databaseDown = false;
    server.seen.revoked = true;
    await eventually(() => server.seen.streams === 1);
    await peer.until((got) => got.length === 3);
    expect(peer.got).toEqual([
      { id: '1', type: 'next', payload: { data: { forever: 'first' } } },
      { id: '1', type: 'next', payload: { errors: [notAuthenticated] } },
      { id: '1', type: 'complete' },
    ]);
    expect(nobody.got).toHaveLength(1);
    expect(server.seen.logged).toEqual([]);
    for (const { socket } of [peer, nobody]) socket.terminate();
  });

  test('no event is told after its key was revoked', async () => {
    const peer = await open({ 'X-API-KEY': key });
    subscribe(peer, '1', 'subscription { told }');
    await peer.until((got) => got.length === 1);
    server.seen.tell.shift()?.();
    await peer.until((got) => got.length === 2);
    server.seen.revoked = true;
    await eventually(() => server.seen.tell.length > 0);
    server.seen.tell.shift()?.();
    await peer.until((got) => got.length === 4);
    expect(peer.got.slice(1)).toEqual([
      { id: '1', type: 'next', payload: { data: { told: 'more' } } },
      { id: '1', type: 'next', payload: { errors: [notAuthenticated] } },
      { id: '1', type: 'complete' },
    ]);
    peer.socket.terminate();
  });

  test('as many as are allowed for a connection and for an address', async () => {
    const peer = await open();
    for (let at = 0; at < 6; at++) subscribe(peer, `s${at}`, 'subscription { forever }');
    await peer.until((got) => got.length === 6);
    expect(peer.got.filter((one) => one.type === 'error')).toMatchObject([{ payload: [{ message: 'Too many open subscriptions.' }] }]);
    const more = await open();
    for (let at = 0; at < 5; at++) subscribe(more, `s${at}`, 'subscription { forever }');
    await more.until((got) => got.length === 5);
    expect(more.got.filter((one) => one.type === 'error')).toHaveLength(1);
    expect(server.seen.streams).toBe(9);
    const keyed = await open({ 'X-API-KEY': key });
    for (let at = 0; at < 5; at++) subscribe(keyed, `s${at}`, 'subscription { forever }');
    await keyed.until((got) => got.length === 5);
    expect(keyed.got.filter((one) => one.type === 'error')).toHaveLength(2);
    for (const { socket } of [peer, more, keyed]) socket.terminate();
    await eventually(() => server.seen.streams === 0);
    expect(await server.registry.metrics()).toContain('switchyard_graphql_subscriptions 0');
  });

  test('pings are frames, and who answers none is dropped', async () => {
    await server.close();
    server = await start({ pingMs: 100 });
    const alive = await open();
    let pings = 0;
    alive.socket.on('ping', () => {
      pings += 1;
    });
    await eventually(() => pings >= 3);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    expect(alive.got).toEqual([]);
    alive.send({ type: 'ping' });
    await alive.until((got) => got.length > 0);
    expect(alive.got).toEqual([{ type: 'pong' }]);
    const raw = createConnection(server.port, '127.0.0.1');
    raw.write(
      `GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${Buffer.alloc(16).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
    );
    raw.resume();
    await new Promise((resolve) => raw.once('close', resolve));
    alive.socket.close();
  });

  test('a page of another origin may not connect; our own page may', async () => {
    const from = (origin: string) =>
      new Promise((resolve) => {
        const socket = new WebSocket(wsUrl(), 'graphql-transport-ws', { headers: { origin } });
        socket.once('unexpected-response', (_req, res) => resolve(res.statusCode));
        socket.once('error', () => undefined);
        socket.once('open', () => {
          socket.terminate();
          resolve('open');
        });
      });
    expect(await from('https://evil.example')).toBe(403);
    expect(await from(new URL(server.url).origin)).toBe('open');
  });

  test('a message beyond the limit closes the connection; broken ones too', async () => {
    const large = await open();
    large.send({ id: '1', type: 'subscribe', payload: { query: `{ hello } # ${'x'.repeat(300_000)}` } });
    expect(await large.closed).toBe(1009);
    const broken = await open();
    broken.socket.send('{');
    expect(await broken.closed).toBe(4400);
  });

  test('graphql-ws’s own client', async () => {
    const client = createClient({ url: wsUrl(), webSocketImpl: WebSocket, connectionParams: { 'X-API-KEY': key } });
    const seen: unknown[] = [];
    for await (const event of client.iterate({ query: 'subscription { ticks(to: 3) }' })) seen.push(event.data?.ticks);
    expect(seen).toEqual([1, 2, 3]);
    await client.dispose();
  });
});

describe('event streams', () => {
  const stream = (query: string, init: RequestInit = {}) =>
    fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
      ...init,
    });

  test('carry events and their end, by POST and by GET', async () => {
    const posted = await stream('subscription { ticks(to: 2) }');
    expect(posted.status).toBe(200);
    expect(posted.headers.get('content-type')).toBe('text/event-stream');
    expect(posted.headers.get('x-accel-buffering')).toBe('no');
    expect(posted.headers.get('content-encoding')).toBeNull();
    const body = ':\n\nevent: next\ndata: {"data":{"ticks":1}}\n\nevent: next\ndata: {"data":{"ticks":2}}\n\nevent: complete\ndata:\n\n';
    expect(await posted.text()).toBe(body);
    const got = await fetch(`${server.url}?query=subscription{ticks(to:2)}`, { headers: { accept: 'text/event-stream' } });
    expect(await got.text()).toBe(body);
    expect(await (await stream('{ hello }')).text()).toContain('data: {"data":{"hello":"world"}}');
  });

  test('end with the key that opened them', async () => {
    await server.close();
    server = await start({ keyCheckMs: 50 });
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream', 'x-api-key': key };
    const opened = await stream('subscription { forever }', { headers });
    await eventually(() => server.seen.streams === 1);
    server.seen.revoked = true;
    const last = `event: next\ndata: ${JSON.stringify({ errors: [notAuthenticated] })}\n\nevent: complete\ndata:\n\n`;
    expect(await opened.text()).toMatch(last);
    expect(server.seen.streams).toBe(0);
  });

  test('end when the client leaves and when the server closes', async () => {
    const controller = new AbortController();
    await stream('subscription { forever }', { signal: controller.signal });
    await eventually(() => server.seen.streams === 1);
    controller.abort();
    await eventually(() => server.seen.streams === 0);
    const last = await stream('subscription { forever }');
    await eventually(() => server.seen.streams === 1);
    const text = last.text();
    await server.close();
    expect(await text).toMatch(/event: complete\ndata:\n\n$/);
    expect(server.seen.streams).toBe(0);
  });

  test('a client that leaves is no error, and its send goes on', async () => {
    const controller = new AbortController();
    await stream('subscription { forever }', { signal: controller.signal });
    const read = stream('{ slow(ms: 200) }', { signal: controller.signal }).catch(() => 'gone');
    const sent = stream('mutation { send(ms: 200) }', { signal: controller.signal }).catch(() => 'gone');
    await sleep(80);
    controller.abort();
    expect([await read, await sent]).toEqual(['gone', 'gone']);
    await eventually(() => server.seen.sends === 1 && server.seen.streams === 0);
    expect(server.seen.aborted).toBe(1);
    await server.close();
    expect(server.seen.logged).toEqual([]);
  });

  test('who takes no stream gets 406, too many 429, a broken one tells nothing', async () => {
    const refused = await stream('subscription { ticks(to: 1) }', {
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    });
    expect(refused.status).toBe(406);
    expect(refused.headers.get('content-type')).toContain('application/json');
    const controller = new AbortController();
    await Promise.all(Array.from({ length: 9 }, () => stream('subscription { forever }', { signal: controller.signal })));
    expect((await stream('subscription { forever }')).status).toBe(429);
    controller.abort();
    await eventually(() => server.seen.streams === 0);
    const broken = await (await stream('subscription { broken }')).text();
    expect(broken).toContain('Unexpected error.');
    expect(broken).not.toContain('hunter2');
  });
});
