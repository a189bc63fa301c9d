// Texts of queries, parsed and validated once: the same clients send the same few texts for years. Bounded in number and in size.
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { copyError } from './errors.ts';
import { type DocumentLimits, limitRules } from './limits.ts';
import type { Params } from './params.ts';

export interface Prepared {
  readonly is: 'prepared';
  readonly document: DocumentNode;
  readonly operations: readonly Operation[];
}
export interface Rejected {
  readonly is: 'rejected';
  readonly errors: readonly GraphQLError[];
}

export interface Operation {
  /** As the document names it; null: it has no name. */
  readonly name: string | null;
  readonly type: 'query' | 'mutation' | 'subscription';
  /** Its first field of the schema's root type; `other` behind a fragment. Bounded by the schema, so it may label a metric. */
  readonly field: string;
}

export interface Documents {
  prepare(query: string): Prepared | Rejected;
}

const fieldOf = (node: OperationDefinitionNode): string => {
  const [first] = node.selectionSet.selections;
  return first?.kind === Kind.FIELD ? first.name.value : 'other';
};

const operationsOf = (document: DocumentNode): readonly Operation[] =>
  document.definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? [{ name: node.name?.value ?? null, type: node.operation, field: fieldOf(node) }] : [],
  );

const operationOf = (prepared: Prepared, operationName: string | null): Operation | null => {
  if (operationName !== null) return prepared.operations.find((one) => one.name === operationName) ?? null;
  return prepared.operations.length === 1 ? (prepared.operations[0] ?? null) : null;
};

// The same words as yoga's.
const noOperation = (): GraphQLError =>
  new GraphQLError('Could not determine what operation to execute.', { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });

const withCode = (error: GraphQLError, code: string): GraphQLError => copyError(error, error.message, { code });

const rejected = (errors: readonly GraphQLError[], code: string): Rejected => ({
  is: 'rejected',
  errors: errors.map((error) => withCode(error, code)),
});

interface DocumentOptions {
  readonly limits: DocumentLimits;
  readonly introspection: boolean;
}

const check = (schema: GraphQLSchema, options: DocumentOptions): Documents['prepare'] => {
  const limiting = limitRules(options.limits);
  const specified = options.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const problemsOf = (document: DocumentNode): readonly GraphQLError[] => {
    try {
      // Limits first: some of GraphQL's own rules are what a hostile document wants to be busy with.
      const over = validate(schema, document, limiting, { maxErrors: 1 });
      return over.length > 0 ? over : validate(schema, document, specified, { maxErrors: 20 });
    } catch (error) {
      // GraphQL's rules walk lists within lists by calling themselves; within `tokens` there is room for more lists than the stack has.
      if (error instanceof RangeError) return [new GraphQLError('The document is nested too deeply.')];
      throw error;
    }
  };
  return (query) => {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: options.limits.tokens });
    } catch (error) {
      return rejected([error instanceof GraphQLError ? error : new GraphQLError('Syntax Error.')], 'GRAPHQL_PARSE_FAILED');
    }
    const problems = problemsOf(document);
    if (problems.length > 0) return rejected(problems, 'GRAPHQL_VALIDATION_FAILED');
    return { is: 'prepared', document, operations: operationsOf(document) };
  };
};

const longestKept = 20_000;
const generation = { entries: 250, characters: 250_000 } as const;

/** Parses, keeps the limits, validates; remembers what is valid: the newest of at most 500 texts and 500,000 characters. */
export const createDocuments = (schema: GraphQLSchema, options: DocumentOptions): Documents => {
  const prepareNew = check(schema, options);
  // Two generations: what is still asked for moves to the younger one, the older one is dropped as a whole.
  let young = new Map<string, Prepared>();
  let old = new Map<string, Prepared>();
  let characters = 0;
  const keep = (query: string, prepared: Prepared): void => {
    if (young.size >= generation.entries || characters + query.length > generation.characters) {
      old = young;
      young = new Map();
      characters = 0;
    }
    young.set(query, prepared);
    characters += query.length;
  };
  return {
    prepare: (query) => {
      const known = young.get(query);
      if (known !== undefined) return known;
      const prepared = old.get(query) ?? prepareNew(query);
      if (prepared.is === 'prepared' && query.length <= longestKept) keep(query, prepared);
      return prepared;
    },
  };
};

export interface Chosen {
  readonly is: 'chosen';
  readonly document: DocumentNode;
  readonly operation: Operation;
}

/** The document of a request, and the operation in it that is meant. */
export const choose = (documents: Documents, params: Pick<Params, 'query' | 'operationName'>): Chosen | Rejected => {
  const prepared = documents.prepare(params.query);
  if (prepared.is === 'rejected') return prepared;
  const operation = operationOf(prepared, params.operationName);
  return operation === null ? { is: 'rejected', errors: [noOperation()] } : { is: 'chosen', document: prepared.document, operation };
};
