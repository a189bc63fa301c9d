// GraphQL over HTTP: who asks, what is asked, and the shortest way to its answer. Bad input is 400 with JSON, a bad key 401, business
// is 200; nothing is ever redirected, and a send that has begun does not care whether its client is still there.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { type Answer, json, readBody, send, sendUnread } from '../../platform/http-body.ts';
import { askedBy, authenticate, idempotencyKeyOf, keyOfHeaders, wrongIdempotencyKeyAnswer, wrongKeyAnswer } from './auth.ts';
import { type CorsOption, corsHeaders, preflightHeaders } from './cors.ts';
import { type Chosen, choose, type Documents, type Operation } from './documents.ts';
import type { Asked, DoorContext } from './door-context.ts';
import { type Engine, statusOf, unexpectedMessage, wire } from './engine.ts';
import { formatErrors } from './errors.ts';
import type { Meter } from './meter.ts';
import { type Params, readJsonParams, readQueryParams } from './params.ts';
import type { Yoga } from './yoga.ts';

type Headers = Readonly<Record<string, string>>;

export interface HttpParts {
  readonly contexts: DoorContext;
  readonly documents: Documents;
  readonly engine: Engine;
  readonly yoga: Yoga;
  readonly meter: Meter;
  readonly log: { error(fields: object, text: string): void };
}

export interface HttpPartOptions {
  readonly maxBodyBytes: number;
  readonly cors: CorsOption;
  /** Plain JSON without yoga in between. */
  readonly fastPath: boolean;
}

type Client = { readonly is: 'asked'; readonly asked: Asked } | { readonly is: 'refused'; readonly answer: Answer };

/** A request whose client is known and whose body makes sense. */
interface Ready extends Asked {
  readonly method: 'GET' | 'POST';
  readonly params: Params;
  readonly headers: Headers;
  readonly began: number;
}

const errorAnswer = (status: number, errors: readonly GraphQLError[], headers: Headers = {}): Answer =>
  json(status, { errors: formatErrors(errors) }, headers);

const plainError = (status: number, message: string, code: string, headers: Headers = {}): Answer =>
  errorAnswer(status, [new GraphQLError(message, { extensions: { code } })], headers);

const methodAnswer = plainError(405, 'GraphQL is asked by POST, or by GET for queries.', 'BAD_REQUEST', { allow: 'GET, POST, OPTIONS' });
const typeAnswer = plainError(415, 'A POST must have the content type application/json.', 'BAD_REQUEST', {
  'accept-post': 'application/json',
});
const tooLargeAnswer = plainError(413, 'The body of the request is too large.', 'BAD_REQUEST');
const streamAnswer = plainError(
  406,
  'A subscription needs a WebSocket (graphql-transport-ws) or "Accept: text/event-stream".',
  'BAD_REQUEST',
);
const offlineAnswer = plainError(503, 'Service offline, please try again in a few minutes.', 'DB_ERROR', { 'retry-after': '10' });

const withHeaders = (answer: Answer, headers: Headers): Answer => ({ ...answer, headers: { ...answer.headers, ...headers } });

const isJson = (req: IncomingMessage): boolean => {
  const type = (req.headers['content-type'] ?? '').toLowerCase().split(/[;,]/, 1)[0]?.trim();
  const encoding = req.headers['content-encoding'] ?? 'identity';
  return (type === 'application/json' || type === 'application/graphql+json') && encoding === 'identity';
};

const searchOf = (target: string | undefined): string => {
  const at = target?.indexOf('?') ?? -1;
  return at === -1 ? '' : (target ?? '').slice(at + 1);
};

const takesStream = (accept: string | undefined): boolean => accept === undefined || /text\/event-stream|text\/\*|\*\/\*/.test(accept);

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** From a request to who asks what. */
const createReader = ({ contexts, log }: HttpParts, options: HttpPartOptions) => {
  const readClient = async (req: IncomingMessage): Promise<Client> => {
    const key = idempotencyKeyOf(req.headers);
    if (key.is === 'wrong') return { is: 'refused', answer: wrongIdempotencyKeyAnswer };
    try {
      const who = await authenticate(contexts.reads, keyOfHeaders(req.headers));
      if (who.is === 'wrongKey') return { is: 'refused', answer: wrongKeyAnswer };
      return { is: 'asked', asked: { ...askedBy(who), key: key.key, from: contexts.from(req) } };
    } catch (error) {
      log.error({ err: error }, 'an API key could not be looked up');
      return { is: 'refused', answer: offlineAnswer };
    }
  };

  /** Null: nobody is left to answer, or the answer was given. */
  const readAsked = async (req: IncomingMessage, res: ServerResponse, headers: Headers): Promise<Ready | null> => {
    const began = performance.now();
    const method = req.method === 'GET' ? 'GET' : 'POST';
    const [body, client] = await Promise.all([method === 'POST' ? readBody(req, options.maxBodyBytes) : null, readClient(req)]);
    if (body?.is === 'aborted') return null;
    const refuse = (answer: Answer, by = send): null => {
      by(res, withHeaders(answer, headers));
      return null;
    };
    if (body?.is === 'tooLarge') return refuse(tooLargeAnswer, sendUnread);
    if (client.is === 'refused') return refuse(client.answer);
    const read = body === null ? readQueryParams(searchOf(req.url)) : readJsonParams(body.bytes.toString('utf8'));
    if (read.is === 'error') return refuse(errorAnswer(400, [read.error]));
    return { ...client.asked, method, headers, began, params: read.params };
  };
  return readAsked;
};

/** From a question that makes sense to its answer. */
const createAnswers = ({ contexts, engine, yoga, meter }: HttpParts) => {
  const answerFast = async (ready: Ready, chosen: Chosen, res: ServerResponse): Promise<void> => {
    const { operation, document } = chosen;
    const contextValue = contexts.create(ready, operation.type === 'query' ? () => contexts.signalOf(res) : contexts.never);
    const { operationName, variables } = ready.params;
    const result = await engine.execute({
      schema: contexts.schema,
      document,
      contextValue,
      variableValues: variables,
      operationName,
    });
    meter.answered(operation, result.errors === undefined ? 'ok' : 'errors', seconds(ready.began));
    send(res, json(statusOf(result), wire(result), ready.headers));
  };

  const answerByYoga = async (ready: Ready, operation: Operation, io: { req: IncomingMessage; res: ServerResponse }): Promise<void> => {
    const { req, res } = io;
    const { method, params, headers } = ready;
    const { accept } = req.headers;
    const release = operation.type === 'subscription' ? contexts.take(ready) : undefined;
    if (release === null) return send(res, errorAnswer(429, [contexts.tooMany()], { ...headers, 'retry-after': '30' }));
    if (release !== undefined && !takesStream(accept)) {
      release();
      return send(res, withHeaders(streamAnswer, headers));
    }
    try {
      const signal = operation.type === 'mutation' ? contexts.never() : contexts.signalOf(res, true);
      const context = contexts.create(ready, () => signal);
      const { status } = await yoga.answer({ method, accept, params, context, headers, signal }, res);
      meter.answered(operation, status === 200 ? 'ok' : 'errors', seconds(ready.began));
    } finally {
      release?.();
    }
  };
  return { answerFast, answerByYoga };
};

export const createHttp = (parts: HttpParts, options: HttpPartOptions) => {
  const { documents, meter, log } = parts;
  const readAsked = createReader(parts, options);
  const { answerFast, answerByYoga } = createAnswers(parts);

  const answer = async (req: IncomingMessage, res: ServerResponse, headers: Headers): Promise<void> => {
    const ready = await readAsked(req, res, headers);
    if (ready === null) return;
    const chosen = choose(documents, ready.params);
    if (chosen.is === 'rejected') {
      meter.answered(null, 'refused', seconds(ready.began));
      return send(res, errorAnswer(400, chosen.errors, headers));
    }
    const { operation } = chosen;
    const plain = ready.method === 'POST' && operation.type !== 'subscription' && !req.headers.accept?.includes('text/event-stream');
    return plain && options.fastPath ? answerFast(ready, chosen, res) : answerByYoga(ready, operation, { req, res });
  };

  /** Settles when nothing of the request is under way any more. */
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const headers = corsHeaders(options.cors, req.headers);
    const unread = (given: Answer): void => sendUnread(res, withHeaders(given, headers));
    try {
      if (req.method === 'OPTIONS') return send(res, { status: 204, headers: { ...headers, ...preflightHeaders }, body: '' });
      if (req.method !== 'POST' && req.method !== 'GET') return unread(methodAnswer);
      if (req.method === 'POST' && !isJson(req)) return unread(typeAnswer);
      await answer(req, res, headers);
    } catch (error) {
      // A client that left is no failure.
      if (res.destroyed && error instanceof Error && error.name === 'AbortError') return;
      log.error({ err: error }, 'a GraphQL request failed');
      send(res, plainError(500, unexpectedMessage, 'INTERNAL_SERVER_ERROR', headers));
    }
  };
};
