// Requests to addresses that strangers name: bounded in time and size, never to a private network unless the operator allows it. A name is
// resolved once and the connection goes to the address that was checked, so that a second answer of its DNS cannot lead elsewhere.
import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { SocksClient } from 'socks';
import { isPublicAddress } from './addresses.ts';

export interface OutboundSettings {
  /** Private, loopback and link-local addresses may be asked too, over plain HTTP as well. */
  readonly allowPrivate: boolean;
  /** A SOCKS5 proxy that reaches onion services; null: they are refused. */
  readonly onionProxy: { readonly host: string; readonly port: number } | null;
}

export interface OutboundRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for all of it, redirects included. */
  readonly timeMs: number;
  /** Largest body of an answer, in bytes. */
  readonly mostBytes: number;
  /** How many redirects of a GET are followed, on the same scheme alone; none when absent: then a 3xx is the answer. */
  readonly redirects?: number;
  /** Plain HTTP is fine on the public internet too. */
  readonly plain?: boolean;
  readonly signal?: AbortSignal;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly text: string;
}

/** Throws OutboundError when there is no whole answer; whether the other side has acted is then unknown, except for `forbidden`. */
export type Outbound = (request: OutboundRequest) => Promise<OutboundAnswer>;

/** `forbidden`: nothing was sent. */
export type OutboundTrouble = 'forbidden' | 'unreachable' | 'timeout' | 'tooLarge' | 'redirect';

/** Its message is a sentence without secrets, for logs and for people. */
export class OutboundError extends Error {
  readonly why: OutboundTrouble;
  constructor(why: OutboundTrouble, message: string) {
    super(message);
    this.name = 'OutboundError';
    this.why = why;
  }
}

const forbidden = (message: string): OutboundError => new OutboundError('forbidden', message);

export const isOnion = (host: string): boolean => /\.onion$/i.test(host);

/** How names become addresses: the system's way. */
export type Resolve = (name: string, options: LookupAllOptions, done: (error: Error | null, all: LookupAddress[]) => void) => void;

export const createOutbound = (settings: OutboundSettings, resolve: Resolve = lookup): Outbound => {
  const ask = async (given: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer> => {
    const url = readUrl(given.url);
    const request = await send({ ...settings, resolve }, { ...given, url }, signal);
    const response = await answered(request);
    const { statusCode: status = 0, headers } = response;
    const left = given.redirects ?? 0;
    if (status < 300 || status > 399 || left === 0 || headers.location === undefined)
      return { status, text: await textOf(response, given.mostBytes) };
    response.destroy();
    const next = URL.canParse(headers.location, url.href) ? new URL(headers.location, url) : null;
    if (next === null || next.protocol !== url.protocol) throw new OutboundError('redirect', 'it redirects to something else');
    return ask({ ...given, url: next.href, redirects: left - 1 }, signal);
  };
  return async (given) => {
    const timer = AbortSignal.timeout(given.timeMs);
    const signal = given.signal ? AbortSignal.any([given.signal, timer]) : timer;
    try {
      return await ask(given, signal);
    } catch (error) {
      if (error instanceof OutboundError) throw error;
      throw signal.aborted ? new OutboundError('timeout', 'no answer in time') : new OutboundError('unreachable', reasonOf(error));
    }
  };
};

const reasonOf = (error: unknown): string => {
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  return `it cannot be reached (${cause instanceof Error && 'code' in cause ? String(cause.code) : 'the connection failed'})`;
};

const readUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw forbidden('it is no http or https address');
};

interface Ways extends OutboundSettings {
  readonly resolve: Resolve;
}
type Sending = Omit<OutboundRequest, 'url'> & { readonly url: URL };

const send = async (settings: Ways, { url, ...given }: Sending, signal: AbortSignal): Promise<ClientRequest> => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isSecure = url.protocol === 'https:';
  const mayReach = (address: string): boolean => (isPublicAddress(address) ? isSecure || given.plain === true : settings.allowPrivate);
  // A literal address is not looked up, so it is looked at here.
  if (isIP(host) !== 0 && !mayReach(host)) throw forbidden(whyForbidden(host));
  const body = given.body ?? null;
  const options: RequestOptions = {
    method: given.method ?? 'GET',
    headers: { ...given.headers, ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
    signal,
    ...(isOnion(host) ? await throughProxy(settings, { host, url }, signal) : { agent: false, lookup: pinned(settings.resolve, mayReach) }),
  };
  const request = (isSecure ? httpsRequest : httpRequest)(url, options);
  request.end(body ?? undefined);
  return request;
};

const whyForbidden = (address: string): string =>
  isPublicAddress(address) ? 'plain HTTP is not for the public internet' : 'it is an address of a private network';

/** Resolves a name and gives the connection those of its addresses that may be reached, and no others. */
const pinned =
  (resolve: Resolve, mayReach: (address: string) => boolean): LookupFunction =>
  (name, options, callback) => {
    resolve(name, { all: true, ...(options.family === undefined ? {} : { family: options.family }) }, (error, all) => {
      const [first, ...others] = error ? [] : all.filter(({ address }) => mayReach(address));
      if (first === undefined) callback(error ?? forbidden(whyForbidden(all[0]?.address ?? '')), '', 0);
      else if (options.all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };

const throughProxy = async (
  { onionProxy }: OutboundSettings,
  { host, url }: { readonly host: string; readonly url: URL },
  signal: AbortSignal,
): Promise<RequestOptions> => {
  if (onionProxy === null) throw forbidden('it is an onion service, and no proxy for those is configured');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  // Ours, and not the proxy client's, so that it ends with the time.
  const existing_socket = connectTcp({ ...onionProxy, signal });
  const proxy = { ...onionProxy, type: 5 } as const;
  const { socket } = await SocksClient.createConnection({ proxy, command: 'connect', destination: { host, port }, existing_socket });
  const connection = (): Socket => (url.protocol === 'https:' ? connectTls({ socket, servername: host }) : socket);
  return { createConnection: connection };
};

const answered = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Not once: what breaks after the answer has begun is told here too, and by its body.
    request.on('error', reject);
  });

const textOf = async (response: IncomingMessage, mostBytes: number): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > mostBytes) throw new OutboundError('tooLarge', `the answer is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
