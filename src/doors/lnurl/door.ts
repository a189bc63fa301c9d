// Lightning addresses of this gateway's accounts (LUD-16): whoever knows one asks for terms and an invoice, without a key, where the wallet allows that.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reads } from '../../commands/reads.ts';
import type { Ask } from '../../commands/table.ts';
import { metadataHash } from '../../lightning/lnurl.ts';
import { clientAddress, type HttpDoor } from '../../platform/http.ts';
import { json, send } from '../../platform/http-body.ts';
import { Refused } from '../../platform/refusal.ts';

export interface LnurlDoorParts {
  readonly ask: Ask;
  readonly reads: Reads;
  readonly log: { error(fields: object, text: string): void };
  /** What stands behind the @. */
  readonly domain: string;
  /** As payers see us, without a slash at the end; null: what they asked. */
  readonly publicUrl: string | null;
  readonly isTls: boolean;
  readonly trustProxy: boolean;
}

const path = '/.well-known/lnurlp/';
const leastMsat = 1_000n;
const mostMsat = 100_000_000_000n;
const longestComment = 200;

// Wallets in pages of any origin ask.
const everywhere = { 'access-control-allow-origin': '*' };
const noSuch = 'There is no such address.';

class Unpayable extends Error {}

export const createLnurlDoor = (parts: LnurlDoorParts): HttpDoor => {
  const answer = async (req: IncomingMessage): Promise<object> => {
    const url = new URL(req.url ?? '', 'http://localhost');
    const [, user = '', isCallback] = /^([a-z0-9_.-]{1,64})(\/callback)?$/i.exec(url.pathname.slice(path.length)) ?? [];
    const name = user.toLowerCase();
    const wallet = name === '' ? null : await parts.reads.publicWallet(name, 'BTC');
    if (!wallet?.keylessCreate) throw new Unpayable(noSuch);
    const address = `${name}@${parts.domain}`;
    const metadata = JSON.stringify([
      ['text/plain', `Pay ${address}`],
      ['text/identifier', address],
    ]);
    if (isCallback === undefined) {
      const callback = `${baseOf(parts, req)}${path}${name}/callback`;
      const [minSendable, maxSendable] = [Number(leastMsat), Number(mostMsat)];
      return { tag: 'payRequest', callback, minSendable, maxSendable, metadata, commentAllowed: longestComment };
    }
    return invoice(parts, { req, url, walletId: wallet.id, metadata });
  };
  return {
    paths: [`${path}*`],
    handle: async (req, res) => {
      if (req.method !== 'GET') return refused(res, 'Ask with GET.', 405);
      try {
        send(res, json(200, await answer(req), everywhere));
      } catch (error) {
        if (error instanceof Unpayable) return refused(res, error.message);
        if (!(error instanceof Refused)) parts.log.error({ err: error }, 'a Lightning address met an unexpected error');
        const isBusy = error instanceof Refused && error.refusal.is === 'tooManyRequests';
        return refused(res, isBusy ? 'Too many invoices, please wait for a while.' : 'No invoice can be made now, please try again later.');
      }
      return true;
    },
    close: async () => undefined,
  };
};

/** LUD-06: what is wrong is said in the body. */
const refused = (res: ServerResponse, reason: string, status = 200): true => {
  send(res, json(status, { status: 'ERROR', reason }, everywhere));
  return true;
};

const baseOf = ({ publicUrl, isTls }: LnurlDoorParts, req: IncomingMessage): string =>
  publicUrl ?? `${isTls ? 'https' : 'http'}://${req.headers.host ?? 'localhost'}`;

interface InvoiceAsk {
  readonly req: IncomingMessage;
  readonly url: URL;
  readonly walletId: string;
  readonly metadata: string;
}

const invoice = async (parts: LnurlDoorParts, { req, url, walletId, metadata }: InvoiceAsk): Promise<object> => {
  const given = url.searchParams.get('amount') ?? '';
  const amountMsat = /^\d{1,15}$/.test(given) ? BigInt(given) : 0n;
  if (amountMsat < leastMsat || amountMsat > mostMsat) throw new Unpayable(`The amount is ${leastMsat} to ${mostMsat} msat.`);
  const comment = url.searchParams.get('comment');
  if (comment !== null && ([...comment].length > longestComment || /[\0]/.test(comment))) throw new Unpayable('The comment is too long.');
  const asking = {
    who: null,
    door: 'lnurl',
    key: null,
    from: clientAddress(req, parts.trustProxy),
    signal: new AbortController().signal,
  } as const;
  const terms = { descriptionHash: metadataHash(metadata), expirySeconds: null, externalId: null, webhookUrl: null };
  const made = await parts.ask('createInvoiceOnBehalf', { walletId, amountMsat, memo: comment, ...terms }, asking);
  return { pr: made.bolt11, routes: [] };
};
