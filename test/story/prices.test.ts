// The graph of prices: one fresh price an hour is kept, by whichever replica is first, and an old one never.
import { expect, test } from 'vitest';
import { createFakeClock } from '../../src/platform/clock.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { outgoingSwitch } from '../../src/platform/switches.ts';
import { pricesOf } from '../../src/prices/price.ts';
import { keepPrices, pricePoints } from '../../src/prices/store.ts';
import { readGauges } from '../../src/workers/gauges.ts';
import { testDatabase } from '../support/database.ts';

test('one fresh price an hour is kept, and an old one is not', async () => {
  const db = await testDatabase();
  const clock = createFakeClock('2026-01-01T10:30:00Z');
  const entry = { perBtc: 65_000, at: clock.now() };
  const prices = pricesOf({ currency: 'USD', staleMs: 5_000_000, entries: () => new Map([['USD', entry]]), clock });
  const stop = [1, 2].map(() => keepPrices({ db, prices, clock, log: silentLog }));
  const kept = async () => (await pricePoints(db, new Date(0), 3_600)).map(({ at, base }) => [at.toISOString(), base]);
  const pass = async (minutes: number): Promise<void> => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await clock.advance(60_000);
      await db.pool.query('SELECT 1');
    }
  };
  await pass(10);
  await expect.poll(kept).toEqual([['2026-01-01T10:00:00.000Z', 65_000_000_000n]]);
  entry.perBtc = 70_000;
  await pass(30);
  await expect.poll(kept).toEqual([
    ['2026-01-01T10:00:00.000Z', 65_000_000_000n],
    ['2026-01-01T11:00:00.000Z', 70_000_000_000n],
  ]);
  // From noon on it is older than 5000 seconds.
  await pass(120);
  expect(await kept()).toHaveLength(2);
  await Promise.all(stop.map((one) => one()));
  await db.close();
});

test('monitoring reads how old the prices are', async () => {
  const db = await testDatabase();
  const clock = createFakeClock('2026-01-01T10:30:00Z');
  const [at, metrics] = [clock.now(), createMetrics()];
  const entries = new Map([
    ['USD', { perBtc: 65_000, at }],
    ['EUR', { perBtc: 60_000, at }],
  ]);
  const prices = pricesOf({ currency: 'USD', staleMs: 60_000, entries: () => entries, clock });
  const registry = { all: [], configured: [], get: () => null, close: async () => undefined };
  const read = async (): Promise<string> => {
    await readGauges({ db, clock, log: silentLog, metrics, registry, prices, outgoing: outgoingSwitch(db, clock) });
    return metrics.render();
  };
  await clock.advance(90_000);
  expect(await read()).toContain('switchyard_price_age_seconds{currency="EUR"} 90');
  entries.set('USD', { perBtc: 66_000, at: clock.now() });
  expect(await read()).toContain('switchyard_price_age_seconds{currency="USD"} 0');
  await db.close();
});
