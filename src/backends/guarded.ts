// Wraps a backend so that no adapter's slip becomes a money error: money calls never throw, nothing is sent after `sendBy` or to a
// backend that is not the one we pinned, and a success whose preimage does not open the hash is doubt, not success.
import { type PaymentHash, proves } from '../lightning/values.ts';
import {
  type Backend,
  BackendFault,
  type Chain,
  type ChainOutcome,
  type Fact,
  type Fault,
  type Hold,
  type HoldOutcome,
  type Issue,
  type Pay,
  type PayOutcome,
  type Receive,
} from './port.ts';

export interface Guard {
  readonly clock: { now(): Date };
  readonly log: { warn(fields: object, text: string): void; error(fields: object, text: string): void };
  /** Null when the backend is who it should be; else why nothing may be asked of it. Quick, asks the network only when it must. */
  readonly verify: () => Promise<Fault | null>;
  /** One call ended: for metrics. */
  readonly observed?: (call: string, outcome: string, seconds: number) => void;
}

/** What an unexpected error says: a fault as it was thrown, anything else as the adapter's own trouble. */
export const faultOf = (error: unknown): Fault => {
  if (error instanceof BackendFault) return error.fault;
  return { kind: 'internal', detail: error instanceof Error ? error.message : String(error) };
};

/** The same backend behind the guard. Reads throw `BackendFault` only; money calls answer. */
export const guarded = (backend: Backend, guard: Guard): Backend => {
  const timed = timer(guard);
  const { pay, receive, hold, chain, balance, tiedUp, recall } = backend;
  return {
    id: backend.id,
    kind: backend.kind,
    ...(backend.currency && { currency: backend.currency }),
    ...(pay && { pay: guardedPay(pay, guard, timed) }),
    ...(receive && { receive: guardedReceive(receive, guard, timed) }),
    ...(hold && { hold: guardedHold(hold, guard, timed) }),
    ...(chain && { chain: guardedChain(chain, guard, timed) }),
    ...(balance && {
      balance: (signal) =>
        timed(
          'balance',
          reading(guard, () => balance(signal)),
        ),
    }),
    ...(tiedUp && {
      tiedUp: (signal) =>
        timed(
          'tiedUp',
          reading(guard, () => tiedUp(signal)),
        ),
    }),
    ...(recall && {
      recall: (since, signal) =>
        timed(
          'recall',
          reading(guard, () => recall(since, signal)),
        ),
    }),
    identity: (signal) => backend.identity(signal),
    facts: (after, signal) => verifiedFacts(backend, guard, { after, signal }),
    health: (signal) => backend.health(signal),
    close: () => backend.close(),
  };
};

type Timed = <T>(call: string, work: Promise<T>) => Promise<T>;

const timer = (guard: Guard): Timed => {
  const outcomeOf = (value: unknown): string =>
    typeof value === 'object' && value !== null && 'is' in value && typeof value.is === 'string' ? value.is : 'ok';
  return async (call, work) => {
    const start = performance.now();
    const ended = (outcome: string): void => guard.observed?.(call, outcome, (performance.now() - start) / 1000);
    try {
      const value = await work;
      ended(outcomeOf(value));
      return value;
    } catch (error) {
      ended('fault');
      throw error;
    }
  };
};

/** A read: refused as a fault while the backend is not verified; whatever an adapter throws leaves as `BackendFault`. */
const reading = async <T>(guard: Guard, read: () => Promise<T>): Promise<T> => {
  const fault = await guard.verify();
  if (fault) throw new BackendFault(fault);
  try {
    return await read();
  } catch (error) {
    throw error instanceof BackendFault ? error : new BackendFault(faultOf(error));
  }
};

const guardedPay = (pay: Pay, guard: Guard, timed: Timed): Pay => ({
  traits: pay.traits,
  floor: (hash, signal) =>
    timed(
      'floor',
      reading(guard, () => pay.floor(hash, signal)),
    ),
  ...(pay.probeFee && { probeFee: probing(pay.probeFee, guard, timed) }),
  pay: (order) =>
    timed(
      'pay',
      (async (): Promise<PayOutcome> => {
        const fault = await guard.verify();
        if (fault) return { is: 'notSent', fault };
        // The row may have waited: nothing leaves after the moment from which a sweep may call the attempt unsent.
        if (guard.clock.now() >= order.sendBy)
          return { is: 'notSent', fault: { kind: 'timeout', detail: 'the time to send had passed before the call' } };
        // From here on a throw may hide a payment that went out: doubt, never failure.
        const said = await pay.pay(order).catch((error: unknown): PayOutcome => ({ is: 'unknown', fault: faultOf(error) }));
        return believable(order.hash, said, guard);
      })(),
    ),
  find: (hash, above, signal) =>
    timed(
      'find',
      (async () => {
        const fault = await guard.verify();
        if (fault) return { is: 'unknown', fault } as const;
        const said = await pay.find(hash, above, signal).catch((error: unknown) => ({ is: 'unknown', fault: faultOf(error) }) as const);
        return said.is === 'notFound' ? said : believable(hash, said, guard);
      })(),
    ),
});

const probing =
  (probe: NonNullable<Pay['probeFee']>, guard: Guard, timed: Timed): NonNullable<Pay['probeFee']> =>
  (order, signal) =>
    timed(
      'probeFee',
      (async () => {
        const fault = await guard.verify();
        if (fault) return { is: 'unknown', fault } as const;
        return probe(order, signal).catch((error: unknown) => ({ is: 'unknown', fault: faultOf(error) }) as const);
      })(),
    );

/** A preimage is proof only when it opens the hash; a success with a wrong one proves nothing. */
const believable = (hash: PaymentHash, said: PayOutcome, guard: Guard): PayOutcome => {
  if (said.is !== 'succeeded' || said.preimage === null || proves(said.preimage, hash)) return said;
  guard.log.error({ paymentHash: hash }, 'a backend reported success with a preimage that does not open the payment hash');
  return { is: 'unknown', fault: { kind: 'protocol', detail: 'the preimage does not open the payment hash' } };
};

const issuing = (guard: Guard, create: () => Promise<Issue>): Promise<Issue> =>
  reading(guard, create).catch((error: unknown): Issue => ({ is: 'unknown', fault: faultOf(error) }));

const ending = (guard: Guard, end: () => Promise<HoldOutcome>): Promise<HoldOutcome> =>
  reading(guard, end).catch((error: unknown): HoldOutcome => ({ is: 'unknown', fault: faultOf(error) }));

const guardedReceive = (receive: Receive, guard: Guard, timed: Timed): Receive => {
  const { cancel } = receive;
  return {
    traits: receive.traits,
    create: (terms, signal) =>
      timed(
        'createInvoice',
        issuing(guard, () => receive.create(terms, signal)),
      ),
    ...(cancel && {
      cancel: (hash, signal) =>
        timed(
          'cancelInvoice',
          ending(guard, () => cancel(hash, signal)),
        ),
    }),
    find: (hash, signal) =>
      timed(
        'findInvoice',
        reading(guard, () => receive.find(hash, signal)),
      ),
  };
};

const guardedHold = (hold: Hold, guard: Guard, timed: Timed): Hold => ({
  traits: hold.traits,
  create: (terms, signal) =>
    timed(
      'createHold',
      issuing(guard, () => hold.create(terms, signal)),
    ),
  settle: (held, preimage, signal) =>
    timed(
      'settleHold',
      ending(guard, () => hold.settle(held, preimage, signal)),
    ),
  cancel: (held, signal) =>
    timed(
      'cancelHold',
      ending(guard, () => hold.cancel(held, signal)),
    ),
  find: (hash, signal) =>
    timed(
      'findHold',
      reading(guard, () => hold.find(hash, signal)),
    ),
  ...(hold.held && { held: listing(hold.held, guard, timed) }),
});

const listing =
  (held: NonNullable<Hold['held']>, guard: Guard, timed: Timed): NonNullable<Hold['held']> =>
  (signal) =>
    timed(
      'listHeld',
      reading(guard, () => held(signal)),
    );

const guardedChain = (chain: Chain, guard: Guard, timed: Timed): Chain => ({
  traits: chain.traits,
  createAddress: (signal) =>
    timed(
      'createAddress',
      reading(guard, () => chain.createAddress(signal)),
    ),
  estimateFee: (to, pace, signal) =>
    timed(
      'estimateFee',
      reading(guard, () => chain.estimateFee(to, pace, signal)),
    ),
  send: (order) =>
    timed(
      'sendOnChain',
      (async (): Promise<ChainOutcome> => {
        const fault = await guard.verify();
        if (fault) return { is: 'notSent', fault };
        if (guard.clock.now() >= order.sendBy)
          return { is: 'notSent', fault: { kind: 'timeout', detail: 'the time to send had passed before the call' } };
        // From here on a throw may hide a transaction that went out: doubt, never failure.
        return chain.send(order).catch((error: unknown): ChainOutcome => ({ is: 'unknown', fault: faultOf(error) }));
      })(),
    ),
  find: (sent, signal) =>
    timed(
      'findOnChain',
      (async () => {
        const fault = await guard.verify();
        if (fault) return { is: 'unknown', fault } as const;
        return chain.find(sent, signal).catch((error: unknown) => ({ is: 'unknown', fault: faultOf(error) }) as const);
      })(),
    ),
  deposits: (since, signal) =>
    timed(
      'deposits',
      reading(guard, () => chain.deposits(since, signal)),
    ),
});

async function* verifiedFacts(
  backend: Backend,
  guard: Guard,
  from: { readonly after: Parameters<Backend['facts']>[0]; readonly signal: AbortSignal },
): AsyncGenerator<Fact> {
  const fault = await guard.verify();
  if (fault) throw new BackendFault(fault);
  for await (const fact of backend.facts(from.after, from.signal)) {
    if (fact.about !== 'payment') yield fact;
    else yield { ...fact, outcome: believable(fact.hash, fact.outcome, guard) };
  }
}
