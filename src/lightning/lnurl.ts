// LNURL-pay as texts: from what a person scans or types to the URL that is asked, and from what a service answers to terms that hold
// (LUD-01, 06, 12, 16, 17). Nothing here asks anybody.
import { createHash } from 'node:crypto';
import { bech32 } from 'bech32';
import { z } from 'zod';
import type { DecodedBolt11 } from './bolt11.ts';

/** `user@domain` (LUD-16), in lower case; the domain may have a port. */
export interface LightningAddress {
  readonly user: string;
  readonly domain: string;
}

/** What a payee's service offers (LUD-06). Amounts in msat. */
export interface PayTerms {
  readonly callback: string;
  readonly leastMsat: bigint;
  readonly mostMsat: bigint;
  /** As it came: the invoice commits to these very bytes. */
  readonly metadata: string;
  /** The `text/plain` entry of the metadata. */
  readonly description: string;
  /** Longest comment in characters (LUD-12); 0: none is taken. */
  readonly commentLength: number;
}

/** `says`: the service's own words for not doing it. */
export type Reading<T> =
  | { readonly is: 'read'; readonly value: T }
  | { readonly is: 'refused'; readonly says: string }
  | { readonly is: 'malformed' };

const longest = 4096;

const onionHost = (host: string): boolean => host.toLowerCase().endsWith('.onion');

/**
 * The URL behind an LNURL in any of its forms: bech32 of any case, with or without `lightning:`, as the query `lightning` of a link (LUD-01), or in
 * clear as `lnurlp:` (LUD-17) or as the URL itself. Null for anything else.
 */
export const readLnurl = (text: string): string | null => {
  const given = text.trim().replace(/^lightning:(\/\/)?/i, '');
  if (given.length > longest) return null;
  if (/^lnurl1/i.test(given)) return fromBech32(given);
  if (/^lnurlp:/i.test(given)) return fromClear(given.replace(/^lnurlp:(\/\/)?/i, ''));
  if (!/^https?:\/\//i.test(given) || !URL.canParse(given)) return null;
  const url = new URL(given);
  const inside = url.searchParams.get('lightning');
  return inside !== null && /^lnurl1/i.test(inside) ? fromBech32(inside) : url.href;
};

const httpUrl = (text: string): string | null =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol) ? new URL(text).href : null;

const fromBech32 = (text: string): string | null => {
  const decoded = bech32.decodeUnsafe(text, longest);
  const bytes = decoded?.prefix === 'lnurl' ? bech32.fromWordsUnsafe(decoded.words) : undefined;
  return bytes ? httpUrl(Buffer.from(bytes).toString('utf8')) : null;
};

const fromClear = (rest: string): string | null => {
  const url = httpUrl(`https://${rest}`);
  return url !== null && onionHost(new URL(url).hostname) ? url.replace(/^https:/, 'http:') : url;
};

/** A URL in its bech32 form (LUD-01), in lower case. */
export const writeLnurl = (url: string): string => bech32.encode('lnurl', bech32.toWords(Buffer.from(url, 'utf8')), longest);

/** Null when it is no Lightning address. */
export const readLightningAddress = (text: string): LightningAddress | null => {
  const match = /^([a-z0-9_.+-]{1,64})@([a-z0-9.-]{1,253}(?::\d{1,5})?)$/.exec(
    text
      .trim()
      .replace(/^lightning:/i, '')
      .toLowerCase(),
  );
  const [, user, domain] = match ?? [];
  return user !== undefined && domain !== undefined && URL.canParse(`https://${domain}`) ? { user, domain } : null;
};

/** Where an address is asked for its terms: by HTTPS; an onion service, this machine and a bare IP address by HTTP. */
export const addressUrl = ({ user, domain }: LightningAddress): string => {
  const host = domain.replace(/:\d+$/, '');
  const isPlain = onionHost(host) || host === 'localhost' || /^[\d.]+$/.test(host);
  return `${isPlain ? 'http' : 'https'}://${domain}/.well-known/lnurlp/${user}`;
};

const refusal = z.object({ status: z.string().regex(/^error$/i), reason: z.string().optional() });
const amount = z.number().positive().max(Number.MAX_SAFE_INTEGER);
const terms = z.object({
  tag: z.literal('payRequest'),
  callback: z.string().max(longest),
  minSendable: amount,
  maxSendable: amount,
  metadata: z.string(),
  commentAllowed: z.number().int().nonnegative().optional(),
  payerData: z.record(z.string(), z.object({ mandatory: z.boolean().optional() })).nullish(),
});
const entry = z.tuple([z.string()], z.unknown());
const invoice = z.object({ pr: z.string() });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const read = <T>(text: string, value: (json: unknown) => T | null): Reading<T> => {
  const json = parsed(text);
  const no = refusal.safeParse(json);
  if (no.success) return { is: 'refused', says: no.data.reason ?? '' };
  const found = value(json);
  return found === null ? { is: 'malformed' } : { is: 'read', value: found };
};

/** The first answer of a service. One that must know who pays (LUD-18) is malformed for us, who do not tell. */
export const readPayTerms = (text: string): Reading<PayTerms> =>
  read(text, (json) => {
    const { data } = terms.safeParse(json);
    if (!data || httpUrl(data.callback) === null || Object.values(data.payerData ?? {}).some(({ mandatory }) => mandatory)) return null;
    const entries = z.array(entry).safeParse(parsed(data.metadata)).data ?? [];
    const description = entries.find(([type]) => type === 'text/plain')?.[1];
    if (typeof description !== 'string') return null;
    const [leastMsat, mostMsat] = [BigInt(Math.ceil(data.minSendable)), BigInt(Math.floor(data.maxSendable))];
    return { callback: data.callback, leastMsat, mostMsat, metadata: data.metadata, description, commentLength: data.commentAllowed ?? 0 };
  });

/** The second answer: a payment request, not decoded. */
export const readPayInvoice = (text: string): Reading<string> => read(text, (json) => invoice.safeParse(json).data?.pr ?? null);

/** The callback for this amount, in msat; what it has as its query stays. */
export const callbackUrl = (callback: string, amountMsat: bigint, comment: string | null): string => {
  const url = new URL(callback);
  url.searchParams.set('amount', amountMsat.toString());
  if (comment !== null) url.searchParams.set('comment', comment);
  return url.href;
};

export const metadataHash = (metadata: string): string => createHash('sha256').update(metadata, 'utf8').digest('hex');

/**
 * What is wrong with the invoice that a service gave for these terms; null when nothing is. Its tag `h` is the hash of the metadata (LUD-06);
 * one without the tag may say the description itself, which is as much.
 */
export const invoiceFault = (
  decoded: Pick<DecodedBolt11, 'amount' | 'description' | 'descriptionHash'>,
  for_: { readonly amountMsat: bigint; readonly terms: Pick<PayTerms, 'metadata' | 'description'> },
): 'wrongAmount' | 'wrongHash' | null => {
  const { metadata, description } = for_.terms;
  if (decoded.amount !== for_.amountMsat) return 'wrongAmount';
  if (decoded.descriptionHash !== null) return decoded.descriptionHash === metadataHash(metadata) ? null : 'wrongHash';
  return decoded.description === description || decoded.description === metadata ? null : 'wrongHash';
};
