// Pages of what wallets have, by keyset: the query, and what its rows are as a page. Rows come newest first, or oldest first for `fromEnd`.
// A page costs the same however long the history is and however deep the page lies.
import type { Statement } from '../platform/db.ts';
import type { Page, PageAsk } from './view.ts';

/** The ends of every list of ids: what stands for a cursor that was not given. */
export const behindAll = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
export const beforeAll = '00000000-0000-0000-0000-000000000000';

interface Pages {
  readonly name: string;
  readonly table: string;
  /** The statement around the rows of the page; `source` is a subquery, and the order must be said again. */
  readonly text: (rows: { readonly source: string; readonly order: 'ASC' | 'DESC' }) => string;
  /** A column that is the same for all rows of the page, the value of `$4`; an index on (wallet_id, it, id) where it is not null must be there. */
  readonly of?: string;
}

// Planning a page costs more than reading it, so one plan must serve them all, and the planner must see no reason to make another: the limit is
// literal (as a parameter it is estimated by the size of the table), and every other value is hidden in a subquery (its estimate would differ).
const limits = [11, 26, 51, 101, 1001] as const;

const headsOfWallet = (table: string, order: 'ASC' | 'DESC'): string =>
  `SELECT * FROM ${table} WHERE (wallet_id, id) < (w.id, (SELECT $2::uuid)) AND (wallet_id, id) > (w.id, (SELECT $3::uuid))
    ORDER BY wallet_id ${order}, id ${order}`;

// By equality, whose selectivity the planner knows: of ranges of (wallet_id, of, id) it believes little, and walked the wallet's history instead.
const headsOf = (of: string, table: string, order: 'ASC' | 'DESC'): string =>
  `SELECT * FROM ${table} WHERE wallet_id = w.id AND ${of} = (SELECT $4::text) AND id < (SELECT $2::uuid) AND id > (SELECT $3::uuid)
    ORDER BY id ${order}`;

/**
 * One index range a wallet and a merge of their heads: an IN list over one index would read and sort all of their history. Both ends of the range
 * are always given, for a plan that has to serve "no cursor" too would walk from the newest row to the cursor.
 * Parameters: wallet ids, older than, newer than. At least one row more than `take` where there is one.
 */
export const keysetPages = ({ name, table, text, of }: Pages): ((ask: PageAsk) => Statement) => {
  const statement = (order: 'ASC' | 'DESC', limit: number): Statement => {
    const heads = of === undefined ? headsOfWallet(table, order) : headsOf(of, table, order);
    const source = `(SELECT r.* FROM unnest((SELECT $1::uuid[])) AS w(id), LATERAL (${heads} LIMIT ${limit}) AS r ORDER BY r.id ${order} LIMIT ${limit})`;
    return { name: `${name}_${order === 'DESC' ? 'newest' : 'oldest'}_${limit}`, text: text({ source, order }) };
  };
  const made = { DESC: limits.map((limit) => statement('DESC', limit)), ASC: limits.map((limit) => statement('ASC', limit)) };
  return ({ take, fromEnd }) => {
    const found = made[fromEnd ? 'ASC' : 'DESC'][limits.findIndex((limit) => limit > take)];
    if (!found) throw new Error(`a page of ${take} rows`);
    return found;
  };
};

/** `rows` holds `take + 1` rows or more in the order of the query; the page is always newest first. */
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
