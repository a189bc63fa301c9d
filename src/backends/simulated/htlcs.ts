// How an HTLC travels: it takes liquidity from every channel on its way, is held at the payee, and gives it back (failed) or over (settled)
// hop by hop. Rule: what a channel loses on one side is in flight or on its other side, never gone.
import { channelOf, erase, heightOf, nodeNamed, type Sim, whenAwake } from './core.ts';
import type { Hop, Htlc, HtlcFailure, SimChannel } from './model.ts';

export const directionOf = (channel: string, from: string): string => `${channel}>${from}`;

export interface Side {
  readonly channel: SimChannel;
  /** The end that sends. */
  readonly from: string;
  /** The attempt, when a probe asks: it sees less what its own parts took. */
  readonly probe?: number | null;
}

/** What a side of a channel can send now, in msat. */
export const liquidity = (sim: Sim, { channel, from, probe = null }: Side): bigint => {
  const balance = channel.a === from ? channel.balanceA : channel.balanceB;
  return probe === null ? balance : balance - (sim.overlays.get(probe)?.get(directionOf(channel.id, from)) ?? 0n);
};

/** Sends one part on its way. What becomes of it is told to `hooks.atPayee` and, at the end, to `hooks.ended`. */
export const launch = (sim: Sim, htlc: Htlc): void => {
  keep(sim, htlc);
  offer(sim, htlc);
};

/** The payee lets go of the part with the preimage: from here on the money is the payee's. */
export const settleHtlc = (sim: Sim, htlc: Htlc, preimage: string): void => {
  htlc.stage = 'settling';
  htlc.preimage = preimage;
  giveUpHop(sim, htlc);
};

/** The payee refuses the part, or gives it back: it returns the way it came. */
export const failAtPayee = (sim: Sim, htlc: Htlc, code: HtlcFailure): void => fail(sim, htlc, { code, hop: htlc.hops.length });

const fail = (sim: Sim, htlc: Htlc, failure: NonNullable<Htlc['failure']>): void => {
  htlc.stage = 'failing';
  htlc.failure = failure;
  keep(sim, htlc);
  if (htlc.locked > 0) giveUpHop(sim, htlc);
  // Never in the same turn as its launch: the sender learns of a refusal later than it learns that it sent.
  else sim.time.after(0, () => end(sim, htlc));
};

/** After a restart of the process: every part goes on from where the file has it. */
export const resume = (sim: Sim, htlc: Htlc): void => {
  const hop = htlc.hops[htlc.locked - 1];
  if (htlc.stage === 'waiting') return;
  if (htlc.stage !== 'forward') giveUpHop(sim, htlc);
  else if (hop === undefined) offer(sim, htlc);
  else travel(sim, hop, { to: hop.to, run: () => arrive(sim, htlc) });
};

/** At a new block: what is stuck on its way and has run out of time comes back, as a channel's closing would enforce. */
export const expireHtlcs = (sim: Sim): void => {
  for (const htlc of [...sim.records.htlcs.values()]) {
    const last = htlc.hops[htlc.locked - 1];
    if (htlc.stage === 'forward' && last !== undefined && last.expiry <= heightOf(sim))
      fail(sim, htlc, { code: 'htlcExpired', hop: htlc.locked - 1 });
  }
};

const offer = (sim: Sim, htlc: Htlc): void => {
  const hop = htlc.hops[htlc.locked];
  const refusal = hop === undefined ? null : refusalOf(sim, htlc, hop);
  if (hop === undefined) atPayee(sim, htlc);
  else if (refusal !== null) fail(sim, htlc, { code: refusal, hop: htlc.locked });
  else forward(sim, htlc, hop);
};

const forward = (sim: Sim, htlc: Htlc, hop: Hop): void => {
  move(sim, { htlc, channel: channelOf(sim, hop.channel), from: hop.from, amount: -hop.amount });
  htlc.locked += 1;
  keep(sim, htlc);
  travel(sim, hop, { to: hop.to, run: () => arrive(sim, htlc) });
};

const refusalOf = (sim: Sim, htlc: Htlc, hop: Hop): HtlcFailure | null => {
  const channel = channelOf(sim, hop.channel);
  if (!channel.enabled) return 'channelDisabled';
  if (!nodeNamed(sim, hop.to).online) return 'unknownNextPeer';
  return liquidity(sim, { channel, from: hop.from, probe: htlc.isProbe ? htlc.index : null }) < hop.amount
    ? 'temporaryChannelFailure'
    : null;
};

const arrive = (sim: Sim, htlc: Htlc): void => {
  // It may have run out of time while a node was asleep.
  if (htlc.stage === 'forward') offer(sim, htlc);
};

const atPayee = (sim: Sim, htlc: Htlc): void => {
  htlc.stage = 'waiting';
  keep(sim, htlc);
  sim.hooks.atPayee(htlc);
};

// The last locked channel lets go; then the news travels to the node before it.
const giveUpHop = (sim: Sim, htlc: Htlc): void => {
  const hop = htlc.hops[htlc.locked - 1];
  if (hop === undefined) {
    end(sim, htlc);
    return;
  }
  const channel = channelOf(sim, hop.channel);
  move(sim, { htlc, channel, from: htlc.stage === 'settling' ? hop.to : hop.from, amount: hop.amount });
  htlc.locked -= 1;
  keep(sim, htlc);
  travel(sim, hop, { to: hop.from, run: () => giveUpHop(sim, htlc) });
};

const end = (sim: Sim, htlc: Htlc): void => {
  erase(sim, 'htlcs', String(htlc.id));
  sim.hooks.ended(htlc);
};

const keep = (sim: Sim, htlc: Htlc): void => {
  // A probe is nobody's money: it lives only while it travels.
  if (!htlc.isProbe) sim.save('htlcs', String(htlc.id), htlc);
};

const travel = (sim: Sim, hop: Hop, { to, run }: { readonly to: string; readonly run: () => void }): void => {
  const mean = channelOf(sim, hop.channel).latencyMs;
  const ms = mean === 0 ? 0 : Math.round(mean * (0.75 + sim.random.fraction() / 2));
  sim.time.after(ms, () => whenAwake(sim, to, run));
};

interface Move {
  readonly htlc: Htlc;
  readonly channel: SimChannel;
  /** Whose side changes. */
  readonly from: string;
  readonly amount: bigint;
}

const move = (sim: Sim, { htlc, channel, from, amount }: Move): void => {
  if (htlc.isProbe) {
    const overlay = sim.overlays.get(htlc.index);
    const direction = directionOf(channel.id, from);
    overlay?.set(direction, (overlay.get(direction) ?? 0n) - amount);
    return;
  }
  if (channel.a === from) channel.balanceA += amount;
  else channel.balanceB += amount;
  sim.save('channels', channel.id, channel);
};
