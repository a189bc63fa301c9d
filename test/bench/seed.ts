// Fills a database with open invoices, as a busy gateway has them: real signed payment requests, written past the gateway while it is down.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { encodeBolt11 } from '../../src/lightning/bolt11-encode.ts';
import { hashOf, newPreimage } from '../../src/lightning/values.ts';
import { openDatabase, sql } from '../../src/platform/db.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Site } from './gateways.ts';
import { root } from './paths.ts';

export interface Stored {
  readonly hash: string;
  readonly bolt11: string;
  readonly secret: string;
}

const lifeSeconds = 86_400;

export const makeInvoices = (count: number): readonly Stored[] => {
  const key = randomBytes(32);
  const createdAt = new Date();
  return Array.from({ length: count }, (_none, index) => {
    const hash = hashOf(newPreimage());
    const secret = randomBytes(32).toString('hex');
    const draft = {
      network: 'regtest',
      ...{ amount: BigInt(1500 + (index % 5000)) * 1000n, hash, paymentSecret: secret, description: { text: '' } },
      ...{ createdAt, expirySeconds: lifeSeconds, finalCltvDelta: 80, featureBits: [8, 14, 17] },
    } as const;
    return { hash, secret, bolt11: encodeBolt11(draft, key) };
  });
};

const insert = {
  name: 'bench_seed',
  text: `INSERT INTO invoices (id, account_id, wallet_id, backend_id, backend_identity, payment_hash, bolt11, payment_secret, external_id,
      amount_msat, created_at, expires_at, next_check_at)
    SELECT s.id, w.account_id, w.id, 'main', 'bench', s.hash, s.bolt11, s.secret, s.hash, 1500000, $2::timestamptz, $3::timestamptz, $3::timestamptz
    FROM (SELECT id, account_id FROM wallets LIMIT 1) AS w,
      jsonb_to_recordset($1::jsonb) AS s(id uuid, hash text, bolt11 text, secret text)`,
};

/** Into the database of a gateway that ran once and does not run now. */
export const seed = async ({ folder, databaseUrl }: Site, invoices: readonly Stored[]): Promise<void> => {
  const log = { info: () => undefined, warn: () => undefined };
  const migrationsDir = join(root, 'prisma', 'migrations');
  const db = await openDatabase({ url: databaseUrl, dataDir: join(folder, 'data'), migrationsDir, durable: false, log });
  const now = new Date();
  const end = new Date(now.getTime() + lifeSeconds * 1000);
  for (let at = 0; at < invoices.length; at += 2000) {
    const rows = invoices.slice(at, at + 2000).map((one) => ({ ...one, id: newId(now) }));
    await sql(db, insert, [JSON.stringify(rows), now, end]);
  }
  await db.pool.query('ANALYZE invoices');
  await db.close();
};
