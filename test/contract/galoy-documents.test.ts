// What the Galoy adapter sends is what codegen makes of its operations and upstream's schema: whoever changes one of them generates anew.
import { readFileSync } from 'node:fs';
import { generate } from '@graphql-codegen/cli';
import { expect, it } from 'vitest';
import config from '../../codegen.ts';

const file = 'src/backends/galoy/documents.generated.ts';
const root = new URL('../../', import.meta.url);

it('is generated from the operations (npm run generate)', async () => {
  const target = config.generates[file];
  if (target === undefined) throw new Error(`codegen.ts does not make ${file}`);
  const made: unknown = await generate({ generates: { [file]: target }, cwd: root.pathname, silent: true, errorsOnly: true }, false);
  const [output] = Array.isArray(made) ? made : [];
  expect(output?.content).toBe(readFileSync(new URL(file, root), 'utf8'));
});
