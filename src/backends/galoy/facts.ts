// What happens in a Galoy wallet as one sequence of facts: its newest transactions, looked at every few seconds and whenever a stream hints.
// The cursor is the id of the newest row that was given out. A row that changes later (PENDING that ends) is told again while it is among the
// newest; what is missed is asked about by the sweep.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentHash } from '../../lightning/values.ts';
import { type Cursor, cursor, type Fact } from '../port.ts';
import type { GaloyContext } from './context.ts';
import { depositIn, type Movement, movementsOf, receivedIn, standing } from './movements.ts';
import { page } from './pages.ts';
import { hashIn } from './receive.ts';
import { wakeUps } from './wakeups.ts';

/** Two thousand rows: who was away for longer than that is caught up with by the sweep. */
const pagesAtMost = 20;
const leastPauseMs = 300;
const longestPauseMs = 60_000;

/** How far the ledger was told. */
interface Told {
  readonly newest: string | null;
  /** The states of the newest rows as they were told, by id. */
  readonly states: ReadonlyMap<string, string>;
}

export const galoyFacts = (context: GaloyContext) =>
  async function* (after: Cursor | null, signal: AbortSignal): AsyncGenerator<Fact> {
    if (signal.aborted) return;
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    wakeUps(context, both);
    const progress: Progress = { told: { newest: after, states: new Map() }, failures: 0 };
    try {
      while (!both.aborted) {
        yield* look(context, progress, both);
        await rest(context, progress.failures, both);
      }
    } finally {
      stop.abort();
    }
  };

interface Progress {
  told: Told;
  /** Looks in a row that failed. */
  failures: number;
}

/** One look. Never throws: what was not given out because of trouble is given out by a later look. */
async function* look(context: GaloyContext, progress: Progress, signal: AbortSignal): AsyncGenerator<Fact> {
  try {
    const news = await newsSince(context, progress.told, signal);
    for (const row of news.rows) {
      const at = news.fresh.has(row.id) ? cursor(row.id) : null;
      for (const fact of await factsOf(context, row, signal)) yield { ...fact, cursor: at };
    }
    progress.told = news.told;
    if (progress.failures > 0) context.log.info({}, 'Galoy answers again');
    progress.failures = 0;
  } catch (error) {
    if (signal.aborted) return;
    if (progress.failures === 0)
      context.log.warn({ err: error }, 'the transactions of the Galoy wallet cannot be read, or not acted on; trying again');
    progress.failures += 1;
  }
}

/** Until the next look is due; a stream may shorten it, but never to nothing. */
const rest = async ({ bell, settings }: GaloyContext, failures: number, signal: AbortSignal): Promise<void> => {
  const usual = settings.pollSeconds * 1000 * (0.9 + Math.random() / 5);
  await sleep(leastPauseMs, undefined, { signal }).catch(() => undefined);
  await bell.wait(failures === 0 ? usual : Math.min(usual * 2 ** failures, Math.max(longestPauseMs, usual)), signal);
};

interface News {
  /** Oldest first. */
  readonly rows: readonly Movement[];
  /** Ids of rows that were not told before. */
  readonly fresh: ReadonlySet<string>;
  readonly told: Told;
}

/** @throws BackendFault */
const newsSince = async (context: GaloyContext, told: Told, signal: AbortSignal): Promise<News> => {
  const first = await page(context, null, signal);
  const isKnown = (row: Movement): boolean => row.id === told.newest || told.states.has(row.id);
  let rows = first.rows;
  // At the very first look there is nothing to catch up with.
  let next = told.newest === null || rows.some(isKnown) ? null : first.next;
  for (let pages = 1; next !== null && pages < pagesAtMost; pages++) {
    const more = await page(context, next, signal);
    rows = [...rows, ...more.rows];
    next = more.rows.some(isKnown) ? null : more.next;
  }
  const end = rows.findIndex(isKnown);
  const fresh = new Set((end < 0 ? rows : rows.slice(0, end)).map(({ id }) => id));
  const changed = rows.filter((row) => fresh.has(row.id) || (told.states.get(row.id) ?? row.status) !== row.status);
  return {
    rows: changed.reverse(),
    fresh,
    told: { newest: first.rows[0]?.id ?? told.newest, states: new Map(first.rows.map(({ id, status }) => [id, status])) },
  };
};

type Fresh = { readonly at: Date } & (
  | Pick<Extract<Fact, { about: 'invoice' }>, 'about' | 'hash' | 'sighting'>
  | Pick<Extract<Fact, { about: 'payment' }>, 'about' | 'hash' | 'outcome'>
  | Omit<Extract<Fact, { about: 'deposit' }>, 'cursor' | 'at'>
);

/** What a row means. A payment is read whole: one row does not say which attempt it is. @throws BackendFault */
const factsOf = async (context: GaloyContext, row: Movement, signal: AbortSignal): Promise<readonly Fresh[]> => {
  const deposit = depositIn(row);
  if (deposit !== null) return [{ about: 'deposit', at: row.at, ...deposit }];
  const hash = hashIn(row.hash);
  if (hash === null) return [];
  return row.direction === 'RECEIVE' ? received(context, row, hash) : sent(context, hash, signal);
};

const received = ({ watched, settings }: GaloyContext, row: Movement, hash: PaymentHash): readonly Fresh[] => {
  const got = receivedIn([row], { hash, currency: settings.currency });
  if (got === null) return [];
  watched.remove(hash);
  return [{ about: 'invoice', hash, at: row.at, sighting: { is: 'settled', ...got } }];
};

const sent = async (context: GaloyContext, hash: PaymentHash, signal: AbortSignal): Promise<readonly Fresh[]> => {
  const outcome = standing(await movementsOf(context, hash, signal), { hash, currency: context.settings.currency }, null);
  return outcome.is === 'notFound' ? [] : [{ about: 'payment', hash, at: context.clock.now(), outcome }];
};
