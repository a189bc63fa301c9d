// Settled invoices of a node, none missed: LND's stream from our own settle_index, with a check that the index is one that this node has reached.
// ln-service's own subscription forgets its settle cursor after every added invoice, and so loses settlements at a reconnection.
import { setTimeout as sleep } from 'node:timers/promises';
import { type LndContext, patience } from './context.ts';
import type { InvoiceMessage } from './messages.ts';

export interface SettledFeed {
  /** The settle_index that the streams have reached, null before the first. */
  readonly known: () => string | null;
  /** `upTo`: where the cursor stands once this one is given out; null leaves it. */
  readonly say: (invoice: InvoiceMessage, upTo: string | null) => Promise<void>;
  /** Where the cursor stands after a catch-up, forward or back. */
  readonly rebase: (settle: string) => Promise<void>;
}

// A backlog begins to arrive within seconds; a node that reads a long one from a slow disk gets a minute.
const overlapMs = 60_000;
const takeUpMs = 2_000;
const caughtUpAtMost = 5_000;
const pageSize = 500;

/** One run on one connection. Throws what the stream throws. */
export const followSettled = async (
  context: LndContext,
  feed: SettledFeed,
  { signal, alive }: { readonly signal: AbortSignal; readonly alive: () => void },
): Promise<void> => {
  const known = feed.known();
  // With 0 LND replays nothing and with 1 nothing can be checked: both begin with a look at what is settled.
  if (known === null || BigInt(known) < 2n) {
    await catchUp(context, feed, signal);
    alive();
    const from = BigInt(feed.known() ?? '0');
    // From 0 on, what is settled while LND takes up the stream is not replayed: look once more when it has.
    const again = from === 0n ? sleep(takeUpMs, undefined, { signal }).then(() => catchUp(context, feed, signal)) : Promise.resolve();
    await Promise.all([again, stream(context, feed, { from, signal, alive })]);
    return;
  }
  // Above the node's maximum LND is silent for ever (seen with 999999): asking for one more than we need, the last known one must come back.
  const end = new AbortController();
  let seen = false;
  const unseen = setTimeout(() => end.abort(), overlapMs);
  const proved = () => {
    seen = true;
    clearTimeout(unseen);
    alive();
  };
  try {
    await stream(context, feed, { from: BigInt(known) - 1n, signal: AbortSignal.any([signal, end.signal]), alive: proved });
  } catch (error) {
    if (!end.signal.aborted) throw error;
  } finally {
    clearTimeout(unseen);
  }
  if (seen || signal.aborted || !end.signal.aborted) return;
  context.log.error(
    { settleIndex: known },
    'the cursor is above what LND has ever settled: its database was replaced or rolled back; starting anew from its invoices',
  );
  await catchUp(context, feed, signal);
};

interface Streaming {
  readonly from: bigint;
  readonly signal: AbortSignal;
  readonly alive: () => void;
}

const stream = async (context: LndContext, feed: SettledFeed, { from, signal, alive }: Streaming): Promise<void> => {
  for await (const invoice of context.connection.stubs().subscribeInvoices({ settle_index: String(from) }, signal)) {
    // The same stream tells of added invoices, and of nothing else: ACCEPTED and CANCELED never come here.
    if (invoice.state !== 'SETTLED') continue;
    alive();
    await feed.say(invoice, invoice.settle_index);
  }
};

/** The newest invoices by LND's own list; the cursor moves only after the last of them was given out. */
const catchUp = async (context: LndContext, feed: SettledFeed, signal: AbortSignal): Promise<void> => {
  let offset = '0';
  let highest = 0n;
  for (let read = 0; read < caughtUpAtMost; read += pageSize) {
    const limits = { ms: patience.list, signal };
    const page = await context.connection
      .stubs()
      .listInvoices({ reversed: true, num_max_invoices: String(pageSize), index_offset: offset }, limits);
    for (const invoice of page.invoices) {
      if (invoice.state !== 'SETTLED') continue;
      await feed.say(invoice, null);
      if (BigInt(invoice.settle_index) > highest) highest = BigInt(invoice.settle_index);
    }
    if (page.invoices.length < pageSize) break;
    offset = page.first_index_offset;
  }
  await feed.rebase(String(highest));
};
