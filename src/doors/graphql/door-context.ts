// What each operation is given, whatever it came through, and how many subscriptions one client may hold.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Reads } from '../../commands/reads.ts';
import type { Ask, Asking } from '../../commands/table.ts';
import { clientAddress } from '../../platform/http.ts';
import type { Principal } from '../../wallets/view.ts';
import type { GraphqlContext } from './context.ts';
import type { Slots } from './limits.ts';
import { createLoaders } from './loaders.ts';

/** Who asks, and what they said besides the question. */
export interface Asked {
  readonly who: Principal | null;
  /** Idempotency key. */
  readonly key: string | null;
  readonly from: string | null;
  /** Whether the key is still valid; null: none was given. */
  readonly keyHolds: (() => Promise<boolean>) | null;
}

export interface DoorContext {
  readonly schema: GraphQLSchema;
  readonly reads: Reads;
  /** `signal` is called when somebody first looks at `asking.signal`; most operations never do. */
  create(asked: Asked, signal: () => AbortSignal): GraphqlContext;
  /** The address behind a request. */
  from(req: IncomingMessage): string | null;
  /** Never aborted: what a mutation gets, for a send that has begun goes on without its client. */
  readonly never: () => AbortSignal;
  /** Aborted when the client goes away before its answer is complete; with `atEnd`, also when it is complete (a stream that was ended). */
  signalOf(res: ServerResponse, atEnd?: boolean): AbortSignal;
  /** Room for one subscription, and what gives it back; null: there is none. */
  take(asked: Asked): (() => void) | null;
  tooMany(): GraphQLError;
}

interface ContextDeps {
  readonly ask: Ask;
  readonly reads: Reads;
  readonly schema: GraphQLSchema;
  readonly now: () => Date;
  readonly log: { error(fields: object, text: string): void };
  readonly slots: Slots;
  readonly trustProxy: boolean;
}

const withSignal = (asking: Omit<Asking, 'signal'>, make: () => AbortSignal): Asking => {
  let made: AbortSignal | undefined;
  return {
    ...asking,
    get signal() {
      made ??= make();
      return made;
    },
  };
};

export const createDoorContext = (deps: ContextDeps): DoorContext => {
  const { ask, reads, schema, now, log, slots } = deps;
  const report = (error: unknown, field: string): void => log.error({ err: error, field }, 'a field met an unexpected error');
  const never = new AbortController().signal;
  return {
    schema,
    reads,
    never: () => never,
    from: (req) => clientAddress(req, deps.trustProxy),
    create: ({ who, key, from, keyHolds }, signal) => {
      const asking = { who, door: 'graphql', key, from } as const;
      return { ask, reads, who, keyHolds, asking: withSignal(asking, signal), loaders: createLoaders(reads), now, report };
    },
    signalOf: (res, atEnd = false) => {
      const controller = new AbortController();
      const abort = (): void => {
        if (atEnd || !res.writableFinished) controller.abort();
      };
      if (res.closed) abort();
      else res.once('close', abort);
      return controller.signal;
    },
    take: ({ who, from }) => slots.take(who?.keyId ?? who?.accountId ?? from ?? 'nobody'),
    tooMany: () => new GraphQLError('Too many open subscriptions.', { extensions: { code: 'TOO_MANY_REQUEST' } }),
  };
};
