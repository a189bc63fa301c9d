// The one list of movements: newest first, over invoices, payments, transfers and payments inside, in pages that neither repeat nor lose a
// row while others are being written.
import { afterAll, describe, expect, test, beforeAll as toBegin } from 'vitest';
import { bolt11Text, msat } from '../../src/lightning/values.ts';
import { sql } from '../../src/platform/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { beforeAll, behindAll } from '../../src/wallets/page.ts';
import type { PageAsk, TransactionView } from '../../src/wallets/view.ts';
import { type TestCore, testCore, until, walletTerms } from '../support/core.ts';

let core: TestCore;
let till: string;
toBegin(async () => {
  core = await testCore();
  till = await core.wallets.ensureWallet(await core.wallets.ensureAccount('shop', 'shop'), walletTerms('till', { balanceKind: 'ledger' }));
});
afterAll(() => core.end());

const ask = (more: Partial<PageAsk> = {}): PageAsk => ({ take: 100, after: null, before: null, fromEnd: false, ...more });
const list = async (ids: readonly string[], more: Partial<PageAsk> = {}): Promise<readonly TransactionView[]> =>
  (await core.reads.transactions(ids, ask(more))).rows.map(({ node }) => node);
const invoice = (walletId: string, sats: number, who = core.who) =>
  core.ask(
    'createInvoice',
    {
      ...{ walletId, amountMsat: BigInt(sats) * 1000n, memo: 'for it', descriptionHash: null },
      ...{ expirySeconds: null, externalId: null, webhookUrl: null },
    },
    core.asking({ who }),
  );
const shop = async () => ({ ...core.who, accountId: (await core.wallets.wallet(till))?.accountId ?? '' });
const pay = (walletId: string, bolt11: string) =>
  core.ask('sendPayment', { walletId, bolt11, amount: 'inInvoice', memo: 'mine', maxFeeMsat: null }, core.asking());

test('has everything that moved, newest first, with its other side', async () => {
  const deposit = await invoice(core.ledgerId, 50_000);
  await core.backend.world.payer.pay({ bolt11: bolt11Text(deposit.bolt11) });
  await until('the deposit', async () => (await core.reads.statusByHash(deposit.paymentHash))?.status === 'PAID');
  await pay(core.ledgerId, core.backend.world.payee.createInvoice({ amount: msat(1_000_000n) }).bolt11);
  core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
  await pay(core.ledgerId, core.backend.world.payee.createInvoice({ amount: msat(2_000_000n) }).bolt11);
  await core.ask('transfer', { walletId: core.ledgerId, recipientWalletId: till, amountMsat: 3_000_000n, memo: 'rent' }, core.asking());
  const inside = await invoice(till, 4_000, await shop());
  expect((await pay(core.ledgerId, inside.bolt11)).is).toBe('succeeded');

  const mine = await list([core.ledgerId]);
  expect(
    mine.map((one) => [one.direction, one.kind, one.status, one.amountMsat, one.counterpartyWalletId, one.counterpartyUsername]),
  ).toEqual([
    ['send', 'intraledger', 'success', 4_000_000n, till, 'shop'],
    ['send', 'intraledger', 'success', 3_000_000n, till, 'shop'],
    ['send', 'lightning', 'failure', 2_000_000n, null, null],
    ['send', 'lightning', 'success', 1_000_000n, null, null],
    ['receive', 'lightning', 'success', 50_000_000n, null, null],
  ]);
  const theirs = await list([till]);
  expect(theirs.map((one) => [one.direction, one.kind, one.amountMsat, one.counterpartyWalletId, one.counterpartyUsername])).toEqual([
    ['receive', 'intraledger', 4_000_000n, core.ledgerId, null],
    ['receive', 'intraledger', 3_000_000n, core.ledgerId, null],
  ]);
  // The list tells the balance: what came, less what went with its fee.
  const moved = mine.filter((one) => one.status !== 'failure');
  const sum = moved.reduce((all, one) => all + (one.direction === 'send' ? -one.amountMsat - one.feeMsat : one.amountMsat), 0n);
  expect((await core.wallets.available([core.ledgerId])).get(core.ledgerId)).toBe(sum);
  for (const one of mine) expect(await core.reads.transactionById([core.ledgerId], one.id)).toEqual(one);
  expect(await core.reads.transactionById([till], mine[0]?.id ?? '')).toBeNull();
});

describe('pages', () => {
  const insert = `INSERT INTO transactions (id, account_id, wallet_id, direction, status, kind, amount_msat, subject_id, created_at)
    VALUES ($1, $2, $3, 'receive', 'success', 'lightning', 1000, gen_random_uuid(), now())`;
  const write = (walletId: string) => sql(core.db, { name: 'test_movement', text: insert }, [newId(new Date()), core.accountId, walletId]);
  const wallets = (): readonly string[] => [core.walletId, core.twoWalletId];

  test('neither repeat nor lose a row while others are written, in both directions', async () => {
    for (let at = 0; at < 60; at++) await write(wallets()[at % 2] ?? '');
    const before = (await list(wallets())).map(({ id }) => id);
    expect(before).toEqual([...before].sort().reverse());
    for (const fromEnd of [false, true]) {
      const seen: string[] = [];
      let cursor: string | null = null;
      for (;;) {
        const page = await core.reads.transactions(wallets(), ask({ take: 7, fromEnd, [fromEnd ? 'before' : 'after']: cursor }));
        const ids = page.rows.map((row) => row.cursor);
        seen.push(...(fromEnd ? [...ids].reverse() : ids));
        await Promise.all(wallets().map(write));
        cursor = (fromEnd ? ids[0] : ids.at(-1)) ?? null;
        // From the oldest on, one also meets what is being written: there is no end to that.
        if (fromEnd ? seen.length >= before.length : !page.hasNext) break;
      }
      const wanted = fromEnd ? [...before].reverse() : before;
      expect(seen.filter((id) => before.includes(id))).toEqual(wanted);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  test('show a wallet once that is named twice', async () => {
    const twice = await list([core.walletId, core.walletId], { take: 5 });
    expect(twice).toEqual(await list([core.walletId], { take: 5 }));
  });

  test('cost no more the deeper they are: the cursor is where the index is entered', async () => {
    await sql(core.db, {
      name: 'test_many',
      text: `INSERT INTO transactions (id, account_id, wallet_id, direction, status, kind, amount_msat, address, subject_id, created_at)
        SELECT gen_random_uuid(), '${core.accountId}', '${till}', 'receive', 'success', 'onchain', 1000, CASE WHEN n % 10 < 2 THEN 'address ' || n / 10 END,
          gen_random_uuid(), now() FROM generate_series(1, 20000) AS n`,
    });
    await core.db.pool.query('ANALYZE transactions');
    const middle = (await core.db.pool.query('SELECT id FROM transactions WHERE wallet_id = $1 ORDER BY id LIMIT 1 OFFSET 200', [till]))
      .rows[0].id;
    const { transactionStatements } = await import('../../src/wallets/transactions.ts');
    const client = await core.db.pool.connect();
    try {
      // A statement that has run often has one plan for all values; it must not be one that starts at the newest row.
      await client.query("SET plan_cache_mode = 'force_generic_plan'");
      await client.query(`PREPARE deep (uuid[], uuid, uuid) AS ${transactionStatements.page(ask({ take: 100 })).text}`);
      await client.query(
        `PREPARE of_address (uuid[], uuid, uuid, text) AS ${transactionStatements.pageOfAddress(ask({ take: 100 })).text}`,
      );
      for (const page of [
        `deep(ARRAY['${till}']::uuid[], '${middle}', '${beforeAll}')`,
        `of_address(ARRAY['${till}']::uuid[], '${behindAll}', '${beforeAll}', 'address 500')`,
      ]) {
        const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE ${page}`);
        const plan = JSON.stringify(rows[0]);
        // Rows that were read and thrown away.
        const removed = [...plan.matchAll(/"Rows Removed by [^"]+":\s*(\d+)/g)].map(([, count]) => Number(count));
        expect(Math.max(0, ...removed), plan).toBe(0);
        // Nor is the index itself walked: two rows of two thousand addresses are a few blocks.
        if (page.startsWith('of_address')) expect(Number(/"Shared Hit Blocks":\s*(\d+)/.exec(plan)?.[1]), plan).toBeLessThan(20);
      }
    } finally {
      await client.query('RESET plan_cache_mode');
      await client.query('DEALLOCATE ALL');
      client.release();
    }
  });
});
