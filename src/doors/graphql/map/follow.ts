// A subscription's events out of a read's: trouble becomes a last event with payload errors, and leaving ends the read at once.
import type { GraphqlContext } from '../context.ts';
import type { ErrorView, Trouble } from './trouble.ts';
import { troubleOf } from './trouble.ts';

export interface Following<T, P> {
  readonly field: string;
  readonly watch: (signal: AbortSignal) => AsyncIterable<T>;
  readonly event: (of: T) => P;
  readonly trouble: (errors: readonly ErrorView[], trouble: Trouble) => P;
}

/**
 * Not a generator: those queue `return` behind a `next` that may wait for a day, and the read would outlive its subscriber.
 * Ends when the read ends, so clients get `complete` after a final state (contract §10).
 */
export const follow = <T, P>(context: GraphqlContext, following: Following<T, P>): AsyncIterableIterator<P> => {
  const left = new AbortController();
  const signal = AbortSignal.any([context.asking.signal, left.signal]);
  let source: AsyncIterator<T> | null = null;
  let over = false;
  const end = (): IteratorResult<P> => {
    over = true;
    left.abort();
    return { done: true, value: undefined };
  };
  const next = async (): Promise<IteratorResult<P>> => {
    if (over) return end();
    try {
      source ??= following.watch(signal)[Symbol.asyncIterator]();
      const { done, value } = await source.next();
      return done === true || over ? end() : { done: false, value: following.event(value) };
    } catch (error) {
      // Leaving aborts the read, which may say so by throwing.
      if (over || context.asking.signal.aborted) return end();
      end();
      const trouble = troubleOf(error, following.field, context);
      return { done: false, value: following.trouble(trouble.errors, trouble) };
    }
  };
  return {
    next,
    return: async () => {
      const result = end();
      // Not awaited: a generator answers only when its pending `next` does.
      source?.return?.().catch(() => undefined);
      return result;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
