// GraphQL over HTTP as the clients speak it: keys, bodies, status codes, limits and what never leaves the gateway.
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaults, key, type Running, start } from './transport-harness.ts';

let server: Running;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.close());

const json = 'application/json; charset=utf-8';
const uuid = '0b4f2e0a-3d7c-4b9e-8a51-6f0d2c9b7e11';

describe('bodies', () => {
  const good: readonly (readonly [string, unknown, unknown])[] = [
    ['without variables', { query: '{ hello }' }, { hello: 'world' }],
    ['with variables: null', { query: '{ hello }', variables: null }, { hello: 'world' }],
    ['with operationName: null', { query: 'query A { hello }', operationName: null }, { hello: 'world' }],
    ['with operationName: ""', { query: 'query A { hello }', operationName: '' }, { hello: 'world' }],
    ['with one of two operations', { query: 'query A { hello } query B { who }', operationName: 'B' }, { who: null }],
    ['with variables as text', { query: 'query($t: String!) { echo(text: $t) }', variables: '{"t":"x"}' }, { echo: 'x' }],
    ['with keys that we do not know', { query: '{ hello }', id: 7, extensions: { a: 1 } }, { hello: 'world' }],
    [
      'with a doubled comma',
      { query: 'query($t: String!, , $u: Boolean!) { echo(text: $t) who @skip(if: $u) }', variables: { t: 'é', u: true } },
      { echo: 'é' },
    ],
  ];
  test.each(good)('%s', async (_name, body, data) => {
    const answer = await server.post(body);
    expect(answer).toMatchObject({ status: 200, type: json });
    expect(JSON.parse(answer.text)).toEqual({ data });
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['nothing', '', 'must be JSON'],
    ['broken JSON', '{"query": "{ hello }"', 'must be JSON'],
    ['a JSON string', '"{ hello }"', 'JSON object'],
    ['null', 'null', 'JSON object'],
    ['no query', {}, 'Must provide query string'],
    ['an empty query', { query: '' }, 'Must provide query string'],
    ['a query that is no string', { query: { a: 1 } }, 'must be a string'],
    ['an operationName that is no string', { query: '{ hello }', operationName: 7 }, 'must be a string'],
    ['variables that are a list', { query: '{ hello }', variables: [1] }, 'must be an object'],
    ['variables that are a number', { query: '{ hello }', variables: 7 }, 'must be an object'],
    ['variables as broken text', { query: '{ hello }', variables: '{' }, 'must be an object'],
    ['a batch', [{ query: '{ hello }' }, { query: '{ hello }' }], 'batching disabled'],
    ['a syntax error', { query: '{ hello' }, 'Syntax Error'],
    ['an unknown field', { query: '{ unheardOf }' }, 'Cannot query field'],
    ['a missing variable', { query: 'query($t: String!) { echo(text: $t) }' }, '"$t" of required type'],
    [
      'a variable of another type',
      { query: 'query($t: String!) { echo(text: $t) }', variables: { t: { a: 1 } } },
      'String cannot represent',
    ],
    ['two operations and no name', { query: 'query A { hello } query B { who }' }, 'Could not determine what operation'],
    ['a name that is not there', { query: 'query A { hello }', operationName: 'Z' }, 'Could not determine what operation'],
    ['a persisted query', { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }, 'PersistedQueryNotSupported'],
  ];
  test.each(bad)('%s is 400 with JSON', async (_name, body, words) => {
    const answer = await server.post(body);
    expect(answer).toMatchObject({ status: 400, type: json });
    const { errors, data } = JSON.parse(answer.text);
    expect(data).toBeUndefined();
    expect(errors[0].message).toContain(words);
    expect(errors[0].extensions.code).toMatch(/^[A-Z_]+$/);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/graphql'])(
    '%s is 415',
    async (type) => {
      expect(await server.post('{"query":"{ hello }"}', { 'content-type': type })).toMatchObject({ status: 415, type: json });
    },
  );

  test('a body that is compressed is 415', async () => {
    expect(await server.post({ query: '{ hello }' }, { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
  });

  test('a body beyond the limit is 413 with JSON, by its header and by what comes', async () => {
    const large = { query: '{ hello }', variables: { a: 'x'.repeat(300_000) } };
    expect(await server.post(large)).toMatchObject({ status: 413, type: json });
    const chunked = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sent = request(
        server.url,
        { method: 'POST', headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' } },
        (res) => {
          let text = '';
          res.on('data', (chunk) => {
            text += chunk;
          });
          res.on('end', () => resolve({ status: res.statusCode, text }));
        },
      );
      sent.on('error', reject);
      for (let at = 0; at < 10; at++) sent.write('x'.repeat(60_000));
      sent.end();
    });
    expect(chunked.status).toBe(413);
    expect(JSON.parse(chunked.text).errors[0].message).toContain('too large');
    expect(await server.post({ query: '{ hello }', variables: { a: 'x'.repeat(250_000) } })).toMatchObject({ status: 200 });
  });
});

describe('requests', () => {
  test('GET asks queries, with or without a slash at the end', async () => {
    for (const slash of ['', '/']) {
      const answer = await fetch(
        `${server.url}${slash}?query=query($t:String!){echo(text:$t)}&variables=${encodeURIComponent('{"t":"é"}')}`,
      );
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe(json);
      expect(await answer.json()).toEqual({ data: { echo: 'é' } });
    }
    const posted = await fetch(`${server.url}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{hello}"}',
      redirect: 'error',
    });
    expect(await posted.json()).toEqual({ data: { hello: 'world' } });
  });

  test.each([
    ['a mutation by GET', '?query=mutation{send(ms:0)}', 405],
    ['GET without a query', '', 400],
    ['GET with broken variables', '?query={hello}&variables={', 400],
    ['GET with a syntax error', '?query={hello', 400],
    ['GET with a broken escape', '?query=%E0%A4%A', 400],
  ])('%s', async (_name, search, status) => {
    const answer = await fetch(server.url + search);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe(json);
    expect((await answer.json()).errors[0].message).toEqual(expect.any(String));
    expect(server.seen.sends).toBe(0);
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('%s is 405', async (method) => {
    const answer = await fetch(server.url, { method, body: '{"query":"{hello}"}', headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, POST, OPTIONS');
  });

  test.each([undefined, '*/*', 'application/json', 'application/graphql-response+json, application/json', 'text/html', 'image/png'])(
    'a POST that accepts %s gets application/json',
    async (accept) => {
      const answer = await server.post({ query: '{ hello }' }, accept === undefined ? {} : { accept });
      expect(answer).toMatchObject({ status: 200, type: json, text: '{"data":{"hello":"world"}}' });
    },
  );

  test('another path is 404 with JSON', async () => {
    const answer = await fetch(server.url.replace('/graphql', '/nowhere'));
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe(json);
  });
});

describe('keys', () => {
  test.each([
    ['X-API-KEY', { 'X-API-KEY': key }],
    ['x-api-key', { 'x-api-key': key }],
    ['Authorization: Bearer', { Authorization: `Bearer ${key}` }],
    ['authorization: bearer', { authorization: `bearer ${key}` }],
    ['a key beside a proxy’s own Authorization', { 'X-API-KEY': key, Authorization: 'Basic eDp5' }],
  ])('%s', async (_name, headers) => {
    expect(JSON.parse((await server.post({ query: '{ who }' }, headers)).text)).toEqual({ data: { who: 'acc' } });
  });

  test.each([
    ['none', {}],
    ['an empty one', { 'X-API-KEY': '' }],
    ['only a proxy’s Authorization', { Authorization: 'Basic eDp5' }],
  ])('%s is anonymous', async (_name, headers) => {
    expect(await server.post({ query: '{ who }' }, headers)).toMatchObject({ status: 200, text: '{"data":{"who":null}}' });
  });

  test.each([
    ['a wrong X-API-KEY', { 'X-API-KEY': 'blink_wrong' }],
    ['a wrong Bearer', { Authorization: 'Bearer blink_wrong' }],
    ['a wrong X-API-KEY beside a good Bearer', { 'X-API-KEY': 'blink_wrong', Authorization: `Bearer ${key}` }],
    ['one that is far too long', { 'X-API-KEY': 'x'.repeat(5000) }],
  ])('%s is 401 with the words that clients look for', async (_name, headers) => {
    for (const body of [{ query: '{ hello }' }, 'not even JSON']) {
      const answer = await server.post(body, headers);
      expect(answer).toMatchObject({ status: 401, type: json });
      const { message, error } = JSON.parse(answer.text);
      expect(message).toContain('Authorization Required');
      expect(error.code).toBe(401);
    }
  });

  test('a database that is down is 503, never 401, and tells nothing', async () => {
    server.seen.databaseDown = true;
    const answer = await server.post({ query: '{ hello }' }, { 'X-API-KEY': key });
    server.seen.databaseDown = false;
    expect(answer).toMatchObject({ status: 503, type: json });
    expect(answer.text).not.toContain('10.0.0.7');
  });

  test('the idempotency key must be a UUID of version 4', async () => {
    const asked = await server.post({ query: '{ asked }' }, { 'X-Idempotency-Key': uuid.toUpperCase() });
    expect(JSON.parse(asked.text).data.asked).toBe(`graphql ${uuid} 127.0.0.1`);
    for (const wrong of ['', 'x', uuid.replace('-4', '-1'), `${uuid}, ${uuid}`]) {
      const answer = await server.post({ query: '{ asked }' }, { 'X-Idempotency-Key': wrong });
      expect(answer).toMatchObject({ status: 400, text: '{"error":"X-Idempotency-Key header must be a UUID-v4"}' });
    }
  });

  test('X-Forwarded-For counts only behind a trusted proxy, and only what the proxy itself wrote', async () => {
    const headers = { 'X-Forwarded-For': '6.6.6.6, 203.0.113.9' };
    expect((await server.post({ query: '{ asked }' }, headers)).text).toContain('127.0.0.1');
    const behind = await start({ trustProxy: true });
    expect((await behind.post({ query: '{ asked }' }, headers)).text).toContain('null 203.0.113.9');
    expect((await behind.post({ query: '{ asked }' })).text).toContain('null 127.0.0.1');
    await behind.close();
  });
});

describe('errors', () => {
  test('what nobody foresaw loses its text on the wire and keeps it in the log', async () => {
    for (const field of ['boom', 'strictBoom']) {
      const answer = await server.post({ query: `{ hello ${field} }` });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('hunter2');
      expect(JSON.parse(answer.text).errors).toEqual([
        { message: 'Unexpected error.', locations: [{ line: 1, column: 9 }], path: [field], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ]);
    }
    expect(server.seen.logged.filter((entry) => String(Reflect.get(Object(entry), 'err')).includes('hunter2'))).toHaveLength(2);
  });

  test('what a resolver says stays as it is', async () => {
    const { errors, data } = JSON.parse((await server.post({ query: '{ nope hello }' })).text);
    expect(data).toEqual({ nope: null, hello: 'world' });
    expect(errors).toMatchObject([{ message: 'Not today', path: ['nope'], extensions: { code: 'INVALID_INPUT' } }]);
  });

  test('balances of a list are asked once; one that fails fails alone', async () => {
    const { data, errors } = JSON.parse((await server.post({ query: '{ balances(ids: ["a", "b", "bad"]) }' })).text);
    expect(data.balances).toEqual(['7', '7', null]);
    expect(errors).toHaveLength(1);
    expect(server.seen.balanceCalls).toEqual([['a', 'b', 'bad']]);
  });
});

describe('limits', () => {
  const nested = '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }';
  test.each([
    ['aliases', `{ ${Array.from({ length: 61 }, (_, at) => `a${at}: hello`).join(' ')} }`, 'Aliases limit of 60'],
    ['depth', `{ ${'... { '.repeat(25)} hello ${' }'.repeat(25)} }`, 'depth limit of 20'],
    ['directives', `{ ${'hello @skip(if: false) '.repeat(51)} }`, 'Directives limit of 50'],
    ['tokens', `{ ${'hello '.repeat(4001)} }`, '4000 tokens'],
    ['introspection', nested, 'introspection'],
  ])('%s', async (_name, query, words) => {
    const answer = await server.post({ query });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).errors[0].message).toContain(words);
  });

  test('cost', async () => {
    const tight = await start({ limits: { ...defaults.limits, cost: 10 } });
    expect(await tight.post({ query: '{ hello who }' })).toMatchObject({ status: 200 });
    const answer = await tight.post({ query: `{ ${'... { hello } '.repeat(6)} }` });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Cost limit of 10');
    await tight.close();
  });

  test('introspection is answered, and refused when it is off', async () => {
    const query = getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    });
    expect(JSON.parse((await server.post({ query })).text).data.__schema.queryType.name).toBe('Query');
    const closed = await start({ introspection: false });
    expect(await closed.post({ query })).toMatchObject({ status: 400 });
    expect(await closed.post({ query: '{ hello __typename }' })).toMatchObject({ status: 200 });
    await closed.close();
  });
});

describe('the client that goes away', () => {
  const hangUp = async (query: string): Promise<void> => {
    const body = JSON.stringify({ query });
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await sleep(60);
    socket.destroy();
    await sleep(200);
  };
  test('its read is told; its send goes on', async () => {
    await hangUp('{ slow(ms: 150) }');
    expect(server.seen.aborted).toBe(1);
    await hangUp('mutation { send(ms: 150) }');
    expect(server.seen.aborted).toBe(1);
    expect(server.seen.sends).toBe(1);
  });
});

describe('pages of other origins', () => {
  const preflight = (url: string, origin: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-api-key' },
    });
  test('may not ask unless they are named, and never with credentials', async () => {
    const off = await preflight(server.url, 'https://evil.example');
    expect(off.headers.get('access-control-allow-origin')).toBeNull();
    const some = await start({ cors: ['https://shop.example'] });
    const any = await start({ cors: '*' });
    const evil = await preflight(some.url, 'https://evil.example');
    expect(evil.headers.get('access-control-allow-origin')).toBeNull();
    for (const [url, origin, allowed] of [
      [some.url, 'https://shop.example', 'https://shop.example'],
      [any.url, 'https://evil.example', '*'],
    ] as const) {
      const asked = await preflight(url, origin);
      expect(asked.status).toBe(204);
      expect(asked.headers.get('access-control-allow-origin')).toBe(allowed);
      expect(asked.headers.get('access-control-allow-headers')).toMatch(/content-type.*x-api-key.*authorization.*x-idempotency-key/);
      expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
      const answered = await fetch(url, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json', 'X-API-KEY': 'wrong' },
        body: '{}',
      });
      expect(answered.status).toBe(401);
      expect(answered.headers.get('access-control-allow-origin')).toBe(allowed);
    }
    await Promise.all([some.close(), any.close()]);
  });
});

test('metrics count by the schema’s names, not by those of clients', async () => {
  await server.post({ query: 'query Evil8271 { hello }' });
  const text = await server.registry.metrics();
  expect(text).toMatch(/switchyard_graphql_request_seconds_count\{operation="hello",type="query",outcome="ok"\} [1-9]/);
  expect(text).toMatch(/switchyard_graphql_request_seconds_count\{operation="other",type="none",outcome="refused"\} [1-9]/);
  expect(text).not.toContain('Evil8271');
});
