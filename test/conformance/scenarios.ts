// The scenarios, as data: a name, what a backend must be able to do for it, and what must then be true. The same for every backend.
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Backend, ChainOrder, Issue } from '../../src/backends/port.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { fromSat, hashOf, type Msat, msat, newPreimage, type PaymentHash, proves } from '../../src/lightning/values.ts';
import { eventually, orderFor, type Rig, type Stage, the, wrongPreimage } from './rig.ts';

export interface Scenario {
  readonly name: string;
  /** Why this backend cannot be asked, by its own facets and traits; null when it can. */
  readonly skip: (backend: Backend, rig: Rig) => string | null;
  readonly run: (stage: Stage) => Promise<void>;
}

const never = new AbortController().signal;
const needs = (facet: 'pay' | 'receive' | 'hold' | 'balance' | 'chain') => (backend: Backend) =>
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
/** Paid by somebody outside; where the backend holds plain invoices too, settled as a gateway does it. */
const paid = async (rig: Rig, { hash, bolt11, preimage }: Issued, amount?: Msat): Promise<boolean> => {
  const paying = rig.pay(bolt11, amount);
  if (the(rig.backend.receive).traits.heldUntilSettled !== true) return paying;
  const hold = the(rig.backend.hold);
  const { handle } = await eventually('held', async () => {
    const now = await hold.find(hash, never);
    return now.is === 'held' && now;
  });
  expect(await hold.settle({ hash, handle }, the(preimage), never)).toEqual({ is: 'done' });
  return paying;
};
const held = async (rig: Rig, sat: number, hash?: PaymentHash): Promise<Issued> => {
  const hold = the(rig.backend.hold);
  const own = newPreimage();
  // One that gives up after seconds (lnmux) has time locks of its own.
  const caller = hold.traits.hashFrom === 'caller' ? { hash: hash ?? hashOf(own), finalCltvDelta: 80 } : {};
  const made = issued(await hold.create({ amount: fromSat(sat), description: { text: 'held' }, expirySeconds: 3600, ...caller }, never));
  return hash === undefined && made.preimage === undefined ? { ...made, preimage: own } : made;
};
const holding = async (rig: Rig, sat: number) => {
  const invoice = await held(rig, sat);
  const paid = rig.pay(invoice.bolt11);
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
      await eventually('open', async () => (await the(rig.backend.receive).find(invoice.hash, never)).is === 'open');
    },
  },
  {
    name: 'an invoice is paid, found settled, and told as a fact',
    skip: needs('receive'),
    run: async (rig) => {
      const invoice = await receive(rig, 2_000);
      expect(await paid(rig, invoice)).toBe(true);
      const seen = await eventually('settled', async () => {
        const now = await the(rig.backend.receive).find(invoice.hash, never);
        return now.is === 'settled' ? now : null;
      });
      expect(seen.received).toBe(fromSat(2_000));
      await eventually('the fact', async () =>
        rig.ears.facts.some((fact) => fact.about === 'invoice' && fact.hash === invoice.hash && fact.sighting.is === 'settled'),
      );
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
      expect(await paid(rig, invoice, fromSat(777))).toBe(true);
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
      trait('keeps no open invoices, so there is none to cancel', (b) => b.receive?.traits.forgetsOpen === false),
    ),
    run: async (rig) => {
      const invoice = await receive(rig, 900);
      const cancel = the(the(rig.backend.receive).cancel);
      expect(await cancel(invoice.hash, never)).toEqual({ is: 'done' });
      expect(await cancel(invoice.hash, never)).toEqual({ is: 'done' });
      expect(await rig.pay(invoice.bolt11)).toBe(false);
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
      expect(await paid(rig, invoice)).toBe(true);
      expect(await the(the(rig.backend.receive).cancel)(invoice.hash, never)).toMatchObject({ is: 'refused' });
      await eventually('settled', async () => (await the(rig.backend.receive).find(invoice.hash, never)).is === 'settled');
    },
  },
  {
    name: 'facts are repeated from an old cursor',
    skip: needs('receive'),
    run: async (rig) => {
      const { ears } = rig;
      const told = (hash: PaymentHash): boolean =>
        ears.facts.some((fact) => fact.about === 'invoice' && fact.hash === hash && fact.sighting.is === 'settled');
      const earlier = await receive(rig, 1_050);
      await paid(rig, earlier);
      await eventually('an earlier fact', async () => told(earlier.hash));
      const before = ears.facts.findLast((fact) => fact.cursor !== null)?.cursor ?? null;
      const invoice = await receive(rig, 1_100);
      await paid(rig, invoice);
      await eventually('the fact', async () => told(invoice.hash));
      await ears.stop();
      ears.start(before);
      await eventually('the fact, once more', async () => told(invoice.hash));
    },
  },
];

const paying: readonly Scenario[] = [
  {
    name: 'a payment succeeds with the preimage, within its fee limit, and is found',
    skip: needs('pay'),
    run: async (rig) => {
      const target = await the(rig.payee).invoice(fromSat(3_000));
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
      const target = await the(rig.payee).invoice(null);
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
      const first = await the(rig.payee).invoice(fromSat(10_000));
      const said = await the(rig.backend.pay).pay(orderFor(first.bolt11));
      if (said.is !== 'succeeded' || said.fee === 0n) throw new Error(`no fee to limit: ${said.is}`);
      const second = await the(rig.payee).invoice(fromSat(10_000));
      expect((await the(rig.backend.pay).pay(orderFor(second.bolt11, { maxFee: msat(said.fee - 1n) }))).is).toBe('failed');
      expect((await the(rig.backend.pay).pay(orderFor(second.bolt11, { maxFee: said.fee }))).is).toBe('succeeded');
    },
  },
  {
    name: 'without a route it fails, and says so',
    skip: needs('pay'),
    run: async (rig) => {
      const target = await the(rig.payee).unreachable(fromSat(1_000));
      expect(await the(rig.backend.pay).pay(orderFor(target.bolt11))).toMatchObject({ is: 'failed', reason: 'noRoute' });
    },
  },
  {
    name: 'nothing is sent after its time',
    skip: needs('pay'),
    run: async (rig) => {
      const target = await the(rig.payee).invoice(fromSat(1_000));
      expect((await the(rig.backend.pay).pay(orderFor(target.bolt11, { sendBy: new Date(Date.now() - 1) }))).is).toBe('notSent');
      expect(await the(rig.payee).timesPaid(target.hash)).toBe(0);
    },
  },
  {
    name: 'what the payee holds is in flight until the payee ends it',
    skip: needs('pay'),
    run: async (rig) => {
      const settled = await the(rig.payee).hold(fromSat(1_000));
      const paying = the(rig.backend.pay).pay(orderFor(settled.bolt11));
      await eventually('in flight', async () => (await find(rig, settled.hash)).is === 'inFlight');
      await settled.settle();
      await paying;
      await eventually('succeeded', async () => (await find(rig, settled.hash)).is === 'succeeded');
      const canceled = await the(rig.payee).hold(fromSat(1_000));
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
      const target = await the(rig.payee).unreachable(fromSat(1_000));
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
      const target = await the(rig.payee).invoice(fromSat(1_000));
      await the(rig.backend.pay).pay(orderFor(target.bolt11));
      expect(['succeeded', 'unknown']).toContain((await the(rig.backend.pay).pay(orderFor(target.bolt11))).is);
      expect(await the(rig.payee).timesPaid(target.hash)).toBe(1);
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
      trait('cannot be staged here', (_, rig) => rig.lose !== undefined),
    ),
    run: async (rig) => {
      const target = await the(rig.payee).invoice(fromSat(1_000));
      rig.lose?.('pay', 'reply');
      expect((await the(rig.backend.pay).pay(orderFor(target.bolt11))).is).toBe('unknown');
      await eventually('the truth', async () => (await find(rig, target.hash)).is === 'succeeded');
      expect(await the(rig.payee).timesPaid(target.hash)).toBe(1);
    },
  },
  {
    name: 'a request that is lost leaves doubt, never failure',
    skip: both(
      needs('pay'),
      trait('cannot be staged here', (_, rig) => rig.lose !== undefined),
    ),
    run: async (rig) => {
      const target = await the(rig.payee).invoice(fromSat(1_000));
      rig.lose?.('pay', 'request');
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
      expect([fromSat(2_500), null]).toContain(sighting.received);
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
      // One that keeps no open invoices gives the money back, and the invoice may be paid again.
      const forgets = rig.backend.receive?.traits.forgetsOpen === true;
      expect(await the(rig.backend.hold).cancel(ref, never)).toEqual(forgets ? { is: 'refused', because: 'notHeld' } : { is: 'done' });
      expect(await paid).toBe(false);
    },
  },
  {
    name: 'what is held is listed, and nothing else',
    skip: both(
      needs('hold'),
      trait('cannot list what it holds', (b) => b.hold?.held !== undefined),
    ),
    run: async (rig) => {
      const open = await held(rig, 2_700);
      const { invoice, paid, sighting, ref } = await holding(rig, 2_800);
      const listed = async (hash: PaymentHash) => (await the(the(rig.backend.hold).held)(never)).find((one) => one.hash === hash);
      expect(await listed(invoice.hash)).toMatchObject({ ...ref, received: sighting.received });
      expect(await listed(open.hash)).toBeUndefined();
      await the(rig.backend.hold).cancel(ref, never);
      expect(await paid).toBe(false);
      expect(await listed(invoice.hash)).toBeUndefined();
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

const toChain = (address: string, more: Partial<ChainOrder> = {}): ChainOrder => ({
  to: { address, amount: fromSat(20_000) },
  label: `conformance ${randomUUID()}`,
  maxFee: fromSat(50_000),
  sendBy: new Date(Date.now() + 20_000),
  ...pace,
  ...more,
});
const pace = { speed: 'medium', targetConfirmations: 6 } as const;
const question = ({ to, label }: ChainOrder) => ({ to, label, since: null });
const deposited = async (rig: Rig, address: string) =>
  (await the(rig.backend.chain).deposits(null, never)).filter((one) => one.address === address);
/** So that there is something to send. */
const withCoins = async (rig: Rig): Promise<void> => {
  const coins = the(rig.coins);
  const address = await the(rig.backend.chain).createAddress(never);
  await coins.send(address, fromSat(200_000));
  await coins.mine(1);
  await eventually('coins to spend', async () => (await deposited(rig, address))[0]?.confirmations);
};
const coins = both(
  needs('chain'),
  trait('nobody outside has coins here', (_, rig) => rig.coins !== undefined),
);
const sends = both(coins, (backend) => backend.chain?.traits.sendsNot ?? null);

const onChain: readonly Scenario[] = [
  {
    name: 'every address on the chain is a new one',
    skip: needs('chain'),
    run: async (rig) => {
      const { createAddress } = the(rig.backend.chain);
      expect(await createAddress(never)).not.toBe(await createAddress(never));
    },
  },
  {
    name: 'coins that come are seen without a block, then in one, and told as facts',
    skip: coins,
    run: async (rig) => {
      const address = await the(rig.backend.chain).createAddress(never);
      await the(rig.coins).send(address, fromSat(50_000));
      const [seen] = await eventually('a deposit', async () => {
        const found = await deposited(rig, address);
        return found.length > 0 && found;
      });
      expect(seen).toMatchObject({ address, amount: fromSat(50_000), confirmations: 0 });
      expect(seen?.txid).toMatch(/^[0-9a-f]{64}$/);
      await the(rig.coins).mine(6);
      await eventually('in a block', async () => ((await deposited(rig, address))[0]?.confirmations ?? 0) > 0);
      expect(await deposited(rig, address)).toMatchObject([{ txid: seen?.txid, output: seen?.output, amount: fromSat(50_000) }]);
      await eventually('the fact', async () =>
        rig.ears.facts.some((fact) => fact.about === 'deposit' && fact.txid === seen?.txid && fact.confirmations > 0),
      );
    },
  },
  {
    name: 'a send on the chain arrives, and is found by its label',
    skip: sends,
    run: async (rig) => {
      await withCoins(rig);
      const chain = the(rig.backend.chain);
      const order = toChain(await the(rig.coins).address());
      expect(await chain.find(question(order), never)).toEqual({ is: 'notFound' });
      const said = await chain.send(order);
      expect(said).toMatchObject({ is: 'sent', amount: fromSat(20_000) });
      await eventually('the coins', async () => (await the(rig.coins).arrived(order.to.address)).length > 0);
      expect(await the(rig.coins).arrived(order.to.address)).toEqual([fromSat(20_000)]);
      await the(rig.coins).mine(1);
      const found = await eventually('a block with it', async () => {
        const now = await chain.find(question(order), never);
        return now.is === 'sent' && now.confirmations > 0 && now;
      });
      expect(found.fee > 0n && found.fee <= fromSat(50_000)).toBe(true);
      if (said.is === 'sent') expect(found.txid).toBe(said.txid);
    },
  },
  {
    name: 'a fee on the chain is told before, and a lower limit is kept',
    skip: sends,
    run: async (rig) => {
      await withCoins(rig);
      const chain = the(rig.backend.chain);
      const address = await the(rig.coins).address();
      const told = await chain.estimateFee({ address, amount: fromSat(20_000) }, pace, never);
      expect(told).toMatchObject({ is: 'fee' });
      const order = toChain(address, { maxFee: msat(1_000n) });
      expect(await chain.send(order)).toEqual({ is: 'failed', reason: 'feeLimit' });
      expect(await chain.find(question(order), never)).toEqual({ is: 'notFound' });
    },
  },
  {
    name: 'more coins than there are, or another network’s address: refused, and nothing leaves',
    skip: sends,
    run: async (rig) => {
      const chain = the(rig.backend.chain);
      const address = await the(rig.coins).address();
      const tooMuch = toChain(address, { to: { address, amount: fromSat(2_000_000_000_000) } });
      expect(await chain.send(tooMuch)).toEqual({ is: 'failed', reason: 'insufficientBalance' });
      const foreign = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
      const elsewhere = toChain(foreign);
      expect(await chain.send(elsewhere)).toEqual({ is: 'failed', reason: 'address' });
      for (const order of [tooMuch, elsewhere]) expect(await chain.find(question(order), never)).toEqual({ is: 'notFound' });
    },
  },
  {
    name: 'no coins leave after their time',
    skip: sends,
    run: async (rig) => {
      const order = toChain(await the(rig.coins).address(), { sendBy: new Date(Date.now() - 1) });
      expect((await the(rig.backend.chain).send(order)).is).toBe('notSent');
      expect(await the(rig.coins).arrived(order.to.address)).toEqual([]);
    },
  },
  {
    name: 'coins whose answer is lost are found, and those whose request is lost are not',
    skip: both(
      sends,
      trait('cannot be staged here', (_, rig) => rig.lose !== undefined),
    ),
    run: async (rig) => {
      await withCoins(rig);
      const chain = the(rig.backend.chain);
      for (const [what, then] of [
        ['reply', 'sent'],
        ['request', 'notFound'],
      ] as const) {
        const order = toChain(await the(rig.coins).address());
        rig.lose?.('sendOnChain', what);
        expect((await chain.send(order)).is).toBe('unknown');
        expect((await chain.find(question(order), never)).is).toBe(then);
        expect(await the(rig.coins).arrived(order.to.address)).toHaveLength(what === 'reply' ? 1 : 0);
      }
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
      await rig.ears.stop();
      rig.ears.start(null);
    },
  },
];

export const scenarios: readonly Scenario[] = [...general, ...receiving, ...paying, ...holdingScenarios, ...onChain];
