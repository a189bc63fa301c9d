// A client that offers another protocol with its request (Java's own offers h2c) is answered like any other, and its connection lives on.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, start } from './transport-harness.ts';

let server: Running;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.close());

const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n';
const asked = (query: string, more: string): readonly [head: string, body: string] => {
  const body = JSON.stringify({ query });
  return [`POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${more}\r\n`, body];
};

/** Writes the parts one after the other; what came until `count` answers are in. */
const speak = (parts: readonly string[], count: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    let text = '';
    const socket = connect(Number(port), hostname, async () => {
      for (const part of parts) {
        socket.write(part);
        await new Promise((later) => setTimeout(later, 20));
      }
    });
    socket.setTimeout(5000, () => socket.destroy(new Error(`no answer in five seconds: ${text}`)));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (text.split('"data"').length > count) {
        socket.destroy();
        resolve(text);
      }
    });
  });

test('a POST with the offer is answered, however its body comes, and so is the next one', async () => {
  const [head, body] = asked('{ hello }', offer);
  const [nextHead, nextBody] = asked('{ echo(text: "again") }', '');
  for (const parts of [
    [head + body, nextHead + nextBody],
    [head, body, nextHead, nextBody],
    [head + body.slice(0, 5), body.slice(5), nextHead + nextBody],
    [head + body + nextHead + nextBody],
  ]) {
    const text = await speak(parts, 2);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(text).toContain('{"data":{"hello":"world"}}');
    expect(text).toContain('{"data":{"echo":"again"}}');
  }
});
