// Types for the GraphQL documents in the tests, so that a test that asks for what the schema has not does not compile.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['test/**/*.{graphql,ts}', '!test/**/generated/**', '!test/regtest/**'],
  ignoreNoDocuments: true,
  generates: {
    'test/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { useTypeImports: true, importExtension: '.ts', enumsAsTypes: true, strictScalars: false },
    },
  },
};

export default config;
