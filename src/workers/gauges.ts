// What a person's monitoring reads between two events: who answers, how much is in doubt, whether payments are halted, how old
// the prices are.
import type { Registry } from '../backends/registry.ts';
import { sendingAttempts } from '../payments/store.ts';
import { waitingPayouts } from '../payouts/store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { openIncidents } from '../platform/incidents.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { OutgoingSwitch } from '../platform/switches.ts';
import type { Prices } from '../prices/price.ts';

export interface GaugeDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly registry: Registry;
  readonly outgoing: OutgoingSwitch;
  readonly prices: Prices;
}

const everyMs = 15_000;
const healthMs = 5_000;

/** Looks every 15 seconds until the answer is called. */
export const startGauges = (deps: GaugeDeps): (() => Promise<void>) => deps.clock.every(everyMs, () => readGauges(deps));

/** Looks once. Never throws. */
export const readGauges = async ({ db, clock, log, metrics, registry, outgoing, prices }: GaugeDeps): Promise<void> => {
  for (const currency of prices.currencies()) {
    const at = prices.quote(currency)?.at;
    if (at) metrics.set('price_age_seconds', { currency }, Math.max(0, (clock.now().getTime() - at.getTime()) / 1000));
  }
  try {
    metrics.set('sending_attempts', {}, await sendingAttempts(db));
    metrics.set('payouts_in_doubt', {}, (await waitingPayouts(db)).filter(({ isInDoubt }) => isInDoubt).length);
    metrics.set('incidents_open', {}, await openIncidents(db));
    metrics.set('outgoing_halted', {}, (await outgoing.reason()) === null ? 0 : 1);
    await Promise.all(
      registry.all.map(async (one) => {
        const health = await one.backend.health(AbortSignal.timeout(healthMs));
        metrics.set('backend_up', { backend: one.backend.id }, health.ready && one.refusal() === null ? 1 : 0);
      }),
    );
  } catch (error) {
    log.debug({ err: error }, 'the gauges could not be read; they are read again');
  }
};
