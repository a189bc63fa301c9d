// Who is called: a real HTTP server that keeps what it is told and answers as a test wants.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly got: readonly Received[];
  /** How the next calls are answered, one after the other; then with 200. `never`: not at all. `drop`: the connection ends. */
  answer(...how: readonly (number | 'never' | 'drop')[]): void;
  close(): Promise<void>;
}

export const startReceiver = async (): Promise<Receiver> => {
  const got: Received[] = [];
  const next: (number | 'never' | 'drop')[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      const how = next.shift() ?? 200;
      if (how === 'drop') response.destroy();
      else if (how !== 'never') response.writeHead(how).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    answer: (...how) => void next.push(...how),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
