// A client of the GraphQL door over real HTTP, WebSocket and event stream, with the operations that the suites use, typed by hand.
// What a client sees is all that it knows: HTTP status, data, errors.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { waitUntil } from '../regtest/wait.ts';

export interface Told {
  readonly message: string;
  readonly code?: string;
  readonly path?: readonly unknown[];
}

export interface Answer<T> {
  readonly status: number;
  readonly data: T;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

export interface Stream<T> {
  /** Everything that was told so far. */
  readonly events: readonly T[];
  readonly isOver: () => boolean;
  /** The first event that passes, past or to come. */
  readonly find: (what: string, test: (event: T) => boolean, ms?: number) => Promise<T>;
  /** Resolves when the server has said that it is complete. */
  readonly over: (ms?: number) => Promise<void>;
  readonly leave: () => void;
}

export interface Door {
  /** Sends a body as it is. */
  readonly post: <T>(body: object) => Promise<Answer<T>>;
  /** @throws Error on a top-level error or another status than 200 */
  readonly ask: <T>(query: string, variables?: object) => Promise<T>;
  readonly overWs: <T>(query: string, variables?: object) => Stream<T>;
  readonly overSse: <T>(query: string, variables?: object) => Stream<T>;
  readonly close: () => Promise<void>;
}

interface Hearing<T> {
  readonly stream: Stream<T>;
  readonly tell: (answer: { readonly data?: unknown; readonly errors?: unknown }) => void;
  readonly end: (fault?: unknown) => void;
}

const hear = <T>(leave: () => void): Hearing<T> => {
  const events: T[] = [];
  let over = false;
  let fault: unknown;
  const check = () => {
    if (fault !== undefined) throw new Error(`the stream broke: ${fault instanceof Error ? fault.message : JSON.stringify(fault)}`);
  };
  const stream: Stream<T> = {
    ...{ events, leave, isOver: () => over },
    find: (what, test, ms = 30_000) =>
      waitUntil(
        what,
        () => {
          const found = events.find(test);
          if (found === undefined) check();
          return found;
        },
        ms,
      ),
    over: async (ms = 30_000) => {
      await waitUntil('the stream to be complete', () => over, ms);
      check();
    },
  };
  return {
    stream,
    tell: ({ data, errors }) => {
      if (errors === undefined || data) events.push(JSON.parse(JSON.stringify(data)));
      else fault = errors;
    },
    end: (why) => {
      over = true;
      fault ??= why;
    },
  };
};

/** Reads an event stream to its end; `next` and `complete` are graphql-sse's distinct-connections words. */
const readSse = async (response: Response, { tell, end }: Hearing<unknown>): Promise<void> => {
  let waiting = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    waiting += decoder.decode(chunk, { stream: true });
    const blocks = waiting.split(/\r?\n\r?\n/);
    waiting = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
      if (field('event') === 'next') tell(JSON.parse(field('data') ?? '{}'));
      if (field('event') === 'complete') end();
    }
  }
};

/** A client with this key; null: without one. */
export const doorAt = (endpoint: string, key: string | null): Door => {
  const headers = { 'content-type': 'application/json', ...(key === null ? {} : { 'X-API-KEY': key }) };
  const leaving = new AbortController();
  const socket = createClient({
    url: endpoint.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: key === null ? {} : { 'X-API-KEY': key },
    retryAttempts: 0,
    // Every subscription says by itself when it breaks.
    onNonLazyError: () => undefined,
  });
  const post = async <T>(body: object): Promise<Answer<T>> => {
    const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, ...JSON.parse(await response.text()) };
  };
  return {
    post,
    ask: async <T>(query: string, variables = {}) => {
      const { status, data, errors } = await post<T>({ query, variables });
      if (status !== 200 || errors) throw new Error(`HTTP ${status} ${JSON.stringify(errors ?? data)}`);
      return data;
    },
    overWs: <T>(query: string, variables = {}) => {
      let stop = (): void => undefined;
      const hearing = hear<T>(() => stop());
      stop = socket.subscribe(
        { query, variables: { ...variables } },
        {
          next: hearing.tell,
          error: (fault) => hearing.end(fault instanceof Error ? fault : Object(fault)),
          complete: () => hearing.end(),
        },
      );
      return hearing.stream;
    },
    overSse: <T>(query: string, variables = {}) => {
      const left = new AbortController();
      const hearing = hear<T>(() => left.abort());
      const request = { method: 'POST', headers: { ...headers, accept: 'text/event-stream' }, body: JSON.stringify({ query, variables }) };
      fetch(endpoint, { ...request, signal: AbortSignal.any([left.signal, leaving.signal]) })
        .then((response) => readSse(response, hearing))
        .catch((fault: unknown) => hearing.end(fault));
      return hearing.stream;
    },
    close: async () => {
      leaving.abort();
      await socket.dispose();
    },
  };
};
