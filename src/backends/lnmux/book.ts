// The invoices whose settlement was requested at lnmux, as its ListInvoices has them, found by hash. Of each only the place is remembered; how it
// stands is read anew. Rule: what is not in the book was never asked to be settled, as of a list that was read after the question was put.
import { hashOf, isHex32, type Msat, msat, type PaymentHash, type Preimage, preimage } from '../../lightning/values.ts';
import { BackendFault } from '../port.ts';
import { asFault } from './faults.ts';
import type { ListedMessage, ListMessage } from './messages.ts';

export interface Listed {
  readonly hash: PaymentHash;
  readonly preimage: Preimage;
  readonly amount: Msat;
  readonly status: 'requested' | 'settled' | 'failed';
  /** Grows with every settlement that is requested; never changes afterwards. */
  readonly sequence: bigint;
  readonly finalAt: Date | null;
}

export interface Page {
  readonly invoices: readonly Listed[];
  /** Where the next page begins. */
  readonly next: bigint;
  readonly isLast: boolean;
}

export interface Book {
  /** How the invoice stands, or null when its settlement was never requested. Throws BackendFault. */
  look(hash: PaymentHash, signal: AbortSignal): Promise<Listed | null>;
  /** The rows from a place on. Throws BackendFault. */
  page(from: bigint, signal: AbortSignal): Promise<Page>;
  /** The row at exactly this place. Throws BackendFault. */
  at(sequence: bigint, signal: AbortSignal): Promise<Listed | null>;
}

export type List = (from: bigint, most: number, signal: AbortSignal) => Promise<ListMessage>;

const pageSize = 500;
// 96 bits of a hash that nobody can choose: enough to find the place; the row that is read there has the whole of it.
const shortOf = (hash: PaymentHash): string => hash.slice(0, 24);

export const newBook = (list: List): Book => {
  const places = new Map<string, bigint>();
  let next = 0n;

  const page = async (from: bigint, most: number, signal: AbortSignal): Promise<Page> => {
    try {
      const { invoice } = await list(from, most, signal);
      const invoices = invoice.map(listedOf);
      return { invoices, next: (invoices.at(-1)?.sequence ?? from - 1n) + 1n, isLast: invoices.length < most };
    } catch (error) {
      throw asFault(error);
    }
  };
  const at = async (sequence: bigint, signal: AbortSignal): Promise<Listed | null> => {
    const [found] = (await page(sequence, 1, signal)).invoices;
    return found?.sequence === sequence ? found : null;
  };
  // On behalf of many: it does not end with the one who asked first.
  const readOn = async (): Promise<void> => {
    const signal = new AbortController().signal;
    for (let isLast = false; !isLast; ) {
      const read = await page(next, pageSize, signal);
      for (const { hash, sequence } of read.invoices) places.set(shortOf(hash), sequence);
      next = read.next;
      isLast = read.isLast;
    }
  };
  const upToDate = oneAfterAnother(readOn);
  return {
    page: (from, signal) => page(from, pageSize, signal),
    at,
    look: async (hash, signal) => {
      await unlessAborted(signal, upToDate());
      const place = places.get(shortOf(hash));
      const found = place === undefined ? null : await at(place, signal);
      return found?.hash === hash ? found : null;
    },
  };
};

/** Runs `work` so that everybody who asks gets a run that began after the question; those who ask during one share the next. */
const oneAfterAnother = (work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;
  const run = (): Promise<void> => {
    running = work().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (running === null) return run();
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = null;
        return run();
      });
    return waiting;
  };
};

const unlessAborted = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = () => reject(new BackendFault({ kind: 'timeout', detail: 'given up before lnmux had listed everything' }));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });

const statuses: Readonly<Record<string, Listed['status']>> = { SETTLE_REQUESTED: 'requested', SETTLED: 'settled', FAILED: 'failed' };
// A year that no lnmux has seen: what stands for "not set" lies far beyond, near 2^64.
const latestTime = 32_503_680_000n; // 3000-01-01

/** Throws BackendFault when neither of the two opens the other, or the status is none that is known. */
export const listedOf = (row: ListedMessage): Listed => {
  const [one, other] = [row.hash.toString('hex'), row.preimage.toString('hex')];
  const status = statuses[row.status];
  // lnmux names the two the wrong way round; hashing tells which is which, whatever a later version does.
  const secret = [one, other].find((candidate, index) => isOpenedBy(candidate, index === 0 ? other : one));
  if (secret === undefined || status === undefined)
    throw new BackendFault({
      kind: 'protocol',
      detail: `lnmux lists an invoice (${row.sequence_number}) that makes no sense: ${row.status}`,
    });
  const finalAt = BigInt(row.finalized_at);
  return {
    hash: hashOf(preimage(secret)),
    preimage: preimage(secret),
    amount: msat(row.amount_msat),
    status,
    sequence: BigInt(row.sequence_number),
    finalAt: finalAt === 0n || finalAt > latestTime ? null : new Date(Number(finalAt) * 1_000),
  };
};

const isOpenedBy = (secret: string, hash: string): boolean => isHex32(secret) && hashOf(preimage(secret)) === hash;
