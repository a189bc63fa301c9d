// The connections to the database. Rule: what the database refuses (a unique index, a check) leaves the connection whole, and it is kept with
// all its prepared statements; only one that is lost is thrown away. The library throws every one away whose statement failed.
import pg from 'pg';

/** A pool whose `query` keeps its connection when the database has refused a statement. */
export const openPool = (config: pg.PoolConfig): pg.Pool => {
  const pool = new pg.Pool(config);
  const query = async (...asked: unknown[]): Promise<unknown> => {
    const client = await pool.connect();
    let isLost = false;
    const lose = (): void => {
      isLost = true;
    };
    client.on('error', lose);
    try {
      return await Reflect.apply(client.query, client, asked);
    } catch (error) {
      if (!isRefusal(error)) lose();
      throw error;
    } finally {
      client.removeListener('error', lose);
      client.release(isLost);
    }
  };
  return Object.assign(pool, { query });
};

// Classes of SQLSTATE after which the server ends the session, or has lost it.
const ending = /^(08|57P|XX)/;

/** Whether the server itself answered, and goes on. */
const isRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.severity === 'ERROR' && error.code !== undefined && !ending.test(error.code);
