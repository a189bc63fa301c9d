// Sends hostile requests by the thousand at a gateway of this process, beside a control group of honest ones, and says what was wrong.
import type { GraphQLSchema } from 'graphql';
import { schema } from '../../src/doors/graphql/schema.ts';
import type { TestGateway } from '../support/gateway-inprocess.ts';
import { type Control, runControl } from './control.ts';
import { judge } from './judge.ts';
import { createRandom } from './random.ts';
import { type HostileRequest, hostileRequest, type Target } from './requests.ts';
import { createWire } from './wire.ts';

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  /** Only the request of this number. */
  readonly only?: number | null;
  readonly concurrency: number;
  readonly progress?: (sent: number, report: Tally) => void;
}

export interface Failure {
  readonly number: number;
  readonly why: string;
  readonly request: HostileRequest;
  readonly answer: string;
}

export interface Tally {
  sent: number;
  /** Requests of which a resolver of a root field was called. */
  reached: number;
  readonly kinds: Record<string, number>;
  readonly statuses: Record<string, number>;
  slowestMs: number;
  slowestKind: string;
  readonly failures: Failure[];
}

export interface FuzzReport extends Tally {
  readonly seconds: number;
  readonly control: Control;
  /** What is stored and should not be. */
  readonly written: readonly string[];
  /** Lines of level error in the gateway's log. */
  readonly logged: readonly string[];
}

const mostFailures = 20;

/** Counts the operations that reach a resolver, each once, until the answer is called. */
const countReached = (of: GraphQLSchema, count: () => void): (() => void) => {
  const seen = new WeakSet<object>();
  const fields = [of.getQueryType(), of.getMutationType(), of.getSubscriptionType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}),
  );
  const kept = fields.map((field) => ({ field, resolve: field.resolve, subscribe: field.subscribe }));
  const mark = (context: unknown): void => {
    if (typeof context !== 'object' || context === null || seen.has(context)) return;
    seen.add(context);
    count();
  };
  for (const { field, resolve, subscribe } of kept) {
    if (resolve)
      field.resolve = (root, args, context, info) => {
        mark(context);
        return resolve(root, args, context, info);
      };
    if (subscribe)
      field.subscribe = (root, args, context, info) => {
        mark(context);
        return subscribe(root, args, context, info);
      };
  }
  return () => {
    for (const { field, resolve, subscribe } of kept) Object.assign(field, { resolve, subscribe });
  };
};

const targetOf = (gateway: TestGateway): Target => ({
  keys: gateway.keys,
  wallets: gateway.wallets,
  invoices: [gateway.foreignInvoice(1000), gateway.foreignInvoice(), gateway.foreignInvoice(1, { expirySeconds: 1 })],
});

/** The request of this number: always the same for a seed, but for keys, wallets and invoices, which are the gateway's own. */
export const requestOf = (seed: number, number: number, target: Target): HostileRequest =>
  hostileRequest(createRandom(seed, number), target);

const note = (tally: Tally, failure: Failure): void => {
  if (tally.failures.length < mostFailures) tally.failures.push({ ...failure, answer: failure.answer.slice(0, 2000) });
};

export const fuzz = async (gateway: TestGateway, options: FuzzOptions): Promise<FuzzReport> => {
  const tally: Tally = { sent: 0, reached: 0, kinds: {}, statuses: {}, slowestMs: 0, slowestKind: '', failures: [] };
  const target = targetOf(gateway);
  const wire = createWire(gateway.url, options.concurrency);
  const stopCounting = countReached(schema, () => {
    tally.reached += 1;
  });
  const fixed = await fixedTables(gateway);
  const began = performance.now();
  let next = options.only ?? 0;
  const end = options.only == null ? options.requests : options.only + 1;
  const one = async (number: number): Promise<void> => {
    const request = requestOf(options.seed, number, target);
    try {
      const came = await wire.send(request);
      const status = `${came.status ?? 'none'}`;
      tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
      if (came.ms > tally.slowestMs) Object.assign(tally, { slowestMs: came.ms, slowestKind: request.kind });
      const why = judge(request, came);
      if (why !== null) note(tally, { number, request, why, answer: `${came.status} ${came.text}` });
    } catch (error) {
      note(tally, { number, request, why: `it was not answered: ${String(error)}`, answer: '' });
    }
    tally.sent += 1;
    tally.kinds[request.kind] = (tally.kinds[request.kind] ?? 0) + 1;
    if (tally.sent % 1000 === 0) options.progress?.(tally.sent, tally);
  };
  const lane = async (): Promise<void> => {
    while (next < end && tally.failures.length < mostFailures) {
      const number = next;
      next += 1;
      await one(number);
    }
  };
  let isOver = false;
  const control = runControl(gateway, () => isOver);
  await Promise.all(Array.from({ length: options.concurrency }, lane));
  isOver = true;
  const controlled = await control;
  stopCounting();
  wire.close();
  const written = [...(await foreignRows(gateway, controlled)), ...difference(fixed, await fixedTables(gateway))];
  return {
    ...tally,
    // The control group's own operations were counted too.
    reached: tally.reached - controlled.asked,
    seconds: (performance.now() - began) / 1000,
    control: controlled,
    written,
    logged: gateway.errors(),
  };
};

// Tables that not even an honest client changes.
const untouched = ['_prisma_migrations', 'accounts', 'api_keys', 'wallets', 'incidents', 'settings', 'journals', 'entries'] as const;

const fixedTables = async (gateway: TestGateway): Promise<Readonly<Record<string, string>>> => {
  const sums = await gateway.checksums();
  return Object.fromEntries(untouched.map((table) => [table, sums[table] ?? 'gone']));
};

const difference = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(before).flatMap((table) => (before[table] === after[table] ? [] : [`${table}: ${before[table]} became ${after[table]}`]));

/** Rows that belong to nobody of the control group. */
const foreignRows = async ({ db }: TestGateway, { hashes }: Control): Promise<readonly string[]> => {
  const columns = {
    invoices: 'payment_hash',
    payments: 'payment_hash',
    attempts: 'payment_hash',
    transactions: 'payment_hash',
    outbox: 'subject',
  };
  const found: string[] = [];
  for (const [table, column] of Object.entries(columns)) {
    const { rows } = await db.pool.query(
      `SELECT ${column} AS about, count(*)::int AS n FROM ${table} WHERE NOT ${column} = ANY($1) GROUP BY 1`,
      [[...hashes]],
    );
    for (const { about, n } of rows) found.push(`${table}: ${n} rows about ${about}`);
  }
  return found;
};
