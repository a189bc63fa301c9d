// Turns the rows of a keyset query, one more than asked, into a page. Rows come newest first, or oldest first for `fromEnd`.
import type { Page, PageAsk } from './view.ts';

/** The ends of every list of ids: what stands for a cursor that was not given. */
export const behindAll = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
export const beforeAll = '00000000-0000-0000-0000-000000000000';

/** `rows` holds up to `take + 1` rows in the order of the query; the page is always newest first. */
export const pageOf = <T>(rows: readonly T[], ask: PageAsk, cursorOf: (row: T) => string): Page<T> => {
  const kept = rows.slice(0, ask.take);
  const more = rows.length > ask.take;
  const ordered = ask.fromEnd ? [...kept].reverse() : kept;
  return {
    rows: ordered.map((node) => ({ cursor: cursorOf(node), node })),
    // Beyond the range's other end there is what the cursor excludes, if one was given.
    hasNext: ask.fromEnd ? ask.before !== null : more,
    hasPrevious: ask.fromEnd ? more : ask.after !== null,
  };
};
