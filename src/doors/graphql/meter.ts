// Figures of the door. Operations are counted by the schema's own root fields, never by names that clients make up.
import type { GraphQLSchema } from 'graphql';
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Operation } from './documents.ts';

export interface Meter {
  /** One operation was answered (`seconds` after it came); null: its document was refused. */
  answered(operation: Operation | null, outcome: 'ok' | 'errors' | 'refused', seconds: number): void;
}

interface Counts {
  readonly subscriptions: () => number;
  readonly sockets: () => number;
}

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const rootFields = (schema: GraphQLSchema): ReadonlySet<string> =>
  new Set(
    [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => Object.keys(type?.getFields() ?? {})),
  );

/** Registers the door's metrics; without a registry nothing is measured. */
export const createMeter = (registry: Registry | undefined, schema: GraphQLSchema, counts: Counts): Meter => {
  if (registry === undefined) return { answered: () => undefined };
  const registers = [registry];
  const labelNames = ['operation', 'type', 'outcome'] as const;
  const seconds = new Histogram({
    name: 'switchyard_graphql_request_seconds',
    help: 'Time to answer an operation',
    labelNames,
    buckets,
    registers,
  });
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('switchyard_graphql_subscriptions', 'Subscriptions that are open', counts.subscriptions);
  gauge('switchyard_graphql_sockets', 'WebSockets that are open', counts.sockets);
  const known = rootFields(schema);
  const children = new Map<string, ReturnType<typeof seconds.labels>>();
  return {
    answered: (operation, outcome, took) => {
      const field = operation !== null && known.has(operation.field) ? operation.field : 'other';
      const type = operation?.type ?? 'none';
      const key = `${type} ${field} ${outcome}`;
      const child = children.get(key) ?? seconds.labels(field, type, outcome);
      children.set(key, child);
      child.observe(took);
    },
  };
};
