// The whole gateway in this process: real HTTP door, real embedded database, a simulated network of its own. Keys of every kind, wallets of
// two accounts, a log that is kept, and checksums over every row that is stored.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backendKinds } from '../../src/backends/index.ts';
import { processWorlds } from '../../src/backends/simulated/backend.ts';
import type { World } from '../../src/backends/simulated/worlds.ts';
import { loadConfig } from '../../src/config.ts';
import { msat } from '../../src/lightning/values.ts';
import { type Opened, openCore } from '../../src/main/open.ts';
import { serve } from '../../src/main.ts';
import type { Database } from '../../src/platform/db.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Scope } from '../../src/wallets/view.ts';
import { testDatabase } from './database.ts';

export interface Keys {
  /** READ, RECEIVE and WRITE, on all wallets of the account. */
  readonly all: string;
  readonly readWrite: string;
  readonly read: string;
  readonly receive: string;
  readonly write: string;
  /** Bound to the wallet `atm`. */
  readonly bound: string;
  /** Of another account. */
  readonly stranger: string;
  readonly expired: string;
  /** All scopes; its sends wait for a second only. */
  readonly impatient: string;
  /** All scopes and ADMIN. */
  readonly admin: string;
}

export interface WalletIds {
  /** Kind node; anybody may create invoices for it. */
  readonly atm: string;
  /** Kind node; nobody else may. */
  readonly closed: string;
  /** Kind ledger, empty until paid; anybody may create invoices for it. */
  readonly ledger: string;
  /** Kind ledger, and nobody ever pays it. */
  readonly poor: string;
  /** Of another account; nobody else may create. */
  readonly foreign: string;
  /** Of another account, kind ledger: where transfers go; anybody may create invoices for it. */
  readonly till: string;
  /** A UUID that names nothing. */
  readonly unknown: string;
}

export interface LoggedLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into by tests, which fail when a field is not there.
export type Json = any;

export interface TestGateway {
  /** With `/graphql`. */
  readonly endpoint: string;
  readonly url: string;
  readonly keys: Keys;
  readonly wallets: WalletIds;
  readonly db: Database;
  readonly opened: Opened;
  readonly world: World;
  /** Our node's name in the world. */
  readonly node: string;
  /** Lines of level `warn` and above. */
  readonly log: readonly LoggedLine[];
  /** Lines of level `error`, told as text: what no input may ever cause. */
  errors(): readonly string[];
  /** Of every table, its row count and a digest of all its rows. */
  checksums(): Promise<Readonly<Record<string, string>>>;
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>;
  /** A POST of one operation, its answer as JSON. @throws when it is not 200. */
  ask(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    key?: string | null,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Json>;
  /** A bolt11 of somebody outside, without an amount unless satoshis are given. */
  foreignInvoice(sats?: number | null, more?: { readonly node?: string; readonly expirySeconds?: number }): string;
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly latencyMs?: number;
  readonly waitSeconds?: number;
  readonly keylessPerMinute?: number;
  /** Instead of stated rates. */
  readonly price?: Readonly<Record<string, unknown>>;
  /** A proxy stands in front. */
  readonly trustProxy?: boolean;
  /** Beside the simulated node and the two accounts of every test. */
  readonly backends?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly accounts?: readonly object[];
}

let started = 0;

const fileText = (world: string, options: TestGatewayOptions): string =>
  JSON.stringify({
    network: 'regtest',
    listen: { port: 0, drainSeconds: 5, trustProxy: options.trustProxy ?? false },
    backends: { node: { kind: 'simulated', world, latencyMs: options.latencyMs ?? 1, blockSeconds: 0 }, ...options.backends },
    accounts: [
      {
        name: 'operator',
        username: 'operator',
        wallets: [
          { name: 'atm', keylessCreate: true, backend: 'node' },
          { name: 'closed', backend: 'node' },
          { name: 'ledger', backend: 'node', balance: 'ledger', keylessCreate: true },
          { name: 'poor', backend: 'node', balance: 'ledger' },
        ],
      },
      {
        name: 'stranger',
        wallets: [
          { name: 'foreign', backend: 'node' },
          { name: 'till', backend: 'node', balance: 'ledger', keylessCreate: true },
        ],
      },
      ...(options.accounts ?? []),
    ],
    payments: { waitSeconds: options.waitSeconds ?? 10 },
    price: options.price ?? { currency: 'USD', perBtc: { USD: 65_000, EUR: 60_000, JPY: 9_000_000 } },
    limits: { keylessInvoicesPerMinute: options.keylessPerMinute ?? 100_000 },
    outbound: { allowPrivate: true },
  });

const makeKeys = async ({ core }: Opened): Promise<{ keys: Keys; wallets: WalletIds }> => {
  const all = await core.wallets.allWallets();
  const named = (name: string): { id: string; accountId: string } => {
    const found = all.find((one) => one.name === name);
    if (!found) throw new Error(`the gateway has no wallet ${name}`);
    return found;
  };
  const atm = named('atm');
  const make = async (
    scopes: readonly Scope[],
    more: { walletId?: string; accountId?: string; expiresAt?: Date; waitSeconds?: number } = {},
  ): Promise<string> => {
    const { key } = await core.wallets.createKey({
      accountId: more.accountId ?? atm.accountId,
      walletId: more.walletId ?? null,
      name: scopes.join('+'),
      scopes,
      expiresAt: more.expiresAt ?? null,
      waitSeconds: more.waitSeconds ?? null,
    });
    return key;
  };
  const every = ['READ', 'RECEIVE', 'WRITE'] as const;
  return {
    keys: {
      all: await make(every),
      readWrite: await make(['READ', 'WRITE']),
      read: await make(['READ']),
      receive: await make(['RECEIVE']),
      write: await make(['WRITE']),
      bound: await make(every, { walletId: atm.id }),
      stranger: await make(every, { accountId: named('foreign').accountId }),
      expired: await make(every, { expiresAt: new Date(Date.now() - 1000) }),
      impatient: await make(every, { waitSeconds: 1 }),
      admin: await make([...every, 'ADMIN']),
    },
    wallets: {
      atm: atm.id,
      closed: named('closed').id,
      ledger: named('ledger').id,
      poor: named('poor').id,
      foreign: named('foreign').id,
      till: named('till').id,
      unknown: '5d2c4b60-0c3e-4f1a-9b7d-1a2b3c4d5e6f',
    },
  };
};

const isTable = /^[a-z_]+$/;

const checksumsOf = async (db: Database): Promise<Readonly<Record<string, string>>> => {
  const { rows } = await db.pool.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename");
  const sums: Record<string, string> = {};
  for (const { tablename } of rows) {
    if (!isTable.test(tablename)) throw new Error(`a table called ${tablename}`);
    // When a key was last used is told of every request, whatever became of it.
    const row = "(to_jsonb(t) - 'last_used_at')::text";
    const sum = await db.pool.query(
      `SELECT count(*)::text AS n, md5(coalesce(string_agg(${row}, E'\\n' ORDER BY ${row}), '')) AS digest FROM "${tablename}" t`,
    );
    sums[tablename] = `${sum.rows[0].n} rows, ${sum.rows[0].digest}`;
  }
  return sums;
};

const keep = () => {
  const lines: LoggedLine[] = [];
  const log = createLog({ level: 'warn', pretty: false, write: (line) => void lines.push(JSON.parse(line)) });
  const errors = (): readonly string[] => lines.filter((line) => line.level === 'error').map((line) => JSON.stringify(line));
  return { lines, log, errors };
};

/** Answers what a client gets; never rejects for a status. */
const poster =
  (endpoint: string): TestGateway['post'] =>
  async (body, headers = {}) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

const untilReady = async (url: string): Promise<void> => {
  const end = Date.now() + 10_000;
  while (!(await fetch(`${url}/readyz`)).ok) {
    if (Date.now() > end) throw new Error('the gateway is not ready after ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Listens on a free port of loopback until `close`. */
export const startTestGateway = async (options: TestGatewayOptions = {}): Promise<TestGateway> => {
  started += 1;
  const world = `in-process-${process.pid}-${started}`;
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-test-'));
  const path = join(folder, 'switchyard.yaml');
  writeFileSync(path, fileText(world, options));
  const config = loadConfig({ kinds: backendKinds, path, env: {} });
  const kept = keep();
  const opened = await openCore(config, { version: 'test', log: kept.log, db: await testDatabase() });
  const gateway = await serve(config, opened);
  const made = await makeKeys(opened);
  await untilReady(gateway.url);
  const network = processWorlds.get(world);
  if (!network) throw new Error('the simulated network was not opened');
  const endpoint = `${gateway.url}/graphql`;
  const post = poster(endpoint);
  return {
    endpoint,
    url: gateway.url,
    ...made,
    db: opened.db,
    opened,
    world: network,
    node: 'node',
    log: kept.lines,
    errors: kept.errors,
    checksums: () => checksumsOf(opened.db),
    post,
    ask: async (query, variables, key = made.keys.all, headers = {}) => {
      const answer = await post({ query, variables }, { ...(key === null ? {} : { 'x-api-key': key }), ...headers });
      if (answer.status !== 200) throw new Error(`HTTP ${answer.status}: ${answer.text}`);
      return JSON.parse(answer.text);
    },
    foreignInvoice: (sats = null, more = {}) =>
      network.payee.createInvoice({ ...more, amount: sats === null ? null : msat(BigInt(sats) * 1000n) }).bolt11,
    close: async () => {
      await gateway.close();
      network.network.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
