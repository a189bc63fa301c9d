// HTTP as this adapter uses it: one POST, no redirects, only JSON is an answer. Everything else is told as a fault, with whether the request
// may have been on its way and how long the server wants to be left alone.
import type { Fault } from '../port.ts';

/** No answer. `sent` is false only when the connection never came about: then no byte of the request can have left. */
export interface Silent {
  readonly is: 'silence';
  readonly fault: Fault;
  readonly sent: boolean;
  readonly pauseMs: number | null;
}

/** Carries the above out of graphql-request, which knows thrown errors only. */
export class Silence extends Error {
  readonly silent: Silent;
  constructor(silent: Silent) {
    super(silent.fault.detail);
    this.name = 'Silence';
    this.silent = silent;
  }
}

const silence = (fault: Fault, more: { readonly sent?: boolean; readonly pauseMs?: number | null } = {}): Silence =>
  new Silence({ is: 'silence', fault, sent: more.sent ?? true, pauseMs: more.pauseMs ?? null });

/** Like `fetch`, for graphql-request. @throws Silence unless it is JSON that may be an answer of GraphQL. */
export const watchedFetch = async (input: URL | RequestInfo, init?: RequestInit): Promise<Response> => {
  let response: Response;
  try {
    // A redirect would carry the key, and perhaps the payment, to somebody else.
    response = await fetch(input, { ...init, redirect: 'manual' });
  } catch (error) {
    throw silence(networkFault(error), { sent: !neverConnected(error) });
  }
  const { status } = response;
  const isJson = /^application\/([\w.+-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '');
  if (status === 401 || status === 403)
    throw discarding(response, silence({ kind: 'auth', detail: `HTTP ${status}: the API key is not accepted` }));
  if (status === 429)
    throw discarding(response, silence({ kind: 'rateLimited', detail: 'HTTP 429: too many requests' }, { pauseMs: pauseOf(response) }));
  if (status >= 300 && status < 400)
    throw discarding(response, silence({ kind: 'protocol', detail: `HTTP ${status}: redirects are not followed` }));
  // Routers put GraphQL into HTTP 400 and 500 too; a page of a proxy is not an answer, even with HTTP 200.
  if (isJson) return response;
  const kind = status >= 500 ? 'unreachable' : 'protocol';
  throw discarding(
    response,
    silence({ kind, detail: `HTTP ${status} without JSON` }, { pauseMs: status === 503 ? askedPause(response) : null }),
  );
};

/** Frees the connection of an answer that is not read. */
const discarding = <E extends Error>(response: Response, error: E): E => {
  response.body?.cancel().catch(() => undefined);
  return error;
};

const longestPauseMs = 600_000;
const usualPauseMs = 30_000;

/** Retry-After in milliseconds, as seconds or as a date (RFC 9110 §10.2.3), at most ten minutes; null without one. */
const askedPause = ({ headers }: Response): number | null => {
  const text = headers.get('retry-after')?.trim();
  if (!text) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), longestPauseMs) : null;
};
const pauseOf = (response: Response): number => askedPause(response) ?? usualPauseMs;

const networkFault = (error: unknown): Fault => {
  if (error instanceof Error && error.name === 'TimeoutError') return { kind: 'timeout', detail: 'no answer in time' };
  if (error instanceof Error && error.name === 'AbortError') return { kind: 'timeout', detail: 'the question was given up' };
  return { kind: 'unreachable', detail: codesOf(error).join(', ') || 'the connection failed' };
};

// What undici and Node say when there was no connection to write to: name, route, listener, TLS handshake.
const beforeConnection =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

/** True only when every try to connect ended before there was a connection. */
export const neverConnected = (error: unknown): boolean => {
  const codes = codesOf(error);
  return codes.length > 0 && codes.every((code) => beforeConnection.test(code));
};

/** The system's codes of an error of `fetch`: of its cause, or of each address that was tried. */
const codesOf = (error: unknown): readonly string[] => {
  if (!(error instanceof Error)) return [];
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(codesOf);
  if ('code' in error && typeof error.code === 'string') return [error.code];
  return codesOf(error.cause);
};
