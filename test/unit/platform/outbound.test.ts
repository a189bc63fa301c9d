// The client for addresses that strangers name, against real servers: what it refuses to reach, and what bounds it keeps.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcp, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createOutbound,
  type Outbound,
  type OutboundRequest,
  type OutboundSettings,
  type Resolve,
} from '../../../src/platform/outbound.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const servers: (Server | TcpServer)[] = [];
const portOf = (server: Server | TcpServer): number => (server.address() as AddressInfo).port;
const serve = async (handler: Handler): Promise<number> => {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return portOf(server);
};
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const says =
  (text: string): Handler =>
  (_request, response) =>
    void response.end(text);
const outbound = (more: Partial<OutboundSettings> = {}, resolve?: Resolve): Outbound =>
  createOutbound({ allowPrivate: true, onionProxy: null, ...more }, resolve);
const ask = (client: Outbound, url: string, more: Partial<OutboundRequest> = {}) =>
  client({ url, timeMs: 20_000, mostBytes: 1000, ...more });
const resolvingTo =
  (...answers: readonly string[]): Resolve =>
  (_name, _options, done) =>
    done(
      null,
      answers.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('where it goes', () => {
  it('never to a private network, by address or by name, unless that is allowed', async () => {
    let asked = 0;
    const port = await serve((_request, response) => {
      asked += 1;
      response.end('secret');
    });
    const shut = outbound({ allowPrivate: false });
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433', 'localhost', '169.254.169.254', '10.0.0.1'])
      for (const scheme of ['http', 'https'])
        await expect(ask(shut, `${scheme}://${host}:${port}/`, { plain: true })).rejects.toMatchObject({ why: 'forbidden' });
    expect(asked).toBe(0);
    expect(await ask(outbound(), `http://127.0.0.1:${port}/`)).toEqual({ status: 200, text: 'secret' });
  });

  it('to the very address that was checked, which a name is asked for once', async () => {
    const port = await serve((request, response) => response.end(request.headers.host));
    let lookups = 0;
    const rebinding: Resolve = (_name, _options, done) => {
      lookups += 1;
      done(null, [{ address: lookups === 1 ? '127.0.0.1' : '203.0.113.1', family: 4 }]);
    };
    expect((await ask(outbound({}, rebinding), `http://rebinding.example:${port}/`)).text).toBe(`rebinding.example:${port}`);
    expect(lookups).toBe(1);
  });

  it('of a name with several addresses to none that is private', async () => {
    let asked = 0;
    const port = await serve((_request, response) => {
      asked += 1;
      response.end();
    });
    // TEST-NET is private too; of the public one nothing answers on this port, or nothing at all.
    const mixed = resolvingTo('127.0.0.1', '192.0.2.1', '::1');
    await expect(ask(outbound({ allowPrivate: false }, mixed), `https://mixed.example:${port}/`)).rejects.toMatchObject({
      why: 'forbidden',
    });
    expect(asked).toBe(0);
  });

  it('to the public internet by HTTPS alone, unless plain HTTP is asked for', async () => {
    const shut = outbound({}, resolvingTo('8.8.8.8'));
    await expect(ask(shut, 'http://8.8.8.8:1/')).rejects.toMatchObject({ why: 'forbidden' });
    await expect(ask(shut, 'http://public.example:1/')).rejects.toThrow('plain HTTP');
  });

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'no address'])('not to %s', async (url) => {
    await expect(ask(outbound(), url)).rejects.toMatchObject({ why: 'forbidden' });
  });

  it('after redirects on the same scheme, each checked like the first', async () => {
    const port = await serve((request, response) => {
      const to = new URL(request.url ?? '', 'http://x').searchParams.get('to');
      if (to === null) response.end('there');
      else response.writeHead(302, { location: to }).end();
    });
    const from = (to: string): string => `http://local.example:${port}/?to=${encodeURIComponent(to)}`;
    const client = outbound({}, resolvingTo('127.0.0.1'));
    expect(await ask(client, from('/'), { redirects: 1 })).toEqual({ status: 200, text: 'there' });
    expect(await ask(client, from('/'))).toMatchObject({ status: 302 });
    expect(await ask(client, from(from(from('/'))), { redirects: 2 })).toMatchObject({ status: 302 });
    await expect(ask(client, from('https://example.com/'), { redirects: 1 })).rejects.toMatchObject({ why: 'redirect' });
    await expect(ask(client, from('file:///etc/passwd'), { redirects: 1 })).rejects.toMatchObject({ why: 'redirect' });
    // As a public host would redirect to a private one: what may be reached is asked anew.
    await expect(ask(client, from('http://8.8.8.8:1/'), { redirects: 1 })).rejects.toMatchObject({ why: 'forbidden' });
  });
});

describe('how long and how much', () => {
  it('ends with the time, whether nothing comes or a drop at a time', async () => {
    const silent = await serve(() => undefined);
    await expect(ask(outbound(), `http://127.0.0.1:${silent}/`, { timeMs: 100 })).rejects.toMatchObject({ why: 'timeout' });
    const dripping = await serve((_request, response) => {
      const drip = setInterval(() => response.write('.'), 20);
      response.once('close', () => clearInterval(drip));
    });
    await expect(ask(outbound(), `http://127.0.0.1:${dripping}/`, { timeMs: 300 })).rejects.toMatchObject({ why: 'timeout' });
  });

  it('stops reading what is too large', async () => {
    let written = 0;
    const port = await serve((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64_000))) written += 64_000;
        response.once('drain', more);
      };
      more();
    });
    await expect(ask(outbound(), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({ why: 'tooLarge' });
    expect(written).toBeLessThan(50_000_000);
  });

  it('says that nobody answers, and when a connection breaks half-way', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 10);
    });
    await expect(ask(outbound(), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({ why: 'unreachable' });
    const gone = await serve(says(''));
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(ask(outbound(), `http://127.0.0.1:${gone}/`)).rejects.toThrow('ECONNREFUSED');
  });

  it('sends what it is told to', async () => {
    let seen = '';
    const port = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => {
        seen += chunk.toString();
      });
      request.on('end', () => response.writeHead(201).end(`${request.method} ${request.headers['x-id']}`));
    });
    const answer = await ask(outbound(), `http://127.0.0.1:${port}/`, { method: 'POST', headers: { 'x-id': '7' }, body: 'grüße' });
    expect([answer, seen]).toEqual([{ status: 201, text: 'POST 7' }, 'grüße']);
  });
});

describe('onion services', () => {
  /** As much of SOCKS 5 (RFC 1928) as a connection by name needs; whatever the name, it leads to `port`. */
  const proxy = async (port: number, asked: string[]): Promise<number> => {
    const server = createTcp((client) => {
      client.once('data', () => {
        client.write(Buffer.from([5, 0]));
        client.once('data', (request) => {
          const length = request[4] ?? 0;
          asked.push(`${request.subarray(5, 5 + length).toString()}:${request.readUInt16BE(5 + length)}`);
          const target = connect(port, '127.0.0.1', () => {
            client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
            client.pipe(target).pipe(client);
          });
          target.on('error', () => client.destroy());
        });
      });
      client.on('error', () => undefined);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return portOf(server);
  };
  const onion = `http://${'a'.repeat(56)}.onion/pay?x=1`;

  it('are refused without a proxy', async () => {
    await expect(ask(outbound(), onion)).rejects.toMatchObject({ why: 'forbidden' });
  });

  it('are reached through the proxy, which resolves their names', async () => {
    const port = await serve((request, response) => response.end(request.url));
    const asked: string[] = [];
    const onionProxy = { host: '127.0.0.1', port: await proxy(port, asked) };
    expect(await ask(outbound({ allowPrivate: false, onionProxy }), onion)).toEqual({ status: 200, text: '/pay?x=1' });
    expect(asked).toEqual([`${'a'.repeat(56)}.onion:80`]);
  });

  it('end with the time too, when the proxy says nothing', async () => {
    let closed = (): void => undefined;
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const server = createTcp((socket) =>
      socket
        .resume()
        .on('error', () => undefined)
        .on('close', closed),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = outbound({ onionProxy: { host: '127.0.0.1', port: portOf(server) } });
    await expect(ask(client, onion, { timeMs: 200 })).rejects.toMatchObject({ why: 'timeout' });
    await isClosed;
  });
});
