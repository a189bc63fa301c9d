// A real HTTP server that answers like Galoy: every request is validated and executed over upstream's own schema, with what a test (or a
// recording) says a field holds; a raw answer goes out as it is, for what servers and proxies say that is no GraphQL. Nothing here decides.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, execute, type GraphQLTypeResolver, getOperationAST, Kind, parse, validate } from 'graphql';
import { encodeBolt11 } from '../../src/lightning/bolt11-encode.ts';
import { type Bolt11, hashOf, newPreimage, type PaymentHash, type Preimage } from '../../src/lightning/values.ts';

export const upstream = buildSchema(readFileSync(new URL('./upstream/blink-public.graphql', import.meta.url), 'utf8'));

export type Answer =
  /** What the asked field holds: a recorded payload. */
  | { readonly holds: unknown }
  /** As it is. */
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string | object }
  /** The connection is cut: at once, in the middle of the body, or never (no answer at all). */
  | { readonly cut: 'now' | 'body' | 'never' };

export interface Asked {
  /** The root field: `me`, `globals`, `lnInvoicePaymentSend` … */
  readonly field: string;
  readonly variables: Readonly<Record<string, never>> & {
    readonly input?: Readonly<Record<string, unknown>>;
    readonly paymentHash?: string;
  };
  readonly headers: IncomingMessage['headers'];
}

export type Script = Record<string, (asked: Asked, times: number) => Answer | Promise<Answer>>;

export interface GaloyServer {
  readonly endpoint: string;
  /** By root field of a mutation, or by the innermost field of a query. */
  readonly script: Script;
  /** Rows of the wallet's ledger, newest first. */
  readonly rows: Row[];
  readonly asked: Asked[];
  count(field: string): number;
  close(): Promise<void>;
}

export interface Row {
  readonly id: string;
  readonly hash: string;
  readonly status: 'SUCCESS' | 'PENDING' | 'FAILURE';
  readonly direction?: 'SEND' | 'RECEIVE';
  readonly amount?: number;
  readonly fee?: number;
  readonly preimage?: string | null;
  readonly at?: number;
  /** Null: no Lightning row (a fee that was paid back, a deposit). */
  readonly begunBy?: 'InitiationViaLn' | 'InitiationViaIntraLedger';
  /** Amount and fee in cents. */
  readonly currency?: 'USD';
}

export const walletId = 'b2c5cd3d-1c2f-4b7e-9d0a-0c1f2b3a4d5e';
export const accountId = '0a1b2c3d-1111-4222-8333-444455556666';
export const apiKey = 'blink_testkey';

export const rowOf = (row: Row): object => ({
  id: row.id,
  status: row.status,
  direction: row.direction ?? 'SEND',
  createdAt: row.at ?? 1_760_000_000,
  settlementAmount: row.amount ?? (row.direction === 'RECEIVE' ? 1000 : -1010),
  settlementFee: row.fee ?? 10,
  settlementCurrency: row.currency ?? 'BTC',
  initiationVia: { __typename: row.begunBy ?? 'InitiationViaLn', paymentHash: row.hash, paymentRequest: 'lnbcrt1' },
  settlementVia: { __typename: 'SettlementViaLn', preImage: row.preimage ?? null },
});

export interface TestInvoice {
  readonly hash: PaymentHash;
  readonly preimage: Preimage;
  readonly bolt11: Bolt11;
}

const nodeKey = new Uint8Array(32).fill(7);

/** A payment request of somebody else on regtest, signed. */
export const testInvoice = (
  more: { readonly sats?: number | null; readonly descriptionHash?: string; readonly at?: Date; readonly minutes?: number } = {},
): TestInvoice => {
  const preimage = newPreimage();
  const hash = hashOf(preimage);
  const sats = more.sats === undefined ? 1000 : more.sats;
  const bolt11 = encodeBolt11(
    {
      network: 'regtest',
      amount: sats === null ? null : BigInt(sats) * 1000n,
      hash,
      paymentSecret: newPreimage(),
      description: more.descriptionHash === undefined ? { text: 'test' } : { hash: more.descriptionHash },
      createdAt: more.at ?? new Date(),
      expirySeconds: (more.minutes ?? 60) * 60,
      finalCltvDelta: 40,
      featureBits: [8, 14],
    },
    nodeKey,
  );
  return { hash, preimage, bolt11 };
};

// A recorded payload names no types: an error is the only kind of error, an invoice tells itself by its amount.
const typeOf: GraphQLTypeResolver<unknown, unknown> = (value, _context, info) => {
  const held = value as { readonly __typename?: string; readonly satoshis?: number };
  if (held.__typename !== undefined) return held.__typename;
  const fallback = { Error: 'GraphQLApplicationError', Wallet: 'BTCWallet', Account: 'ConsumerAccount', Invoice: 'LnInvoice' };
  return (fallback as Readonly<Record<string, string>>)[info.returnType.toString().replace(/[[\]!]/g, '')];
};

const fieldOf = (text: string): string => {
  const operation = getOperationAST(parse(text));
  let selected = operation?.selectionSet.selections[0];
  let name = '';
  // A query is told by what it asks of the wallet, or by its first field.
  while (selected?.kind === Kind.FIELD) {
    name = selected.name.value;
    if (operation?.operation === 'mutation' || !['me', 'defaultAccount', 'walletById'].includes(name)) break;
    selected = selected.selectionSet?.selections[0];
  }
  return name;
};

export const standardScript = (rows: readonly Row[]): Script => {
  const wallet = (held: object): Answer => ({
    holds: {
      me: { defaultAccount: { id: accountId, walletById: { __typename: 'BTCWallet', id: walletId, walletCurrency: 'BTC', ...held } } },
    },
  });
  return {
    globals: () => ({
      holds: {
        globals: { network: 'regtest' },
        me: {
          defaultAccount: {
            id: accountId,
            wallets: [
              { __typename: 'UsdWallet', id: '11111111-2222-4333-8444-555555555555', walletCurrency: 'USD' },
              { __typename: 'BTCWallet', id: walletId, walletCurrency: 'BTC' },
            ],
          },
        },
      },
    }),
    balance: () => wallet({ balance: 123_456 }),
    transactionsByPaymentHash: ({ variables }) =>
      wallet({ transactionsByPaymentHash: rows.filter(({ hash }) => hash === variables.paymentHash).map(rowOf) }),
    transactions: () =>
      wallet({
        transactions: {
          pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: null },
          edges: rows.map((row) => ({ cursor: row.id, node: rowOf(row) })),
        },
      }),
  };
};

export const startGaloyServer = async (): Promise<GaloyServer> => {
  const rows: Row[] = [];
  const script = standardScript(rows);
  const asked: Asked[] = [];
  const counted = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error)));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { query, variables } = JSON.parse(await bodyOf(request));
    const document = parse(query);
    const wrong = validate(upstream, document);
    if (wrong.length > 0)
      return json(response, 400, { errors: wrong.map(({ message }) => ({ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })) });
    const field = fieldOf(query);
    const one: Asked = { field, variables, headers: request.headers };
    asked.push(one);
    const times = (counted.get(field) ?? 0) + 1;
    counted.set(field, times);
    if (request.headers['x-api-key'] !== apiKey)
      return json(response, 401, { error: { code: 401, status: 'Unauthorized', message: 'Access credentials are invalid' } });
    const said = await script[field]?.(one, times);
    if (said === undefined) throw new Error(`the script has no answer for ${field}`);
    if ('cut' in said) return cut(response, said.cut);
    if ('body' in said) {
      const text = typeof said.body === 'string' ? said.body : JSON.stringify(said.body);
      response
        .writeHead(said.status ?? 200, {
          'content-type': typeof said.body === 'string' ? 'text/html' : 'application/json',
          ...said.headers,
        })
        .end(text);
      return;
    }
    const isMutation = getOperationAST(document)?.operation === 'mutation';
    const rootValue = isMutation ? { [field]: said.holds } : said.holds;
    json(response, 200, await execute({ schema: upstream, document, variableValues: variables, rootValue, typeResolver: typeOf }));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/graphql`,
    script,
    rows,
    asked,
    count: (field) => counted.get(field) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const cut = (response: ServerResponse, how: 'now' | 'body' | 'never'): void => {
  if (how === 'never') return;
  if (how === 'now') {
    response.destroy();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
  response.write('{"data":{"sent":', () => setTimeout(() => response.destroy(), 10));
};
