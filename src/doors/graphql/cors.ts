// Which web pages may ask. No cookie exists, so no answer ever allows credentials; a page must bring its own key.
import type { IncomingHttpHeaders } from 'node:http';

/** False: no page of another origin; a list of origins; `*`: any page. */
export type CorsOption = false | '*' | readonly string[];

type Headers = Readonly<Record<string, string>>;
const none: Headers = {};

/** Headers that every answer to this request carries. */
export const corsHeaders = (option: CorsOption, headers: IncomingHttpHeaders): Headers => {
  if (option === false) return none;
  if (option === '*') return { 'access-control-allow-origin': '*' };
  const { origin } = headers;
  if (origin === undefined || !option.includes(origin)) return { vary: 'origin' };
  return { 'access-control-allow-origin': origin, vary: 'origin' };
};

/** Headers of the answer to a preflight, besides those above. */
export const preflightHeaders: Headers = {
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'content-type, accept, x-api-key, authorization, x-idempotency-key',
  'access-control-max-age': '86400',
};

/**
 * Whether a WebSocket may be opened: browsers ask no preflight for one, they only say which page it was. Our own page and programs
 * (which name no origin) always may.
 */
export const mayConnect = (option: CorsOption, headers: IncomingHttpHeaders, publicUrl: string | null): boolean => {
  const { origin, host } = headers;
  if (origin === undefined || option === '*') return true;
  if (option !== false && option.includes(origin)) return true;
  const own = [`http://${host}`, `https://${host}`, ...(publicUrl !== null && URL.canParse(publicUrl) ? [new URL(publicUrl).origin] : [])];
  return own.includes(origin);
};
