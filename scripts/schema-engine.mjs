#!/usr/bin/env node
// What the Prisma CLI starts instead of its native `schema-engine`: the same JSON-RPC over stdio, answered by the WebAssembly build from npm.
// The shadow database is a PGlite in memory, so nobody needs the right to create databases, and for a diff no server at all.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Duplex } from 'node:stream';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const PG_CHAR = 18;
const PG_NAME = 19;
const PG_TEXT = 25;
const PRISMA_ENGINE_ERROR = 4466;

/** The part of the native engine's command line that the CLI uses. */
const readArguments = (words) => {
  const given = { models: [], url: undefined, command: undefined };
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === '--version' || word === '-V') given.command = 'version';
    else if (word === '--datamodels') given.models.push(words[++i]);
    else if (word === '--datasource') given.url = JSON.parse(words[++i]).url;
    else if (word === 'cli') given.command = words[++i];
    else if (word.startsWith('--')) i += 1;
  }
  return given;
};

const { models, url, command } = readArguments(process.argv.slice(2));
const embedded = !url || new URL(url).hostname === 'embedded';

/** `cli can-connect-to-database` and `cli create-database`: the CLI reads the exit code and the second line of stderr. */
const runCommand = async () => {
  if (embedded) return 0;
  console.error('');
  const target = new URL(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  if (command === 'create-database') target.pathname = '/postgres';
  try {
    const client = new pg.Client(target.href);
    await client.connect();
    if (command === 'create-database') await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    await client.end();
    return 0;
  } catch (error) {
    const code = { '3D000': 'P1003', '28P01': 'P1000' }[error.code] ?? 'P1001';
    const fields = { message: error.message || error.code, error_code: code };
    console.error(JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields }));
    return 1;
  }
};

if (command === 'version') {
  console.log('schema-engine-cli wasm');
  process.exit(0);
}
if (command) process.exit(await runCommand());

// @prisma/adapter-pg cannot read the catalog types "char" and name: both are shown to it as text, and "char" is put right afterwards.
let charColumns = [];
const handleRowDescription = pg.Query.prototype.handleRowDescription;
pg.Query.prototype.handleRowDescription = function rowDescription(message) {
  charColumns = message.fields.flatMap((field, i) => (field.dataTypeID === PG_CHAR ? i : []));
  for (const field of message.fields) {
    if (field.dataTypeID === PG_CHAR || field.dataTypeID === PG_NAME) field.dataTypeID = PG_TEXT;
  }
  return handleRowDescription.call(this, message);
};

const connect = async (config) => {
  const pool = new pg.Pool({ ...config, max: 1 });
  const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  // The adapter's own splits a script at every ';', also inside a function's body.
  adapter.executeScript = (script) =>
    pool.query(script).then(
      () => undefined,
      (error) => adapter.onError(error),
    );
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const i of charColumns) result.columnTypes[i] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
};

/** A socket to a database in this process. Kept apart from src/platform/pglite.ts: this must run before anything of ours is built. */
const socketTo = (db) => {
  const exec = (message, done) => {
    if (message[0] === 'X'.charCodeAt(0)) {
      socket.push(null);
      done();
      return;
    }
    db.execProtocolRaw(message).then((answer) => {
      if (answer.length > 0) socket.push(Buffer.from(answer));
      done();
    }, done);
  };
  const itself = () => socket;
  const socket = Object.assign(
    new Duplex({
      read: () => undefined,
      write: (chunk, _encoding, done) => exec(chunk, done),
      writev: (chunks, done) => exec(Buffer.concat(chunks.map((one) => one.chunk)), done),
    }),
    {
      connect: () => {
        process.nextTick(() => socket.emit('connect'));
        return socket;
      },
      setNoDelay: itself,
      setKeepAlive: itself,
      ref: itself,
      unref: itself,
    },
  );
  return socket;
};

const scratch = async () => {
  const db = await PGlite.create();
  return connect({ user: 'postgres', database: 'postgres', host: 'localhost', ssl: false, stream: () => socketTo(db) });
};

const factory = bindMigrationAwareSqlAdapterFactory({
  provider: 'postgres',
  adapterName: '@prisma/adapter-pg',
  connect: () => (embedded ? scratch() : connect({ connectionString: url })),
  // The adapter's own connects to the main database when it was given a connection string.
  connectToShadowDb: scratch,
});

let panic;
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message: (message) => {
    panic = message;
  },
};

const loadEngine = async () => {
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bindings = await import(glue);
  const bytes = readFileSync(join(dirname(glue), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const datamodels = models.length > 0 ? models.map((path) => [path, readFileSync(path, 'utf8')]) : undefined;
  return bindings.SchemaEngine.new({ datamodels }, () => undefined, factory);
};

let engine;
const diffFromMigrations = ({ migrationsList, schema, filters }) =>
  engine.diff({
    from: { tag: 'migrations', ...migrationsList },
    to: { tag: 'schemaDatamodel', ...schema },
    script: true,
    exitCode: true,
    filters,
  });

// These two get no shadow database in the WebAssembly build: a diff answers both, without warnings of lost data.
const methods = {
  getDatabaseVersion: (params) => engine.version(params),
  evaluateDataLoss: async (params) => {
    const { exitCode } = await diffFromMigrations(params);
    return { migrationSteps: exitCode === 2 ? 1 : 0, unexecutableSteps: [], warnings: [] };
  },
  createMigration: async (params) => {
    const { exitCode, stdout } = await diffFromMigrations(params);
    const stamp = new Date().toISOString().replace(/[-:T]/g, '').slice(0, 14);
    const empty = params.draft ? '-- This is an empty migration.' : null;
    return {
      connectorType: 'postgresql',
      generatedMigrationName: `${stamp}_${params.migrationName}`,
      extension: 'sql',
      migrationScript: exitCode === 2 ? stdout : empty,
    };
  },
};

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

const answer = async ({ id, method, params }) => {
  try {
    engine ??= await loadEngine();
    const result = methods[method] ? await methods[method](params) : await engine[method](params);
    if (method === 'diff' && result?.stdout) send({ id: id + 1e6, method: 'print', params: { content: result.stdout } });
    send({ id, result: result ?? {} });
  } catch (error) {
    const message = panic ?? String(error?.message ?? error);
    send({ id, error: { code: PRISMA_ENGINE_ERROR, message, data: { is_panic: Boolean(panic), message, error_code: error?.code } } });
  }
};

let queue = Promise.resolve();
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const request = JSON.parse(line);
    // A line without a method acknowledges a `print` of ours.
    if (request.method) queue = queue.then(() => answer(request));
  })
  .on('close', () => queue.then(() => process.exit(0)));
