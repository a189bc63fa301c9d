// How the Prisma CLI finds the schema, the migrations and the database. Its schema engine is ours (scripts/schema-engine.mjs), because the
// native one is downloaded at the first command of any kind and this project must be set up from npm alone.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(new URL('scripts/schema-engine.mjs', import.meta.url));
process.env.CHECKPOINT_DISABLE ??= '1';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Without a server, `migrate dev` and `migrate diff` work on a scratch database in memory.
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://embedded/switchyard' },
});
