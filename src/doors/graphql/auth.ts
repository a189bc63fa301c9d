// Who asks: the API key of a request or of a WebSocket, looked up anew for every operation so that a revoked key is refused at once.
import type { IncomingHttpHeaders } from 'node:http';
import type { Reads } from '../../commands/reads.ts';
import { type Answer, json } from '../../platform/http-body.ts';
import type { Principal } from '../../wallets/view.ts';

/** Longer texts are no keys of ours, and nobody asks the database about them. */
const longestKey = 200;

const bearer = /^bearer\s+(\S+)\s*$/i;

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** `X-API-KEY` goes before `Authorization: Bearer`; another kind of `Authorization` is a proxy's. Null: nobody says who they are. */
const keyOf = (apiKey: unknown, authorization: unknown): string | null => {
  const key = text(apiKey);
  return key !== '' ? key : (bearer.exec(text(authorization))?.[1] ?? null);
};

/** The key in the headers of a request. */
export const keyOfHeaders = (headers: IncomingHttpHeaders): string | null => keyOf(headers['x-api-key'], headers.authorization);

/** The key in the payload of `connection_init`, its names in any case. */
export const keyOfPayload = (payload: Readonly<Record<string, unknown>> | undefined): string | null => {
  const named = (name: string): unknown => Object.entries(payload ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  return keyOf(named('x-api-key'), named('authorization'));
};

/** `holds` asks again whether the key is valid: for what outlives the moment. */
export type Who =
  | { readonly is: 'known'; readonly who: Principal; readonly holds: () => Promise<boolean> }
  | { readonly is: 'nobody' }
  | { readonly is: 'wrongKey' };

const nobody = Promise.resolve<Who>({ is: 'nobody' });
const wrongKey = Promise.resolve<Who>({ is: 'wrongKey' });

/** Rejects only when the database cannot be asked. */
export const authenticate = (reads: Pick<Reads, 'authenticate'>, key: string | null): Promise<Who> => {
  if (key === null) return nobody;
  if (key.length > longestKey) return wrongKey;
  const holds = async (): Promise<boolean> => (await reads.authenticate(key)) !== null;
  return reads.authenticate(key).then((who) => (who === null ? { is: 'wrongKey' } : { is: 'known', who, holds }));
};

/** What of `Asked` an answer of `authenticate` that is no wrong key says. */
export const askedBy = (who: Who): { readonly who: Principal | null; readonly keyHolds: (() => Promise<boolean>) | null } =>
  who.is === 'known' ? { who: who.who, keyHolds: who.holds } : { who: null, keyHolds: null };

/** Clients look for the status, for `Authorization Required` and for a `message` that is a string. */
export const wrongKeyAnswer: Answer = json(401, {
  error: { code: 401, status: 'Unauthorized', message: 'Access credentials are invalid' },
  message: 'Authorization Required: the API key is not valid',
});

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The idempotency key of a request: null when it has none, `wrong` when it is no UUID of version 4. */
export const idempotencyKeyOf = (
  headers: IncomingHttpHeaders,
): { readonly is: 'key'; readonly key: string | null } | { readonly is: 'wrong' } => {
  const given = headers['x-idempotency-key'];
  if (given === undefined) return { is: 'key', key: null };
  return typeof given === 'string' && uuidV4.test(given) ? { is: 'key', key: given.toLowerCase() } : { is: 'wrong' };
};

/** Upstream's words. */
export const wrongIdempotencyKeyAnswer: Answer = json(400, { error: 'X-Idempotency-Key header must be a UUID-v4' });
