// The GraphQL door: one path for HTTP, event streams, WebSockets and the playground. It translates between the wire and the schema, and
// gives every operation the one way to ask; it decides nothing.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Registry } from 'prom-client';
import type { Reads } from '../../commands/reads.ts';
import type { Ask } from '../../commands/table.ts';
import { type HttpDoor, type HttpLog, pathOf } from '../../platform/http.ts';
import { json, send } from '../../platform/http-body.ts';
import type { CorsOption } from './cors.ts';
import { createDocuments } from './documents.ts';
import { createDoorContext } from './door-context.ts';
import { createEngine } from './engine.ts';
import { sandboxExamples } from './examples.ts';
import { createPlayground, type Sandbox } from './graphiql.ts';
import { createHttp } from './http.ts';
import { createSlots, type DocumentLimits } from './limits.ts';
import { createLoaders } from './loaders.ts';
import { createMeter } from './meter.ts';
import { createStreams } from './streams.ts';
import { createSockets } from './websocket.ts';
import type { Yoga, YogaDeps } from './yoga.ts';

export interface GraphqlDoorDeps {
  readonly ask: Ask;
  readonly reads: Reads;
  readonly schema: GraphQLSchema;
  readonly log: HttpLog;
  readonly metrics?: Registry;
  readonly now: () => Date;
}

/** The keys of the configuration's `graphql`, and what the door must know of its surroundings. */
export interface GraphqlDoorOptions {
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly cors: CorsOption;
  readonly limits: DocumentLimits & { readonly bodyBytes: number };
  /** Of the whole process. */
  readonly maxSubscriptions: number;
  readonly maxSubscriptionsPerConnection: number;
  /** Of one key, or of one address without a key; half of all when absent. */
  readonly maxSubscriptionsPerHolder?: number;
  /** `X-Forwarded-For` is believed. */
  readonly trustProxy: boolean;
  /** As browsers see us, for the origin of WebSockets. */
  readonly publicUrl: string | null;
  /** Set: the playground hands out this key; `payeeInvoice` and `payeeAddress` make what it may pay of somebody outside. */
  readonly sandbox: (Sandbox & { readonly payeeInvoice?: () => Promise<string>; readonly payeeAddress?: () => Promise<string> }) | null;
  /** Default 10 s. */
  readonly initTimeoutMs?: number;
  /** Default 20 s, below the idle time of common proxies. */
  readonly pingMs?: number;
  /** How often the key of a subscription that says nothing is looked up; default 10 s. */
  readonly keyCheckMs?: number;
  /** False: everything goes through yoga; for comparison. */
  readonly fastPath?: boolean;
}

const path = '/graphql';
const examplesPath = `${path}/examples`;

/** Yoga, loaded at the first request that needs it: most gateways start without anybody waiting for a stream. */
const fallbackWhenAsked = (deps: YogaDeps): Yoga => {
  let loaded: Promise<Yoga> | null = null;
  return {
    answer: async (asked, res) => {
      loaded ??= import('./yoga.ts').then(({ createFallback }) => createFallback(deps));
      return (await loaded).answer(asked, res);
    },
  };
};

/** All that an operation goes through, whatever it came by. */
const createParts = (deps: GraphqlDoorDeps, options: GraphqlDoorOptions) => {
  const { ask, reads, schema, log, now } = deps;
  const total = options.maxSubscriptions;
  const slots = createSlots({ total, perHolder: options.maxSubscriptionsPerHolder ?? Math.max(1, Math.floor(total / 2)) });
  const streams = createStreams();
  const documents = createDocuments(schema, { limits: options.limits, introspection: options.introspection });
  const engine = createEngine({ log, streams, loaders: () => createLoaders(reads), keyCheckMs: options.keyCheckMs ?? 10_000 });
  const contexts = createDoorContext({ ask, reads, schema, now, log, slots, trustProxy: options.trustProxy });
  const yoga = fallbackWhenAsked({ schema, documents, engine, log });
  let sockets = (): number => 0;
  const meter = createMeter(deps.metrics, schema, { subscriptions: () => slots.count(), sockets: () => sockets() });
  const count = (of: () => number): void => {
    sockets = of;
  };
  return { contexts, documents, engine, yoga, meter, log, streams, count };
};

/** To be mounted in the server of `platform/http`. Its `close` ends subscriptions with `complete` and WebSockets with 1001. */
export const createGraphqlDoor = (
  deps: GraphqlDoorDeps,
  options: GraphqlDoorOptions,
): HttpDoor & { upgrade: NonNullable<HttpDoor['upgrade']> } => {
  const parts = createParts(deps, options);
  const { cors, publicUrl, sandbox } = options;
  const answer = createHttp(parts, { cors, maxBodyBytes: options.limits.bodyBytes, fastPath: options.fastPath ?? true });
  const sockets = createSockets(parts, {
    cors,
    publicUrl,
    maxMessageBytes: options.limits.bodyBytes,
    maxPerConnection: options.maxSubscriptionsPerConnection,
    initTimeoutMs: options.initTimeoutMs ?? 10_000,
    pingMs: options.pingMs ?? 20_000,
  });
  parts.count(sockets.count);
  const playground = options.graphiql ? createPlayground({ sandbox, examples: sandboxExamples(deps, sandbox) }) : null;

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    if (pathOf(req.url) === examplesPath) {
      if (playground === null || req.method !== 'GET') send(res, json(404, { error: 'Not found' }));
      else await playground.examples(res);
    } else if (playground?.wanted(req)) await playground.page(req, res);
    else await answer(req, res);
    return true;
  };
  return {
    paths: [path, `${path}/`, ...(playground !== null && sandbox !== null ? [examplesPath] : [])],
    handle,
    upgrade: sockets.upgrade,
    close: async () => {
      parts.streams.end();
      await sockets.close();
    },
  };
};
