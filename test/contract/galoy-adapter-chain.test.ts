// The Galoy adapter on the chain: addresses, and everything that came to them, told whole however long the ledger is. Derived from upstream's schema.
import { afterEach, describe, expect, it } from 'vitest';
import { BackendFault, type Chain } from '../../src/backends/port.ts';
import { fromSat } from '../../src/lightning/values.ts';
import { openRig, type Rig, soon } from './galoy-rig.ts';
import { type Answer, walletId } from './galoy-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const txid = (at: number): string => at.toString(16).padStart(64, '0');
const row = (
  id: string,
  more: { readonly at?: number; readonly vout?: number | null; readonly status?: string; readonly by?: string } = {},
) => ({
  id,
  status: more.status ?? 'SUCCESS',
  direction: 'RECEIVE',
  createdAt: 1_760_000_000,
  settlementAmount: 7_000,
  settlementFee: 0,
  settlementCurrency: 'BTC',
  initiationVia: { __typename: more.by ?? 'InitiationViaOnChain', address, paymentHash: txid(0), paymentRequest: 'lnbcrt1' },
  settlementVia: { __typename: 'SettlementViaOnChain', transactionHash: txid(more.at ?? 1), vout: more.vout === undefined ? 0 : more.vout },
});
const wallet = (held: object): Answer => ({
  holds: { me: { defaultAccount: { walletById: { __typename: 'BTCWallet', ...held } } } },
});

interface Ledger {
  coming: object[];
  /** Newest first. */
  rows: { readonly id: string }[];
}

const ledger = async (): Promise<Rig & { readonly chain: Chain; readonly has: Ledger }> => {
  const rig = await openRig();
  closing.push(rig.close);
  const has: Ledger = { coming: [], rows: [] };
  const { script } = rig.server;
  script.pendingIncomingTransactions = () => wallet({ pendingIncomingTransactions: has.coming });
  script.transactions = ({ variables }) => {
    const { after } = variables as { after?: string };
    const from = after == null ? 0 : has.rows.findIndex(({ id }) => id === after) + 1;
    const shown = has.rows.slice(from, from + 2);
    const pageInfo = { hasNextPage: from + 2 < has.rows.length, hasPreviousPage: false, endCursor: shown.at(-1)?.id ?? null };
    return wallet({ transactions: { pageInfo, edges: shown.map((node) => ({ cursor: node.id, node })) } });
  };
  const { chain } = rig.backend;
  if (!chain) throw new Error('the adapter lacks a facet');
  return { ...rig, chain, has };
};
const listed = async (chain: Chain) =>
  (await chain.deposits(null, soon())).map(({ txid: id, confirmations }) => [Number(`0x${id}`), confirmations]);

describe('addresses', () => {
  it('are asked for the wallet, once each', async () => {
    const { server, chain } = await ledger();
    server.script.onChainAddressCreate = () => ({ holds: { address, errors: [] } });
    expect(await chain.createAddress(soon())).toBe(address);
    expect(server.asked.at(-1)?.variables.input).toEqual({ walletId });
    expect(server.count('onChainAddressCreate')).toBe(1);
  });

  it('are not given when upstream says why, or says nothing', async () => {
    const { server, chain } = await ledger();
    const code = 'TOO_MANY_REQUEST';
    const message = 'Too many onchain addresses creation, please wait for a while and try again.';
    server.script.onChainAddressCreate = () => ({ holds: { address: null, errors: [{ message, code }] } });
    await expect(chain.createAddress(soon())).rejects.toMatchObject({ fault: { kind: 'rateLimited' } });
    server.script.onChainAddressCreate = () => ({ cut: 'now' });
    await expect(chain.createAddress(soon())).rejects.toBeInstanceOf(BackendFault);
  });
});

describe('deposits', () => {
  it('wait, and are credited when upstream has', async () => {
    const { chain, has } = await ledger();
    has.coming = [row('p1', { status: 'PENDING', at: 5, vout: 3 })];
    expect(await chain.deposits(null, soon())).toEqual([{ address, txid: txid(5), output: 3, amount: fromSat(7_000), confirmations: 0 }]);
    has.coming = [];
    has.rows = [row('r1', { at: 5, vout: 3 })];
    expect(await chain.deposits(null, soon())).toEqual([{ address, txid: txid(5), output: 3, amount: fromSat(7_000), confirmations: 1 }]);
  });

  it('are all of them, over every page, at each look; what was read is not read again', async () => {
    const { chain, has, server } = await ledger();
    has.rows = [7, 6, 5, 4, 3, 2, 1].map((at) => row(`r${at}`, { at }));
    const all = [1, 2, 3, 4, 5, 6, 7].map((at) => [at, 1]);
    expect((await listed(chain)).sort()).toEqual(all);
    const before = server.count('transactions');
    expect(before).toBe(4);
    has.rows = [row('r9', { at: 9 }), row('r8', { at: 8 }), ...has.rows];
    expect((await listed(chain)).sort()).toEqual([...all, [8, 1], [9, 1]]);
    expect(server.count('transactions') - before).toBe(2);
  });

  it('are told when the ledger has been read to its end and not before, though a look breaks off in the middle', async () => {
    const { chain, has, server } = await ledger();
    has.rows = [5, 4, 3, 2, 1].map((at) => row(`r${at}`, { at }));
    const { transactions } = server.script;
    server.script.transactions = (asked, times) =>
      times === 2 ? { status: 400, body: { errors: [{ message: 'no' }] } } : must(transactions)(asked, times);
    await expect(chain.deposits(null, soon())).rejects.toBeInstanceOf(BackendFault);
    expect((await listed(chain)).sort()).toEqual([1, 2, 3, 4, 5].map((at) => [at, 1]));
  });

  it('that still change in the ledger itself are read again', async () => {
    const { chain, has } = await ledger();
    has.rows = [row('r2', { at: 2, status: 'PENDING' }), row('r1', { at: 1 })];
    expect((await listed(chain)).sort()).toEqual([
      [1, 1],
      [2, 0],
    ]);
    has.rows = [row('r3', { at: 3 }), row('r2', { at: 2 }), row('r1', { at: 1 })];
    expect((await listed(chain)).sort()).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
  });

  it('are neither Lightning, nor rows without an output, nor what failed', async () => {
    const { chain, has } = await ledger();
    has.rows = [row('a', { by: 'InitiationViaLn' }), row('b', { vout: null }), row('c', { status: 'FAILURE' })];
    expect(await listed(chain)).toEqual([]);
  });

  it('cannot be told when upstream cannot be asked', async () => {
    const { chain, server } = await ledger();
    server.script.pendingIncomingTransactions = () => ({ status: 401, body: 'no' });
    await expect(chain.deposits(null, soon())).rejects.toBeInstanceOf(BackendFault);
  });
});

it('nothing is sent, and the reason is a trait', async () => {
  const { chain, server } = await ledger();
  const order = { to: { address, amount: fromSat(10_000) }, label: 'x', maxFee: null, sendBy: new Date(Date.now() + 20_000) };
  const pace = { speed: 'fast', targetConfirmations: 1 } as const;
  expect((await chain.send({ ...order, ...pace })).is).toBe('notSent');
  await expect(chain.estimateFee({ address, amount: fromSat(10_000) }, pace, soon())).rejects.toBeInstanceOf(BackendFault);
  expect(chain.traits.sendsNot).toContain('without a transaction');
  expect(server.asked).toEqual([]);
});

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('it is not there');
  return value;
};
