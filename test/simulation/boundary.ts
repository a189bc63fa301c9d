// What the gateway reaches through the points of its life: the database and its backends. Here too is what only an observer between the two
// can know: how often a payment was really called for, and whether a preimage left before the intention was stored.

import type { Backend, Chain, Fact, Hold, Pay, Receive } from '../../src/backends/port.ts';
import type { SimulatedBackend } from '../../src/backends/simulated/backend.ts';
import type { Random } from '../../src/backends/simulated/random.ts';
import type { Database } from '../../src/platform/db.ts';
import { type Life, never } from './life.ts';
import type { Timeline } from './timeline.ts';

/** The database as one life sees it. */
export const databaseOf = (db: Database, life: Life, timeline: Timeline): Database => {
  const query = (statement: { readonly name?: string } | string, ...more: unknown[]): Promise<unknown> => {
    const name = typeof statement === 'string' ? statement.slice(0, 20) : (statement.name ?? 'unnamed');
    return life.through(`db.${name}`, () => timeline.busy(Reflect.apply(db.pool.query, db.pool, [statement, ...more])));
  };
  const model = (target: object, name: string): object =>
    new Proxy(target, {
      get: (of, method) => {
        const found: unknown = Reflect.get(of, method);
        if (typeof found !== 'function') return found;
        return (...given: unknown[]) => life.through(`db.${name}.${String(method)}`, () => timeline.busy(Reflect.apply(found, of, given)));
      },
    });
  const prisma = new Proxy(db.prisma, {
    get: (of, name) => {
      const found: unknown = Reflect.get(of, name);
      return typeof found === 'object' && found !== null && typeof name === 'string' ? model(found, name) : found;
    },
  });
  // There is no other process to be woken by, and nobody knows when a notification of a server's comes.
  const listen: Database['listen'] = async () => async () => undefined;
  // Of the pool the gateway uses `query` alone.
  return { ...db, prisma, listen, pool: { query } as unknown as Database['pool'] };
};

/** What the observer has seen, over all lives of the process. */
export interface Witness {
  /** Calls of `pay` by `backend/hash`. */
  readonly payCalls: Map<string, number>;
  /** Of sends on the chain that were called for. */
  readonly labels: Set<string>;
  /** Hashes whose failure was a lie of the backend. */
  readonly liedAbout: Set<string>;
  /** Until when, in ms of the timeline, what was called for does not show yet: by `backend/hash`, on the chain by its label. */
  readonly hiddenUntil: Map<string, number>;
  /** Of what is called for under these keys, certainly not for half of the longest time. */
  readonly inTheDark: Set<string>;
  /** What backends told that was not so, or not so any more, by kind. */
  readonly told: Map<string, number>;
  readonly violations: string[];
}

export const createWitness = (): Witness => ({
  payCalls: new Map(),
  labels: new Set(),
  liedAbout: new Set(),
  hiddenUntil: new Map(),
  inTheDark: new Set(),
  told: new Map(),
  violations: [],
});

const tell = ({ told }: Witness, what: string): void => void told.set(what, (told.get(what) ?? 0) + 1);

export interface Observing {
  readonly life: Life;
  readonly timeline: Timeline;
  readonly witness: Witness;
  readonly db: Database;
  readonly random: Random;
  /** How often a read does not show yet what is there. */
  readonly hideRate: () => number;
  /** How long at most what was called for does not show, in ms. */
  readonly hiddenMs: number;
}

/** Drawn once for each call, so that whoever asks meanwhile is told the same. */
const hideFor = ({ witness, timeline, random, hideRate, hiddenMs }: Observing, key: string): void => {
  const least = witness.inTheDark.has(key) ? hiddenMs / 2 : 0;
  if (least > 0 || random.chance(hideRate())) witness.hiddenUntil.set(key, timeline.elapsed() + least + random.int(hiddenMs - least));
};
const isHidden = ({ witness, timeline }: Observing, key: string): boolean => timeline.elapsed() < (witness.hiddenUntil.get(key) ?? 0);

/** The backend as one life sees it. */
export const backendOf = (inner: SimulatedBackend, on: Observing): Backend => {
  const { life } = on;
  return {
    id: inner.id,
    kind: inner.kind,
    pay: payOf(inner, on),
    receive: receiveOf(inner, on),
    hold: holdOf(inner, on),
    balance: (signal) => life.through('balance', () => inner.balance(signal)),
    identity: (signal) => life.through('identity', () => inner.identity(signal)),
    chain: chainOf(inner, on),
    health: (signal) => life.through('health', () => inner.health(signal)),
    facts: (after, signal) => factsOf(life, inner.facts(after, signal)),
    close: () => inner.close(),
  };
};

const payOf = (inner: SimulatedBackend, on: Observing): Pay => {
  const { life, witness, random, hideRate } = on;
  return {
    traits: inner.pay.traits,
    floor: (hash, signal) =>
      life.through('pay.floor', () => {
        if (isHidden(on, `${inner.id}/${hash}`)) {
          inner.faults.next('floor', { is: 'stale' });
          tell(witness, 'a floor without the newest attempt');
        }
        return inner.pay.floor(hash, signal);
      }),
    probeFee: (order, signal) => life.through('pay.probeFee', () => inner.pay.probeFee(order, signal)),
    pay: (order) =>
      life.through('pay.pay', async () => {
        const key = `${inner.id}/${order.hash}`;
        witness.payCalls.set(key, (witness.payCalls.get(key) ?? 0) + 1);
        hideFor(on, key);
        const met = inner.faults.met.length;
        const answer = inner.pay.pay(order);
        if (inner.faults.met.slice(met).some(({ fault }) => fault.is === 'sayFailed')) {
          witness.liedAbout.add(order.hash);
          tell(witness, 'failed, of what goes on');
        }
        return answer;
      }),
    find: (hash, above, signal) =>
      life.through('pay.find', async () => {
        const hidden = isHidden(on, `${inner.id}/${hash}`);
        // What does not show yet is not there, or the node tells what it knew before; of old ones it may do that too.
        const fault = hidden && random.chance(0.5) ? ('notFound' as const) : ('stale' as const);
        const isWrong = hidden || random.chance(hideRate() / 4);
        if (isWrong) inner.faults.next('findPayment', { is: fault });
        const found = await inner.pay.find(hash, above, signal);
        if (isWrong && found.is === 'notFound') tell(witness, 'notFound, of a payment that may be there');
        if (found.is === 'failed' && found.ref !== null && above !== null && found.ref <= above)
          tell(witness, 'failed, of an older attempt');
        return found;
      }),
  };
};

/** A look-up that may not show what is there. */
const hiding = <T>(
  inner: SimulatedBackend,
  { random, hideRate, witness }: Observing,
  look: { readonly call: 'findInvoice' | 'findHold'; readonly find: () => Promise<T> },
): Promise<T> => {
  if (random.chance(hideRate() / 4)) {
    tell(witness, 'notFound, of an invoice');
    inner.faults.next(look.call, { is: 'notFound' });
  }
  return look.find();
};

const receiveOf = (inner: SimulatedBackend, on: Observing): Receive => ({
  traits: inner.receive.traits,
  create: (terms, signal) => on.life.through('receive.create', () => inner.receive.create(terms, signal)),
  cancel: (hash, signal) => on.life.through('receive.cancel', () => inner.receive.cancel(hash, signal)),
  find: (hash, signal) =>
    on.life.through('receive.find', () => hiding(inner, on, { call: 'findInvoice', find: () => inner.receive.find(hash, signal) })),
});

const holdOf = (inner: SimulatedBackend, on: Observing): Hold => ({
  traits: inner.hold.traits,
  create: (terms, signal) => on.life.through('hold.create', () => inner.hold.create(terms, signal)),
  settle: (held, preimage, signal) =>
    on.life.through('hold.settle', async () => {
      const asked = {
        name: 'sim_intended',
        text: `SELECT 1 FROM sim_moves WHERE hash = $1 AND now IN ('settling', 'settled')`,
        values: [held.hash],
      };
      const { rowCount } = await on.timeline.busy(on.db.pool.query(asked));
      if (!rowCount) on.witness.violations.push('a preimage left before the intention to settle was stored');
      return inner.hold.settle(held, preimage, signal);
    }),
  cancel: (held, signal) => on.life.through('hold.cancel', () => inner.hold.cancel(held, signal)),
  find: (hash, signal) =>
    on.life.through('hold.find', () => hiding(inner, on, { call: 'findHold', find: () => inner.hold.find(hash, signal) })),
  held: (signal) => on.life.through('hold.held', async () => (await inner.hold.held?.(signal)) ?? []),
});

/** The chain facet as one life sees it. */
const chainOf = (inner: SimulatedBackend, on: Observing): Chain => {
  const { life, witness } = on;
  return {
    traits: inner.chain.traits,
    createAddress: (signal) => life.through('chain.createAddress', () => inner.chain.createAddress(signal)),
    estimateFee: (to, pace, signal) => life.through('chain.estimateFee', () => inner.chain.estimateFee(to, pace, signal)),
    deposits: (since, signal) => life.through('chain.deposits', () => inner.chain.deposits(since, signal)),
    send: (order) =>
      life.through('chain.send', () => {
        if (witness.labels.has(order.label)) witness.violations.push('a send on the chain was called twice');
        witness.labels.add(order.label);
        hideFor(on, order.label);
        return inner.chain.send(order);
      }),
    find: (sent, signal) =>
      life.through('chain.find', () => {
        if (isHidden(on, sent.label)) {
          inner.faults.next('findOnChain', { is: 'notFound' });
          tell(witness, 'notFound, of a transaction that may be there');
        }
        return inner.chain.find(sent, signal);
      }),
  };
};

const factsOf = (life: Life, facts: AsyncIterable<Fact>): AsyncIterable<Fact> => ({
  [Symbol.asyncIterator]: () => {
    const inner = facts[Symbol.asyncIterator]();
    return {
      next: async () => {
        if (life.isOver('facts before')) return never();
        const told = await inner.next();
        return life.isOver('facts after') ? never() : told;
      },
      return: async () => {
        await inner.return?.();
        return { done: true, value: undefined };
      },
    };
  },
});
