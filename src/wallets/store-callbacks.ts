// The addresses that an account wants to be called at, each with a secret of its own that signs what is sent there.
import { randomBytes } from 'node:crypto';
import type { CallbackEndpoint } from '../generated/prisma/client.ts';
import { type Database, type Statement, sql } from '../platform/db.ts';

export interface EndpointView {
  readonly id: string;
  readonly accountId: string;
  readonly url: string;
  readonly createdAt: Date;
}

export interface NewEndpoint {
  readonly accountId: string;
  readonly url: string;
  readonly now: Date;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
// 27 letters of 62, as upstream's ids have: far beyond guessing.
const newEndpointId = (): string => `ep_${Array.from(randomBytes(27), (byte) => letters[byte % letters.length]).join('')}`;
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

const toView = ({ id, accountId, url, createdAt }: CallbackEndpoint): EndpointView => ({ id, accountId, url, createdAt });

export const addEndpoint = async (
  { prisma }: Database,
  { accountId, url, now }: NewEndpoint,
): Promise<{ readonly endpoint: EndpointView; readonly secret: string }> => {
  const row = await prisma.callbackEndpoint.create({ data: { id: newEndpointId(), accountId, url, secret: newSecret(), createdAt: now } });
  return { endpoint: toView(row), secret: row.secret };
};

/** Of one account, or of all; oldest first. */
export const endpointsOf = async ({ prisma }: Database, accountId: string | null): Promise<readonly EndpointView[]> => {
  const where = { deletedAt: null, ...(accountId === null ? {} : { accountId }) };
  return (await prisma.callbackEndpoint.findMany({ where, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })).map(toView);
};

/** Null when there is none, or it was deleted. */
export const endpointSecret = async ({ prisma }: Database, id: string): Promise<string | null> =>
  (await prisma.callbackEndpoint.findFirst({ where: { id, deletedAt: null }, select: { secret: true } }))?.secret ?? null;

// What still waits for it goes with it, in one statement.
const remove: Statement = {
  name: 'callback_endpoint_delete',
  text: `WITH gone AS (UPDATE callback_endpoints SET deleted_at = $3 WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL RETURNING id),
  dropped AS (UPDATE callback_deliveries AS d SET state = 'dropped', next_attempt_at = NULL, ended_at = $3 FROM gone WHERE d.endpoint_id = gone.id AND d.state = 'waiting')
  SELECT id FROM gone`,
};

/** True when the account had it. */
export const deleteEndpoint = async (
  db: Database,
  { accountId, id, now }: { accountId: string; id: string; now: Date },
): Promise<boolean> => (await sql(db, remove, [id, accountId, now])).length > 0;
