// GraphQL Yoga answers what the short way (http.ts) does not: GET, event streams, and POST too when the short way is off.
// Parsing, limits, execution and the form of answers are the door's own, so both ways say the same.
import type { ServerResponse } from 'node:http';
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { send } from '../../platform/http-body.ts';
import type { GraphqlContext } from './context.ts';
import type { Documents } from './documents.ts';
import { type Engine, type Execution, statusOf, wire } from './engine.ts';
import type { Params } from './params.ts';

export interface YogaAsked {
  readonly method: 'GET' | 'POST';
  readonly accept: string | undefined;
  readonly params: Params;
  readonly context: GraphqlContext;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Yoga {
  /** Resolves when the answer, be it a stream, has ended. */
  answer(asked: YogaAsked, res: ServerResponse): Promise<{ readonly status: number }>;
}

export interface YogaDeps {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly engine: Engine;
  readonly log: { warn(fields: object, text: string): void; error(fields: object, text: string): void };
}

// Yoga's hooks are typed for any context; what comes here is what `answer` below puts in.
const asExecution = (args: unknown): Execution => args as Execution;

const ours = ({ documents, engine }: YogaDeps): Plugin => ({
  onParse({ params, setParsedDocument }) {
    const prepared = documents.prepare(String(params.source));
    if (prepared.is === 'rejected') throw new AggregateError(prepared.errors);
    setParsedDocument(prepared.document);
  },
  onValidate({ setResult }) {
    setResult([]);
  },
  onExecute({ setExecuteFn }) {
    setExecuteFn((args: unknown) => engine.execute(asExecution(args)));
  },
  onSubscribe({ setSubscribeFn }) {
    setSubscribeFn((args: unknown) => engine.subscribe(asExecution(args)));
  },
  onResultProcess({ request, result, setResultProcessor }) {
    if (Array.isArray(result) || Symbol.asyncIterator in result || request.headers.get('accept')?.includes('text/event-stream')) return;
    const answer = wire(result);
    const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
    setResultProcessor(
      (_result, fetchApi) => new fetchApi.Response(JSON.stringify(answer), { status: statusOf(result), headers }),
      'application/json',
    );
  },
});

const url = 'http://switchyard/graphql';

const search = (params: Params): string => {
  const { query, operationName, variables } = params;
  const fields = { query, variables: JSON.stringify(variables), ...(operationName === null ? {} : { operationName }) };
  return `${url}?${new URLSearchParams(fields)}`;
};

/** Passes a stream on at the pace of its reader, and stops it when the reader is gone. */
const pass = async (reader: ReadableStreamDefaultReader<Uint8Array>, res: ServerResponse): Promise<void> => {
  res.once('close', () => void reader.cancel().catch(() => undefined));
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    if (res.destroyed) break;
    if (!res.write(step.value)) await new Promise((resolve) => void res.once('drain', resolve).once('close', resolve));
  }
  res.end();
};

export const createFallback = (deps: YogaDeps): Yoga => {
  const log =
    (level: 'warn' | 'error') =>
    (...given: unknown[]) =>
      deps.log[level]({ given: given.map(String) }, 'yoga');
  const yoga = createYoga<GraphqlContext>({
    schema: deps.schema,
    plugins: [ours(deps)],
    maskedErrors: { maskError: (error) => deps.engine.mask(error) },
    logging: { debug: () => undefined, info: () => undefined, warn: log('warn'), error: log('error') },
    parserAndValidationCache: false,
    // Its own limit copies every body through a stream; ours is on the socket.
    maxRequestBodySize: false,
    // Its default answers every origin with credentials allowed.
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
  });
  const requestOf = ({ method, accept, params, signal }: YogaAsked): Request => {
    const headers = { ...(accept === undefined ? {} : { accept }), 'content-type': 'application/json' };
    return method === 'GET'
      ? new yoga.fetchAPI.Request(search(params), { method, headers, signal })
      : new yoga.fetchAPI.Request(url, { method, headers, signal, body: JSON.stringify(params) });
  };
  const answer: Yoga['answer'] = async (asked, res) => {
    const response = await yoga.fetch(requestOf(asked), { ...asked.context });
    const allow: Record<string, string> = response.status === 405 ? { allow: 'POST' } : {};
    const type = response.headers.get('content-type') ?? 'application/json; charset=utf-8';
    const headers = { ...asked.headers, ...allow, 'content-type': type, 'cache-control': 'no-store' };
    if (response.body === null || !type.startsWith('text/event-stream')) {
      send(res, { status: response.status, headers, body: await response.text() });
    } else {
      // A proxy that collects an answer before it passes it on would hold events back.
      res.writeHead(response.status, { ...headers, 'x-accel-buffering': 'no' });
      await pass(response.body.getReader(), res);
    }
    return { status: response.status };
  };
  return { answer };
};
