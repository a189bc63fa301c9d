// The chain facet and the blocks: what is sent arrives once, what arrives is told of with its confirmations.
import { describe, expect, it } from 'vitest';
import type { ChainOrder, ChainOutcome, ChainOutput } from '../../../../src/backends/port.ts';
import { blockHeight, msat } from '../../../../src/lightning/values.ts';
import { type Rig, rig, sat, signal } from './rig.ts';

const funded = async (amount = 1_000_000): Promise<Rig & { readonly theirs: string }> => {
  const r = await rig();
  r.world.network.deposit(await r.backend.chain.createAddress(signal), sat(amount));
  r.world.network.mineBlocks(1);
  const bob = await r.connect('bob-behind', { node: 'bob' });
  return { ...r, theirs: await bob.chain.createAddress(signal) };
};
const sent = (outcome: ChainOutcome | { is: 'notFound' }) => {
  if (outcome.is !== 'sent') throw new Error(JSON.stringify(outcome));
  return outcome;
};

const pace = (targetConfirmations: number) => ({ speed: 'fast', targetConfirmations }) as const;
const order = (to: ChainOrder['to'], label: string, targetConfirmations = 6): ChainOrder => {
  return { to, label, maxFee: null, sendBy: new Date(8.64e15), ...pace(targetConfirmations) };
};
const question = (label: string, to: ChainOutput = { address: '', amount: sat(1) }) => ({ to, label, since: null });

describe('chain', () => {
  it('counts a deposit as pending, then as confirmed', async () => {
    const r = await rig();
    const address = await r.backend.chain.createAddress(signal);
    expect(address).toMatch(/^bcrt1q[0-9a-z]{38}$/);
    r.world.network.deposit(address, sat(50_000));
    expect(await r.backend.balance(signal)).toMatchObject({ chainConfirmed: 0n, chainPending: sat(50_000) });
    r.world.network.mineBlocks(1);
    expect(await r.backend.balance(signal)).toMatchObject({ chainConfirmed: sat(50_000), chainPending: 0n });
  });

  it('sends once under a label, however often it is asked', async () => {
    const r = await funded();
    const to = { address: r.theirs, amount: sat(100_000) };
    const estimate = await r.backend.chain.estimateFee(to, pace(6), signal);
    const first = sent(await r.backend.chain.send(order(to, 'payout 1')));
    expect(first).toMatchObject({ output: 0, amount: to.amount });
    expect(estimate).toEqual({ is: 'fee', fee: first.fee });
    r.world.network.mineBlocks(3);
    expect(await r.backend.chain.send(order(to, 'payout 1'))).toEqual({ ...first, confirmations: 3 });
    expect(await r.backend.chain.find(question('payout 1'), signal)).toEqual({ ...first, confirmations: 3 });
    expect(await r.backend.chain.find(question('payout 2'), signal)).toEqual({ is: 'notFound' });
    expect((await r.backend.balance(signal)).chainConfirmed).toBe(sat(900_000) - first.fee);
  });

  it('arrives at the other node as a deposit', async () => {
    const r = await funded();
    await r.backend.chain.send(order({ address: r.theirs, amount: sat(100_000) }, 'a', 1));
    r.world.network.mineBlocks(1);
    const bob = await r.connect('bob-again', { node: 'bob' });
    expect((await bob.balance(signal)).chainConfirmed).toBe(sat(100_000));
  });

  it('sends all there is', async () => {
    const r = await funded();
    const outcome = sent(await r.backend.chain.send(order({ address: r.theirs, amount: 'all' }, 'all', 1)));
    expect(await r.backend.balance(signal)).toMatchObject({ chainConfirmed: 0n });
    r.world.network.mineBlocks(1);
    const bob = await r.connect('bob-again', { node: 'bob' });
    expect((await bob.balance(signal)).chainConfirmed).toBe(sat(1_000_000) - outcome.fee);
  });

  it('costs more the sooner it shall confirm', async () => {
    const r = await funded();
    const to = { address: r.theirs, amount: sat(1_000) };
    const estimates = await Promise.all([1, 3, 6, 24, 144].map((target) => r.backend.chain.estimateFee(to, pace(target), signal)));
    const fees = estimates.map((one) => (one.is === 'fee' ? one.fee : 0n));
    expect(fees).toEqual([...fees].sort((a, b) => Number(b - a)));
    expect(new Set(fees).size).toBe(5);
  });

  it.each([
    ['insufficientBalance', sat(1_000_000), null],
    ['dust', sat(293), null],
    ['address', sat(1_000), 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ['address', sat(1_000), 'bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq'],
    ['other', msat(1_000_001), null],
  ] as const)('refuses with %s', async (reason, amount, address) => {
    const r = await funded();
    expect(await r.backend.chain.send(order({ address: address ?? r.theirs, amount }, 'a'))).toEqual({ is: 'failed', reason });
    expect(await r.backend.chain.find(question('a'), signal)).toEqual({ is: 'notFound' });
  });

  it('is found after a lost reply and not after a lost request', async () => {
    const r = await funded();
    const send = (label: string) => r.backend.chain.send(order({ address: r.theirs, amount: sat(1_000) }, label));
    r.backend.faults.next('sendOnChain', { is: 'loseReply' });
    r.backend.faults.next('sendOnChain', { is: 'dropRequest' });
    expect([(await send('a')).is, (await send('b')).is]).toEqual(['unknown', 'unknown']);
    r.backend.faults.next('findOnChain', { is: 'notFound' });
    expect((await r.backend.chain.find(question('a'), signal)).is).toBe('notFound');
    expect((await r.backend.chain.find(question('a'), signal)).is).toBe('sent');
    expect((await r.backend.chain.find(question('b'), signal)).is).toBe('notFound');
  });

  it('refuses a fee above the limit and sends nothing', async () => {
    const r = await funded();
    const dear = { ...order({ address: r.theirs, amount: sat(1_000) }, 'dear'), maxFee: sat(1) };
    expect(await r.backend.chain.send(dear)).toEqual({ is: 'failed', reason: 'feeLimit' });
    expect((await r.backend.balance(signal)).chainConfirmed).toBe(sat(1_000_000));
  });

  it('lists what came, by height, and forgets what a reorganisation took', async () => {
    const r = await rig();
    const address = await r.backend.chain.createAddress(signal);
    const first = r.world.network.deposit(address, sat(1_000));
    r.world.network.mineBlocks(2);
    const second = r.world.network.deposit(address, sat(2_000));
    const seen = async (since: number | null) =>
      (await r.backend.chain.deposits(since === null ? null : blockHeight(since), signal)).map((one) => [one.txid, one.confirmations]);
    expect(await seen(null)).toEqual([
      [first, 2],
      [second, 0],
    ]);
    expect(await seen(r.world.network.height())).toEqual([[second, 0]]);
    r.world.network.reorganise(2, [second]);
    expect(await seen(null)).toEqual([[first, 0]]);
    expect(await r.backend.balance(signal)).toMatchObject({ chainConfirmed: 0n, chainPending: sat(1_000) });
    r.world.network.mineBlocks(1);
    expect(await seen(null)).toEqual([[first, 1]]);
  });

  it('mines by itself as often as the settings say', async () => {
    const r = await rig({ blockSeconds: 30 });
    const height = r.world.network.height();
    await r.time.advance(95_000);
    expect(r.world.network.height()).toBe(height + 3);
    r.worlds.reset();
    expect(r.time.waiting).toBe(0);
  });
});
