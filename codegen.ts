// Types for the GraphQL documents in the tests, so that a test that asks for what the schema has not does not compile; and the documents
// that the Galoy adapter sends, held against upstream's schema.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  ignoreNoDocuments: true,
  generates: {
    // In git, for the build needs it; a test holds it against what this makes anew.
    'src/backends/galoy/documents.generated.ts': {
      schema: 'test/contract/upstream/blink-public.graphql',
      documents: 'src/backends/galoy/operations.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        documentVariableSuffix: '',
        defaultScalarType: 'string',
        scalars: { SatAmount: 'number', CentAmount: 'number', SignedAmount: 'number', Timestamp: 'number', Minutes: 'number' },
      },
    },
    'test/generated/': {
      schema: 'schema.graphql',
      documents: ['test/**/*.{graphql,ts}', '!test/**/generated/**', '!test/regtest/**', '!test/contract/upstream/**'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { useTypeImports: true, importExtension: '.ts', enumsAsTypes: true, strictScalars: false },
    },
  },
};

export default config;
