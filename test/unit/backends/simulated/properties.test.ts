// Properties of whole seeded runs: the same seed gives the same story, money is conserved at every moment, nobody is paid twice for one success.
import { describe, expect, it } from 'vitest';
import type { PayOutcome } from '../../../../src/backends/port.ts';
import type { SimInvoice } from '../../../../src/backends/simulated/model.ts';
import { createRandom } from '../../../../src/backends/simulated/random.ts';
import { collect, moneyIn, type Rig, rig, sat, signal } from './rig.ts';

const people = ['alice', 'bob', 'carol', 'dave'] as const;

interface Run {
  readonly r: Rig;
  readonly invoices: readonly SimInvoice[];
  readonly outcomes: readonly { readonly hash: string; readonly outcome: PayOutcome }[];
  readonly log: string;
  readonly poorest: bigint;
}

// Payments in all directions at once, holds, faults, restarts, sleeping nodes, blocks: a storm, then calm until everything has ended.
const storm = async (seed: string): Promise<Run> => {
  const r = await rig({ seed });
  const random = createRandom(`storm ${seed}`);
  const seen = collect(r.backend.facts(null, signal));
  const invoices: SimInvoice[] = [];
  const outcomes: { hash: string; outcome: PayOutcome }[] = [];
  r.backend.faults.random({ seed, rate: 0.15, calls: ['pay', 'probeFee', 'fact'] });
  let poorest = 0n;
  for (let step = 0; step < 60; step++) {
    act(r, random, { invoices, outcomes });
    await r.time.advance(random.int(120));
    const { held, capacity } = moneyIn(r.world);
    expect(held).toBe(capacity);
    for (const channel of r.world.network.sim.records.channels.values())
      for (const side of [channel.balanceA, channel.balanceB]) poorest = side < poorest ? side : poorest;
  }
  for (const name of people) r.world.network.setFrozen(name, false);
  for (const invoice of invoices) if (r.world.payee.look(invoice).state === 'held') r.world.payee.cancel(invoice);
  await r.time.advance(300_000);
  const log = JSON.stringify(
    { outcomes, facts: seen.facts, channels: [...r.world.network.sim.records.channels.values()] },
    (_key, value) => (typeof value === 'bigint' ? String(value) : value),
  );
  return { r, invoices, outcomes, log, poorest };
};

const act = (
  r: Rig,
  random: ReturnType<typeof createRandom>,
  { invoices, outcomes }: { invoices: SimInvoice[]; outcomes: { hash: string; outcome: PayOutcome }[] },
): void => {
  const node = random.pick(people);
  const known = invoices[random.int(invoices.length)];
  const pay = (invoice: SimInvoice): void => {
    const asked = random.chance(0.5)
      ? r.backend.pay.pay(r.order(invoice.bolt11, { maxFee: sat(random.int(3_000)) }))
      : r.world.payer.pay({ bolt11: invoice.bolt11, from: random.pick(people) });
    void asked.then((outcome) => outcomes.push({ hash: invoice.hash, outcome }));
  };
  switch (random.int(8)) {
    case 0:
      invoices.push(r.world.payee.createHoldInvoice({ amount: sat(1 + random.int(2_000_000)), node }));
      break;
    case 1:
      if (known?.isHold) r.world.payee.settle(known, known.preimage as never);
      break;
    case 2:
      r.world.network.setFrozen(node, random.chance(0.3));
      break;
    case 3:
      r.backend.restart(random.int(300));
      break;
    case 4:
      r.world.network.mineBlocks(1 + random.int(10));
      break;
    default: {
      const invoice =
        known !== undefined && random.chance(0.4) ? known : r.world.payee.createInvoice({ amount: sat(1 + random.int(4_000_000)), node });
      invoices.push(invoice);
      pay(invoice);
    }
  }
};

describe('a simulated network', () => {
  it('tells the same story from the same seed and another from another', async () => {
    const [one, same, other] = [await storm('a'), await storm('a'), await storm('b')];
    expect(same.log).toBe(one.log);
    expect(other.log).not.toBe(one.log);
  });

  it('conserves money, overdraws nobody, ends all that has begun, and pays a payee once at most', async () => {
    let succeeded = 0;
    let failed = 0;
    for (let seed = 0; seed < 25; seed++) {
      const { r, invoices, outcomes, poorest } = await storm(`property ${seed}`);
      const { records } = r.world.network.sim;
      expect(poorest).toBe(0n);
      expect(records.htlcs.size).toBe(0);
      const attempts = [...records.payments.values()].flat();
      expect(attempts.filter((attempt) => attempt.state === 'inFlight')).toEqual([]);
      for (const invoice of new Set(invoices)) {
        const payers = attempts.filter((attempt) => attempt.hash === invoice.hash && attempt.state === 'succeeded');
        expect(payers).toHaveLength(r.world.payee.look(invoice).state === 'settled' ? 1 : 0);
        if (payers.length === 1) expect(r.world.payee.look(invoice).received).toBe(payers[0]?.amount);
        succeeded += payers.length;
      }
      // What was answered as an end stays true.
      for (const { hash, outcome } of outcomes) {
        if (outcome.is !== 'succeeded') continue;
        expect(attempts.some((attempt) => attempt.hash === hash && attempt.state === 'succeeded')).toBe(true);
      }
      failed += attempts.filter((attempt) => attempt.state === 'failed').length;
    }
    // The storm does both, or the run proves nothing.
    expect(succeeded).toBeGreaterThan(100);
    expect(failed).toBeGreaterThan(50);
  });

  it('lets parallel payments contend for the same liquidity', async () => {
    const r = await rig();
    const invoices = Array.from({ length: 6 }, () => r.world.payee.createInvoice({ amount: sat(3_000_000), node: 'alice' }));
    const pay = (invoice: SimInvoice) => r.backend.pay.pay(r.order(invoice.bolt11, { maxFee: sat(0) }));
    const outcomes = await r.time.until(Promise.all(invoices.map(pay)));
    // 10 million satoshis are on our side of the direct channel, and any other way costs a fee.
    expect(outcomes.filter((outcome) => outcome.is === 'succeeded')).toHaveLength(3);
  });
});

describe('virtual time', () => {
  it('runs what falls due in order, and nothing early', async () => {
    const { time } = await rig();
    const told: string[] = [];
    time.after(20, () => told.push('later'));
    const off = time.after(15, () => told.push('called off'));
    time.after(10, () => {
      told.push('first');
      time.after(0, () => told.push('at once'));
    });
    time.after(10, () => told.push('second'));
    off();
    await time.advance(9);
    expect(told).toEqual([]);
    await time.advance(11);
    expect(told).toEqual(['first', 'second', 'at once', 'later']);
  });

  it('says when nothing can settle the work any more', async () => {
    const { time } = await rig();
    await expect(time.until(new Promise(() => undefined))).rejects.toThrow('nothing is left');
  });
});
