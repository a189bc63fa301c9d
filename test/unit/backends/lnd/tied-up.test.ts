// What an LND owns that no balance of it says, by what its own answers look like.
import { expect, test } from 'vitest';
import type { LndContext } from '../../../../src/backends/lnd/context.ts';
import { lndBalance, lndTiedUp } from '../../../../src/backends/lnd/health.ts';
import { fromSat } from '../../../../src/lightning/values.ts';

const never = new AbortController().signal;
const waiting = (sats: number, flags: string) => ({ limbo_balance: String(sats), channel: { chan_status_flags: flags } });

/** An LND with so much in open channels and in its wallet, and more elsewhere. */
const node = (parts: { readonly channels?: object; readonly wallet?: object; readonly pending?: object } = {}) => {
  const stubs = {
    channelBalance: async () => ({
      local_balance: { msat: '5000' },
      remote_balance: null,
      pending_open_local_balance: null,
      ...parts.channels,
    }),
    walletBalance: async () => ({ confirmed_balance: '7', unconfirmed_balance: '2', ...parts.wallet }),
    pendingChannels: async () => ({ waiting_close_channels: [], pending_force_closing_channels: [], ...parts.pending }),
  };
  return { connection: { stubs: () => stubs } } as unknown as LndContext;
};

test.each([
  ['nothing', {}, 0],
  ['a channel that is being opened', { channels: { pending_open_local_balance: { msat: '4000000' } } }, 4_000],
  ['coins that are set aside for one', { wallet: { locked_balance: '300' } }, 300],
  [
    'a channel that is being closed by force',
    { pending: { waiting_close_channels: [waiting(9_000, 'ChanStatusCommitBroadcasted')] } },
    9_000,
  ],
  ['one of which no status is told', { pending: { waiting_close_channels: [{ limbo_balance: '9000', channel: null }] } }, 9_000],
  [
    'one that was, and is not swept',
    { pending: { pending_force_closing_channels: [{ limbo_balance: '800' }, { limbo_balance: '1' }] } },
    801,
  ],
  [
    'one that both sides close, which the wallet counts already',
    { pending: { waiting_close_channels: [waiting(9_000, 'ChanStatusCoopBroadcasted|ChanStatusLocalCloseInitiator')] } },
    0,
  ],
  [
    'one that both sides were about to close when one of them did by force',
    { pending: { waiting_close_channels: [waiting(9_000, 'ChanStatusCommitBroadcasted|ChanStatusCoopBroadcasted')] } },
    9_000,
  ],
])('%s', async (_what, parts, sats) => {
  expect(await lndTiedUp(node(parts), never)).toBe(fromSat(sats));
  // None of it can be spent.
  expect(await lndBalance(node(parts), never)).toEqual({
    ...{ spendable: 5_000n, receivable: 0n, chainConfirmed: fromSat(7), chainPending: fromSat(2) },
  });
});

test('an LND that cannot be asked is a fault', async () => {
  const { connection } = node();
  const stubs = { ...connection.stubs(), pendingChannels: () => Promise.reject(new Error('13 INTERNAL')) };
  await expect(lndTiedUp({ connection: { stubs: () => stubs } } as unknown as LndContext, never)).rejects.toMatchObject({
    name: 'BackendFault',
  });
});
