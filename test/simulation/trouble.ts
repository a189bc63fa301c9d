// What goes wrong in a simulation besides single calls: restarts, nodes that sleep, streams that fall silent, blocks that come in heaps or
// are taken back, clocks that jump, a custodian who says failed first, and the plan of when the process dies.
import type { Random } from '../../src/backends/simulated/random.ts';
import { reorganises } from './chain.ts';
import { backendNames, type House } from './house.ts';
import type { Chances, CrashPlan } from './life.ts';
import { outsiders, type Town } from './people.ts';
import { sendsFar } from './scripts.ts';

const failures = ['noRoute', 'feeLimit', 'insufficientBalance', 'attemptsExhausted', 'rejectedByPayee', 'other'] as const;

interface Scene {
  readonly town: Town;
  readonly random: Random;
  readonly chances: Chances;
}

const backendOf = (house: House, random: Random) => {
  const name = random.pick(backendNames);
  return { name, backend: house.backends.get(name) };
};

const kinds: { readonly [kind: string]: (scene: Scene) => Promise<void> } = {
  restart: async ({ town, random }) => {
    const { name, backend } = backendOf(town.house, random);
    town.log(`${name} restarts`);
    backend?.restart(500 + random.int(30_000));
  },
  offline: async ({ town, random }) => {
    const node = random.pick([...outsiders, ...backendNames]);
    const { network } = town.house.world;
    town.log(`${node} is offline`);
    network.setOnline(node, false);
    await town.timeline.sleep(random.int(60_000));
    network.setOnline(node, true);
  },
  frozen: async ({ town, random }) => {
    const node = random.pick(outsiders);
    const { network } = town.house.world;
    town.log(`${node} is frozen`);
    network.setFrozen(node, true);
    await town.timeline.sleep(random.int(100_000));
    network.setFrozen(node, false);
  },
  silent: async ({ town, random }) => {
    const name = random.pick(backendNames);
    town.log(`the facts of ${name} are silent`);
    const end = town.house.world.faultsOf(name).always('fact', { is: 'lose' });
    await town.timeline.sleep(random.int(120_000));
    end();
  },
  blocks: async ({ town, random }) => {
    const count = random.chance(0.3) ? 10 + random.int(40) : 1 + random.int(4);
    town.log(`${count} blocks`);
    town.house.world.network.mineBlocks(count);
  },
  reorg: ({ town, random }) => reorganises(town, random),
  leap: async ({ town, random }) => {
    const ms = random.int(90_000);
    town.log(`the machine sleeps for ${ms} ms`);
    town.timeline.leap(ms);
  },
  skew: async ({ town, random, chances }) => {
    chances.skewMs = random.int(10_000) - 5_000;
    town.log(`the clock is off by ${chances.skewMs} ms`);
  },
  drained: async ({ town, random }) => {
    const { network } = town.house.world;
    const channel = network.channelBetween(random.pick(outsiders.slice(0, 2) as ['alice', 'bob']), 'one');
    // Only outside peers lose: what our node has is what the books are held against.
    const peer = channel.a === 'one' ? channel.b : channel.a;
    network.setEnabled(channel, false);
    town.log(`the channel between ${peer} and one is disabled`);
    await town.timeline.sleep(random.int(60_000));
    network.setEnabled(channel, true);
  },
  refusedPayment: async ({ town, random }) => {
    const name = random.pick(['one', 'two'] as const);
    town.house.world.faultsOf(name).next('pay', { is: 'fail', reason: random.pick(failures) });
  },
  doubt: async ({ town, random }) => {
    const faults = town.house.world.faultsOf(random.pick(backendNames));
    const call = random.pick(['pay', 'settleHold', 'cancelHold', 'cancelInvoice', 'createHold'] as const);
    faults.next(call, random.chance(0.5) ? { is: 'dropRequest' } : { is: 'loseReply', ms: random.int(20_000) });
  },
  hiddenInvoice: async ({ town, random }) => {
    town.house.world.faultsOf(random.pick(backendNames)).next(random.pick(['findInvoice', 'findHold'] as const), { is: 'notFound' });
  },
  halt: async ({ town, random }) => {
    await town.ask('haltOutgoing', { reason: 'simulated' }, { admin: true });
    await town.timeline.sleep(random.int(20_000));
    await town.ask('resumeOutgoing', {}, { admin: true });
  },
};
const kindNames = Object.keys(kinds);

/** One trouble, drawn. */
export const trouble = async (scene: Scene): Promise<void> => {
  const kind = kindNames[scene.random.int(kindNames.length)] ?? 'restart';
  scene.town.counts.set(`trouble ${kind}`, (scene.town.counts.get(`trouble ${kind}`) ?? 0) + 1);
  await kinds[kind]?.(scene);
};

/** A custodian says failed, and pays. */
export const lie = async (town: Town, random: Random, at: string): Promise<void> => {
  town.house.world.faultsOf('two').next('pay', { is: 'sayFailed', reason: random.pick(failures) });
  await sendsFar(town, random, at);
};

// Where it hurts: between an intention and its call, a call and its answer, an answer and its being stored.
const painful = [
  'db.payment_insert after',
  'pay.pay before',
  'pay.pay after',
  'db.advance_attempts before',
  'db.advance_attempts after',
  'db.advance_invoices before',
  'db.advance_invoices after',
  'hold.settle before',
  'hold.settle after',
  'hold.cancel after',
  'hold.create after',
  'receive.create after',
  'receive.cancel before',
  'receive.cancel after',
  'db.invoice_insert before',
  'db.pin_cursor before',
  'db.advance_invoices_and_cash_out after',
  'facts after',
  'pay.find after',
  'pay.floor after',
] as const;

/** Half of them anywhere, half where it hurts. */
export const crashPlan = (random: Random): CrashPlan =>
  random.chance(0.5) ? { at: null, left: 1 + random.int(150) } : { at: random.pick(painful), left: 1 + random.int(3) };
