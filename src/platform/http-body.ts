// Reads a request's body up to a limit that is kept on the socket: what is larger is refused before it is in memory.
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Body = { readonly is: 'body'; readonly bytes: Buffer } | { readonly is: 'tooLarge' } | { readonly is: 'aborted' };

/**
 * The whole body, `tooLarge` as soon as it is known to exceed `limit` bytes (by its header or by what came), `aborted` when the
 * client went away. Call it in the tick in which the request came. Never rejects.
 */
export const readBody = (req: IncomingMessage, limit: number): Promise<Body> => {
  if (Number(req.headers['content-length'] ?? 0) > limit) return Promise.resolve({ is: 'tooLarge' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else resolve({ is: 'tooLarge' });
    });
    req.once('end', () => {
      const [first] = chunks;
      resolve({ is: 'body', bytes: chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks) });
    });
    req.once('error', () => resolve({ is: 'aborted' }));
    req.once('close', () => resolve({ is: 'aborted' }));
  });
};

export interface Answer {
  readonly status: number;
  /** Lower-case names; `content-length` is added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Sends a whole answer; nothing when one was begun already. */
export const send = (res: ServerResponse, answer: Answer): void => {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  res.end(answer.body);
};

/** An answer of JSON that no cache keeps. */
export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
});

const lingerMs = 1000;

/**
 * Answers a request whose body is not read to its end, and closes the connection. What still comes is thrown away for a second:
 * a connection reset with unread bytes would take the answer with it.
 */
export const sendUnread = (res: ServerResponse, answer: Answer): void => {
  const { req } = res;
  if (res.headersSent || res.destroyed) return;
  res.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body), connection: 'close' });
  res.write(answer.body);
  const timer = setTimeout(() => res.end(), lingerMs);
  const done = (): void => {
    clearTimeout(timer);
    res.end();
  };
  req.once('end', done);
  req.once('close', done);
  req.resume();
};
