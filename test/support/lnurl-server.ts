// A payee's LNURL service on a real port (LUD-06, 12, 16), honest or not as a test wants; who makes its invoices is the test's.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metadataHash, writeLnurl } from '../../src/lightning/lnurl.ts';

export interface LnurlServerParts {
  /** A payment request over this amount whose tag `h` is this. */
  readonly invoice: (amountMsat: bigint, descriptionHash: string) => Promise<string>;
  /** Over the terms as they are. */
  readonly terms?: Readonly<Record<string, unknown>>;
  /** Instead of what is honest; null: the honest answer. */
  readonly terminate?: Answering;
  readonly callback?: Answering;
}

type Answering = (asked: { readonly url: URL; readonly response: ServerResponse; readonly base: string }) => unknown;

export interface LnurlServer {
  readonly base: string;
  /** Of `GET /pay`. */
  readonly lnurl: string;
  /** user@host:port */
  readonly address: string;
  /** Paths with their queries, in order. */
  readonly asked: readonly string[];
  readonly comments: readonly (string | null)[];
  /** Every payment request that it gave. */
  readonly given: readonly string[];
  close(): Promise<void>;
}

export const startLnurlServer = async (parts: LnurlServerParts): Promise<LnurlServer> => {
  const asked: string[] = [];
  const given: string[] = [];
  const comments: (string | null)[] = [];
  const metadata = JSON.stringify([
    ['text/plain', 'Beans & “more”'],
    ['text/identifier', 'satoshi@example.com'],
  ]);
  let base = '';
  const callback = async (url: URL): Promise<object> => {
    comments.push(url.searchParams.get('comment'));
    const pr = await parts.invoice(BigInt(url.searchParams.get('amount') ?? 0), metadataHash(metadata));
    given.push(pr);
    return { pr, routes: [] };
  };
  const terms = { tag: 'payRequest', callback: '', minSendable: 1000, maxSendable: 10_000_000_000, metadata, commentAllowed: 20 };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', base);
    asked.push(url.pathname + url.search);
    const isCallback = url.pathname === '/callback';
    const lie = isCallback ? parts.callback : parts.terminate;
    const told = await lie?.({ url, response, base });
    if (told === undefined && lie) return;
    if (!isCallback && url.pathname !== '/pay' && !url.pathname.startsWith('/.well-known/lnurlp/'))
      return void response.writeHead(404).end();
    const honest = isCallback ? await callback(url) : { ...terms, callback: `${base}/callback?kept=1`, ...parts.terms };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(told ?? honest));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  base = `http://${host}`;
  return {
    ...{ base, asked, comments, given },
    lnurl: writeLnurl(`${base}/pay`),
    address: `satoshi@${host}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
