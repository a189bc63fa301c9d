// A door of gRPC between a gateway and its node that knows the calls: the next one of a method can be stopped on its way there, or its answer on its
// way back. It shows the node's own certificate; everything else goes through as it is, streams too.
import { readFileSync } from 'node:fs';
import {
  type ClientHttp2Session,
  connect,
  constants,
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';

export interface Tap {
  readonly port: number;
  /** From now on, calls of this method do not arrive (`before`), or arrive and are not answered (`after`); resolves when that befell the first. */
  readonly stop: (method: string, where: 'before' | 'after') => Promise<void>;
  /** Everything goes through again; what was stopped stays so. */
  readonly pass: () => void;
  /** How many calls of the method have reached the node. */
  readonly count: (method: string) => number;
  readonly close: () => void;
}

interface Stop {
  readonly method: string;
  readonly where: 'before' | 'after';
  readonly befell: () => void;
}

const endsHere = (flags: number): boolean => (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;

/** `certPath`: the node's certificate; its key lies beside it. */
export const openTap = async (node: { readonly port: number; readonly certPath: string }): Promise<Tap> => {
  const cert = readFileSync(node.certPath);
  const key = readFileSync(node.certPath.replace(/\.cert$/, '.key'));
  const counted = new Map<string, number>();
  let stopped: Stop | null = null;
  let there: ClientHttp2Session | null = null;
  const session = (): ClientHttp2Session => {
    if (there === null || there.closed || there.destroyed) {
      there = connect(`https://localhost:${node.port}`, { ca: cert });
      there.on('error', () => undefined);
    }
    return there;
  };

  const pass = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, swallowed: (() => void) | null): void => {
    const call = session().request(headers, { endStream: false });
    const end = (): void => {
      if (!call.closed) call.close(constants.NGHTTP2_CANCEL);
      if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    };
    for (const one of [call, stream]) one.on('error', end);
    stream.on('aborted', end);
    stream.pipe(call);
    // Nothing of the answer goes back, and when all of it is here the node has done what it was asked.
    if (swallowed !== null) {
      call.on('end', swallowed).resume();
      return;
    }
    let trailers: IncomingHttpHeaders = {};
    call.on('trailers', (told) => {
      trailers = told;
    });
    call.on('response', (told, flags) => {
      if (stream.closed || stream.destroyed) return;
      if (endsHere(flags)) return stream.respond(told, { endStream: true });
      stream.respond(told, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      call.pipe(stream);
    });
  };

  const sessions = new Set<{ destroy: () => void }>();
  const server = createSecureServer({ cert, key });
  server.on('session', (one) => {
    sessions.add(one);
    one.on('close', () => sessions.delete(one)).on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path']).split('/').at(-1) ?? '';
    stream.on('error', () => undefined);
    const aimed = stopped?.method === method ? stopped : null;
    if (aimed?.where === 'before') return aimed.befell();
    counted.set(method, (counted.get(method) ?? 0) + 1);
    pass(stream, headers, aimed?.befell ?? null);
  });
  await new Promise<void>((listening, failed) => server.once('error', failed).listen(0, '127.0.0.1', listening));
  const place = server.address();
  if (place === null || typeof place === 'string') throw new Error('no port for the tap');
  return {
    port: place.port,
    stop: (method, where) =>
      new Promise((befell) => {
        stopped = { method, where, befell };
      }),
    pass: () => {
      stopped = null;
    },
    count: (method) => counted.get(method) ?? 0,
    close: () => {
      server.close();
      for (const one of sessions) one.destroy();
      there?.destroy();
    },
  };
};
