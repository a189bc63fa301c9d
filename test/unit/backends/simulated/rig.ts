// What the tests of the simulated backend share: a world in virtual time, one or two backends in it, and orders with sensible defaults.

import { setMaxListeners } from 'node:events';
import type { BackendTools, Fact, PayOrder } from '../../../../src/backends/port.ts';
import { connectSimulated, type SimulatedBackend } from '../../../../src/backends/simulated/backend.ts';
import { simulatedSettings } from '../../../../src/backends/simulated/settings.ts';
import { type VirtualTime, virtualTime } from '../../../../src/backends/simulated/time.ts';
import { createWorlds, type World, type Worlds } from '../../../../src/backends/simulated/worlds.ts';
import { decodeBolt11 } from '../../../../src/lightning/bolt11.ts';
import { type Bolt11, backendId, fromSat, type Msat, msat, paymentHash } from '../../../../src/lightning/values.ts';

export const start = new Date('2030-01-01T00:00:00Z');
/** Never aborts; many streams hang on it. */
export const signal = new AbortController().signal;
setMaxListeners(0, signal);

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Rig {
  readonly time: VirtualTime;
  readonly worlds: Worlds;
  readonly world: World;
  readonly backend: SimulatedBackend;
  readonly tools: BackendTools & { readonly worlds: Worlds };
  connect(id: string, settings?: object): Promise<SimulatedBackend>;
  order(bolt11: Bolt11, more?: Partial<PayOrder>): PayOrder;
  /** Pays and lets time pass until there is an answer. */
  pay(bolt11: Bolt11, more?: Partial<PayOrder>): ReturnType<NonNullable<SimulatedBackend['pay']>['pay']>;
}

export const rig = async (settings: object = {}, at: Date = start): Promise<Rig> => {
  const time = virtualTime(at);
  const worlds = createWorlds({ time });
  const tools = { log, clock: time, worlds };
  const connect = (id: string, more: object = {}) =>
    connectSimulated(backendId(id), simulatedSettings.parse({ blockSeconds: 0, ...settings, ...more }), tools);
  const backend = await connect('switchyard');
  const order = (bolt11: Bolt11, more: Partial<PayOrder> = {}): PayOrder => {
    const decoded = decodeBolt11(bolt11);
    if (decoded.is !== 'decoded') throw new Error(decoded.why);
    const { hash, amount } = decoded.invoice;
    return {
      hash,
      bolt11,
      amount: amount ?? fromSat(1_000),
      amountless: amount === null,
      maxFee: fromSat(1_000),
      sendBy: new Date(time.now().getTime() + 60_000),
      ...more,
    };
  };
  return {
    time,
    worlds,
    world: backend.world,
    backend,
    tools,
    connect,
    order,
    pay: (bolt11, more) => time.until(backend.pay.pay(order(bolt11, more))),
  };
};

export const sat = (amount: number): Msat => fromSat(amount);
export const terms = (amount: Msat | null = sat(1_000), text = 'coffee') => ({ amount, description: { text }, expirySeconds: 3_600 });

/** Every msat of the network: on channel sides and in flight. Probes hold none. */
export const moneyIn = ({ network: { sim } }: World): { readonly held: bigint; readonly capacity: bigint } => {
  let held = 0n;
  let capacity = 0n;
  for (const channel of sim.records.channels.values()) {
    held += channel.balanceA + channel.balanceB;
    capacity += channel.capacity;
  }
  for (const htlc of sim.records.htlcs.values()) for (const hop of htlc.hops.slice(0, htlc.locked)) held += hop.amount;
  return { held, capacity };
};

/** Follows a stream into a list until it is stopped. */
export const collect = (facts: AsyncIterable<Fact>): { readonly facts: Fact[]; readonly ended: Promise<void> } => {
  const seen: Fact[] = [];
  const ended = (async () => {
    for await (const fact of facts) seen.push(fact);
  })();
  return { facts: seen, ended };
};

export const unknownHash = paymentHash('ab'.repeat(32));
export const noFee = msat(0);
