// How settlements end, from lnmux's list of those that were requested: each row once it is final. The place up to which all rows are final and
// told is where a later reader goes on. Rows that are not final yet are waited for one by one, for the list does not move when they end.
import type { Listed, Page } from './book.ts';
import { type LnmuxContext, patience } from './context.ts';
import { code, faultOf, hasCode } from './faults.ts';
import { pause } from './inbox.ts';

export interface SettledFeed {
  /** A final row, and the place up to which everything has been told with it. */
  readonly final: (row: Listed, upTo: bigint) => void;
  /** How many facts wait to be read. */
  readonly backlog: () => number;
}

const pollMs = 3_000;
const mostWaits = 200;
const mostReads = 50;
const mostBacklog = 1_000;

interface Following {
  readonly feed: SettledFeed;
  /** Rows whose settlement is not final, by their place. */
  readonly pending: Map<bigint, Listed>;
  readonly waits: Set<bigint>;
  readonly signal: AbortSignal;
  next: bigint;
}

/** Ends when `signal` aborts, and only then; never throws. `after` is the last place that was told, null for none. */
export const followSettled = async (
  context: LnmuxContext,
  feed: SettledFeed,
  { after, signal }: { readonly after: bigint | null; readonly signal: AbortSignal },
): Promise<void> => {
  const following: Following = { feed, pending: new Map(), waits: new Set(), signal, next: 0n };
  let placed = after === null;
  let broken = false;
  while (!signal.aborted) {
    try {
      if (!placed) following.next = await startOf(context, after ?? 0n, signal);
      placed = true;
      await readOn(context, following);
      await readPending(context, following);
      if (broken) context.log.info({}, 'the list of settlements is followed again');
      broken = false;
    } catch (error) {
      if (!signal.aborted && !broken)
        context.log.warn({ fault: faultOf(error) }, 'the list of settlements cannot be read; reading it again soon');
      broken = true;
    }
    await untilNews(context, signal);
  }
};

/** The list of another database (restored, made anew) does not have the place that we knew: then it is told from its beginning. */
const startOf = async (context: LnmuxContext, after: bigint, signal: AbortSignal): Promise<bigint> => {
  if (after === 0n || (await context.book.at(after, signal)) !== null) return after + 1n;
  context.log.error(
    { after: after.toString() },
    'lnmux does not list the settlement that was told last: its list is told from the beginning',
  );
  return 0n;
};

const readOn = async (context: LnmuxContext, following: Following): Promise<void> => {
  const { feed, signal } = following;
  for (let isLast = false; !isLast && !signal.aborted; ) {
    const page: Page = await context.book.page(following.next, signal);
    for (const row of page.invoices) {
      following.next = row.sequence + 1n;
      if (row.status === 'requested') following.pending.set(row.sequence, row);
      else tell(context, following, row);
    }
    isLast = page.isLast;
    while (feed.backlog() > mostBacklog && !signal.aborted) await pause(50, signal);
  }
  for (const row of following.pending.values()) {
    if (following.waits.size >= mostWaits) break;
    if (!following.waits.has(row.sequence)) void waitFor(context, following, row);
  }
};

const tell = (context: LnmuxContext, { feed, pending, next }: Following, row: Listed): void => {
  pending.delete(row.sequence);
  context.live.forget(row.hash, null);
  let upTo = next - 1n;
  for (const place of pending.keys()) if (place <= upTo) upTo = place - 1n;
  feed.final(row, upTo);
};

/** lnmux answers as soon as the settlement is final. */
const waitFor = async (context: LnmuxContext, following: Following, row: Listed): Promise<void> => {
  following.waits.add(row.sequence);
  try {
    const hash = Buffer.from(row.hash, 'hex');
    await context.connection.calls().waitForFinalStatus({ hash }, { ms: patience.final, signal: following.signal });
    await readAgain(context, following, row);
  } catch (error) {
    if (!following.signal.aborted && !hasCode(error, code.deadline))
      context.log.debug({ fault: faultOf(error) }, 'waiting for a settlement broke off');
  } finally {
    following.waits.delete(row.sequence);
  }
};

const readAgain = async (context: LnmuxContext, following: Following, { sequence }: Listed): Promise<void> => {
  const row = await context.book.at(sequence, following.signal);
  if (row !== null && row.status !== 'requested' && following.pending.has(sequence)) tell(context, following, row);
};

/** Those that nobody waits for are looked at in turn. */
const readPending = async (context: LnmuxContext, following: Following): Promise<void> => {
  const left = [...following.pending.values()].filter((row) => !following.waits.has(row.sequence)).slice(0, mostReads);
  for (const row of left) {
    await readAgain(context, following, row);
    // To the end of the line.
    if (following.pending.delete(row.sequence)) following.pending.set(row.sequence, row);
  }
};

const untilNews = async (context: LnmuxContext, signal: AbortSignal): Promise<void> => {
  const news = new AbortController();
  const ring = () => news.abort();
  context.settled.add(ring);
  await pause(pollMs, AbortSignal.any([signal, news.signal]));
  context.settled.delete(ring);
};
