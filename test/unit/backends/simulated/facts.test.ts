// The fact stream: order, cursors, and what the planned faults may and may not do to them.
import { describe, expect, it } from 'vitest';
import type { Cursor, Fact } from '../../../../src/backends/port.ts';
import type { PlannedFault } from '../../../../src/backends/simulated/faults.ts';
import { createRandom } from '../../../../src/backends/simulated/random.ts';
import { collect, type Rig, rig, sat, signal, terms } from './rig.ts';

const paidInvoice = async ({ backend, world, time }: Rig, from = 'alice'): Promise<string> => {
  const invoice = await backend.receive.create(terms(), signal);
  if (invoice.is !== 'issued') throw new Error(invoice.is);
  await time.until(world.payer.pay({ bolt11: invoice.bolt11, from }));
  return invoice.hash;
};
const hashes = (facts: readonly Fact[]): string[] => facts.flatMap((fact) => ('hash' in fact ? [fact.hash] : []));

// Everything that a follower learns who stores a cursor and starts again from it, at every possible place.
const cursorsAreHonest = async (r: Rig, facts: readonly Fact[]): Promise<void> => {
  r.backend.faults.clear();
  for (let stop = 0; stop <= facts.length; stop++) {
    const stored = facts.slice(0, stop).findLast((fact) => fact.cursor !== null)?.cursor ?? null;
    const end = new AbortController();
    const rest = collect(r.backend.facts(stored, end.signal));
    await r.time.advance(10);
    end.abort();
    await rest.ended;
    expect(new Set([...hashes(facts.slice(0, stop)), ...hashes(rest.facts)])).toEqual(new Set(hashes(facts)));
  }
};

describe('facts', () => {
  it('tells what was before the cursor never again, and the rest in order, then live', async () => {
    const r = await rig();
    const paid = [await paidInvoice(r), await paidInvoice(r)];
    const seen = collect(r.backend.facts(null, signal));
    await r.time.advance(1);
    expect(hashes(seen.facts)).toEqual(paid);
    const cursor = seen.facts.find((fact) => fact.about === 'invoice')?.cursor ?? null;
    const later = collect(r.backend.facts(cursor, signal));
    const third = await paidInvoice(r);
    await r.time.advance(1);
    expect(hashes(later.facts)).toEqual([paid[1], third]);
    expect(hashes(seen.facts)).toEqual([...paid, third]);
  });

  it('tells held, settled and canceled, payments with their attempt, deposits and blocks', async () => {
    const r = await rig();
    const seen = collect(r.backend.facts(null, signal));
    const invoice = await r.backend.hold.create({ ...terms(), hash: (await r.world.payee.createInvoice()).hash }, signal);
    if (invoice.is !== 'issued') throw new Error(invoice.is);
    const paying = r.world.payer.pay({ bolt11: invoice.bolt11 });
    await r.time.advance(1_000);
    await r.backend.hold.cancel({ hash: invoice.hash, handle: null }, signal);
    await r.time.until(paying);
    await r.backend.receive.create({ ...terms(), expirySeconds: 3 }, signal);
    await r.time.advance(3_000);
    const out = await r.pay(r.world.payee.createInvoice({ amount: sat(5) }).bolt11);
    const address = await r.backend.chain.createAddress(signal);
    r.world.network.deposit(address, sat(100_000));
    await r.time.advance(1);
    r.world.network.mineBlocks(2);
    await r.time.advance(1);
    const told = seen.facts.map((fact) =>
      fact.about === 'invoice' ? fact.sighting.is : fact.about === 'deposit' ? `deposit ${fact.confirmations}` : fact.about,
    );
    expect(told).toEqual(['block', 'held', 'canceled', 'canceled', 'payment', 'deposit 0', 'block', 'block', 'deposit 1', 'deposit 2']);
    const payment = seen.facts.find((fact) => fact.about === 'payment');
    expect(payment?.about === 'payment' && payment.outcome).toEqual(out);
  });

  it('ends when its signal aborts, and when the backend closes', async () => {
    const r = await rig();
    const end = new AbortController();
    const aborted = collect(r.backend.facts(null, end.signal));
    const closed = collect(r.backend.facts(null, signal));
    await r.time.advance(1);
    end.abort();
    await aborted.ended;
    await r.backend.close();
    await closed.ended;
    expect(await r.backend.health(signal)).toMatchObject({ ready: false });
  });

  it('tells everything to a cursor of another life', async () => {
    const r = await rig();
    const paid = await paidInvoice(r);
    const seen = collect(r.backend.facts('another:17' as Cursor, signal));
    await r.time.advance(1);
    expect(hashes(seen.facts)).toEqual([paid]);
  });

  it('pauses over a restart, then repeats some facts and leaves none out', async () => {
    const r = await rig();
    const seen = collect(r.backend.facts(null, signal));
    const before = await paidInvoice(r);
    const open = await r.backend.receive.create(terms(), signal);
    if (open.is !== 'issued') throw new Error(open.is);
    r.backend.restart(5_000);
    await r.time.until(r.world.payer.pay({ bolt11: open.bolt11 }));
    expect(hashes(seen.facts)).toEqual([before]);
    await r.time.advance(5_000);
    expect(hashes(seen.facts)).toEqual([before, before, open.hash]);
  });

  it('tells duplicates, late ones and delayed ones under cursors that are never ahead', async () => {
    for (const fault of [{ is: 'duplicate' }, { is: 'reorder' }, { is: 'delay', ms: 700 }] as const) {
      const r = await rig();
      const seen = collect(r.backend.facts(null, signal));
      const first = await paidInvoice(r);
      r.backend.faults.next('fact', fault);
      const second = await paidInvoice(r);
      const third = await paidInvoice(r);
      await r.time.advance(2_000);
      const expected = { duplicate: [first, second, second, third], reorder: [first, third, second], delay: [first, second, third] };
      expect(hashes(seen.facts)).toEqual(expected[fault.is]);
      await cursorsAreHonest(r, seen.facts);
    }
  });

  it('tells a late one after a while when nothing overtakes it', async () => {
    const r = await rig();
    const seen = collect(r.backend.facts(null, signal));
    r.backend.faults.next('fact', { is: 'reorder' });
    const paid = await paidInvoice(r);
    expect(hashes(seen.facts)).toEqual([]);
    await r.time.advance(500);
    expect(hashes(seen.facts)).toEqual([paid]);
  });

  it('keeps silent as long as facts are lost, and the invoice is found settled all the same', async () => {
    const r = await rig();
    const seen = collect(r.backend.facts(null, signal));
    const speak = r.backend.faults.always('fact', { is: 'lose' });
    const lost = await paidInvoice(r);
    speak();
    const told = await paidInvoice(r);
    await r.time.advance(1);
    expect(hashes(seen.facts)).toEqual([told]);
    expect(await r.backend.receive.find(lost as never, signal)).toMatchObject({ is: 'settled' });
  });

  it('stays honest under any mixture of these and restarts', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const r = await rig({ seed: `facts ${seed}` });
      const random = createRandom(`faults ${seed}`);
      const one = () => random.pick<PlannedFault>([{ is: 'duplicate' }, { is: 'reorder' }, { is: 'delay', ms: random.int(300) }]);
      const seen = collect(r.backend.facts(null, signal));
      const paid: string[] = [];
      for (let i = 0; i < 6; i++) {
        if (random.chance(0.6)) r.backend.faults.next('fact', one());
        paid.push(await paidInvoice(r));
        if (i === 3) r.backend.restart(200);
        await r.time.advance(200 + seed * 20);
      }
      await r.time.advance(5_000);
      expect(new Set(hashes(seen.facts))).toEqual(new Set(paid));
      await cursorsAreHonest(r, seen.facts);
    }
  });
});
