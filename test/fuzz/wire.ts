// Sends a hostile request as it is, over plain sockets where an HTTP client would refuse to, and tells what came back.
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { HostileRequest, HttpRequest } from './requests.ts';

export interface Came {
  /** Null: nothing came that is HTTP, because the client left or the socket was closed. */
  readonly status: number | null;
  readonly type: string;
  readonly text: string;
  readonly ms: number;
}

/** A gateway that does not answer for so long has stopped. */
const patienceMs = 60_000;

export const createWire = (url: string, connections: number) => {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  const overHttp = (asked: HttpRequest): Promise<Omit<Came, 'ms'>> =>
    new Promise((resolve, reject) => {
      const nothing = { status: null, type: '', text: '' };
      const { method, path, headers, body } = asked;
      const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      let left: NodeJS.Timeout | undefined;
      const sent = httpRequest({ hostname, port, agent, method, path, headers: { ...length, ...headers }, timeout: patienceMs }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => void chunks.push(chunk));
        res.on('close', () => {
          clearTimeout(left);
          resolve({
            status: res.statusCode ?? null,
            type: res.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          });
        });
        res.on('error', () => undefined);
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer')));
      sent.on('upgrade', (_res, socket) => {
        socket.destroy();
        resolve(nothing);
      });
      sent.on('error', (error) => {
        clearTimeout(left);
        if (asked.leavesAfter !== null || error.message.includes('ECONNRESET') || error.message.includes('EPIPE')) resolve(nothing);
        else reject(error);
      });
      if (asked.leavesAfter !== null) left = setTimeout(() => sent.destroy(), asked.leavesAfter);
      sent.end(body ?? undefined);
    });

  const overSocket = (bytes: Buffer): Promise<Omit<Came, 'ms'>> =>
    new Promise((resolve) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.end(bytes));
      const end = (): void => {
        clearTimeout(timer);
        socket.destroy();
        const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? [];
        resolve({
          status: status === undefined ? null : Number(status),
          type: /content-type: ([^\r]*)/i.exec(text)?.[1] ?? '',
          text: text.split('\r\n\r\n').slice(1).join('\r\n\r\n'),
        });
      };
      const timer = setTimeout(end, 500);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('close', end);
      socket.on('error', end);
    });

  const overWebSocket = (messages: readonly string[]): Promise<Omit<Came, 'ms'>> =>
    new Promise((resolve) => {
      const received: string[] = [];
      const socket = new WebSocket(`ws://${hostname}:${port}/graphql`, 'graphql-transport-ws');
      const end = (): void => {
        clearTimeout(timer);
        socket.terminate();
        resolve({ status: null, type: 'websocket', text: received.join('\n') });
      };
      const timer = setTimeout(end, 400);
      socket.on('open', () => {
        for (const message of messages) socket.send(message);
      });
      socket.on('message', (data) => void received.push(String(data)));
      socket.on('close', (code, reason) => {
        received.push(`closed ${code} ${reason.toString()}`);
        end();
      });
      socket.on('error', end);
    });

  return {
    send: async (asked: HostileRequest): Promise<Came> => {
      const began = performance.now();
      const came =
        asked.is === 'http'
          ? await overHttp(asked)
          : asked.is === 'bytes'
            ? await overSocket(asked.bytes)
            : await overWebSocket(asked.messages);
      return { ...came, ms: performance.now() - began };
    },
    close: () => agent.destroy(),
  };
};
