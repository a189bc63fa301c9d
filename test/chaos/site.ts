// The gateway under test, as a client and an operator see it, and its database as it is at the moment when the gateway was killed.
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '../../src/platform/db.ts';
import { silentLog } from '../../src/platform/log.ts';
import { root } from '../bench/paths.ts';
import type { NetNode } from '../regtest/lnd.ts';
import { createGateway, type Gateway } from '../support/gateway.ts';

export interface Site {
  readonly gateway: Gateway;
  readonly walletId: string;
  /** A client's request; `key`: its idempotency key. @throws Error when no answer came, or one with top-level errors. */
  readonly ask: <T>(query: string, variables: object, key?: string) => Promise<T>;
  /** The state of the row under a hash, of a payment's newest attempt or of an invoice; null: no row. While nobody has the database open. */
  readonly statesOf: (hashes: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Attempts that succeeded, by hash, and the balance of the wallet, in msat. */
  readonly totals: () => Promise<{ readonly succeeded: ReadonlyMap<string, number>; readonly availableMsat: bigint }>;
}

export interface Place {
  readonly node: NetNode;
  /** Null: embedded. */
  readonly databaseUrl: string | null;
}

/** A started gateway on one node, with one wallet of kind ledger. */
export const openSite = async ({ node, databaseUrl }: Place): Promise<Site> => {
  const { socket, certPath: cert, macaroonPath: macaroon } = node;
  const gateway = await createGateway({
    network: 'regtest',
    ...(databaseUrl === null ? {} : { database: { url: databaseUrl } }),
    backends: { main: { kind: 'lnd', socket, cert, macaroon } },
    payments: { waitSeconds: 5 },
    accounts: [{ name: 'operator', wallets: [{ name: 'atm', backend: 'main', balance: 'ledger' }] }],
  });
  await gateway.start();
  const [walletId, key] = [await gateway.walletId('atm'), await gateway.key({ wallet: 'atm' })];
  const opened = () =>
    openDatabase({
      ...{ url: null, dataDir: join(gateway.folder, 'data'), migrationsDir: join(root, 'prisma', 'migrations') },
      ...{ durable: true, poolSize: 1, log: silentLog },
    });
  const look = async <Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    const db = databaseUrl === null ? await opened() : null;
    const pool = db?.pool ?? new pg.Pool({ connectionString: databaseUrl ?? '', max: 1 });
    try {
      return (await pool.query({ text, values: [...values] })).rows;
    } finally {
      await (db ?? { close: () => pool.end() }).close();
    }
  };
  return {
    gateway,
    walletId,
    ask: async (query, variables, idempotency) => {
      const headers = { 'content-type': 'application/json', 'X-API-KEY': key, ...(idempotency && { 'X-Idempotency-Key': idempotency }) };
      const response = await fetch(gateway.endpoint, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      const { data, errors } = JSON.parse(await response.text());
      if (response.status !== 200 || errors) throw new Error(`HTTP ${response.status}: ${JSON.stringify(errors ?? data)}`);
      return data;
    },
    statesOf: async (hashes) => {
      const rows = await look<{ hash: string; state: string }>(
        `SELECT payment_hash AS hash, state FROM invoices WHERE payment_hash = ANY($1)
          UNION ALL (SELECT DISTINCT ON (payment_hash) payment_hash, state FROM attempts WHERE payment_hash = ANY($1) ORDER BY payment_hash, id DESC)`,
        [hashes],
      );
      return new Map(rows.map(({ hash, state }) => [hash, state]));
    },
    totals: async () => {
      const rows = await look<{ hash: string; count: string }>(
        `SELECT payment_hash AS hash, count(*) FROM attempts WHERE state = 'succeeded' GROUP BY 1`,
        [],
      );
      const [wallet] = await look<{ msat: string }>('SELECT available_msat AS msat FROM wallets WHERE id = $1', [walletId]);
      return { succeeded: new Map(rows.map(({ hash, count }) => [hash, Number(count)])), availableMsat: BigInt(wallet?.msat ?? 0) };
    },
  };
};
