// The scenarios, as data: a name, what a backend must be able to do for it, and what must then be true. The same for every backend.
import { expect } from 'vitest';
import type { Backend, Issue } from '../../src/backends/port.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { fromSat, hashOf, msat, newPreimage, type PaymentHash, proves } from '../../src/lightning/values.ts';
import { eventually, listen, orderFor, type Rig, the, wrongPreimage } from './rig.ts';

export interface Scenario {
  readonly name: string;
  /** Why this backend cannot be asked, by its own facets and traits; null when it can. */
  readonly skip: (backend: Backend, rig: Rig) => string | null;
  readonly run: (rig: Rig) => Promise<void>;
}

const never = new AbortController().signal;
const needs = (facet: 'pay' | 'receive' | 'hold' | 'balance') => (backend: Backend) =>
  backend[facet] === undefined ? `no ${facet} facet` : null;
const both =
  (...all: Scenario['skip'][]): Scenario['skip'] =>
  (backend, rig) =>
    all.map((one) => one(backend, rig)).find((why) => why !== null) ?? null;
const trait =
  (why: string, has: (backend: Backend, rig: Rig) => boolean | undefined): Scenario['skip'] =>
  (backend, rig) =>
    has(backend, rig) === true ? null : why;

type Issued = Extract<Issue, { readonly is: 'issued' }>;
const issued = (issue: Issue): Issued => {
  if (issue.is !== 'issued') throw new Error(`not issued: ${JSON.stringify(issue)}`);
  return issue;
};
const receive = async (rig: Rig, sat: number | null, more: object = {}): Promise<Issued> =>
  issued(
    await the(rig.backend.receive).create(
      { amount: sat === null ? null : fromSat(sat), description: { text: 'tea ☕' }, expirySeconds: 3600, ...more },
      never,
    ),
  );
const held = async (rig: Rig, sat: number, hash?: PaymentHash): Promise<Issued> => {
  const hold = the(rig.backend.hold);
  const own = newPreimage();
  const caller = hold.traits.hashFrom === 'caller' ? { hash: hash ?? hashOf(own) } : {};
  const made = issued(
    await hold.create({ amount: fromSat(sat), description: { text: 'held' }, expirySeconds: 3600, finalCltvDelta: 80, ...caller }, never),
  );
  return hash === undefined && made.preimage === undefined ? { ...made, preimage: own } : made;
};
const holding = async (rig: Rig, sat: number) => {
  const invoice = await held(rig, sat);
  const paid = rig.outside.pay(invoice.bolt11);
  const sighting = await eventually('held', async () => {
    const now = await the(rig.backend.hold).find(invoice.hash, never);
    return now.is === 'held' ? now : null;
  });
  return { invoice, paid, sighting, ref: { hash: invoice.hash, handle: sighting.handle }, preimage: the(invoice.preimage) };
};
const find = (rig: Rig, hash: PaymentHash) => the(rig.backend.pay).find(hash, null, never);

const receiving: readonly Scenario[] = [
  {
    name: 'an invoice says what was asked',
    skip: needs('receive'),
    run: async (rig) => {
      const invoice = await receive(rig, 1_500);
      const decoded = decodeBolt11(invoice.bolt11);
      if (decoded.is !== 'decoded') throw new Error(decoded.why);
      expect(decoded.invoice).toMatchObject({
        hash: invoice.hash,
        amount: fromSat(1_500),
        description: 'tea ☕',
        paymentSecret: invoice.paymentSecret,
      });
      expect(Math.abs(decoded.invoice.expiresAt.getTime() - invoice.expiresAt.getTime())).toBeLessThan(2_000);
      expect((await the(rig.backend.receive).find(invoice.hash, never)).is).toBe('open');
    },
  },
  {
    name: 'an invoice is paid, found settled, and told as a fact',
    skip: needs('receive'),
    run: async (rig) => {
      const ears = listen(rig.backend);
      const invoice = await receive(rig, 2_000);
      expect(await rig.outside.pay(invoice.bolt11)).toBe(true);
      const seen = await eventually('settled', async () => {
        const now = await the(rig.backend.receive).find(invoice.hash, never);
        return now.is === 'settled' ? now : null;
      });
      expect(seen.received).toBe(fromSat(2_000));
      await eventually('the fact', async () =>
        ears.facts.some((fact) => fact.about === 'invoice' && fact.hash === invoice.hash && fact.sighting.is === 'settled'),
      );
      await ears.stop();
    },
  },
  {
    name: 'an invoice without an amount is credited with what came',
    skip: both(
      needs('receive'),
      trait('needs an amount', (b) => b.receive?.traits.amountless),
    ),
    run: async (rig) => {
      const invoice = await receive(rig, null);
      expect(await rig.outside.pay(invoice.bolt11, fromSat(777))).toBe(true);
      await eventually('settled', async () => {
        const now = await the(rig.backend.receive).find(invoice.hash, never);
        return now.is === 'settled' && now.received === fromSat(777);
      });
    },
  },
  {
    name: 'an invoice commits to a description by its hash',
    skip: both(
      needs('receive'),
      trait('takes no description hash', (b) => b.receive?.traits.descriptionHash),
    ),
    run: async (rig) => {
      const hash = 'ab'.repeat(32);
      const decoded = decodeBolt11((await receive(rig, 100, { description: { hash } })).bolt11);
      expect(decoded.is === 'decoded' && decoded.invoice.descriptionHash).toBe(hash);
    },
  },
  {
    name: 'a canceled invoice cannot be paid, and canceling twice is done',
    skip: both(
      needs('receive'),
      trait('cannot cancel', (b) => b.receive?.cancel !== undefined),
    ),
    run: async (rig) => {
      const invoice = await receive(rig, 900);
      const cancel = the(the(rig.backend.receive).cancel);
      expect(await cancel(invoice.hash, never)).toEqual({ is: 'done' });
      expect(await cancel(invoice.hash, never)).toEqual({ is: 'done' });
      expect(await rig.outside.pay(invoice.bolt11)).toBe(false);
    },
  },
  {
    name: 'a paid invoice is not canceled any more',
    skip: both(
      needs('receive'),
      trait('cannot cancel', (b) => b.receive?.cancel !== undefined),
    ),
    run: async (rig) => {
      const invoice = await receive(rig, 901);
      expect(await rig.outside.pay(invoice.bolt11)).toBe(true);
      expect(await the(the(rig.backend.receive).cancel)(invoice.hash, never)).toEqual({ is: 'refused', because: 'alreadySettled' });
    },
  },
  {
    name: 'facts are repeated from an old cursor',
    skip: needs('receive'),
    run: async (rig) => {
      const first = listen(rig.backend);
      const earlier = await receive(rig, 1_050);
      await rig.outside.pay(earlier.bolt11);
      await eventually('an earlier fact', async () => first.facts.some((fact) => fact.about === 'invoice' && fact.hash === earlier.hash));
      const before = first.facts.findLast((fact) => fact.cursor !== null)?.cursor ?? null;
      const invoice = await receive(rig, 1_100);
      await rig.outside.pay(invoice.bolt11);
      const told = (facts: readonly { readonly about: string }[]): boolean =>
        facts.some((fact) => fact.about === 'invoice' && 'hash' in fact && fact.hash === invoice.hash);
      await eventually('the fact', async () => told(first.facts));
      await first.stop();
      const again = listen(rig.backend, before);
      await eventually('the fact, once more', async () => told(again.facts));
      await again.stop();
    },
  },
];

const paying: readonly Scenario[] = [
  {
    name: 'a payment succeeds with the preimage, within its fee limit, and is found',
    skip: needs('pay'),
    run: async (rig) => {
      const target = await rig.outside.invoice(fromSat(3_000));
      expect(await the(rig.backend.pay).floor(target.hash, never)).toEqual({ is: 'nothing' });
      const said = await the(rig.backend.pay).pay(orderFor(target.bolt11));
      if (said.is !== 'succeeded') throw new Error(JSON.stringify(said, (_, v) => (typeof v === 'bigint' ? String(v) : v)));
      if (said.preimage !== null) expect(proves(said.preimage, target.hash)).toBe(true);
      expect(said.fee <= fromSat(500)).toBe(true);
      expect((await find(rig, target.hash)).is).toBe('succeeded');
      expect((await the(rig.backend.pay).floor(target.hash, never)).is).toBe('succeeded');
    },
  },
  {
    name: 'a request without an amount is paid with the one that is given',
    skip: both(
      needs('pay'),
      trait('needs an amount', (b) => b.pay?.traits.amountless),
    ),
    run: async (rig) => {
      const target = await rig.outside.invoice(null);
      expect((await the(rig.backend.pay).pay(orderFor(target.bolt11, { amount: fromSat(1_234) }))).is).toBe('succeeded');
    },
  },
  {
    name: 'the fee limit is kept to the msat',
    skip: both(
      needs('pay'),
      trait('takes no fee limit', (b) => b.pay?.traits.feeLimit),
      trait('no route with a fee', (_, rig) => rig.routedFee),
    ),
    run: async (rig) => {
      const first = await rig.outside.invoice(fromSat(10_000));
      const said = await the(rig.backend.pay).pay(orderFor(first.bolt11));
      if (said.is !== 'succeeded' || said.fee === 0n) throw new Error(`no fee to limit: ${said.is}`);
      const second = await rig.outside.invoice(fromSat(10_000));
      expect((await the(rig.backend.pay).pay(orderFor(second.bolt11, { maxFee: msat(said.fee - 1n) }))).is).toBe('failed');
      expect((await the(rig.backend.pay).pay(orderFor(second.bolt11, { maxFee: said.fee }))).is).toBe('succeeded');
    },
  },
  {
    name: 'without a route it fails, and says so',
    skip: needs('pay'),
    run: async (rig) => {
      const target = await rig.outside.unreachable(fromSat(1_000));
      expect(await the(rig.backend.pay).pay(orderFor(target.bolt11))).toMatchObject({ is: 'failed', reason: 'noRoute' });
    },
  },
  {
    name: 'nothing is sent after its time',
    skip: needs('pay'),
    run: async (rig) => {
      const target = await rig.outside.invoice(fromSat(1_000));
      expect((await the(rig.backend.pay).pay(orderFor(target.bolt11, { sendBy: new Date(Date.now() - 1) }))).is).toBe('notSent');
      expect(await rig.outside.timesPaid(target.hash)).toBe(0);
    },
  },
  {
    name: 'what the payee holds is in flight until the payee ends it',
    skip: needs('pay'),
    run: async (rig) => {
      const settled = await rig.outside.hold(fromSat(1_000));
      const paying = the(rig.backend.pay).pay(orderFor(settled.bolt11));
      await eventually('in flight', async () => (await find(rig, settled.hash)).is === 'inFlight');
      await settled.settle();
      await paying;
      await eventually('succeeded', async () => (await find(rig, settled.hash)).is === 'succeeded');
      const canceled = await rig.outside.hold(fromSat(1_000));
      const failing = the(rig.backend.pay).pay(orderFor(canceled.bolt11));
      await eventually('in flight', async () => (await find(rig, canceled.hash)).is === 'inFlight');
      await canceled.cancel();
      await failing;
      await eventually('failed', async () => (await find(rig, canceled.hash)).is === 'failed');
    },
  },
  {
    name: 'a failure at or below the floor is an old story',
    skip: both(
      needs('pay'),
      trait('tells no attempts apart', (b) => b.pay?.traits.failureIsProof),
    ),
    run: async (rig) => {
      const target = await rig.outside.unreachable(fromSat(1_000));
      await the(rig.backend.pay).pay(orderFor(target.bolt11));
      const floor = await the(rig.backend.pay).floor(target.hash, never);
      if (floor.is !== 'failed' || floor.ref === null) throw new Error(`no floor: ${floor.is}`);
      expect((await the(rig.backend.pay).find(target.hash, floor.ref, never)).is).toBe('notFound');
    },
  },
  {
    name: 'a paid request is not paid again, and not called failed',
    skip: needs('pay'),
    run: async (rig) => {
      const target = await rig.outside.invoice(fromSat(1_000));
      await the(rig.backend.pay).pay(orderFor(target.bolt11));
      expect(['succeeded', 'unknown']).toContain((await the(rig.backend.pay).pay(orderFor(target.bolt11))).is);
      expect(await rig.outside.timesPaid(target.hash)).toBe(1);
    },
  },
  {
    name: 'a hash that it never saw is not found',
    skip: needs('pay'),
    run: async (rig) => expect(await find(rig, hashOf(newPreimage()))).toEqual({ is: 'notFound' }),
  },
  {
    name: 'a reply that is lost leaves doubt, and the truth is found',
    skip: both(
      needs('pay'),
      trait('cannot be staged here', (_, rig) => rig.lose !== null),
    ),
    run: async (rig) => {
      const target = await rig.outside.invoice(fromSat(1_000));
      rig.lose?.('reply');
      expect((await the(rig.backend.pay).pay(orderFor(target.bolt11))).is).toBe('unknown');
      await eventually('the truth', async () => (await find(rig, target.hash)).is === 'succeeded');
      expect(await rig.outside.timesPaid(target.hash)).toBe(1);
    },
  },
  {
    name: 'a request that is lost leaves doubt, never failure',
    skip: both(
      needs('pay'),
      trait('cannot be staged here', (_, rig) => rig.lose !== null),
    ),
    run: async (rig) => {
      const target = await rig.outside.invoice(fromSat(1_000));
      rig.lose?.('request');
      expect((await the(rig.backend.pay).pay(orderFor(target.bolt11))).is).toBe('unknown');
      expect((await find(rig, target.hash)).is).toBe('notFound');
    },
  },
];

const holdingScenarios: readonly Scenario[] = [
  {
    name: 'held in full, settled, and settled once more',
    skip: needs('hold'),
    run: async (rig) => {
      const { invoice, paid, sighting, ref, preimage } = await holding(rig, 2_500);
      expect(sighting.received).toBe(fromSat(2_500));
      expect(sighting.deadline.height !== undefined || sighting.deadline.at !== undefined).toBe(true);
      expect(await the(rig.backend.hold).settle(ref, preimage, never)).toEqual({ is: 'done' });
      expect(await paid).toBe(true);
      await eventually('settled', async () => (await the(rig.backend.hold).find(invoice.hash, never)).is === 'settled');
      expect(await the(rig.backend.hold).settle(ref, preimage, never)).toEqual({ is: 'done' });
      expect(await the(rig.backend.hold).cancel(ref, never)).toEqual({ is: 'refused', because: 'alreadySettled' });
    },
  },
  {
    name: 'held and canceled: the payer has the money back',
    skip: needs('hold'),
    run: async (rig) => {
      const { paid, ref } = await holding(rig, 2_600);
      expect(await the(rig.backend.hold).cancel(ref, never)).toEqual({ is: 'done' });
      expect(await paid).toBe(false);
    },
  },
  {
    name: 'nothing is settled before it is held',
    skip: needs('hold'),
    run: async (rig) => {
      const invoice = await held(rig, 1_000);
      const said = await the(rig.backend.hold).settle({ hash: invoice.hash, handle: null }, the(invoice.preimage), never);
      expect(said).toEqual({ is: 'refused', because: 'notHeld' });
    },
  },
  {
    name: 'another preimage settles nothing',
    skip: needs('hold'),
    run: async (rig) => {
      const { ref, preimage, paid } = await holding(rig, 1_200);
      expect(await the(rig.backend.hold).settle(ref, wrongPreimage, never)).toEqual({ is: 'refused', because: 'wrongPreimage' });
      await the(rig.backend.hold).settle(ref, preimage, never);
      expect(await paid).toBe(true);
    },
  },
  {
    name: 'a hash of the caller is taken, once',
    skip: both(
      needs('hold'),
      trait('chooses the hash itself', (b) => b.hold?.traits.hashFrom === 'caller'),
    ),
    run: async (rig) => {
      const hash = hashOf(newPreimage());
      expect((await held(rig, 1_300, hash)).hash).toBe(hash);
      const other = { amount: fromSat(9_999), description: { text: 'other' }, expirySeconds: 3600, finalCltvDelta: 80, hash };
      expect(await the(rig.backend.hold).create(other, never)).toMatchObject({ is: 'refused', because: 'hashInUse' });
    },
  },
];

const general: readonly Scenario[] = [
  {
    name: 'it is the same one whenever it is asked',
    skip: () => null,
    run: async (rig) => expect(await rig.backend.identity(never)).toEqual(await rig.backend.identity(never)),
  },
  {
    name: 'it is ready, and says so',
    skip: () => null,
    run: async (rig) => expect(await rig.backend.health(never)).toMatchObject({ ready: true }),
  },
  {
    name: 'its balance is what it can spend',
    skip: needs('balance'),
    run: async (rig) => expect((await the(rig.backend.balance)(never)).spendable > 0n).toBe(true),
  },
  {
    name: 'its facts end when they are not wanted any more',
    skip: () => null,
    run: async (rig) => {
      const ears = listen(rig.backend);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await ears.stop();
    },
  },
];

export const scenarios: readonly Scenario[] = [...general, ...receiving, ...paying, ...holdingScenarios];
