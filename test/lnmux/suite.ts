// What must hold of the lnmux adapter and of whatever stands behind it: one suite for the lnmux of ours and for the real daemon.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HoldOutcome } from '../../src/backends/port.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { hashOf, msat, newPreimage, type Preimage, preimage } from '../../src/lightning/values.ts';
import { type Adapter, adapterOn, type Bench, type Listening, listenTo, must, type RawClient, rawClient, until } from './bench.ts';

const signal = new AbortController().signal;
const terms = { amount: msat(1_000_000), description: { text: 'suite' }, expirySeconds: 600 } as const;

/** Declares the suite; `bench` is asked for when it begins. */
export const lnmuxSuite = (name: string, open: () => Promise<Bench>, close: () => Promise<void>): void => {
  describe(name, () => {
    let bench: Bench;
    let adapter: Adapter;
    let listening: Listening;
    let raw: RawClient;

    beforeAll(async () => {
      bench = await open();
      adapter = adapterOn(bench);
      listening = listenTo(adapter);
      raw = rawClient(bench.socket);
      await until('everything that lnmux holds', () => adapter.hold.find(hashOf(newPreimage()), signal).catch(() => null));
    });
    afterAll(async () => {
      await listening?.stop();
      raw?.close();
      await adapter?.backend.close();
      await close();
    });
    beforeEach(async () => {
      await until('lnmux to answer', async () => (await adapter.backend.health(signal)).ready);
      listening.forget();
    });

    const issue = async (more: Partial<Parameters<Adapter['hold']['create']>[0]> = {}) => {
      const invoice = must(await adapter.hold.create({ ...terms, ...more }, signal));
      if (invoice.preimage === undefined) throw new Error('lnmux gives the preimage with the invoice');
      return { ...invoice, preimage: invoice.preimage };
    };
    /** Paid, and held: the payer still waits. */
    const held = async (more: Partial<Parameters<Adapter['hold']['create']>[0]> = {}) => {
      const invoice = await issue(more);
      const paid = bench.pay(invoice.bolt11);
      const sighting = await listening.fact(invoice.hash, 'held', 30_000);
      return { ...invoice, paid, handle: sighting.handle ?? '', sighting };
    };
    const settle = (of: { readonly hash: Parameters<Adapter['hold']['find']>[0]; readonly handle: string; readonly preimage: Preimage }) =>
      adapter.hold.settle({ hash: of.hash, handle: of.handle }, of.preimage, signal);
    const cancel = (of: { readonly hash: Parameters<Adapter['hold']['find']>[0]; readonly handle: string }) =>
      adapter.hold.cancel({ hash: of.hash, handle: of.handle }, signal);

    describe('who it is', () => {
      test('identity and health, with each node', async () => {
        const identity = await adapter.backend.identity(signal);
        expect(identity).toMatchObject({
          network: 'regtest',
          key: expect.stringMatching(/^0[23][0-9a-f]{64}$/),
          label: 'lnmux over 2 nodes',
        });
        const health = await until('both nodes', async () => {
          const seen = await adapter.backend.health(signal);
          return seen.detail === 'ok' ? seen : null;
        });
        expect(health.ready).toBe(true);
        expect(health.members?.map(({ key }) => key).sort()).toEqual([...bench.nodes].sort());
      });

      test('nobody there is told as that', async () => {
        const nobody = adapterOn({ ...bench, socket: '127.0.0.1:1' });
        expect(await nobody.backend.health(signal)).toMatchObject({ ready: false, trouble: 'down' });
        await expect(nobody.backend.identity(signal)).rejects.toMatchObject({ fault: { kind: 'unreachable' } });
        expect(await nobody.hold.create(terms, signal)).toMatchObject({ is: 'unknown', fault: { kind: 'unreachable' } });
        await expect(nobody.hold.find(hashOf(newPreimage()), signal)).rejects.toMatchObject({ fault: { kind: 'unreachable' } });
        await nobody.backend.close();
      });
    });

    describe('an invoice', () => {
      test('carries its terms, a preimage that opens its hash, and a hint for each node', async () => {
        const { bolt11, hash, preimage: secret, paymentSecret, expiresAt } = await issue();
        expect(hashOf(secret)).toBe(hash);
        const decoding = decodeBolt11(bolt11);
        if (decoding.is !== 'decoded') throw new Error(decoding.why);
        const { invoice } = decoding;
        expect(invoice).toMatchObject({
          hash,
          paymentSecret,
          amount: 1_000_000n,
          network: 'regtest',
          description: 'suite',
          finalCltvDelta: 40,
        });
        expect(invoice.destination).toBe((await adapter.backend.identity(signal)).key);
        expect(invoice.routeHints.map(([hop]) => hop?.node).sort()).toEqual([...bench.nodes].sort());
        expect(invoice.routeHints.flat().map(({ baseFeeMsat, feeRatePpm, cltvDelta }) => [baseFeeMsat, feeRatePpm, cltvDelta])).toEqual([
          [0n, 0, 40],
          [0n, 0, 40],
        ]);
        expect(expiresAt.getTime() / 1000).toBeCloseTo(Date.now() / 1000 + 600, -1);
        expect(await adapter.hold.find(hash, signal)).toEqual({ is: 'open' });
      });

      test('with the hash of a longer description', async () => {
        const hash = hashOf(newPreimage());
        const { bolt11 } = await issue({ description: { hash } });
        expect(decodeBolt11(bolt11)).toMatchObject({ is: 'decoded', invoice: { descriptionHash: hash } });
      });

      test('is refused without an amount, under a hash of ours, with a longer time lock, or with too long a text', async () => {
        const refused = { is: 'refused', because: 'terms' };
        expect(await adapter.receive.create({ ...terms, amount: null }, signal)).toMatchObject(refused);
        expect(await adapter.hold.create({ ...terms, hash: hashOf(newPreimage()) }, signal)).toMatchObject(refused);
        expect(await adapter.hold.create({ ...terms, finalCltvDelta: 41 }, signal)).toMatchObject(refused);
        expect(await adapter.receive.create({ ...terms, description: { text: 'x'.repeat(640) } }, signal)).toMatchObject(refused);
        expect((await adapter.receive.create({ ...terms, description: { text: 'x'.repeat(639) } }, signal)).is).toBe('issued');
      });
    });

    describe('held', () => {
      test('→ settled: the payer has the preimage, and the end is told with amount and preimage', async () => {
        const invoice = await held();
        expect(invoice.handle).toMatch(/^[0-9a-f]{64}$/);
        const left = (invoice.sighting.deadline.at?.getTime() ?? 0) - Date.now();
        expect(left).toBeGreaterThan(0);
        expect(left).toBeLessThan(bench.heldSeconds * 1000);
        expect(await adapter.hold.find(invoice.hash, signal)).toEqual(invoice.sighting);
        expect(await adapter.hold.settle({ hash: invoice.hash, handle: invoice.handle }, newPreimage(), signal)).toEqual({
          is: 'refused',
          because: 'wrongPreimage',
        });
        expect(await settle(invoice)).toEqual({ is: 'done' });
        expect(await invoice.paid).toEqual({ is: 'succeeded', preimage: invoice.preimage, parts: 1 });
        const end = { is: 'settled', received: 1_000_000n, preimage: invoice.preimage };
        expect(await listening.fact(invoice.hash, 'settled')).toEqual(end);
        expect(await adapter.hold.find(invoice.hash, signal)).toEqual(end);
        expect(await settle(invoice)).toEqual({ is: 'done' });
        expect(await cancel(invoice)).toEqual({ is: 'refused', because: 'alreadySettled' });
        expect(await adapter.hold.cancel({ hash: invoice.hash, handle: null }, signal)).toEqual({
          is: 'refused',
          because: 'alreadySettled',
        });
        expect(await adapter.hold.settle({ hash: invoice.hash, handle: null }, invoice.preimage, signal)).toEqual({ is: 'done' });
      });

      test('→ given back: open again, paid again under a new set, which alone counts', async () => {
        const first = await held();
        expect(await cancel(first)).toEqual({ is: 'refused', because: 'notHeld' });
        expect(await first.paid).toEqual({ is: 'failed', reason: 'rejectedByPayee' });
        expect(await adapter.hold.find(first.hash, signal)).toEqual({ is: 'open' });
        expect(await settle(first)).toEqual({ is: 'refused', because: 'notHeld' });
        listening.forget();
        const again = bench.pay(first.bolt11);
        const second = await listening.fact(first.hash, 'held', 30_000);
        expect(second.handle).not.toBe(first.handle);
        // The handle that the caller has may be the old one: the adapter knows the newest.
        expect(await settle(first)).toEqual({ is: 'done' });
        expect(await again).toMatchObject({ is: 'succeeded', preimage: first.preimage });
        expect(await listening.fact(first.hash, 'settled')).toMatchObject({ received: 1_000_000n });
      });

      test('→ a plain invoice is held like any other, and canceled by its hash alone', async () => {
        const plain = must(await adapter.receive.create(terms, signal));
        const paid = bench.pay(plain.bolt11);
        await listening.fact(plain.hash, 'held', 30_000);
        expect(await adapter.receive.cancel(plain.hash, signal)).toEqual({ is: 'refused', because: 'notHeld' });
        expect(await paid).toEqual({ is: 'failed', reason: 'rejectedByPayee' });
        expect(await adapter.receive.find(plain.hash, signal)).toEqual({ is: 'open' });
      });

      test('nothing is held: neither settled nor canceled', async () => {
        const invoice = await issue();
        expect(await settle({ ...invoice, handle: hashOf(newPreimage()) })).toEqual({ is: 'refused', because: 'notHeld' });
        expect(await adapter.hold.settle({ hash: invoice.hash, handle: null }, invoice.preimage, signal)).toEqual({
          is: 'refused',
          because: 'notHeld',
        });
        expect(await cancel({ ...invoice, handle: hashOf(newPreimage()) })).toEqual({ is: 'refused', because: 'notHeld' });
      });

      test('settled twice at once, and by two gateways: one settlement', async () => {
        const other = adapterOn(bench);
        const others = listenTo(other);
        const invoice = await held();
        expect(await others.fact(invoice.hash, 'held')).toMatchObject({ handle: invoice.handle });
        const asked = { hash: invoice.hash, handle: invoice.handle };
        const all = await Promise.all([settle(invoice), settle(invoice), other.hold.settle(asked, invoice.preimage, signal)]);
        expect(all).toEqual([{ is: 'done' }, { is: 'done' }, { is: 'done' }]);
        expect((await invoice.paid).is).toBe('succeeded');
        await others.fact(invoice.hash, 'settled');
        await others.stop();
        await other.backend.close();
        const settlements = await settlementsOf(raw, invoice.preimage);
        expect(settlements).toBe(1);
      });

      test('settled and canceled at once: money goes one way, and both are told which', async () => {
        for (let round = 0; round < 3; round++) {
          const invoice = await held();
          const [one, other] = await Promise.all([settle(invoice), cancel(invoice)]);
          const paid = await invoice.paid;
          if (paid.is === 'succeeded') expect([one, other]).toEqual([{ is: 'done' }, { is: 'refused', because: 'alreadySettled' }]);
          else
            expect([one, other]).toEqual([
              { is: 'refused', because: 'notHeld' },
              { is: 'refused', because: 'notHeld' },
            ]);
          listening.forget();
        }
      });

      test('for too long: lnmux gives it back, we say so, and it is not settled any more', async () => {
        const invoice = await held();
        expect(await listening.fact(invoice.hash, 'open', (bench.heldSeconds + 15) * 1000)).toEqual({ is: 'open' });
        expect(await invoice.paid).toEqual({ is: 'failed', reason: 'rejectedByPayee' });
        expect(await adapter.hold.find(invoice.hash, signal)).toEqual({ is: 'open' });
        expect(await settle(invoice)).toEqual({ is: 'refused', because: 'notHeld' });
      });
    });

    describe('facts', () => {
      test('begin where the cursor is; without one, at the first settlement', async () => {
        const before = await held();
        await settle(before);
        await listening.fact(before.hash, 'settled');
        const at = listening.cursor;
        expect(at).toMatch(/^settled:\d+$/);
        const after = await held();
        await settle(after);
        await listening.fact(after.hash, 'settled');
        const [later, all] = [listenTo(adapterOn(bench), at), listenTo(adapterOn(bench))];
        await later.fact(after.hash, 'settled');
        await all.fact(after.hash, 'settled');
        await all.fact(before.hash, 'settled');
        expect(later.facts.some((fact) => fact.about === 'invoice' && fact.hash === before.hash)).toBe(false);
        expect(later.cursor).toBe(listening.cursor);
        await Promise.all([later.stop(), all.stop()]);
      });

      test('a place that lnmux does not have: everything is told anew', async () => {
        const lost = listenTo(adapterOn(bench), 'settled:999999999' as never);
        await until('settlements', () => lost.facts.some((fact) => fact.about === 'invoice' && fact.sighting.is === 'settled'));
        await lost.stop();
      });
    });

    describe('over several nodes', () => {
      test('more than one node can receive arrives in parts, in one set', async () => {
        const invoice = await held({ amount: msat(bench.needsBoth) });
        expect(await settle(invoice)).toEqual({ is: 'done' });
        const paid = await invoice.paid;
        expect(paid).toMatchObject({ is: 'succeeded', preimage: invoice.preimage });
        expect(paid.is === 'succeeded' && paid.parts).toBeGreaterThan(1);
        expect(await listening.fact(invoice.hash, 'settled')).toMatchObject({ received: bench.needsBoth });
        expect(
          listening.facts.filter((fact) => fact.about === 'invoice' && fact.hash === invoice.hash && fact.sighting.is === 'held').length,
        ).toBe(1);
      });

      test('one of them stopped after the invoice was made: it arrives through the other, and health tells', async () => {
        const invoice = await issue();
        await bench.stopNode(0);
        try {
          const paid = bench.pay(invoice.bolt11);
          const { handle } = await listening.fact(invoice.hash, 'held', 60_000);
          expect(await settle({ ...invoice, handle: handle ?? '' })).toEqual({ is: 'done' });
          expect(await paid).toMatchObject({ is: 'succeeded', preimage: invoice.preimage });
          const health = await until('the node that is away', async () => {
            const seen = await adapter.backend.health(signal);
            return seen.detail === 'ok' ? null : seen;
          });
          expect(health).toMatchObject({ ready: true, detail: expect.stringContaining('1 of the 2 nodes') });
        } finally {
          await bench.startNode(0);
        }
      });

      test('one of them stopped while it holds: the settlement is final when it is back, and never lost', async () => {
        const invoice = await held();
        await bench.stopNode(0);
        await bench.stopNode(1);
        let outcome: Awaited<ReturnType<typeof settle>>;
        try {
          outcome = await settle(invoice);
          expect(outcome).toEqual({ is: 'done' });
          // Requested is not settled: still held, whatever the caller does.
          expect(await adapter.hold.find(invoice.hash, signal)).toMatchObject({ is: 'held', received: 1_000_000n });
          expect(await cancel(invoice)).toEqual({ is: 'refused', because: 'alreadySettled' });
          // What was requested, lnmux keeps: also when it is restarted before the nodes are back.
          await bench.restart();
          expect(await settledFor(() => settle(invoice))).toEqual({ is: 'done' });
        } finally {
          await Promise.all([bench.startNode(0), bench.startNode(1)]);
        }
        expect(await listening.fact(invoice.hash, 'settled', 60_000)).toMatchObject({ received: 1_000_000n, preimage: invoice.preimage });
        expect(await invoice.paid).toMatchObject({ is: 'succeeded' });
      });
    });

    describe('a restart of lnmux', () => {
      // Its nodes repeat what they hold within milliseconds of its start, and it refuses what is repeated before anybody listens: nobody can
      // promise to be quicker. What we do promise is to say what became of it.
      test('with a held set: it is held again under the same name, or given back, and we say which', async () => {
        const invoice = await held();
        listening.forget();
        await bench.restart();
        const after = await until('what became of it', () => listening.seen(invoice.hash).at(-1), 60_000);
        expect(['held', 'open']).toContain(after.is);
        await until('lnmux to answer', async () => (await adapter.backend.health(signal)).ready);
        if (after.is === 'held') {
          expect(after.handle).toBe(invoice.handle);
          expect(await settle(invoice)).toEqual({ is: 'done' });
          expect(await invoice.paid).toMatchObject({ is: 'succeeded', preimage: invoice.preimage });
          expect(await listening.fact(invoice.hash, 'settled', 30_000)).toMatchObject({ received: 1_000_000n });
          return;
        }
        expect(await settle(invoice)).toEqual({ is: 'refused', because: 'notHeld' });
        expect(await invoice.paid).toEqual({ is: 'failed', reason: 'rejectedByPayee' });
        expect(await adapter.hold.find(invoice.hash, signal)).toEqual({ is: 'open' });
      });

      test('while it is down nothing is said to be open; an invoice from before is paid after', async () => {
        const invoice = await issue();
        await bench.stop();
        try {
          await expect(adapter.hold.find(invoice.hash, signal)).rejects.toMatchObject({ name: 'BackendFault' });
          expect(await settle({ ...invoice, handle: hashOf(newPreimage()) })).toMatchObject({ is: 'unknown' });
          expect(await cancel({ ...invoice, handle: hashOf(newPreimage()) })).toMatchObject({ is: 'unknown' });
          expect(await adapter.backend.health(signal)).toMatchObject({ ready: false, trouble: 'down' });
        } finally {
          await bench.start();
        }
        await until('what it holds', () => adapter.hold.find(invoice.hash, signal).catch(() => null), 30_000);
        const paid = bench.pay(invoice.bolt11);
        const { handle } = await listening.fact(invoice.hash, 'held', 30_000);
        expect(await settle({ ...invoice, handle: handle ?? '' })).toEqual({ is: 'done' });
        expect(await paid).toMatchObject({ is: 'succeeded' });
        expect(hashOf(preimage(invoice.preimage))).toBe(invoice.hash);
      });
    });
  });
};

/** The first answer that is not doubt. */
const settledFor = (ask: () => Promise<HoldOutcome>): Promise<HoldOutcome> =>
  until('an answer', async () => {
    const outcome = await ask();
    return outcome.is === 'unknown' ? null : outcome;
  });

/** How many rows of the list open with this preimage. */
const settlementsOf = async (raw: RawClient, secret: string): Promise<number> => {
  const listed = await raw.call('ListInvoices', { max_invoices_count: '1000', sequence_start: '0' });
  if (!('answer' in listed)) throw new Error(listed.details);
  const rows = listed.answer.invoice as readonly { readonly hash: Buffer; readonly preimage: Buffer }[];
  return rows.filter(({ hash, preimage: other }) => [hash, other].some((bytes) => bytes.toString('hex') === secret)).length;
};
