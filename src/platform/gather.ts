// Gathers the rows that concurrent requests insert into one statement: one round trip and one sync to the disk for all of them.
// Nobody is answered before their own row is committed, and a row that the database refuses takes no other with it.
import { pgCode } from './db.ts';

export interface Writers<Row> {
  readonly one: (row: Row) => Promise<void>;
  /** One statement: all of them or none. */
  readonly many: (rows: readonly Row[]) => Promise<void>;
}

// Two, so that one is on its way while the other is being committed; more would only make each of them shorter.
const mostUnderWay = 2;
const mostRows = 200;

interface Waiting<Row> {
  readonly row: Row;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Classes of SQLSTATE after which the statement has certainly written nothing: data, integrity, rollback (a deadlock, for instance). */
const isRolledBack = (error: unknown): boolean => ['22', '23', '40'].includes(pgCode(error)?.slice(0, 2) ?? '');

/** Writes a row, together with those that are asked for in the same turn of the event loop or while earlier ones are under way. */
export const gathered = <Row>({ one, many }: Writers<Row>): ((row: Row) => Promise<void>) => {
  let queue: Waiting<Row>[] = [];
  let underWay = 0;
  let scheduled = false;

  const alone = ({ row, done, failed }: Waiting<Row>): Promise<void> => one(row).then(done, failed);

  const together = (batch: readonly Waiting<Row>[]): Promise<void> =>
    many(batch.map(({ row }) => row)).then(
      () => {
        for (const { done } of batch) done();
      },
      async (error: unknown) => {
        // One of them is to blame: each on its own hears what it is for itself. Any other trouble may hide a commit, so nothing is repeated.
        if (isRolledBack(error)) await Promise.all(batch.map(alone));
        else for (const { failed } of batch) failed(error);
      },
    );

  const flush = (): void => {
    scheduled = false;
    while (queue.length > 0 && underWay < mostUnderWay) {
      const batch = queue.slice(0, mostRows);
      queue = queue.slice(mostRows);
      const [first] = batch;
      underWay += 1;
      void (batch.length === 1 && first !== undefined ? alone(first) : together(batch)).finally(() => {
        underWay -= 1;
        flush();
      });
    }
  };

  return (row) =>
    new Promise((done, failed) => {
      queue.push({ row, done, failed });
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    });
};
