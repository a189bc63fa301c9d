// All that happens at one LND node as one sequence of facts: settled invoices, hold invoices, payments, blocks, deposits.
// Each stream is kept open by itself; the cursor is put together as a fact is given out, so it is never ahead of what the reader has.
import { type PaymentHash, paymentHash } from '../../lightning/values.ts';
import type { Cursor, Fact } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { atNode, type Position, readCursor, settledUpTo, writeCursor } from './cursor.ts';
import { followBlocks, followTransactions, type Told } from './facts-chain.ts';
import { followSettled } from './facts-settled.ts';
import { forever, type Run } from './forever.ts';
import { heartbeat } from './heartbeat.ts';
import type { HoldWatch } from './hold-watch.ts';
import type { InvoiceMessage, PaymentMessage } from './messages.ts';
import { type Queue, queueOf } from './queue.ts';
import { track } from './track.ts';
import { endedAt, outcomeOf, sightingOf } from './translate.ts';

interface Sources {
  readonly watch: HoldWatch;
  readonly isProbe: (hash: string) => boolean;
}
/** A fact (or none) and what the cursor is once it has been given out. */
interface Item {
  readonly fact: Told | null;
  readonly move?: (position: Position) => Position;
}
interface Gathering extends Sources {
  readonly queue: Queue<Item>;
  /** Where the streams are; the cursor follows when what they said has been given out. */
  readonly streams: { at: Position };
}

export const lndFacts = (context: LndContext, sources: Sources) =>
  async function* (after: Cursor | null, signal: AbortSignal): AsyncGenerator<Fact> {
    let position = readCursor(after);
    const queue = queueOf<Item>(1_000);
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    if (both.aborted) return;
    both.addEventListener('abort', () => queue.end(), { once: true });
    start(context, { ...sources, queue, streams: { at: position } }, both);
    try {
      for await (const { fact, move } of queue.items) {
        if (move !== undefined) position = move(position);
        if (fact !== null) yield { ...fact, cursor: move === undefined ? null : writeCursor(position) };
      }
    } finally {
      stop.abort();
    }
  };

const start = (context: LndContext, gathering: Gathering, signal: AbortSignal): void => {
  const { queue, streams, watch } = gathering;
  const keep = (name: string, run: Run) => void forever(context, { name, run }, signal);
  const chain = {
    height: () => streams.at.block,
    sayDeposit: (fact: Told) => queue.push({ fact }),
    sayBlock: (fact: Told, height: number) => {
      const move = (position: Position) => ({ ...position, block: height });
      streams.at = move(streams.at);
      return queue.push({ fact, move });
    },
  };
  keep('invoices', settled(context, gathering));
  keep('payments', payments(context, gathering));
  keep('blocks', async (running, alive) => {
    await sameNode(context, gathering, running);
    await followBlocks(context, chain, { signal: running, alive });
  });
  keep('transactions', (running, alive) => followTransactions(context, chain, { signal: running, alive }));
  watch.follow((hash, invoice) => queue.push({ fact: invoiceFact(context, hash, invoice) }), signal);
  void heartbeat(context, signal);
};

/** LND's indexes and heights mean nothing to another node: its facts begin anew. */
const sameNode = async (context: LndContext, { streams, queue }: Gathering, signal: AbortSignal): Promise<void> => {
  const { identity_pubkey: node } = await context.connection.stubs().getInfo({}, { ms: patience.call, signal });
  if (streams.at.node === node) return;
  if (streams.at.node !== null) context.log.error({ node, was: streams.at.node }, 'another node answers: the cursor begins anew');
  streams.at = atNode(streams.at, node);
  await queue.push({ fact: null, move: (position) => atNode(position, node) });
};

const invoiceFact = (context: LndContext, hash: PaymentHash, invoice: InvoiceMessage): Told => {
  const at = invoice.settle_date === '0' ? context.clock.now() : new Date(Number(invoice.settle_date) * 1000);
  return { about: 'invoice', at, hash, sighting: sightingOf(invoice) };
};

const settled =
  (context: LndContext, gathering: Gathering): Run =>
  async (signal, alive) => {
    const { queue, streams } = gathering;
    await sameNode(context, gathering, signal);
    const say = (invoice: InvoiceMessage, upTo: string | null): Promise<void> => {
      const fact = invoiceFact(context, paymentHash(invoice.r_hash.toString('hex')), invoice);
      if (upTo === null) return queue.push({ fact });
      const move = (position: Position) => settledUpTo(position, upTo);
      streams.at = move(streams.at);
      return queue.push({ fact, move });
    };
    const rebase = (settle: string): Promise<void> => {
      const move = (position: Position) => ({ ...position, settle });
      streams.at = move(streams.at);
      return queue.push({ fact: null, move });
    };
    await followSettled(context, { known: () => streams.at.settle, say, rebase }, { signal, alive });
  };

const runningAtMost = 5_000;

/** LND's stream of payments begins with those in flight and replays no ends: those that were running here are asked about again. */
const payments = (context: LndContext, { queue, isProbe }: Gathering): Run => {
  const running = new Map<PaymentHash, string>();
  const tell = async (payment: PaymentMessage): Promise<void> => {
    const hash = paymentHash(payment.payment_hash);
    const outcome = outcomeOf(payment, hash);
    if (outcome.is === 'inFlight') {
      // Every HTLC repeats the whole payment: once in flight is news, the rest is not.
      if (running.get(hash) === payment.payment_index) return;
      if (running.size < runningAtMost) running.set(hash, payment.payment_index);
    } else running.delete(hash);
    await queue.push({ fact: { about: 'payment', at: endedAt(payment, context.clock.now()), hash, outcome } });
  };
  return async (signal, alive) => {
    const missed = [...running.keys()];
    const updates = context.connection.stubs().trackPayments({ no_inflight_updates: false }, signal);
    const lookUp = async () => {
      for (const hash of missed) {
        const found = await track(context, hash, signal);
        if (found.is === 'payment') await tell(found.payment);
      }
    };
    const follow = async () => {
      for await (const payment of updates) {
        alive();
        if (!isProbe(payment.payment_hash)) await tell(payment);
      }
    };
    await Promise.all([follow(), lookUp()]);
  };
};
