// PostgreSQL's LISTEN on a connection of its own, kept alive for as long as it is wanted. A notification is a hint that carries no truth:
// after every (re)connection the listener is woken once, so what was said in between is looked for and not missed.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

type ListenLog = { warn(fields: object, text: string): void };

export type Listening = {
  readonly url: string;
  readonly channel: string;
  /** The notification's payload; an empty one after a (re)connection. */
  readonly onNotify: (payload: string) => void;
  readonly log: ListenLog;
};

const RETRY_MILLISECONDS = [100, 500, 1000, 2000, 5000] as const;

/** Resolves when the first attempt to connect has ended, well or not; the answer stops listening and closes the connection. */
export const listenOn = async (listening: Listening): Promise<() => Promise<void>> => {
  const stopped = new AbortController();
  const { signal } = stopped;
  let current = await connectOnce(listening);
  const reconnect = async (): Promise<void> => {
    for (let tries = 0; current === null && !signal.aborted; tries += 1) {
      await sleep(RETRY_MILLISECONDS[Math.min(tries, RETRY_MILLISECONDS.length - 1)], null, { signal }).catch(() => null);
      if (!signal.aborted) current = await connectOnce(listening);
    }
  };
  const keep = async (): Promise<void> => {
    while (!signal.aborted) {
      await current?.lost;
      current = null;
      await reconnect();
    }
    // Made while we were stopping.
    await current?.end();
  };
  const kept = keep();
  return async () => {
    stopped.abort();
    await current?.end();
    await kept;
  };
};

type Connection = { readonly lost: Promise<void>; readonly end: () => Promise<void> };

const connectOnce = async ({ url, channel, onNotify, log }: Listening): Promise<Connection | null> => {
  const client = new pg.Client({ connectionString: url, application_name: 'switchyard listen', keepAlive: true });
  const lost = new Promise<void>((gone) => {
    client.on('error', () => gone());
    client.on('end', () => gone());
  });
  client.on('notification', (message) => onNotify(message.payload ?? ''));
  const end = (): Promise<void> => client.end().catch(() => undefined);
  try {
    await client.connect();
    await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
  } catch (error) {
    log.warn({ err: error, channel }, 'cannot listen to the database, trying again');
    await end();
    return null;
  }
  onNotify('');
  return { lost, end };
};
