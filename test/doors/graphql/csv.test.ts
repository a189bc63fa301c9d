// csvTransactions: Galoy's columns, whole satoshis, no failed rows, quoted as RFC 4180 wants, and nothing that a spreadsheet would run.
import { describe, expect, it } from 'vitest';
import type { Reads } from '../../../src/commands/reads.ts';
import { account, errorsOf, fake, run, transaction, wallet, walletId } from './support.ts';

const mine: Partial<Reads> = { account: async () => account, wallets: async () => [wallet()] };
const document = `query c($ids: [WalletId!]!) { me { defaultAccount { csvTransactions(walletIds: $ids) } } }`;

const csvOf = async (rows: readonly ReturnType<typeof transaction>[], pageRows = 1000): Promise<readonly string[]> => {
  const transactions: Reads['transactions'] = async (_ids, { after, take }) => {
    const from = after === null ? 0 : rows.findIndex(({ id }) => id === after) + 1;
    const part = rows.slice(from, from + Math.min(take, pageRows));
    return { rows: part.map((node) => ({ cursor: node.id, node })), hasNext: from + part.length < rows.length, hasPrevious: from > 0 };
  };
  const result = await run(fake({ reads: { ...mine, transactions } }), document, { ids: [walletId] });
  expect(result.errors).toBeUndefined();
  const { me } = result.data as { me: { defaultAccount: { csvTransactions: string } } };
  const text = Buffer.from(me.defaultAccount.csvTransactions, 'base64').toString('utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
};

const head =
  'id,walletId,type,credit,debit,fee,currency,timestamp,pendingConfirmation,journalId,lnMemo,usd,feeUsd,recipientWalletId,username,' +
  'memoFromPayer,paymentHash,pubkey,feeKnownInAdvance,address,txHash';
const id = (at: number): string => `01900000-0000-7000-8000-${String(at).padStart(12, '0')}`;

describe('csvTransactions', () => {
  it('has Galoy’s columns, and a row for each movement', async () => {
    const sent = transaction({ id: id(1), direction: 'send', amountMsat: 100_000n, feeMsat: 1_500n, memo: 'a "b", c', status: 'success' });
    const lines = await csvOf([sent]);
    expect(lines[0]).toBe(head);
    expect(lines[1]?.startsWith(`${id(1)},${sent.walletId},payment,0,102,2,BTC,${sent.createdAt.toISOString()},false,`)).toBe(true);
    expect(lines[1]).toContain('"a ""b"", c"');
  });

  it('tells a movement inside with its other side, and the chain with its address', async () => {
    const inside = {
      kind: 'intraledger',
      paymentHash: null,
      bolt11: null,
      counterpartyWalletId: walletId,
      counterpartyUsername: 'bob',
    } as const;
    const lines = await csvOf([
      transaction({ id: id(1), ...inside, direction: 'send', memo: 'rent' }),
      transaction({ id: id(2), ...inside, direction: 'receive', memo: 'rent' }),
      transaction({
        id: id(3),
        kind: 'onchain',
        direction: 'receive',
        paymentHash: null,
        bolt11: null,
        address: 'bcrt1x',
        txid: 'ab',
        status: 'pending',
      }),
    ]);
    const cells = lines.slice(1).map((one) => one.split(','));
    expect(cells.map((one) => one[2])).toEqual(['on_us', 'on_us', 'onchain_receipt']);
    expect(cells.map((one) => one[13])).toEqual([walletId, '', '']);
    expect(cells.map((one) => one.slice(14, 16))).toEqual([
      ['bob', 'rent'],
      ['bob', 'rent'],
      ['', expect.any(String)],
    ]);
    expect(cells[2]?.slice(-2)).toEqual(['bcrt1x', 'ab']);
    expect(cells[2]?.[8]).toBe('true');
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx'])('lets no spreadsheet run the note %j', async (memo) => {
    const [, line] = await csvOf([transaction({ memo })]);
    expect(line).toContain(`,'${memo}`);
  });

  it('leaves out what failed, and reads every page', async () => {
    const rows = Array.from({ length: 2_345 }, (_none, at) => transaction({ id: id(at), status: at % 5 === 0 ? 'failure' : 'success' }));
    const lines = await csvOf(rows);
    expect(lines).toHaveLength(1 + rows.filter(({ status }) => status === 'success').length);
  });

  it('refuses more than it can answer, instead of half a list', async () => {
    let pages = 0;
    const transactions: Reads['transactions'] = async () => {
      pages += 1;
      return { rows: [{ cursor: id(pages), node: transaction({ id: id(pages) }) }], hasNext: true, hasPrevious: false };
    };
    const result = await run(fake({ reads: { ...mine, transactions } }), document, { ids: [walletId] });
    expect(errorsOf(result)).toEqual([['More than 50000 transactions: read them by pages of "transactions".', 'INVALID_INPUT']]);
    expect(pages).toBe(50);
  });
});
