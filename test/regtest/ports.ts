// Free ports on loopback. They come from below the range that the system gives to outgoing connections, so that a node that is
// stopped finds its port free when it starts again.
import { createServer } from 'node:net';

/** Of programs that listen at once; and of a network's nodes, some of which begin to listen only later: nobody else takes theirs meanwhile. */
const RANGES = { atOnce: [20_000, 26_000], later: [26_000, 32_000] } as const;

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen(port, '127.0.0.1', () => server.close(() => answer(true)));
  });
}

/** `count` different TCP ports on 127.0.0.1 that nobody listens on now; chosen at random, so that networks started together do not meet. */
export async function freePorts(count: number, of: keyof typeof RANGES = 'atOnce'): Promise<readonly number[]> {
  const [lowest, highest] = RANGES[of];
  const found = new Set<number>();
  while (found.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}
