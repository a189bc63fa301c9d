// One call of a callback and its note: taken when the answer is 2xx, else tried again ever less often, until it is given up and a person can see that.
import { toldBy } from '../../commands/callbacks.ts';
import type { CommandDeps } from '../../commands/deps.ts';
import { type Delivery, type DeliveryNote, keepDeliveryBody, noteDelivery } from '../../platform/deliveries.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { type OutboundAnswer, OutboundError } from '../../platform/outbound.ts';
import { endpointSecret } from '../../wallets/store-callbacks.ts';
import { payloadOf } from './payload.ts';
import { signedHeaders } from './sign.ts';

export interface WebhooksParts {
  readonly deps: CommandDeps;
  readonly metrics: Metrics;
}

/** Milliseconds that a receiver has. */
export const callMs = 10_000;
// Nobody looks at what a receiver answers, beyond its status.
const mostBytes = 262_144;

const pausesSeconds = [5, 30, 120, 600, 1_800, 3_600, 7_200] as const;
const longestPauseSeconds = 14_400;
/** Seconds until the next attempt, after so many. */
export const pauseAfter = (attempts: number): number => pausesSeconds[attempts - 1] ?? longestPauseSeconds;

const note = async ({ deps, metrics }: WebhooksParts, delivery: Delivery, made: Omit<DeliveryNote, 'now'>): Promise<void> => {
  const { db, clock, alarm } = deps.payments;
  await noteDelivery(db, delivery.id, { ...made, now: clock.now() });
  metrics.count('callbacks_total', { outcome: made.state === 'waiting' ? 'failed' : made.state });
  if (made.state !== 'givenUp') return;
  const detail = { deliveryId: delivery.id, accountId: delivery.accountId, host: new URL(delivery.url).host, error: made.error };
  alarm('callback.givenUp', delivery.endpointId ?? delivery.subjectId, detail);
};

const failed = (
  parts: WebhooksParts,
  delivery: Delivery,
  why: { readonly status: number | null; readonly error: string },
): Promise<void> => {
  const { clock, log } = parts.deps.payments;
  const next = new Date(clock.now().getTime() + pauseAfter(delivery.attempts) * 1000);
  const isOver = next > delivery.giveUpAt;
  log.info({ delivery: delivery.id, endpoint: delivery.endpointId, attempts: delivery.attempts, ...why }, 'a callback was not taken');
  return note(parts, delivery, { state: isOver ? 'givenUp' : 'waiting', ...why, nextAttemptAt: isOver ? null : next });
};

/** What is sent: kept at the first attempt. Null: there is nothing to tell any more. */
const bodyOf = async ({ deps }: WebhooksParts, delivery: Delivery): Promise<string | null> => {
  if (delivery.body !== null) return delivery.body;
  const told = await toldBy(deps, delivery);
  return told && keepDeliveryBody(deps.payments.db, delivery.id, payloadOf(told));
};

const post = (
  { deps }: WebhooksParts,
  delivery: Delivery,
  of: { readonly body: string; readonly secret: string | null },
): Promise<OutboundAnswer | OutboundError> => {
  const at = Math.floor(deps.payments.clock.now().getTime() / 1000);
  const signed = signedHeaders(of.secret, { id: delivery.id, at, body: of.body });
  const headers = { 'content-type': 'application/json', 'user-agent': 'switchyard', ...signed };
  return deps
    .outbound({ url: delivery.url, method: 'POST', headers, body: of.body, timeMs: callMs, mostBytes, plain: true })
    .catch((error: unknown) => {
      if (error instanceof OutboundError) return error;
      throw error;
    });
};

/** Calls once, and notes what became of it. */
export const call = async (parts: WebhooksParts, delivery: Delivery): Promise<void> => {
  const { endpointId } = delivery;
  const [body, secret] = await Promise.all([
    bodyOf(parts, delivery),
    endpointId === null ? null : endpointSecret(parts.deps.payments.db, endpointId),
  ]);
  // Nothing to tell, or nobody: its endpoint was deleted meanwhile.
  if (body === null || (endpointId !== null && secret === null))
    return note(parts, delivery, { state: 'dropped', status: null, error: null, nextAttemptAt: null });
  const answer = await post(parts, delivery, { body, secret });
  if (answer instanceof OutboundError) return failed(parts, delivery, { status: null, error: answer.message });
  const { status } = answer;
  if (status < 200 || status > 299) return failed(parts, delivery, { status, error: `HTTP ${status}` });
  return note(parts, delivery, { state: 'delivered', status, error: null, nextAttemptAt: null });
};
