// Tells accounts what happened by calling them, at least once. Any number of replicas share the work; one that dies between a call and its note leaves
// it to be made again.
import { claimDeliveries, type Delivery, forgetDeliveries, publishDeliveries } from '../../platform/deliveries.ts';
import { call, callMs, type WebhooksParts } from './call.ts';

export interface WebhooksDoor {
  /** Reads the outbox and calls whoever is due; resolves when all of those were called. */
  once(): Promise<void>;
  /** The same every half second from now on, without waiting for slow ones. */
  start(): void;
  /** Resolves when nothing is under way. */
  close(): Promise<void>;
}

const everyMs = 500;
const hourMs = 3_600_000;
// Longer than a call can take.
const claimMs = callMs * 6;
const mostAtOnce = 50;
const perUrl = 4;

export const createWebhooksDoor = (parts: WebhooksParts): WebhooksDoor => {
  const { db, clock, log } = parts.deps.payments;
  const underWay = new Map<string, { readonly url: string; readonly done: Promise<void> }>();
  let forgottenAt = 0;

  const begin = (delivery: Delivery): Promise<void> => {
    const done = call(parts, delivery)
      .catch((error: unknown) => log.warn({ err: error, delivery: delivery.id }, 'a callback was interrupted; it is made again'))
      .finally(() => underWay.delete(delivery.id));
    underWay.set(delivery.id, { url: delivery.url, done });
    return done;
  };

  const busyUrls = (): readonly string[] => {
    const counts = new Map<string, number>();
    for (const { url } of underWay.values()) counts.set(url, (counts.get(url) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= perUrl).map(([url]) => url);
  };

  const claimed = async (): Promise<readonly Promise<void>[]> => {
    const most = mostAtOnce - underWay.size;
    if (most <= 0) return [];
    const now = clock.now();
    const until = new Date(now.getTime() + claimMs);
    return (await claimDeliveries(db, { now, until, without: busyUrls(), perUrl, most })).map(begin);
  };

  const look = async (): Promise<readonly Promise<void>[]> => {
    while ((await publishDeliveries(db, clock.now())) > 0);
    const now = clock.now().getTime();
    if (now - forgottenAt >= hourMs) {
      forgottenAt = now;
      await forgetDeliveries(db, clock.now());
    }
    return claimed();
  };

  let stopTimer: (() => Promise<void>) | null = null;
  return {
    once: async () => {
      for (let calls = await look(); calls.length > 0; calls = await claimed()) await Promise.all(calls);
    },
    start: () => {
      stopTimer ??= clock.every(everyMs, async () => {
        await look().catch((error: unknown) => log.warn({ err: error }, 'callbacks could not be looked at; the next tick looks again'));
      });
    },
    close: async () => {
      await stopTimer?.();
      await Promise.all([...underWay.values()].map(({ done }) => done));
    },
  };
};
