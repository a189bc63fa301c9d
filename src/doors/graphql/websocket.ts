// graphql-transport-ws on the door's path: queries, mutations and subscriptions, each with the key of the connection looked up anew.
// A wrong key is acknowledged and refused at the first operation, as upstream does; pings are WebSocket frames, which every library answers.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import { type Context, handleProtocols, makeServer, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { askedBy, authenticate, keyOfHeaders, keyOfPayload } from './auth.ts';
import { type CorsOption, mayConnect } from './cors.ts';
import { type Chosen, choose, type Documents } from './documents.ts';
import type { Asked, DoorContext } from './door-context.ts';
import { type Engine, type Execution, wire } from './engine.ts';
import { formatErrors, notAuthenticated } from './errors.ts';
import type { Meter } from './meter.ts';
import { type Params as QueryParams, readParams } from './params.ts';
import type { Stream } from './streams.ts';

interface SocketParts {
  readonly contexts: DoorContext;
  readonly documents: Documents;
  readonly engine: Engine;
  readonly meter: Meter;
  readonly log: { warn(fields: object, text: string): void; error(fields: object, text: string): void };
}

export interface SocketOptions {
  readonly maxMessageBytes: number;
  /** Operations under way in one connection. */
  readonly maxPerConnection: number;
  /** How long a connection may take until `connection_init`. */
  readonly initTimeoutMs: number;
  /** Between pings; a connection that answered none in that time is dead. */
  readonly pingMs: number;
  readonly cors: CorsOption;
  readonly publicUrl: string | null;
}

/** What is kept of a connection. */
interface Extra {
  readonly req: IncomingMessage;
}
type Payload = Record<string, unknown>;
type Connection = Context<Payload, Extra>;

/** An execution, and what to do when it is over. */
interface Job extends Execution {
  readonly end: (outcome: 'ok' | 'errors') => void;
}
const isJob = (args: object): args is Job => 'end' in args;
const asJob = (args: object): Job => {
  if (isJob(args)) return args;
  throw new Error('graphql-ws gave back other arguments than onSubscribe made');
};

export interface Sockets {
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  count(): number;
  /** Waits for the operations under way (streams must have been ended), then closes all connections as going away. */
  close(): Promise<void>;
}

type JobOrErrors = Job | readonly GraphQLError[];

const prepareJob = (parts: SocketParts, options: SocketOptions) => {
  const { contexts, documents } = parts;
  const start = (chosen: Chosen, asked: Asked, params: QueryParams): JobOrErrors => {
    const { operation, document } = chosen;
    const release = operation.type === 'subscription' ? contexts.take(asked) : undefined;
    if (release === null) return [contexts.tooMany()];
    const isMutation = operation.type === 'mutation';
    const controller = new AbortController();
    const began = performance.now();
    const end = (outcome: 'ok' | 'errors'): void => {
      release?.();
      if (!isMutation) controller.abort();
      parts.meter.answered(operation, outcome, (performance.now() - began) / 1000);
    };
    const contextValue = contexts.create(asked, isMutation ? contexts.never : () => controller.signal);
    const { operationName, variables } = params;
    return { schema: contexts.schema, document, operationName, variableValues: variables, contextValue, end };
  };
  return async (connection: Connection, payload: SubscribePayload): Promise<JobOrErrors> => {
    const { req } = connection.extra;
    const read = readParams(payload);
    if (read.is === 'error') return [read.error];
    const chosen = choose(documents, read.params);
    if (chosen.is === 'rejected') return chosen.errors;
    if (Object.keys(connection.subscriptions).length > options.maxPerConnection) return [contexts.tooMany()];
    const who = await authenticate(contexts.reads, keyOfPayload(connection.connectionParams) ?? keyOfHeaders(req.headers));
    if (who.is === 'wrongKey') return [notAuthenticated()];
    return start(chosen, { ...askedBy(who), key: null, from: contexts.from(req) }, read.params);
  };
};

const serverOptions = (parts: SocketParts, options: SocketOptions, busy: Set<Promise<unknown>>): ServerOptions<Payload, Extra> => {
  const { engine } = parts;
  const prepare = prepareJob(parts, options);
  const execute = async (args: ExecutionArgs): Promise<ExecutionResult> => {
    const job = asJob(args);
    const work = Promise.resolve(engine.execute(job));
    busy.add(work);
    const result = await work;
    busy.delete(work);
    job.end(result.errors === undefined ? 'ok' : 'errors');
    return result;
  };
  const subscribe = async (args: ExecutionArgs): Promise<Stream<ExecutionResult> | ExecutionResult> => {
    const job = asJob(args);
    const stream = await engine.subscribe(job);
    if ('ended' in stream) void stream.ended.then(() => job.end('ok'));
    else job.end('errors');
    return stream;
  };
  return {
    connectionInitWaitTimeout: options.initTimeoutMs,
    onSubscribe: (connection, _id, payload) => prepare(connection, payload).catch((error: unknown) => [engine.mask(error)]),
    execute,
    subscribe,
    onNext: (...[, , , , result]) => wire(result),
    onError: (_connection, _id, _payload, errors) => formatErrors(errors.map(engine.mask)),
  };
};

/** Drops a connection that answers no pings. */
const keepAlive = (socket: WebSocket, everyMs: number): void => {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
};

const refuse = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
};

const closeGraceMs = 2000;

export const createSockets = (parts: SocketParts, options: SocketOptions): Sockets => {
  const { log } = parts;
  const busy = new Set<Promise<unknown>>();
  const server = makeServer(serverOptions(parts, options, busy));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => handleProtocols(offered),
  });
  let closing = false;

  const open = (socket: WebSocket, req: IncomingMessage): void => {
    keepAlive(socket, options.pingMs);
    socket.on('error', (error) => log.warn({ err: error.message }, 'a WebSocket broke'));
    const send = (data: string): Promise<void> =>
      new Promise((resolve) => (socket.readyState === socket.OPEN ? socket.send(data, () => resolve()) : resolve()));
    const onMessage = (callback: (data: string) => Promise<void>): void => {
      socket.on('message', (data) => {
        callback(String(data)).catch((error: unknown) => {
          // The library throws for types that only a server may send; for every other bad message it closes with 4400 itself.
          if (error instanceof Error && error.message.startsWith('Unexpected message of type ')) return socket.close(4400, error.message);
          log.error({ err: error }, 'a WebSocket message failed');
          socket.close(4500, 'Internal server error');
        });
      });
    };
    const close = (code: number, reason: string): void => socket.close(code, reason);
    const closed = server.opened({ protocol: socket.protocol, send, close, onMessage }, { req });
    socket.once('close', (code, reason) => {
      Promise.resolve(closed(code, String(reason))).catch((error: unknown) => log.error({ err: error }, 'a WebSocket did not end cleanly'));
    });
  };

  const closeOne = (socket: WebSocket): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => socket.terminate(), closeGraceMs);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.close(1001, 'Going away');
    });

  return {
    count: () => sockets.clients.size,
    upgrade: (req, socket, head) => {
      if (closing) return refuse(socket, '503 Service Unavailable');
      if (!mayConnect(options.cors, req.headers, options.publicUrl)) return refuse(socket, '403 Forbidden');
      sockets.handleUpgrade(req, socket, head, open);
    },
    close: async () => {
      closing = true;
      while (busy.size > 0) await Promise.allSettled([...busy]);
      // One turn, so that the last answers and `complete` are on their way before the close frame.
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([...sockets.clients].map(closeOne));
    },
  };
};
