// Where an error goes: into a mutation's payload, or to the top level of an answer. What nobody foresaw is reported and told to nobody.
import { GraphQLError } from 'graphql';
import { type Refusal, Refused } from '../../../platform/refusal.ts';
import type { GraphqlContext } from '../context.ts';
import type { BadInput } from '../scalars/input.ts';
import { type ErrorText, notAuthorizedText, refusalText, unknownText } from './texts.ts';

/** One element of a payload's `errors`; `path` is always null on the wire, as upstream. */
export interface ErrorView {
  readonly message: string;
  readonly code: string | null;
}

/**
 * Why a mutation has no answer. `input`: a scalar, the wallet or the scope was wrong (no code, every other field null).
 * `refused`: the core will not do it. `unforeseen`: nothing is known, also not whether something was done.
 */
export type Trouble =
  | { readonly is: 'input'; readonly errors: readonly ErrorView[] }
  | { readonly is: 'refused'; readonly refusal: Refusal; readonly errors: readonly ErrorView[] }
  | { readonly is: 'unforeseen'; readonly errors: readonly ErrorView[] };

export const topLevel = (text: ErrorText): GraphQLError => new GraphQLError(text.message, { extensions: { code: text.code } });

export const notAuthorized = (): GraphQLError => topLevel(notAuthorizedText);

export const inputTrouble = (wrong: readonly BadInput[]): Trouble => ({
  is: 'input',
  errors: wrong.map(({ message }) => ({ message, code: null })),
});

/** @throws GraphQLError when nobody said who they are: that is not a payload error (contract §4.2). */
export const troubleOf = (error: unknown, field: string, context: GraphqlContext): Trouble => {
  if (error instanceof GraphQLError) throw error;
  if (!(error instanceof Refused)) {
    context.report(error, field);
    return { is: 'unforeseen', errors: [unknownText] };
  }
  const { refusal } = error;
  if (refusal.is === 'unauthenticated') throw notAuthorized();
  if (refusal.is === 'internal') context.report(error, field);
  const text = refusalText(refusal);
  // An address of another network is refused where upstream's scalar refuses it.
  const isScalar = refusal.is === 'invalidInput' && refusal.field === 'address';
  const early = isScalar || refusal.is === 'forbidden' || (refusal.is === 'notFound' && refusal.what === 'wallet');
  return early ? { is: 'input', errors: [{ message: text.message, code: null }] } : { is: 'refused', refusal, errors: [text] };
};

/** The same error for the top level of an answer. */
export const errorOf = (error: unknown, field: string, context: GraphqlContext): GraphQLError => {
  if (error instanceof GraphQLError) return error;
  if (!(error instanceof Refused) || error.refusal.is === 'internal') context.report(error, field);
  return topLevel(error instanceof Refused ? refusalText(error.refusal) : unknownText);
};
