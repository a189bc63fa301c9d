// The one HTTP(S) server that all doors share: paths, health, metrics, TLS, and an end that lets what is under way finish.
// A door answers on its paths and never sees another's; nothing is redirected.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { json, send } from './http-body.ts';
import { type HealthDeps, healthRoutes } from './http-health.ts';
import { isWebSocket, putBack } from './http-offer.ts';
import { readTls, type TlsFiles, watchTls } from './http-tls.ts';

export interface HttpLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** What answers on some paths. */
export interface HttpDoor {
  /** Without query. One that ends in `/*` stands for everything below it; an exact path goes first. */
  readonly paths: readonly string[];
  /** Settles when nothing of the request is under way any more, be its client there or not. False: not mine (404). */
  handle(req: IncomingMessage, res: ServerResponse): boolean | Promise<boolean>;
  upgrade?(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends streams and sockets; settles when what they carried is done. */
  close(): Promise<void>;
}

export interface HttpDeps extends HealthDeps {
  readonly log: HttpLog;
}

export interface HttpOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls?: TlsFiles | null;
  /** `/metrics` for everybody; otherwise for this machine alone, and not through a proxy. Default false. */
  readonly publicMetrics?: boolean;
  /** How often the certificate's files are looked at; default 5000. */
  readonly tlsCheckMs?: number;
}

export interface HttpServer {
  mount(door: HttpDoor): void;
  /** Rejects when the port is taken or the certificate is not usable. `url` has no slash at its end. */
  listen(): Promise<{ readonly host: string; readonly port: number; readonly url: string }>;
  /** Listens no more, ends the doors' streams, lets what is under way finish for `drainMs`, then closes what is left. */
  close(drainMs: number): Promise<void>;
}

/** The path of a request target, without query; `/` for what is none. */
export const pathOf = (target: string | undefined): string => {
  if (target === undefined || !target.startsWith('/')) return '/';
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
};

/**
 * The address behind a request. With a trusted proxy it is the last of `X-Forwarded-For`: the one that the proxy itself has seen;
 * what stands before it anybody may have written.
 */
export const clientAddress = (req: IncomingMessage, trustProxy: boolean): string | null => {
  const peer = req.socket.remoteAddress ?? null;
  if (!trustProxy) return peer;
  const forwarded = String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return forwarded === undefined || forwarded === '' ? peer : forwarded.slice(0, 64);
};

const doorOf = (doors: readonly HttpDoor[], path: string): HttpDoor | undefined =>
  doors.find((door) => door.paths.includes(path)) ??
  doors.find((door) => door.paths.some((one) => one.endsWith('/*') && path.startsWith(one.slice(0, -1))));

const upgradeRefused = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
};

/** Counts requests until both the handler is done and the response is gone; tells when none is left. */
const createInFlight = () => {
  const open = new Set<ServerResponse>();
  const waiting: (() => void)[] = [];
  return {
    open,
    start: (res: ServerResponse, done: Promise<unknown>): void => {
      open.add(res);
      let left = 2;
      const end = (): void => {
        left -= 1;
        if (left > 0) return;
        open.delete(res);
        if (open.size === 0) for (const tell of waiting.splice(0)) tell();
      };
      if (res.closed) end();
      else res.once('close', end);
      void done.then(end, end);
    },
    none: (): Promise<void> => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
};

const badRequest = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = JSON.stringify({ errors: [{ message: status.slice(4) }] });
  const head = `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}`;
  socket.end(`${head}\r\n\r\n${body}`);
};

/** What the requests and the end of a server have in common. */
interface Shared {
  readonly deps: HttpDeps;
  readonly options: HttpOptions;
  readonly doors: HttpDoor[];
  readonly sockets: Set<Socket>;
  readonly inFlight: ReturnType<typeof createInFlight>;
  isDraining: boolean;
}

const handlers = (shared: Shared) => {
  const { deps, doors, sockets, inFlight } = shared;
  const routes = healthRoutes(deps, shared.options.publicMetrics === true, () => shared.isDraining);
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = pathOf(req.url);
    try {
      const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
      if (route !== undefined) return send(res, await route(req));
      const door = doorOf(doors, path);
      if (door === undefined || !(await door.handle(req, res))) send(res, json(404, { error: 'Not found' }));
    } catch (error) {
      deps.log.error({ err: error, path }, 'a request failed');
      send(res, json(500, { errors: [{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }));
    }
  };
  return {
    request: (req: IncomingMessage, res: ServerResponse): void => {
      if (shared.isDraining) res.shouldKeepAlive = false;
      inFlight.start(res, answer(req, res));
    },
    upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
      socket.on('error', () => socket.destroy());
      const door = doorOf(doors, pathOf(req.url));
      if (shared.isDraining) upgradeRefused(socket, '503 Service Unavailable');
      else if (door?.upgrade === undefined) upgradeRefused(socket, '404 Not Found');
      else door.upgrade(req, socket, head);
    },
    connection: (socket: Socket): void => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    },
  };
};

// Idle connections live longer than common proxies keep theirs (nginx: 60 s): else one writes into a connection that is closing.
const timing = { keepAliveTimeout: 75_000, headersTimeout: 20_000, requestTimeout: 60_000 };

/** The server itself, and what ends the watch on its certificate. */
const createBare = async ({ deps, options }: Shared): Promise<{ readonly server: Server | TlsServer; readonly stop: () => void }> => {
  const files = options.tls ?? null;
  if (files === null) return { server: createServer(timing), stop: () => undefined };
  const server = createTlsServer({ ...timing, ...(await readTls(files)) });
  const { stop } = watchTls(files, options.tlsCheckMs ?? 5000, {
    use: (pair) => {
      server.setSecureContext(pair);
      deps.log.info({ cert: files.cert }, 'the new certificate is in use');
    },
    fail: (error) => deps.log.warn({ err: error, cert: files.cert }, 'the changed certificate cannot be used; the old one stays'),
  });
  return { server, stop };
};

const listenOn = (server: Server | TlsServer, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** True when all is done, false when `ms` are over before. */
const within = async (ms: number, work: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const inTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
};

/** Not listening yet: mount the doors, then `listen`. */
export const createHttpServer = (deps: HttpDeps, options: HttpOptions): HttpServer => {
  const shared: Shared = { deps, options, doors: [], sockets: new Set(), inFlight: createInFlight(), isDraining: false };
  const { doors, sockets, inFlight } = shared;
  let bare: Awaited<ReturnType<typeof createBare>> | undefined;

  const listen: HttpServer['listen'] = async () => {
    const made = await createBare(shared);
    const { server } = made;
    const on = handlers(shared);
    const upgrade: typeof on.upgrade = (req, socket, head) => {
      if (isWebSocket(req)) return on.upgrade(req, socket, head);
      putBack(req, socket, head);
      server.emit(options.tls == null ? 'connection' : 'secureConnection', socket);
    };
    server.on('request', on.request).on('upgrade', upgrade).on('connection', on.connection).on('clientError', badRequest);
    const host = options.host ?? '127.0.0.1';
    await listenOn(server, options.port, host).catch((error: unknown) => {
      made.stop();
      throw error;
    });
    bare = made;
    const bound = server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : options.port;
    const name = host.includes(':') ? `[${host}]` : host;
    return { host, port, url: `${options.tls == null ? 'http' : 'https'}://${name}:${port}` };
  };

  const close: HttpServer['close'] = async (drainMs) => {
    shared.isDraining = true;
    bare?.stop();
    bare?.server.close();
    bare?.server.closeIdleConnections();
    for (const res of inFlight.open) res.shouldKeepAlive = false;
    const done = await within(drainMs, Promise.allSettled([...doors.map((door) => door.close()), inFlight.none()]));
    if (!done) deps.log.warn({ requests: inFlight.open.size }, 'requests were still under way at the end of the drain time');
    for (const socket of sockets) done ? socket.destroySoon() : socket.destroy();
  };

  return { mount: (door) => void doors.push(door), listen, close };
};
