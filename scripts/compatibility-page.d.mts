// The types of compatibility-page.mjs, for the test that compares its page with docs/galoy-compatibility.md.
import type { GraphQLSchema } from 'graphql';

export const compatibility: (
  ours: GraphQLSchema,
  theirs: GraphQLSchema,
) => { readonly page: string; readonly differences: readonly string[]; readonly unexplained: readonly string[] };
