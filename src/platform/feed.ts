// Reads the outbox in commit order and hands its events to whoever listens in this process. It is a wake-up and a replay, never the
// truth: listeners read the rows themselves. Nothing is skipped, because only events below the oldest running transaction are read.
import { type Database, sql } from './db.ts';
import type { Log } from './log.ts';

export interface FeedEvent {
  /** Position in the outbox, `xid.seq`: give it back to resume behind this event. */
  readonly cursor: string;
  readonly topic: string;
  readonly subject: string;
  readonly accountId: string | null;
  readonly walletId: string | null;
  readonly payload: unknown;
  readonly createdAt: Date;
}

export interface Feed {
  /** Something was committed: look now, and tell the other replicas. */
  poke(): void;
  /** Calls back for each event of this subject (`*`: of all; `account:` and an id: of an account) that is committed after this resolves, in order; gives the way to stop. */
  listen(subject: string, onEvent: (event: FeedEvent) => void): Promise<() => void>;
  /** Events of one subject behind a cursor (null: from the first that is kept), oldest first. */
  since(subject: string, cursor: string | null): Promise<readonly FeedEvent[]>;
  close(): Promise<void>;
}

interface Row {
  readonly xid: bigint;
  readonly seq: bigint;
  readonly topic: string;
  readonly subject: string;
  readonly account_id: string | null;
  readonly wallet_id: string | null;
  readonly payload: unknown;
  readonly created_at: Date;
}

const fields = 'xid, seq, topic, subject, account_id, wallet_id, payload, created_at';
const visible = 'xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint';
const head = { name: 'feed_head', text: 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid' };
const next = {
  name: 'feed_next',
  text: `SELECT ${fields} FROM outbox WHERE (xid, seq) > ($1::bigint, $2::bigint) AND ${visible} ORDER BY xid, seq LIMIT 500`,
};
const bySubject = {
  name: 'feed_since',
  text: `SELECT ${fields} FROM outbox WHERE subject = $1 AND (xid, seq) > ($2::bigint, $3::bigint) AND ${visible} ORDER BY xid, seq LIMIT 1000`,
};

/** `xid.seq` as two numbers; null for anything that is no cursor of ours. */
export const parseFeedCursor = (text: string): readonly [bigint, bigint] | null => {
  const match = /^(\d{1,18})\.(\d{1,18})$/.exec(text);
  return match?.[1] && match[2] ? [BigInt(match[1]), BigInt(match[2])] : null;
};

const toEvent = (row: Row): FeedEvent => ({
  cursor: `${row.xid}.${row.seq}`,
  topic: row.topic,
  subject: row.subject,
  accountId: row.account_id,
  walletId: row.wallet_id,
  payload: row.payload,
  createdAt: row.created_at,
});

const channel = 'switchyard_outbox';
// A commit may stay invisible while an older transaction runs: look again soon, then leave it to the tick.
const retriesMs = [1, 2, 5, 10, 20, 50, 100, 200] as const;
const tickMs = 1_000;

export const createFeed = async (deps: { readonly db: Database; readonly log: Log }): Promise<Feed> => {
  const { db, log } = deps;
  const listeners = new Map<string, Set<(event: FeedEvent) => void>>();
  let position: readonly [bigint, bigint] | null = null;
  let reading = false;
  let again = false;
  let closed = false;

  const readHead = async (): Promise<readonly [bigint, bigint]> => {
    const [row] = await sql<{ xid: bigint }>(db, head, []);
    return [row?.xid ?? 0n, 0n];
  };

  const deliver = (row: Row): void => {
    const event = toEvent(row);
    for (const key of [row.subject, `account:${row.account_id}`, '*']) for (const call of [...(listeners.get(key) ?? [])]) call(event);
  };

  const readOnce = async (): Promise<number> => {
    if (position === null) return 0;
    const rows = await sql<Row>(db, next, [position[0], position[1]]);
    for (const row of rows) {
      position = [row.xid, row.seq];
      deliver(row);
    }
    return rows.length;
  };

  /** Reads until there is no more; when something was committed for sure, looks a few more times until it is visible. */
  const readAll = async (patient: boolean): Promise<void> => {
    for (let retry = 0; !closed && listeners.size > 0; ) {
      again = false;
      if ((await readOnce()) > 0 || again) continue;
      const pause = patient ? retriesMs[retry++] : undefined;
      if (pause === undefined) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };

  const drain = async (patient: boolean): Promise<void> => {
    if (reading || closed) {
      again ||= patient;
      return;
    }
    reading = true;
    again = false;
    // The tick tries again: a feed that is late loses nothing.
    await readAll(patient).catch((error: unknown) => log.warn({ err: error }, 'the outbox could not be read'));
    reading = false;
    // A commit that was told of between the last look and here must not wait for the tick.
    if (again) void drain(true);
  };

  let told = false;
  const tellOthers = (): void => {
    if (db.embedded || told) return;
    told = true;
    setTimeout(() => {
      told = false;
      // Coalesced, because NOTIFY takes one lock for the whole database at commit.
      if (!closed) db.pool.query(`NOTIFY ${channel}`).catch((error: unknown) => log.debug({ err: error }, 'other replicas were not woken'));
    }, 10);
  };

  const listen = async (subject: string, onEvent: (event: FeedEvent) => void): Promise<() => void> => {
    // Nobody listened, so nobody read: what was committed meanwhile is of no interest, the listener reads the rows anyway.
    if (listeners.size === 0) position = await readHead();
    const calls = listeners.get(subject) ?? new Set();
    listeners.set(subject, calls.add(onEvent));
    return () => {
      calls.delete(onEvent);
      if (calls.size === 0 && listeners.get(subject) === calls) listeners.delete(subject);
    };
  };

  const stopListening = await db.listen(channel, () => void drain(true));
  const tick = setInterval(() => void drain(false), tickMs);
  tick.unref();
  return {
    poke: () => {
      void drain(true);
      tellOthers();
    },
    listen,
    since: async (subject, cursor) => {
      const from = cursor === null ? ([0n, 0n] as const) : parseFeedCursor(cursor);
      return from === null ? [] : (await sql<Row>(db, bySubject, [subject, from[0], from[1]])).map(toEvent);
    },
    close: async () => {
      closed = true;
      clearInterval(tick);
      await stopListening();
    },
  };
};
