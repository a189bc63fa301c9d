// Input that a scalar refuses is a value, not an exception, so that a mutation can answer it in its payload (contract §3): GraphQL
// itself would make HTTP 400 of it. Whoever takes an input must therefore look for `BadInput` first.
import { GraphQLError, Kind, type ValueNode } from 'graphql';

/** What a scalar's parse function returns instead of a value. The message is Galoy's text. */
export class BadInput extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadInput';
  }
}

/** An input object whose scalars were all accepted. */
export type Good<I> = { readonly [K in keyof I]: Exclude<I[K], BadInput> };

/** What is wrong with an input object, in the order of its fields; empty when all is well. */
export const badInputs = (input: object): readonly BadInput[] =>
  Object.values(input).filter((value): value is BadInput => value instanceof BadInput);

/** @throws GraphQLError with code INVALID_INPUT: how queries and subscriptions refuse a scalar. */
export const good = <T>(value: T): Exclude<T, BadInput> => {
  if (value instanceof BadInput) throw new GraphQLError(value.message, { extensions: { code: 'INVALID_INPUT' } });
  return value as Exclude<T, BadInput>;
};

/** How a scalar reads its two forms: a JSON variable, and a literal in the document. Neither throws. */
export interface Reading<T> {
  readonly parseValue: (value: unknown) => T | BadInput;
  readonly parseLiteral: (node: ValueNode) => T | BadInput;
}

/** A scalar that is written as a string, in variables and in documents. */
export const textReading = <T>(name: string, read: (text: string) => T | BadInput): Reading<T> => ({
  parseValue: (value) => (typeof value === 'string' ? read(value) : new BadInput(`Invalid type for ${name}`)),
  parseLiteral: (node) => (node.kind === Kind.STRING ? read(node.value) : new BadInput(`Invalid type for ${name}`)),
});

/** A scalar that is a number or a numeric string as a variable, and a bare integer in a document (contract §3: no string literal). */
export const numberReading = (name: string, read: (given: string | number) => number | BadInput): Reading<number> => ({
  parseValue: (value) => (typeof value === 'string' || typeof value === 'number' ? read(value) : new BadInput(`Invalid type for ${name}`)),
  parseLiteral: (node) => (node.kind === Kind.INT ? read(node.value) : new BadInput(`Invalid type for ${name}`)),
});
