// What a client asks, read from any body or query string that is meant for GraphQL; what cannot be meant gets one clear error.
import { GraphQLError } from 'graphql';

export interface Params {
  readonly query: string;
  /** Null: the only operation of the document. */
  readonly operationName: string | null;
  readonly variables: Variables;
}
export type Variables = { readonly [name: string]: unknown };

export type ParamsOrError = { readonly is: 'params'; readonly params: Params } | { readonly is: 'error'; readonly error: GraphQLError };

const bad = (message: string, code = 'BAD_REQUEST'): ParamsOrError => ({
  is: 'error',
  error: new GraphQLError(message, { extensions: { code } }),
});

const none: Variables = Object.freeze({});

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Null when they are not an object. An older Alby sends them as JSON text, which costs nothing to read. */
const readVariables = (given: unknown): Variables | null => {
  if (given === undefined || given === null || given === '') return none;
  const value = typeof given === 'string' ? parseJson(given) : given;
  if (value === null) return none;
  return isRecord(value) ? value : null;
};

const isPersistedOnly = (body: Record<string, unknown>): boolean => isRecord(body.extensions) && isRecord(body.extensions.persistedQuery);

/** A GraphQL request as JSON: `{ query, operationName?, variables? }`; other keys are ignored, as upstream does. */
export const readParams = (body: unknown): ParamsOrError => {
  if (Array.isArray(body)) return bad('Operation batching disabled: send one operation a request.');
  if (!isRecord(body)) return bad('The body of a POST must be a JSON object with a "query".');
  const { query, operationName } = body;
  if (query === undefined || query === null || query === '') {
    // Apollo clients send a hash first and repeat the request with its text when they are told so.
    if (isPersistedOnly(body)) return bad('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED');
    return bad('Must provide query string.');
  }
  if (typeof query !== 'string') return bad('"query" must be a string.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    return bad('"operationName" must be a string.');
  }
  const variables = readVariables(body.variables);
  if (variables === null) return bad('"variables" must be an object.');
  return { is: 'params', params: { query, operationName: operationName || null, variables } };
};

/** The same from the text of a body. */
export const readJsonParams = (text: string): ParamsOrError => {
  const body = parseJson(text);
  return body === undefined ? bad('The body of a POST must be JSON.') : readParams(body);
};

/** The same from a query string (the part behind `?`). */
export const readQueryParams = (search: string): ParamsOrError => {
  const asked = new URLSearchParams(search);
  return readParams({
    query: asked.get('query'),
    operationName: asked.get('operationName'),
    variables: asked.get('variables'),
  });
};
