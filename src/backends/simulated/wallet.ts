// The chain and balance facets of a simulated backend: its node's own wallet and channels, seen through the link.
import { msat } from '../../lightning/values.ts';
import type { Balance, Chain, ChainOutcome } from '../port.ts';
import { spendableOf } from './attempts.ts';
import { chainFunds, depositsOf, estimateFee, findSent, newAddress, sendOnChain } from './chain.ts';
import { type Handling, type Link, over, overUntil, read } from './link.ts';

export const createChain = (link: Link): Chain => {
  const { sim } = link.network;
  return {
    traits: { findIsComplete: true, creditsByItself: false },
    createAddress: (signal) => read(link, 'createAddress', { signal, run: () => newAddress(sim, link.node) }),
    estimateFee: (to, pace, signal) =>
      read(link, 'estimateFee', { signal, run: () => estimateFee(sim, link.node, { to, targetConfirmations: pace.targetConfirmations }) }),
    deposits: (since, signal) => read(link, 'deposits', { signal, run: () => depositsOf(sim, link.node, since) }),
    send: (order) =>
      over<ChainOutcome>(
        link,
        'sendOnChain',
        answering(() => sendOnChain(sim, { node: link.node, ...order })),
      ),
    find: ({ label }, signal) =>
      overUntil<ChainOutcome | { is: 'notFound' }>(link, 'findOnChain', {
        signal,
        handling: {
          run: (fault) => (fault?.is === 'notFound' ? { is: 'notFound' } : (findSent(sim, link.node, label) ?? { is: 'notFound' })),
          unsent: (fault) => ({ is: 'unknown', fault }),
          doubt: (fault) => ({ is: 'unknown', fault }),
        },
      }),
  };
};

const answering = (run: () => ChainOutcome): Handling<ChainOutcome> => ({
  run,
  unsent: (fault) => ({ is: 'notSent', fault }),
  doubt: (fault) => ({ is: 'unknown', fault }),
});

export const createBalance =
  (link: Link) =>
  (signal: AbortSignal): Promise<Balance> =>
    read(link, 'balance', { signal, run: () => balanceOf(link) });

const balanceOf = ({ network: { sim }, node }: Link): Balance => {
  let receivable = 0n;
  for (const channel of sim.records.channels.values()) {
    if (channel.a === node) receivable += channel.balanceB;
    if (channel.b === node) receivable += channel.balanceA;
  }
  const { confirmed, pending } = chainFunds(sim, node);
  return {
    spendable: msat(spendableOf(sim, node)),
    receivable: msat(receivable),
    chainConfirmed: msat(confirmed),
    chainPending: msat(pending),
  };
};
