// Who an LND is, what it can spend, and what is wrong with it, each by one call.
import { fromSat, type Msat, msat } from '../../lightning/values.ts';
import { BackendFault, type Balance, type Health, type Identity } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { asFault, troubleOf } from './faults.ts';
import type { InfoMessage, PendingChannelsMessage } from './messages.ts';
import { networkOf } from './translate.ts';

/** @throws BackendFault */
export const lndIdentity = async ({ connection }: LndContext, signal: AbortSignal): Promise<Identity> => {
  try {
    const info = await connection.stubs().getInfo({}, { ms: patience.call, signal });
    const name = info.chains[0]?.network;
    const network = networkOf(name);
    if (network === null)
      throw new BackendFault({ kind: 'refused', detail: `LND is on the network ${name ?? '(none)'}, which is not served` });
    return { network, key: info.identity_pubkey, label: `${info.alias} (LND ${info.version})` };
  } catch (error) {
    throw asFault(error);
  }
};

/** What the channels hold on our side and on the other, reserves included. @throws BackendFault */
export const lndBalance = async ({ connection }: LndContext, signal: AbortSignal): Promise<Balance> => {
  try {
    const limits = { ms: patience.call, signal };
    const [channels, wallet] = await Promise.all([
      connection.stubs().channelBalance({}, limits),
      connection.stubs().walletBalance({}, limits),
    ]);
    return {
      spendable: msat(channels.local_balance?.msat ?? 0),
      receivable: msat(channels.remote_balance?.msat ?? 0),
      chainConfirmed: fromSat(BigInt(wallet.confirmed_balance)),
      chainPending: fromSat(BigInt(wallet.unconfirmed_balance)),
    };
  } catch (error) {
    throw asFault(error);
  }
};

/**
 * What is in channels that open or were closed by force, and in coins that are set aside. While such money is on its way from one of these to the
 * next, a sweep for one, it may be counted twice until a block has it: too much for a while, never too little. @throws BackendFault
 */
export const lndTiedUp = async ({ connection }: LndContext, signal: AbortSignal): Promise<Msat> => {
  try {
    const limits = { ms: patience.call, signal };
    const [channels, wallet, pending] = await Promise.all([
      connection.stubs().channelBalance({}, limits),
      connection.stubs().walletBalance({}, limits),
      connection.stubs().pendingChannels({}, limits),
    ]);
    const opening = BigInt(channels.pending_open_local_balance?.msat ?? 0);
    return msat(opening + fromSat(BigInt(wallet.locked_balance ?? 0) + limboSats(pending)));
  } catch (error) {
    throw asFault(error);
  }
};

/** A channel that both sides closed pays into the wallet at once, which counts it as unconfirmed; one that was closed by force pays later. */
const limboSats = ({ waiting_close_channels: waiting, pending_force_closing_channels: forced }: PendingChannelsMessage): bigint => {
  const byBoth = (flags: string): boolean => flags.includes('CoopBroadcasted') && !flags.includes('CommitBroadcasted');
  const open = waiting.filter(({ channel }) => !byBoth(channel?.chan_status_flags ?? ''));
  return [...open, ...forced].reduce((sum, one) => sum + BigInt(one.limbo_balance), 0n);
};

/** Never throws. */
export const lndHealth = async ({ connection }: LndContext, signal: AbortSignal): Promise<Health> => {
  try {
    return healthOf(await connection.stubs().getInfo({}, { ms: patience.health, signal }));
  } catch (error) {
    // A file that was rotated since: the next question is asked with the new one.
    connection.reopenIfChanged();
    return { ready: false, syncedToChain: null, ...troubleOf(error, connection.socket) };
  }
};

/** What GetInfo says about readiness. */
export const healthOf = (info: InfoMessage): Health => {
  const name = info.chains[0]?.network;
  if (networkOf(name) === null) {
    return {
      ready: false,
      syncedToChain: info.synced_to_chain,
      trouble: 'network',
      detail: `LND is on the network ${name ?? '(none)'}: use mainnet, testnet, signet or regtest.`,
    };
  }
  if (!info.synced_to_chain) {
    return {
      ready: false,
      syncedToChain: false,
      trouble: 'unsynced',
      detail: `LND is not synced to the chain (height ${info.block_height}): wait, and look at its chain backend.`,
    };
  }
  return { ready: true, syncedToChain: true, detail: 'ok' };
};
