// Does a longer history make a page or a look-up slower? The same wallet with 10,000 and with 1,000,000 stored movements, on the same database,
// asked for its first page, for its thousandth, for one payment hash and for one address, in turns.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { bech32 } from 'bech32';
import { openDatabase, sql } from '../../src/platform/db.ts';
import { accessTo, type Gateway, type Site } from './gateways.ts';
import { measureAll, type Pace, type Row, ready, type Subject } from './measure.ts';
import { root } from './paths.ts';
import { gatewayWork } from './requests.ts';

const few = 10_000;
const pageSize = 10;
const deepPage = 1000;
const hashes = 2000;

export const asked = ['first page', `page ${deepPage}`, 'look-up by hash', 'page of an address'] as const;
export const whatOf = (question: string, count: number): string => `${question}, ${count} movements`;

// Ids as a gateway makes them (UUID version 7), a minute apart and in the order of time; what they are of is as random as a hash. Every tenth is on the
// chain, each to an address of its own.
const insert = {
  name: 'bench_history',
  text: `INSERT INTO transactions (id, account_id, wallet_id, direction, status, kind, amount_msat, fee_msat, payment_hash, bolt11, preimage, address, memo,
      external_id, subject_id, price_base, created_at, ended_at)
    SELECT (substr(s.h, 1, 8) || '-' || substr(s.h, 9, 4) || '-7000-8000-' || lpad(to_hex(s.n), 12, '0'))::uuid, w.account_id, w.id,
      CASE WHEN s.n % 2 = 0 THEN 'receive' ELSE 'send' END, 'success', CASE WHEN s.n % 10 = 0 THEN 'onchain' ELSE 'lightning' END, 1000000 + s.n, s.n % 3000,
      md5(s.n::text) || md5('hash' || s.n), 'lnbcrt10u1p' || md5(s.n::text) || md5('request' || s.n) || md5('rest' || s.n),
      md5('preimage' || s.n) || md5(s.n::text),
      CASE WHEN s.n % 10 = 0 THEN ($3::text[])[(s.n - $1) / 10 + 1] END, 'movement ' || s.n, NULL, md5('subject' || s.n)::uuid, 6500000000000, s.t, s.t
    FROM (SELECT id, account_id FROM wallets LIMIT 1) AS w,
      (SELECT n, lpad(to_hex((1600000000000 + n::bigint * 60000)), 12, '0') AS h, to_timestamp(1600000000 + n::bigint * 60) AS t
       FROM generate_series($1::int, $2::int) AS n) AS s`,
};

/** Pays to a public key hash that is made of the movement's number. */
const addressOf = (n: number): string =>
  bech32.encode('bcrt', [0, ...bech32.toWords(createHash('sha256').update(String(n)).digest().subarray(0, 20))]);

/** Into the database of a gateway that ran once and does not run now. */
const seedHistory = async ({ folder, databaseUrl }: Site, count: number): Promise<void> => {
  const log = { info: () => undefined, warn: () => undefined };
  const migrationsDir = join(root, 'prisma', 'migrations');
  const db = await openDatabase({ url: databaseUrl, dataDir: join(folder, 'data'), migrationsDir, durable: false, log });
  for (let from = 1; from <= count; from += 10_000) {
    const addresses = Array.from({ length: 1000 }, (_one, at) => addressOf(from + 9 + at * 10));
    await sql(db, insert, [from, Math.min(from + 9_999, count), addresses]);
  }
  // As autovacuum leaves it on a server, and as nothing does in the embedded database.
  await db.pool.query('VACUUM ANALYZE transactions');
  await db.close();
};

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
const idOf = (n: number): string => {
  const ms = hex(1_600_000_000_000 + n * 60_000, 12);
  return `${ms.slice(0, 8)}-${ms.slice(8, 12)}-7000-8000-${hex(n, 12)}`;
};

const shown =
  'id status direction memo createdAt settlementAmount settlementFee settlementDisplayAmount initiationVia { ... on InitiationViaLn { paymentHash } } ' +
  'settlementVia { ... on SettlementViaLn { preImage } ... on SettlementViaIntraLedger { counterPartyWalletId } }';
const pageDocument =
  `query t($first: Int, $after: String) { me { defaultAccount { transactions(first: $first, after: $after) { pageInfo { hasNextPage endCursor } ` +
  `edges { cursor node { ${shown} } } } } } }`;
const hashDocument = `query h($walletId: WalletId!, $hash: PaymentHash!) { me { defaultAccount { walletById(walletId: $walletId) {
  transactionsByPaymentHash(paymentHash: $hash) { ${shown} } } } } }`;

const addressDocument = `query a($walletId: WalletId!, $address: OnChainAddress!) { me { defaultAccount { walletById(walletId: $walletId) {
  transactionsByAddress(address: $address) { edges { node { ${shown} } } } } } } }`;

const bodiesOf = (question: string, count: number, walletId: string): readonly string[] => {
  const page = (after: string | null) => [JSON.stringify({ query: pageDocument, variables: { first: pageSize, after } })];
  if (question === asked[0]) return page(null);
  // What stands at the end of page 999 of a list whose newest is number `count`.
  if (question === asked[1]) return page(idOf(count - (deepPage - 1) * pageSize + 1));
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  if (question === asked[3])
    return Array.from({ length: hashes }, () => {
      const n = 10 * (1 + Math.floor(Math.random() * (count / 10)));
      return JSON.stringify({ query: addressDocument, variables: { walletId, address: addressOf(n) } });
    });
  return Array.from({ length: hashes }, () => {
    const n = 1 + Math.floor(Math.random() * count);
    return JSON.stringify({ query: hashDocument, variables: { walletId, hash: md5(String(n)) + md5(`hash${n}`) } });
  });
};

export interface HistoryBench {
  readonly databases: (name: string) => Promise<readonly (string | null)[]>;
  readonly gatewayOn: (name: string, databaseUrl: string | null, before: (gateway: Gateway) => Promise<void>) => Promise<Gateway>;
  readonly behindOf: (gateway: Gateway) => string | null;
  readonly pace: Pace;
  /** How many the long history holds. */
  readonly many: number;
  readonly say: (line: string) => void;
}

/** Rows in the order of `asked`, each with few movements and then with many, for each database. */
export const measureHistory = async ({ databases, gatewayOn, behindOf, pace, many, say }: HistoryBench): Promise<readonly Row[]> => {
  const subjects: Subject[] = [];
  for (const count of [few, many]) {
    for (const url of await databases(`history_${count}`)) {
      say(`storing ${count} movements, ${url === null ? 'embedded' : 'PostgreSQL'}`);
      const gateway = await gatewayOn(`history-${count}`, url, ({ site }) => seedHistory(site, count));
      const { key, walletId } = await accessTo(gateway);
      for (const question of asked) {
        const bodies = bodiesOf(question, count, walletId);
        const work = gatewayWork({ url: gateway.site.url, key }, bodies, '"settlementAmount"');
        const { proc: server, site } = gateway;
        subjects.push({ what: whatOf(question, count), database: site.database, work, server, behind: behindOf(gateway) });
      }
    }
  }
  // Few and many of the same question directly after each other: what else the machine does meets both.
  const place = ({ what, database }: Subject): string => `${database} ${asked.findIndex((question) => what.startsWith(question))}`;
  const turns = [...subjects].sort((a, b) => place(a).localeCompare(place(b)));
  const rows = await measureAll(turns.map(ready), pace, say);
  for (const { server } of subjects) await server?.stop();
  return rows;
};

/** Each question's time with many movements against its time with few. */
export const historyTargets = (rows: readonly Row[]) =>
  rows.flatMap((row) => {
    const question = asked.find((one) => row.what === whatOf(one, few));
    const long = question && rows.find((one) => one.what.startsWith(`${question}, `) && one !== row && same(one, row));
    if (!long || row.concurrency !== 1) return [];
    // What else the machine does only ever adds: the fastest tenth shows the page itself.
    const [time, median, cpu] = [long.p10 / row.p10, long.p50 / row.p50, long.cpuMs / row.cpuMs];
    return [
      {
        what: `${long.what} / with ${few} (${row.database})`,
        wanted: 'at most 1.20',
        measured: `${time.toFixed(2)} by the fastest tenth (${median.toFixed(2)} by p50, ${cpu.toFixed(2)} by the gateway's CPU)`,
        met: time <= 1.2,
      },
    ];
  });

const same = (one: Row, other: Row): boolean =>
  one.database === other.database && one.concurrency === other.concurrency && one.what !== other.what;
