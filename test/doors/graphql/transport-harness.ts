// A small schema behind the real door and the real server, on a free port: what the transport's tests talk to.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GraphQLError,
  type GraphQLFieldConfig,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { Registry } from 'prom-client';
import type { Reads } from '../../../src/commands/reads.ts';
import type { GraphqlContext } from '../../../src/doors/graphql/context.ts';
import { createGraphqlDoor, type GraphqlDoorOptions } from '../../../src/doors/graphql/door.ts';
import { createHttpServer, type HttpOptions } from '../../../src/platform/http.ts';
import { Refused } from '../../../src/platform/refusal.ts';
import type { Principal } from '../../../src/wallets/view.ts';

export const key = 'blink_ThisKeyIsGood';
export const principal: Principal = {
  accountId: 'acc',
  keyId: 'key-1',
  walletId: null,
  scopes: new Set(['READ', 'WRITE']),
  waitSeconds: null,
};

/** What the resolvers saw and did. */
export interface Seen {
  readonly asked: { readonly key: string | null; readonly from: string | null }[];
  readonly balanceCalls: (readonly string[])[];
  readonly logged: unknown[];
  /** Each lets one `told` go on. */
  readonly tell: (() => void)[];
  sends: number;
  aborted: number;
  streams: number;
  databaseDown: boolean;
  revoked: boolean;
}

type Field = GraphQLFieldConfig<unknown, GraphqlContext>;
const text = new GraphQLNonNull(GraphQLString);
const whole = new GraphQLNonNull(GraphQLInt);
const args = { ms: { type: whole } } as const;

const queryFields = (seen: Seen): Record<string, Field> => ({
  hello: { type: text, resolve: () => 'world' },
  echo: { type: text, args: { text: { type: text } }, resolve: (_root, given) => given.text },
  who: { type: GraphQLString, resolve: (_root, _args, context) => context.who?.accountId ?? null },
  asked: {
    type: text,
    resolve: (_root, _args, { asking }) => {
      seen.asked.push({ key: asking.key, from: asking.from });
      return `${asking.door} ${asking.key} ${asking.from}`;
    },
  },
  boom: { type: GraphQLString, resolve: () => Promise.reject(new Error('the password is hunter2')) },
  nope: {
    type: GraphQLString,
    resolve: () => {
      throw new GraphQLError('Not today', { extensions: { code: 'INVALID_INPUT' } });
    },
  },
  strictBoom: {
    type: text,
    resolve: () => {
      throw new Error('the password is hunter2');
    },
  },
  balances: {
    type: new GraphQLList(GraphQLString),
    args: { ids: { type: new GraphQLNonNull(new GraphQLList(text)) } },
    resolve: (_root, { ids }: { ids?: readonly string[] }, { loaders }) => ids?.map(async (id) => String(await loaders.balance.load(id))),
  },
  slow: {
    type: text,
    args,
    resolve: async (_root, given, { asking }) => {
      asking.signal.addEventListener('abort', () => {
        seen.aborted += 1;
      });
      await sleep(given.ms);
      return 'late';
    },
  },
});

const mutationFields = (seen: Seen): Record<string, Field> => ({
  send: {
    type: text,
    args,
    resolve: async (_root, given, { asking }) => {
      asking.signal.addEventListener('abort', () => {
        seen.aborted += 1;
      });
      await sleep(given.ms);
      seen.sends += 1;
      return 'sent';
    },
  },
});

const until = async function* (seen: Seen, signal: AbortSignal): AsyncGenerator<string> {
  seen.streams += 1;
  try {
    yield 'first';
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    seen.streams -= 1;
  }
};

const subscriptionFields = (seen: Seen): Record<string, Field> => ({
  ticks: {
    type: whole,
    args: { to: { type: whole } },
    subscribe: async function* (_root, { to }) {
      for (let tick = 1; tick <= to; tick++) yield tick;
    },
    resolve: (tick) => tick,
  },
  /** An event whenever a test says so. */
  told: {
    type: text,
    subscribe: async function* (_root, _args, { asking }) {
      yield 'first';
      while (!asking.signal.aborted) {
        await new Promise<void>((resolve) => void seen.tell.push(resolve));
        yield 'more';
      }
    },
    resolve: (event) => event,
  },
  /** Never ends by itself, and waits on nothing but its signal. */
  forever: { type: text, subscribe: (_root, _args, { asking }) => until(seen, asking.signal), resolve: (event) => event },
  broken: {
    type: text,
    // biome-ignore lint/correctness/useYield: it breaks before it yields.
    subscribe: async function* () {
      throw new Error('the password is hunter2');
    },
  },
});

const schemaOf = (seen: Seen): GraphQLSchema =>
  new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: queryFields(seen) }),
    mutation: new GraphQLObjectType({ name: 'Mutation', fields: mutationFields(seen) }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: subscriptionFields(seen) }),
  });

const missing = (): never => {
  throw new Error('the transport asks for nothing else');
};

const readsOf = (seen: Seen): Reads => ({
  authenticate: async (given) => {
    if (seen.databaseDown) throw new Error('connection refused at 10.0.0.7');
    return given === key && !seen.revoked ? principal : null;
  },
  balances: async (ids) => {
    seen.balanceCalls.push(ids);
    return ids.map((id) => (id === 'bad' ? new Refused({ is: 'backendUnavailable' }) : 7n));
  },
  account: missing,
  wallets: missing,
  wallet: missing,
  publicWallet: missing,
  transactions: missing,
  transactionsByHash: missing,
  transactionsByAddress: missing,
  pendingIncoming: missing,
  pendingIncomingBalances: missing,
  onChainFee: missing,
  payoutSpeeds: missing,
  transactionById: missing,
  invoices: missing,
  holdInvoices: missing,
  blockHeight: missing,
  cashOut: missing,
  apiKeys: missing,
  callbackEndpoints: missing,
  backends: missing,
  incidents: missing,
  watchHoldInvoice: missing,
  invoiceByHash: missing,
  statusByRequest: missing,
  statusByHash: missing,
  payment: missing,
  watchStatus: missing,
  watchPayment: missing,
  globals: missing,
  spentByKeys: missing,
  isNameTaken: missing,
  currencies: missing,
  shown: missing,
  price: missing,
  watchPrice: missing,
  priceGraph: missing,
  watchUpdates: missing,
  estimate: missing,
});

export const defaults: GraphqlDoorOptions = {
  graphiql: true,
  introspection: true,
  cors: false,
  limits: { depth: 20, cost: 20_000, aliases: 60, directives: 50, tokens: 4000, bodyBytes: 262_144 },
  maxSubscriptions: 100,
  maxSubscriptionsPerConnection: 10,
  trustProxy: false,
  publicUrl: null,
  sandbox: null,
};

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly seen: Seen;
  readonly registry: Registry;
  post(body: unknown, headers?: Record<string, string>): Promise<{ status: number; type: string | null; headers: Headers; text: string }>;
  close(drainMs?: number): Promise<void>;
}

export const start = async (options: Partial<GraphqlDoorOptions> = {}, http: Partial<HttpOptions> = {}): Promise<Running> => {
  const seen: Seen = {
    asked: [],
    balanceCalls: [],
    logged: [],
    tell: [],
    sends: 0,
    aborted: 0,
    streams: 0,
    databaseDown: false,
    revoked: false,
  };
  const note = (fields: object, line: string): void => void seen.logged.push({ ...fields, line });
  const log = { info: () => undefined, warn: note, error: note };
  const registry = new Registry();
  const door = createGraphqlDoor(
    { ask: async () => missing(), reads: readsOf(seen), schema: schemaOf(seen), log, metrics: registry, now: () => new Date() },
    { ...defaults, ...options },
  );
  const server = createHttpServer(
    {
      log,
      ready: async () => ({ ready: !seen.databaseDown, detail: seen.databaseDown ? 'no database' : 'ok' }),
      metrics: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    },
    { port: 0, ...http },
  );
  server.mount(door);
  const { url, port } = await server.listen();
  return {
    url: `${url}/graphql`,
    port,
    seen,
    registry,
    post: async (body, headers = {}) => {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: answer.status, type: answer.headers.get('content-type'), headers: answer.headers, text: await answer.text() };
    },
    close: (drainMs = 2000) => server.close(drainMs),
  };
};
