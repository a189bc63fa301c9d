// Writes docs/galoy-compatibility.md from schema.graphql and Galoy's public schema.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { compatibility } from './compatibility-page.mjs';

const schemaAt = (path) => buildSchema(readFileSync(new URL(path, import.meta.url), 'utf8'));
const { page, differences, unexplained } = compatibility(
  schemaAt('../schema.graphql'),
  schemaAt('../test/contract/upstream/blink-public.graphql'),
);

const docs = new URL('../docs/', import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL('galoy-compatibility.md', docs), page);
// The page is written all the same: it shows them.
for (const coordinate of unexplained)
  process.stderr.write(`switchyard: ${coordinate} is not served, and scripts/compatibility-reasons.mjs does not say why\n`);
for (const difference of differences) process.stderr.write(`switchyard: not as Galoy has it: ${difference}\n`);
