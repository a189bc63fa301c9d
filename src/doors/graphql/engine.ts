// Runs operations the same way for every transport: GraphQL's own executor, errors without insides, streams that end when told to.
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, GraphQLError } from 'graphql';
import type { GraphqlContext, Loaders } from './context.ts';
import { copyError, formatErrors, notAuthenticated } from './errors.ts';
import { lost, whileHeld } from './lease.ts';
import type { Stream, Streams } from './streams.ts';

export interface Execution extends ExecutionArgs {
  readonly contextValue: GraphqlContext;
}

export interface Engine {
  /** Of a query or a mutation. Never throws and never rejects. */
  execute(args: Execution): ExecutionResult | Promise<ExecutionResult>;
  /** Of a subscription: its events, or a result without data when it could not begin. Never rejects. */
  subscribe(args: Execution): Promise<Stream<ExecutionResult> | ExecutionResult>;
  /** An error as a client may see it; what nobody foresaw is logged and loses its text. */
  mask(error: unknown): GraphQLError;
}

export interface EngineDeps {
  readonly log: { error(fields: object, text: string): void };
  readonly loaders: () => Loaders;
  readonly streams: Streams;
  /** How often the key of a silent subscription is looked up, in milliseconds. */
  readonly keyCheckMs: number;
}

const isForeseen = (error: unknown): error is GraphQLError => {
  if (!(error instanceof GraphQLError)) return false;
  return error.originalError === undefined || isForeseen(error.originalError);
};

/** The only text that a client reads about an error that nobody foresaw. */
export const unexpectedMessage = 'Unexpected error.';

const unexpected = (error: unknown): GraphQLError => {
  const extensions = { code: 'INTERNAL_SERVER_ERROR' };
  if (!(error instanceof GraphQLError)) return new GraphQLError(unexpectedMessage, { extensions });
  return copyError(error, unexpectedMessage, extensions);
};

const withDefaultCode = (error: GraphQLError, code: string): GraphQLError => {
  if (error.extensions.code !== undefined) return error;
  return copyError(error, error.message, { ...error.extensions, code });
};

const isStream = (value: object): value is AsyncIterable<unknown> => Symbol.asyncIterator in value;

const isPromise = <T>(value: T | Promise<T>): value is Promise<T> => value instanceof Promise;

export const createEngine = (deps: EngineDeps): Engine => {
  const mask = (error: unknown): GraphQLError => {
    if (isForeseen(error)) return error;
    const cause = error instanceof GraphQLError ? error.originalError : error;
    deps.log.error({ err: cause, path: error instanceof GraphQLError ? error.path : undefined }, 'an operation met an unexpected error');
    return unexpected(error);
  };
  const finish = (result: ExecutionResult): ExecutionResult => {
    if (result.errors === undefined) return result;
    const errors = result.errors.map(mask);
    // Without data nothing ran: the variables did not fit, or the operation could not be chosen.
    return result.data === undefined
      ? { ...result, errors: errors.map((error) => withDefaultCode(error, 'BAD_USER_INPUT')) }
      : { ...result, errors };
  };
  const failed = (error: unknown): ExecutionResult => ({ errors: [mask(error)] });
  const run: Engine['execute'] = (args) => {
    try {
      const result = execute(args);
      return isPromise(result) ? result.then(finish, failed) : finish(result);
    } catch (error) {
      return failed(error);
    }
  };
  const subscribe: Engine['subscribe'] = async (args) => {
    try {
      const source = await createSourceEventStream(args);
      if (!isStream(source)) return finish(source);
      const { keyHolds } = args.contextValue;
      const events = keyHolds === null ? source : whileHeld(source, { holds: keyHolds, everyMs: deps.keyCheckMs });
      return deps.streams.open<unknown, ExecutionResult>(events, (event) => {
        if (event === lost) return { errors: [notAuthenticated()] };
        // A loader that outlived an event would show the next one old balances.
        const contextValue = { ...args.contextValue, loaders: deps.loaders() };
        return run({ ...args, rootValue: event, contextValue });
      });
    } catch (error) {
      return failed(error);
    }
  };
  return { execute: run, subscribe, mask };
};

interface Result {
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly data?: unknown;
}

/** How a result is answered over HTTP: 200 when it has data, be it null; 400 when the request could not be run; 500 when we failed. */
export const statusOf = (result: Result): number => {
  if (result.data !== undefined) return 200;
  const codes = result.errors?.map((error) => error.extensions.code) ?? [];
  if (codes.includes('INTERNAL_SERVER_ERROR')) return 500;
  const http = result.errors?.map((error) => error.extensions.http).find((one) => one !== undefined);
  const status = typeof http === 'object' && http !== null && 'status' in http ? http.status : 400;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 400;
};

/** A result as it goes over the wire: nothing but what the specification names. */
export const wire = (result: Result): object => ({
  ...(result.errors === undefined ? {} : { errors: formatErrors(result.errors) }),
  ...(result.data === undefined ? {} : { data: result.data }),
});
