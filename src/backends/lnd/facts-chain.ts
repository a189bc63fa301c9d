// Blocks and on-chain deposits of a node: each new block is told with the deposits that it deepened, each new transaction as it is seen.
// LND tells of a transaction twice only (unconfirmed, first confirmation), so depth is read again at every block.
import { setTimeout as sleep } from 'node:timers/promises';
import { blockHeight, fromSat } from '../../lightning/values.ts';
import type { DepositSighting, Fact } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { isUnimplemented } from './faults.ts';
import type { TransactionMessage } from './messages.ts';

type BareFact<F = Fact> = F extends Fact ? Omit<F, 'cursor'> : never;
export type Told = BareFact;

export interface ChainFeed {
  /** The last height whose deposits were given out. */
  readonly height: () => number | null;
  readonly sayDeposit: (fact: Told) => Promise<void>;
  /** After the deposits of that height. */
  readonly sayBlock: (fact: Told, height: number) => Promise<void>;
}
interface Running {
  readonly signal: AbortSignal;
  readonly alive: () => void;
}

// Deposits are told until they are this deep; whoever waits for more asks for it.
const deep = 10;
const pollMs = 10_000;

export const followBlocks = async (context: LndContext, feed: ChainFeed, running: Running): Promise<void> => {
  let latest = 0;
  let work: Promise<void> | null = null;
  // Blocks that arrive while deposits are being read are told as one: a node that catches up sends hundreds.
  const tellAll = async (): Promise<void> => {
    for (let told = -1; told !== latest; ) {
      told = latest;
      await tellBlock(context, feed, { height: told, signal: running.signal });
    }
  };
  for await (const height of heights(context, running)) {
    running.alive();
    latest = height;
    if (work === null) {
      work = tellAll().finally(() => {
        work = null;
      });
      // A failure is thrown at the next block's turn or by the stream itself; here it must only not go unheard.
      work.catch((error: unknown) => context.log.debug({ error }, 'deposits could not be read'));
    }
  }
};

const heights = async function* (context: LndContext, { signal }: Running): AsyncGenerator<number> {
  const { stubs } = context.connection;
  try {
    // The present block comes first.
    for await (const epoch of stubs().blockEpochs({}, signal)) yield epoch.height;
  } catch (error) {
    // Built without the chainrpc tag.
    if (!isUnimplemented(error)) throw error;
    while (!signal.aborted) {
      yield (await stubs().getInfo({}, { ms: patience.call, signal })).block_height;
      await sleep(pollMs, undefined, { signal });
    }
  }
};

const tellBlock = async (
  context: LndContext,
  feed: ChainFeed,
  { height, signal }: { readonly height: number; readonly signal: AbortSignal },
): Promise<void> => {
  const from = Math.max(0, Math.min(feed.height() ?? height, height) - deep);
  const at = context.clock.now();
  try {
    const { transactions } = await context.connection
      .stubs()
      .getTransactions({ start_height: from, end_height: -1 }, { ms: patience.list, signal });
    for (const transaction of transactions)
      for (const deposit of depositsIn(transaction)) await feed.sayDeposit(depositFact(transaction, deposit));
  } catch (error) {
    // The height is news all the same: deadlines of held invoices hang on it. The cursor stays where the deposits are.
    await feed.sayBlock({ about: 'block', at, height: blockHeight(height) }, feed.height() ?? 0);
    throw error;
  }
  await feed.sayBlock({ about: 'block', at, height: blockHeight(height) }, height);
};

export const followTransactions = async (context: LndContext, feed: ChainFeed, { signal, alive }: Running): Promise<void> => {
  for await (const transaction of context.connection.stubs().subscribeTransactions({}, signal)) {
    alive();
    for (const deposit of depositsIn(transaction)) await feed.sayDeposit(depositFact(transaction, deposit));
  }
};

const depositFact = (transaction: TransactionMessage, deposit: DepositSighting): Told => ({
  about: 'deposit',
  at: new Date(Number(transaction.time_stamp) * 1000),
  ...deposit,
});

/** Outputs to our own addresses, change included: an address that nobody was given is nobody's deposit. */
export const depositsIn = (transaction: TransactionMessage): readonly DepositSighting[] =>
  transaction.output_details
    .filter((output) => output.is_our_address && output.amount !== '0')
    .map((output) => ({
      txid: transaction.tx_hash,
      output: Number(output.output_index),
      address: output.address,
      amount: fromSat(BigInt(output.amount)),
      confirmations: transaction.num_confirmations,
    }));
