// Transfers between ledger wallets by wallet id: both sides or nothing, once for each idempotency key, never below zero, and to a name only
// where that name leads.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../../src/platform/db.ts';
import { auditFindings, auditLedger } from '../../src/wallets/audit.ts';
import { transfer } from '../../src/wallets/transfer.ts';
import { type TestCore, testCore, walletTerms } from '../support/core.ts';

let core: TestCore;
let other: { accountId: string; walletId: string };
const ledger = (name: string, balanceKind: 'ledger' | 'node' = 'ledger') => walletTerms(name, { balanceKind });
beforeAll(async () => {
  core = await testCore();
  const accountId = await core.wallets.ensureAccount('Somebody Else', 'Bob');
  other = { accountId, walletId: await core.wallets.ensureWallet(accountId, ledger('shop')) };
  await fund(core.ledgerId, 1_000_000n);
});
afterAll(() => core.end());

/** As a deposit would, with its journal, so that the audit stays meaningful. */
const fund = async (walletId: string, msat: bigint): Promise<void> => {
  const text = `WITH j AS (INSERT INTO journals (id, kind, subject_id, created_at) VALUES (gen_random_uuid(), 'receive', gen_random_uuid(), now()) RETURNING id),
    e AS (INSERT INTO entries (journal_id, account, amount_msat) SELECT j.id, v.account, v.msat FROM j,
      (VALUES ('wallet:' || $1::uuid, $2::bigint), ('backend:one', -$2::bigint)) AS v(account, msat))
    UPDATE wallets SET available_msat = available_msat + $2::bigint WHERE id = $1::uuid`;
  await sql(core.db, { name: 'test_deposit', text }, [walletId, msat]);
};
const available = async (id: string): Promise<bigint> => (await core.wallets.available([id])).get(id) ?? -1n;
const move = (amountMsat: bigint, more: object = {}, asking = core.asking()) =>
  core.ask('transfer', { walletId: core.ledgerId, recipientWalletId: other.walletId, amountMsat, memo: 'rent', ...more }, asking);
const listOf = (id: string) => core.reads.transactions([id], { take: 100, after: null, before: null, fromEnd: false });

describe('a transfer', () => {
  test('moves the amount, costs nothing, and shows on both sides with the other one', async () => {
    const [mine, theirs] = [await available(core.ledgerId), await available(other.walletId)];
    const sent = await move(21_000n);
    expect(sent).toMatchObject({
      ...{ direction: 'send', status: 'success', kind: 'intraledger', amountMsat: 21_000n, feeMsat: 0n, memo: 'rent' },
      ...{ counterpartyWalletId: other.walletId, counterpartyUsername: 'bob', paymentHash: null, walletId: core.ledgerId },
    });
    expect(await available(core.ledgerId)).toBe(mine - 21_000n);
    expect(await available(other.walletId)).toBe(theirs + 21_000n);
    expect((await listOf(other.walletId)).rows[0]?.node).toMatchObject({
      ...{ direction: 'receive', status: 'success', kind: 'intraledger', amountMsat: 21_000n, memo: 'rent', accountId: other.accountId },
      ...{ counterpartyWalletId: core.ledgerId, counterpartyUsername: null, subjectId: sent.subjectId },
    });
    expect(auditFindings(await auditLedger(core.db))).toBe(0);
    const { rows } = await core.db.pool.query("SELECT wallet_id, payload FROM outbox WHERE topic = 'transfer' AND subject = $1", [
      sent.subjectId,
    ]);
    expect(rows.map((row) => row.wallet_id).sort()).toEqual([core.ledgerId, other.walletId].sort());
  });

  test('happens once for an idempotency key, whoever is faster, and with other input not at all', async () => {
    const key = crypto.randomUUID();
    const mine = await available(core.ledgerId);
    const answers = await Promise.all(Array.from({ length: 8 }, () => move(1_000n, {}, core.asking({ key }))));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await available(core.ledgerId)).toBe(mine - 1_000n);
    await expect(move(2_000n, {}, core.asking({ key }))).rejects.toMatchObject({ refusal: { is: 'idempotencyConflict' } });
  });

  test.each([
    ['nothing', { amountMsat: 0n }, { is: 'amountIsZero' }],
    ['less than nothing', { amountMsat: -5n }, { is: 'amountIsZero' }],
    ['more than there is', { amountMsat: 10_000_000_000n }, { is: 'insufficientBalance', neededMsat: 10_000_000_000n }],
    ['to a wallet that is not there', { recipientWalletId: crypto.randomUUID() }, { is: 'notFound', what: 'recipient' }],
    ['from a wallet that is not there', { walletId: crypto.randomUUID() }, { is: 'notFound', what: 'wallet' }],
  ])('refuses %s, and writes nothing', async (_what, more, refusal) => {
    const before = await sum();
    await expect(move(1_000n, more)).rejects.toMatchObject({ refusal });
    expect(await sum()).toEqual(before);
  });

  const sum = async () => {
    const { rows } = await core.db.pool.query(
      'SELECT (SELECT count(*)::int FROM transfers) AS transfers, (SELECT count(*)::int FROM transactions) AS moved, (SELECT sum(available_msat)::text FROM wallets) AS held',
    );
    return rows[0];
  };

  test('refuses the wallet itself, somebody else’s wallet, wallets of kind node, and dollars', async () => {
    const { ledgerId, walletId } = core;
    const before = await sum();
    await expect(move(1n, { recipientWalletId: ledgerId })).rejects.toMatchObject({ refusal: { is: 'selfPayment' } });
    await expect(move(1n, { walletId: other.walletId })).rejects.toMatchObject({ refusal: { is: 'notFound', what: 'wallet' } });
    await expect(move(1n, { walletId })).rejects.toMatchObject({ refusal: { is: 'needsLedger' } });
    await expect(move(1n, { recipientWalletId: walletId })).rejects.toMatchObject({ refusal: { is: 'needsLedger' } });
    const dollars = { walletId: ledgerId, recipientWalletId: other.walletId, amount: 5, memo: null };
    await expect(core.ask('transferUsd', dollars, core.asking())).rejects.toMatchObject({
      refusal: { is: 'wrongCurrency' },
    });
    expect(await sum()).toEqual(before);
  });

  test('counts against the limit of its key', async () => {
    const admin = core.asking({ who: { ...core.who, scopes: new Set(['ADMIN']) } });
    const { view } = await core.ask(
      'createKey',
      { name: 'tr', scopes: ['WRITE'], walletId: null, expireInDays: null, waitSeconds: null },
      admin,
    );
    await core.ask('setKeyLimit', { id: view.id, window: 'daily', sats: 3 }, admin);
    const by = core.asking({ who: { ...core.who, keyId: view.id } });
    await move(2_000n, {}, by);
    await expect(move(1_001n, {}, by)).rejects.toMatchObject({ refusal: { is: 'limitExceeded', remainingMsat: 1_000n } });
    await move(1_000n, {}, by);
    // Who receives it has spent nothing.
    expect(await core.reads.spentByKeys([view.id])).toMatchObject([{ daily: 3_000n }]);
  });

  test('waits while outgoing money is halted', async () => {
    await core.outgoing.halt('a test');
    await expect(move(1n)).rejects.toMatchObject({ refusal: { is: 'outgoingHalted' } });
    await core.outgoing.resume();
  });

  test('that was made is answered again under its key, though outgoing money is halted or all of it is gone', async () => {
    const key = crypto.randomUUID();
    const again = () => move(3_000n, {}, core.asking({ key }));
    const { id } = await again();
    const mine = await available(core.ledgerId);
    await core.outgoing.halt('a test');
    expect(await again()).toMatchObject({ id, status: 'success' });
    await expect(move(4_000n, {}, core.asking({ key }))).rejects.toMatchObject({ refusal: { is: 'idempotencyConflict' } });
    await core.outgoing.resume();
    await move(mine);
    expect(await again()).toMatchObject({ id, status: 'success' });
    expect(await available(core.ledgerId)).toBe(0n);
    await fund(core.ledgerId, mine);
  });

  test('that another request with this key makes meanwhile is the answer, whatever refuses this one', async () => {
    const [from, to] = [await core.wallets.wallet(core.ledgerId), await core.wallets.wallet(other.walletId)];
    if (!from || !to) throw new Error('both are there');
    const order = {
      from,
      to,
      amountMsat: await available(from.id),
      memo: null,
      keyId: null,
      asked: { by: core.accountId, key: 'k', digest: 'd' },
    };
    const { db, clock, prices, feed } = core.deps.payments;
    const displayCurrency = core.wallets.displayCurrency;
    const parts = { db, clock, prices, displayCurrency, available, poke: feed.poke, halted: async () => false };
    const { id } = await transfer(
      {
        ...parts,
        halted: async () => {
          await transfer(parts, order);
          return true;
        },
      },
      order,
    );
    expect((await transfer(parts, order)).id).toBe(id);
    expect(await available(from.id)).toBe(0n);
    await fund(from.id, order.amountMsat);
  });

  test('there and back at once, many times: nobody waits for ever, nothing is lost, nobody is below zero', async () => {
    const [mine, theirs] = [await available(core.ledgerId), await available(other.walletId)];
    const back = core.asking({ who: { ...core.who, accountId: other.accountId } });
    const answers = await Promise.allSettled(
      Array.from({ length: 60 }, (_none, index) =>
        index % 2 ? move(100_000n) : move(90_000n, { walletId: other.walletId, recipientWalletId: core.ledgerId }, back),
      ),
    );
    for (const one of answers) if (one.status === 'rejected') expect(one.reason.refusal?.is).toBe('insufficientBalance');
    expect((await available(core.ledgerId)) + (await available(other.walletId))).toBe(mine + theirs);
    expect(await available(core.ledgerId)).toBeGreaterThanOrEqual(0n);
    expect(auditFindings(await auditLedger(core.db))).toBe(0);
  });
});

describe('names', () => {
  const second = () => core.wallets.ensureWallet(core.accountId, ledger('second'));
  test('lead to the default wallet, in any case, and to nothing when nobody has them', async () => {
    expect((await core.reads.publicWallet('BOB'))?.id).toBe(other.walletId);
    expect((await core.reads.publicWallet('bob', 'BTC'))?.id).toBe(other.walletId);
    expect(await core.reads.publicWallet('bob', 'USD')).toBeNull();
    expect(await core.reads.publicWallet('nobody')).toBeNull();
    expect(await core.reads.isNameTaken('Bob')).toBe(true);
    expect(await core.reads.isNameTaken('nobody')).toBe(false);
  });

  test('the default wallet is what the account says', async () => {
    const id = await second();
    expect((await core.ask('setDefaultWallet', { walletId: id }, core.asking())).defaultWalletId).toBe(id);
    expect((await core.reads.publicWallet('operator'))?.id).toBe(id);
    const bound = core.asking({ who: { ...core.who, walletId: core.ledgerId } });
    await expect(core.ask('setDefaultWallet', { walletId: core.ledgerId }, bound)).rejects.toMatchObject({ refusal: { is: 'forbidden' } });
    await expect(core.ask('setDefaultWallet', { walletId: other.walletId }, core.asking())).rejects.toMatchObject({
      refusal: { is: 'notFound' },
    });
  });

  test('a handle is given once; nobody takes the handle or the name of somebody else', async () => {
    for (const username of ['bob', 'BOB'])
      await expect(core.ask('setUsername', { username }, core.asking())).rejects.toMatchObject({ refusal: { is: 'usernameTaken' } });
    expect((await core.ask('setUsername', { username: 'Alice' }, core.asking())).username).toBe('alice');
    expect((await core.ask('setUsername', { username: 'alice' }, core.asking())).username).toBe('alice');
    await expect(core.ask('setUsername', { username: 'carol' }, core.asking())).rejects.toMatchObject({ refusal: { is: 'usernameIsSet' } });
    const third = await core.wallets.ensureAccount('third', null);
    const asking = core.asking({ who: { ...core.who, accountId: third } });
    await expect(core.ask('setUsername', { username: 'operator' }, asking)).rejects.toMatchObject({ refusal: { is: 'usernameTaken' } });
    await expect(core.ask('setUsername', { username: 'alice' }, asking)).rejects.toMatchObject({ refusal: { is: 'usernameTaken' } });
  });

  test('whose handle it is goes before whose name it is', async () => {
    const named = await core.wallets.ensureAccount('dave', null);
    await core.wallets.ensureWallet(named, ledger('by name'));
    const handled = await core.wallets.ensureAccount('zz', 'dave');
    const id = await core.wallets.ensureWallet(handled, ledger('by handle'));
    expect((await core.reads.publicWallet('dave'))?.id).toBe(id);
  });
});
