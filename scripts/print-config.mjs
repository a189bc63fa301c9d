// Writes docs/config.md from the built schema of the configuration.
import { mkdirSync, writeFileSync } from 'node:fs';
import { configPage } from '../dist/src/config/document.js';

const docs = new URL('../docs/', import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL('config.md', docs), configPage());
