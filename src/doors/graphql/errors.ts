// The form of GraphQL errors on the wire: what the specification names, with the code in `extensions`.
import { GraphQLError, type GraphQLErrorExtensions, type GraphQLFormattedError } from 'graphql';

/** The same place in the document and in the result, with another text and without its cause. */
export const copyError = (error: GraphQLError, message: string, extensions: GraphQLErrorExtensions): GraphQLError =>
  new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions,
  });

const formatted = (error: GraphQLError): GraphQLFormattedError => {
  const { http: _http, unexpected: _unexpected, ...extensions } = error.extensions;
  const { message, locations, path } = error;
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
  };
};

export const formatErrors = (errors: readonly GraphQLError[]): readonly GraphQLFormattedError[] => errors.map(formatted);

/** What a WebSocket's operation with a wrong key is told, and a subscription whose key has ended. */
export const notAuthenticated = (): GraphQLError =>
  new GraphQLError('Not Authenticated for subscription', { extensions: { code: 'NOT_AUTHENTICATED' } });
