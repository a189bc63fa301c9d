// Free ports on loopback. They come from below the range that the system gives to outgoing connections, so that a node that is
// stopped finds its port free when it starts again.
import { createServer } from 'node:net';

const LOWEST = 20_000;
const HIGHEST = 32_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen(port, '127.0.0.1', () => server.close(() => answer(true)));
  });
}

/** `count` different TCP ports on 127.0.0.1 that nobody listens on now; chosen at random, so that networks started together do not meet. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}
