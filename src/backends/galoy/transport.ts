// One HTTP request to a Galoy server and what came of it. The one question that money hangs on is answered here: may the request have
// reached the server? Only a connection that never came about says no.
import { type DocumentNode, print } from 'graphql';
import { ClientError, GraphQLClient } from 'graphql-request';
import type { Fault } from '../port.ts';
import { Silence, type Silent, watchedFetch } from './http.ts';
import type { GaloySettings } from './settings.ts';

/** An error beside `data`. The code stands where upstream puts it (beside the message) or where the specification does. */
export interface TopError {
  readonly message: string;
  readonly code: string | null;
}

export type Reply =
  /** An answer of GraphQL, whatever it says: nothing of its shape is proved. `began` is false when it says that nothing was executed. */
  { readonly is: 'reply'; readonly data: unknown; readonly errors: readonly TopError[]; readonly began: boolean } | Silent;

export interface Request {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Transport {
  /** Never throws, never repeats a request. */
  send(request: Request, signal: AbortSignal): Promise<Reply>;
}

export const openTransport = (settings: GaloySettings): Transport => {
  const client = new GraphQLClient(settings.endpoint, {
    headers: { 'x-api-key': settings.apiKey },
    errorPolicy: 'all',
    fetch: watchedFetch,
  });
  return {
    send: async ({ document, variables, headers = {} }, signal) => {
      try {
        const options = { query: textOf(document), variables, requestHeaders: headers, signal };
        const { data, errors } = await client.rawRequest<unknown>(options);
        return reply(data, errors);
      } catch (error) {
        if (error instanceof Silence) return error.silent;
        // A status that is no success, with an answer of GraphQL in it: routers do that.
        if (error instanceof ClientError && Array.isArray(error.response.errors)) return reply(error.response.data, error.response.errors);
        return broken(error);
      }
    },
  };
};

const texts = new WeakMap<DocumentNode, string>();

/** The document as it goes over the wire. */
export const textOf = (document: DocumentNode): string => {
  const known = texts.get(document);
  if (known !== undefined) return known;
  const text = print(document);
  texts.set(document, text);
  return text;
};

const reply = (data: unknown, errors: unknown): Reply => {
  const told = (Array.isArray(errors) ? errors : []).map(topError);
  return { is: 'reply', data: data ?? null, errors: told, began: data !== undefined || !told.some(({ code }) => isRequestError(code)) };
};

const topError = (error: unknown): TopError => {
  const { message, code, extensions } = asRecord(error);
  const found = code ?? asRecord(extensions).code;
  return { message: typeof message === 'string' ? message : 'an error without a message', code: typeof found === 'string' ? found : null };
};

const asRecord = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});

// What Apollo's server and router say of a request before anything of it is executed (contract §6).
const requestErrors = [
  'GRAPHQL_VALIDATION_FAILED',
  'GRAPHQL_PARSE_FAILED',
  'VALIDATION_INVALID_TYPE_VARIABLE',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
];
const isRequestError = (code: string | null): boolean => code !== null && requestErrors.includes(code);

/** Its body broke off or was not what its headers said: the server had the request. The text of such an error quotes the request: not kept. */
const broken = (error: unknown): Reply => {
  const ended = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  const fault: Fault = ended
    ? { kind: 'timeout', detail: 'the answer did not come to its end in time' }
    : { kind: 'protocol', detail: 'the answer could not be read as GraphQL' };
  return { is: 'silence', fault, sent: true, pauseMs: null };
};
