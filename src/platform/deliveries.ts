// What accounts are to be told by callback: made out of the outbox, claimed by one replica at a time, kept until it was taken or given up. One
// statement reads the outbox on and writes what is to be told, so that a crash between the two loses and doubles nothing.
import { type Database, type Statement, sql } from './db.ts';

export type DeliveryState = 'waiting' | 'delivered' | 'givenUp' | 'dropped';

export interface Delivery {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  /** Null: the webhookUrl of an invoice, which nobody has a secret for. */
  readonly endpointId: string | null;
  readonly url: string;
  /** Of the outbox event: its topic, what became of its subject, and the subject's id. */
  readonly topic: 'invoice' | 'payment' | 'transfer' | 'deposit' | 'payout';
  readonly event: string;
  readonly subjectId: string;
  readonly state: DeliveryState;
  readonly body: string | null;
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly giveUpAt: Date;
  readonly nextAttemptAt: Date | null;
  readonly endedAt: Date | null;
}

const columns = (of: string): string =>
  `${of}.id, ${of}.account_id AS "accountId", ${of}.wallet_id AS "walletId", ${of}.endpoint_id AS "endpointId", ${of}.url, ${of}.topic, ${of}.event,
  ${of}.subject_id AS "subjectId", ${of}.state, ${of}.body, ${of}.attempts, ${of}.last_status AS "lastStatus", ${of}.last_error AS "lastError",
  ${of}.created_at AS "createdAt", ${of}.give_up_at AS "giveUpAt", ${of}.next_attempt_at AS "nextAttemptAt", ${of}.ended_at AS "endedAt"`;

// What is worth telling, and under which event. An invoice that was canceled is told only where its webhookUrl is, and not before its expiry: until
// then its status does not change (contract §5.9).
const publish: Statement = {
  name: 'callbacks_publish',
  text: `WITH locked AS MATERIALIZED (SELECT xid, seq FROM callback_progress FOR UPDATE SKIP LOCKED),
  batch AS MATERIALIZED (
    SELECT o.* FROM locked AS l, LATERAL (
      SELECT xid, seq, topic, subject, account_id, wallet_id, payload, created_at FROM outbox
      WHERE (xid, seq) > (l.xid, l.seq) AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY xid, seq LIMIT 1000) AS o),
  moved AS (
    UPDATE callback_progress AS p SET xid = b.xid, seq = b.seq FROM (SELECT xid, seq FROM batch ORDER BY xid DESC, seq DESC LIMIT 1) AS b),
  wanted AS MATERIALIZED (
    SELECT topic, account_id, wallet_id, created_at, coalesce(payload->>'state', payload->>'direction') AS event,
      coalesce(payload->>'invoiceId', payload->>'paymentId', payload->>'transferId', payload->>'depositId', payload->>'payoutId')::uuid AS subject_id
    FROM batch WHERE (topic, coalesce(payload->>'state', payload->>'direction')) IN (('invoice', 'settled'), ('invoice', 'canceled'),
      ('payment', 'succeeded'), ('transfer', 'send'), ('transfer', 'receive'), ('deposit', 'pending'), ('deposit', 'credited'), ('payout', 'sent'), ('payout', 'confirmed'))),
  told AS (
    INSERT INTO callback_deliveries (id, about, account_id, wallet_id, endpoint_id, url, topic, event, subject_id, created_at, give_up_at, next_attempt_at)
    SELECT gen_random_uuid(), concat_ws(' ', e.id, w.topic, w.event, w.subject_id, w.wallet_id), w.account_id, w.wallet_id, e.id, e.url, w.topic, w.event,
      w.subject_id, w.created_at, $1::timestamptz + $2 * interval '1 second', $1::timestamptz
    FROM wanted AS w JOIN callback_endpoints AS e ON e.account_id = w.account_id AND e.deleted_at IS NULL AND e.created_at <= w.created_at
    WHERE (w.topic, w.event) <> ('invoice', 'canceled')
    UNION ALL
    SELECT gen_random_uuid(), concat_ws(' ', 'invoice', w.event, w.subject_id), w.account_id, w.wallet_id, NULL, i.webhook_url, w.topic, w.event,
      w.subject_id, w.created_at, at.due + $2 * interval '1 second', at.due
    FROM wanted AS w JOIN invoices AS i ON i.id = w.subject_id,
      LATERAL (SELECT CASE WHEN w.event = 'canceled' THEN greatest($1::timestamptz, i.expires_at) ELSE $1::timestamptz END AS due) AS at
    WHERE w.topic = 'invoice' AND i.webhook_url IS NOT NULL
    ON CONFLICT (about) DO NOTHING)
  SELECT count(*)::int AS read FROM batch`,
};

// A few for each address, so that one that answers slowly keeps nobody else waiting.
const claim: Statement = {
  name: 'callbacks_claim',
  text: `WITH due AS (
    SELECT id, next_attempt_at, row_number() OVER (PARTITION BY url ORDER BY next_attempt_at) AS n FROM (
      SELECT id, url, next_attempt_at FROM callback_deliveries WHERE next_attempt_at <= $1 AND NOT url = ANY($3::text[]) ORDER BY next_attempt_at LIMIT 500) AS first),
  mine AS (
    SELECT d.id FROM callback_deliveries AS d JOIN due ON due.id = d.id AND due.n <= $4 WHERE d.next_attempt_at <= $1
    ORDER BY d.next_attempt_at LIMIT $5 FOR UPDATE OF d SKIP LOCKED)
  UPDATE callback_deliveries AS d SET next_attempt_at = $2, attempts = d.attempts + 1 FROM mine WHERE d.id = mine.id RETURNING ${columns('d')}`,
};
const keepBody: Statement = {
  name: 'callbacks_body',
  text: `UPDATE callback_deliveries SET body = coalesce(body, $2) WHERE id = $1 RETURNING body`,
};
const note: Statement = {
  name: 'callbacks_note',
  text: `UPDATE callback_deliveries SET state = $2, last_status = $3, last_error = $4, next_attempt_at = $5, ended_at = $6 WHERE id = $1 AND state = 'waiting'`,
};
const list: Statement = {
  name: 'callbacks_list',
  text: `SELECT ${columns('d')} FROM callback_deliveries AS d WHERE ($1::text IS NULL OR d.state = $1) AND ($2::text IS NULL OR d.endpoint_id = $2)
    ORDER BY d.created_at DESC, d.id LIMIT $3`,
};
const replay: Statement = {
  name: 'callbacks_replay',
  text: `UPDATE callback_deliveries AS d SET state = 'waiting', attempts = 0, next_attempt_at = $2, ended_at = NULL, give_up_at = $2::timestamptz + $3 * interval '1 second'
    WHERE (d.id::text = $1 OR (d.endpoint_id = $1 AND d.state = 'givenUp')) AND d.state <> 'dropped'
      AND (d.endpoint_id IS NULL OR EXISTS (SELECT 1 FROM callback_endpoints AS e WHERE e.id = d.endpoint_id AND e.deleted_at IS NULL))
    RETURNING ${columns('d')}`,
};
const forget: Statement = { name: 'callbacks_forget', text: 'DELETE FROM callback_deliveries WHERE ended_at < $1' };

const day = 86_400;
/** Seconds after which nobody tries any more. */
export const giveUpSeconds = 3 * day;
const keptMs = 30 * day * 1000;

/** Reads the outbox on; how many events were read, 0 also while another replica does it. */
export const publishDeliveries = async (db: Database, now: Date): Promise<number> =>
  (await sql<{ read: number }>(db, publish, [now, giveUpSeconds]))[0]?.read ?? 0;

export interface Claim {
  readonly now: Date;
  /** Until then it is nobody else's; a claim that its replica did not live to note is open to others afterwards. */
  readonly until: Date;
  /** Addresses that have enough under way. */
  readonly without: readonly string[];
  readonly perUrl: number;
  readonly most: number;
}

export const claimDeliveries = (db: Database, { now, until, without, perUrl, most }: Claim): Promise<readonly Delivery[]> =>
  sql<Delivery>(db, claim, [now, until, [...without], perUrl, most]);

/** What is sent, from now on at every attempt: the first one's body wins. */
export const keepDeliveryBody = async (db: Database, id: string, body: string): Promise<string> =>
  (await sql<{ body: string }>(db, keepBody, [id, body]))[0]?.body ?? body;

export interface DeliveryNote {
  readonly state: DeliveryState;
  readonly status: number | null;
  readonly error: string | null;
  /** Of `waiting`. */
  readonly nextAttemptAt: Date | null;
  readonly now: Date;
}

export const noteDelivery = async (db: Database, id: string, { state, status, error, nextAttemptAt, now }: DeliveryNote): Promise<void> => {
  await sql(db, note, [id, state, status, error?.slice(0, 500) ?? null, nextAttemptAt, state === 'waiting' ? null : now]);
};

/** Newest first. */
export const listDeliveries = (
  db: Database,
  { state, endpointId, most }: { readonly state: DeliveryState | null; readonly endpointId: string | null; readonly most: number },
): Promise<readonly Delivery[]> => sql<Delivery>(db, list, [state, endpointId, most]);

/** Sends one again (by its id), or all that were given up of an endpoint (by the endpoint's id); those that will be sent. */
export const replayDeliveries = (db: Database, id: string, now: Date): Promise<readonly Delivery[]> =>
  sql<Delivery>(db, replay, [id.toLowerCase().startsWith('ep_') ? id : id.toLowerCase(), now, giveUpSeconds]);

/** Drops what ended a month ago. */
export const forgetDeliveries = async (db: Database, now: Date): Promise<void> => {
  await sql(db, forget, [new Date(now.getTime() - keptMs)]);
};
