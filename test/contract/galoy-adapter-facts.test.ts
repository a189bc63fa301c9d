// The facts of the Galoy adapter: what the wallet's ledger shows is told, once it shows it; what the stream says only hastens the look.
import { afterEach, describe, expect, it } from 'vitest';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type Cursor, cursor, type Fact } from '../../src/backends/port.ts';
import { fact, openRig, type Rig } from './galoy-rig.ts';
import { type Answer, apiKey, type Row, rowOf, type TestInvoice, testInvoice } from './galoy-server.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const rigOf = async (settings: Readonly<Record<string, unknown>> = {}): Promise<Rig> => {
  const rig = await openRig(settings);
  closing.push(rig.close);
  return rig;
};

/** Everything that is told from now on. */
const follow = (rig: Rig, after: Cursor | null = null): Fact[] => {
  const told: Fact[] = [];
  const stop = new AbortController();
  const done = (async () => {
    for await (const one of rig.backend.facts(after, stop.signal)) told.push(one);
  })();
  closing.push(async () => {
    stop.abort();
    await done;
  });
  return told;
};

const receipt = (invoice: TestInvoice, id: string, more: Partial<Row> = {}): Row => ({
  id,
  hash: invoice.hash,
  status: 'SUCCESS',
  direction: 'RECEIVE',
  amount: 1000,
  fee: 0,
  preimage: invoice.preimage,
  ...more,
});
const send = (invoice: TestInvoice, id: string, more: Partial<Row> = {}): Row => ({ id, hash: invoice.hash, status: 'SUCCESS', ...more });

describe('facts', () => {
  it('tell receipts and sends, oldest first, each with the cursor of its row', async () => {
    const rig = await rigOf();
    const [got, paid] = [testInvoice(), testInvoice()];
    rig.server.rows.push(send(paid, '02', { preimage: paid.preimage, fee: 3 }), receipt(got, '01'));
    const told = follow(rig);
    await expect.poll(() => told).toHaveLength(2);
    expect(told).toMatchObject([
      { about: 'invoice', hash: got.hash, cursor: '01', sighting: { is: 'settled', received: 1_000_000n, preimage: got.preimage } },
      { about: 'payment', hash: paid.hash, cursor: '02', outcome: { is: 'succeeded', preimage: paid.preimage, fee: 3000n, ref: 1n } },
    ]);
  });

  it('go on after the cursor, over as many pages as it takes', async () => {
    const rig = await rigOf();
    const rows = Array.from({ length: 6 }, (_, at) => receipt(testInvoice(), `0${6 - at}`));
    rig.server.script.transactions = ({ variables }): Answer => {
      const from = Number((variables as { after?: string }).after ?? 0);
      const page = rows.slice(from, from + 2);
      const pageInfo = { hasNextPage: from + 2 < rows.length, hasPreviousPage: false, endCursor: String(from + 2) };
      return {
        holds: {
          me: {
            defaultAccount: {
              walletById: {
                __typename: 'BTCWallet',
                transactions: { pageInfo, edges: page.map((row) => ({ cursor: row.id, node: rowOf(row) })) },
              },
            },
          },
        },
      };
    };
    const told = follow(rig, cursor('02'));
    await expect.poll(() => told.map((one) => one.cursor)).toEqual(['03', '04', '05', '06']);
  });

  it('tell a PENDING send again when it ends', async () => {
    const rig = await rigOf();
    const paid = testInvoice();
    rig.server.rows.push(send(paid, '01', { status: 'PENDING' }));
    const told = follow(rig);
    await expect.poll(() => told, { timeout: 5_000 }).toMatchObject([{ outcome: { is: 'inFlight', ref: 1n } }]);
    rig.server.rows.splice(0, 1, send(paid, '02', { direction: 'RECEIVE', status: 'FAILURE' }), send(paid, '01', { status: 'FAILURE' }));
    await expect.poll(() => told.at(-1), { timeout: 5_000 }).toMatchObject({ about: 'payment', outcome: { is: 'failed', ref: 1n } });
  });

  it('take no reversal and no fee that is paid back for a receipt', async () => {
    const rig = await rigOf();
    const [paid, got] = [testInvoice(), testInvoice()];
    rig.server.rows.push(
      receipt(got, '04'),
      receipt(paid, '03', { amount: 8, begunBy: 'InitiationViaIntraLedger' }),
      receipt(paid, '02', { status: 'FAILURE' }),
      send(paid, '01', { status: 'FAILURE' }),
    );
    const told = follow(rig);
    await expect.poll(() => told.map(({ about }) => about)).toContain('invoice');
    expect(told.filter(({ about }) => about === 'invoice')).toMatchObject([{ hash: got.hash }]);
  });

  it('pass over one row that cannot be understood, and tell the others', async () => {
    const rig = await rigOf();
    const got = testInvoice();
    const strange = { ...rowOf(receipt(testInvoice(), '01')), status: 'FROZEN' };
    rig.server.script.transactions = () => ({
      body: {
        data: {
          me: {
            defaultAccount: {
              walletById: {
                transactions: {
                  pageInfo: { hasNextPage: false, endCursor: null },
                  edges: [strange, rowOf(receipt(got, '02'))].map((node) => ({ node })),
                },
              },
            },
          },
        },
      },
    });
    const told = follow(rig);
    await expect.poll(() => told).toMatchObject([{ hash: got.hash }]);
    expect(rig.warned).not.toEqual([]);
  });

  it('come when the server is back', async () => {
    const rig = await rigOf();
    const got = testInvoice();
    const good = rig.server.script.transactions;
    rig.server.script.transactions = () => ({ status: 502, body: '<html>' });
    const told = follow(rig);
    await expect.poll(() => rig.server.count('transactions'), { timeout: 5_000 }).toBeGreaterThan(2);
    if (good) rig.server.script.transactions = good;
    rig.server.rows.push(receipt(got, '01'));
    await expect.poll(() => told, { timeout: 10_000 }).toMatchObject([{ hash: got.hash }]);
  });
});

interface Streams {
  readonly url: string;
  readonly inits: unknown[];
  /** Names of the streams that were asked for. */
  readonly asked: string[];
  say(stream: 'myUpdates' | 'lnInvoicePaymentStatusByHash', payload: unknown): void;
  drop(): void;
}

/** A server of graphql-transport-ws that says what it is told to. */
const streamServer = async (): Promise<Streams> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const [inits, asked]: [unknown[], string[]] = [[], []];
  const open: { readonly socket: WebSocket; readonly id: string; readonly query: string }[] = [];
  server.on('connection', (socket) =>
    socket.on('message', (data: RawData) => {
      const message = JSON.parse(String(data));
      if (message.type === 'connection_init') {
        inits.push(message.payload);
        socket.send(JSON.stringify({ type: 'connection_ack' }));
      }
      if (message.type === 'ping') socket.send(JSON.stringify({ type: 'pong' }));
      if (message.type !== 'subscribe') return;
      open.push({ socket, id: message.id, query: message.payload.query });
      asked.push(/myUpdates|lnInvoicePaymentStatusByHash/.exec(message.payload.query)?.[0] ?? '?');
    }),
  );
  closing.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `ws://127.0.0.1:${address.port}/graphql`,
    inits,
    asked,
    say: (stream, payload) => {
      for (const { socket, id, query } of open)
        if (query.includes(stream)) socket.send(JSON.stringify({ id, type: 'next', payload: { data: { [stream]: payload } } }));
    },
    drop: () => {
      for (const socket of server.clients) socket.terminate();
    },
  };
};

describe('the stream', () => {
  // So seldom that whatever comes comes by the stream.
  const slow = { pollSeconds: 600 };

  it('only hastens the look: what it says itself is not believed', async () => {
    const streams = await streamServer();
    const rig = await rigOf({ ...slow, wsEndpoint: streams.url });
    const told = follow(rig);
    await expect.poll(() => streams.asked, { timeout: 5_000 }).toEqual(['myUpdates']);
    expect(streams.inits).toEqual([{ 'X-API-KEY': apiKey }]);
    await expect.poll(() => rig.server.count('transactions')).toBe(1);
    const lie = testInvoice();
    streams.say('myUpdates', { update: { __typename: 'LnUpdate', status: 'PAID', transaction: rowOf(receipt(lie, '01')) } });
    await expect.poll(() => rig.server.count('transactions')).toBe(2);
    expect(told).toEqual([]);
    const got = testInvoice();
    rig.server.rows.push(receipt(got, '02'));
    streams.say('myUpdates', { update: { __typename: 'SomethingNew' } });
    await expect.poll(() => told).toMatchObject([{ hash: got.hash }]);
  });

  it('[recorded] says nothing when it tells prices, and a little when its frames are empty', async () => {
    const streams = await streamServer();
    const rig = await rigOf({ ...slow, wsEndpoint: streams.url });
    follow(rig);
    await expect.poll(() => streams.asked, { timeout: 5_000 }).toHaveLength(1);
    for (const name of ['Price', 'RealtimePrice']) streams.say('myUpdates', { update: { __typename: name } });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(rig.server.count('transactions')).toBe(1);
    for (const frame of fact('recorded--my-updates-frames').response as object[]) streams.say('myUpdates', frame);
    await expect.poll(() => rig.server.count('transactions')).toBe(2);
  });

  it('is asked for each invoice that is made, and comes back when it breaks', async () => {
    const streams = await streamServer();
    const rig = await rigOf({ ...slow, wsEndpoint: streams.url });
    const told = follow(rig);
    const invoice = testInvoice();
    rig.server.script.lnInvoiceCreate = () => ({
      holds: { errors: [], invoice: { paymentHash: invoice.hash, paymentRequest: invoice.bolt11 } },
    });
    await rig.receive.create({ amount: 1_000_000n as never, description: { text: '' }, expirySeconds: 600 }, AbortSignal.timeout(5_000));
    await expect.poll(() => [...streams.asked].sort(), { timeout: 5_000 }).toEqual(['lnInvoicePaymentStatusByHash', 'myUpdates']);
    streams.drop();
    await expect.poll(() => streams.asked, { timeout: 10_000 }).toHaveLength(4);
    rig.server.rows.push(receipt(invoice, '01'));
    streams.say('lnInvoicePaymentStatusByHash', { status: 'PAID' });
    await expect.poll(() => told).toMatchObject([{ hash: invoice.hash, sighting: { is: 'settled' } }]);
  });

  it('may be missing altogether', async () => {
    const rig = await rigOf({ wsEndpoint: 'ws://127.0.0.1:9/' });
    const got = testInvoice();
    const told = follow(rig);
    rig.server.rows.push(receipt(got, '01'));
    await expect.poll(() => told, { timeout: 5_000 }).toMatchObject([{ hash: got.hash }]);
  });
});
