// The signature of a callback: HMAC-SHA256 over id, time and body (the Standard Webhooks scheme, which Svix speaks too), so that its receiver knows
// who sent it, when, and that it is whole.
import { createHmac } from 'node:crypto';

export interface Signed {
  readonly id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly body: string;
}

/** `secret`: `whsec_` and base 64. */
export const signatureOf = (secret: string, { id, at, body }: Signed): string => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
};

/** Under the names of Standard Webhooks and of Svix; without a secret, unsigned. */
export const signedHeaders = (secret: string | null, signed: Signed): Readonly<Record<string, string>> => {
  const fields = { id: signed.id, timestamp: String(signed.at), ...(secret === null ? {} : { signature: signatureOf(secret, signed) }) };
  const named = (prefix: string) => Object.entries(fields).map(([name, value]) => [`${prefix}-${name}`, value] as const);
  return Object.fromEntries([...named('webhook'), ...named('svix')]);
};
