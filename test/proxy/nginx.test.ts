// Everything that clients do, through the documented nginx: sends that wait, sockets and event streams that stay open meanwhile, and limits
// that see the client and not the proxy.
import { connect as connectHttp2 } from 'node:http2';
import { Agent, type RequestOptions, request } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { msat, preimage as toPreimage } from '../../src/lightning/values.ts';
import { waitUntil } from '../regtest/wait.ts';
import { type Json, startTestGateway, type TestGateway } from '../support/gateway-inprocess.ts';
import { type NginxProxy, startNginx } from './nginx.ts';

const waitSeconds = 50;
const keylessPerMinute = 4;

let gateway: TestGateway;
let proxy: NginxProxy;
beforeAll(async () => {
  gateway = await startTestGateway({ trustProxy: true, waitSeconds, keylessPerMinute });
  proxy = await startNginx(Number(new URL(gateway.url).port));
});
afterAll(async () => {
  await proxy?.close();
  await gateway?.close();
});

interface Asking {
  readonly key?: string | null;
  /** One of the many addresses that loopback has: what nginx sees as its client. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const options = ({ key = gateway.keys.all, from = '127.0.0.1', headers = {} }: Asking): RequestOptions => ({
  host: '127.0.0.1',
  port: proxy.port,
  servername: proxy.host,
  ca: proxy.ca,
  localAddress: from,
  agent: false,
  path: '/graphql',
  method: 'POST',
  headers: { host: proxy.host, 'content-type': 'application/json', ...(key === null ? {} : { 'x-api-key': key }), ...headers },
});

/** Sends one operation; tells every piece of the answer as it comes, and resolves with the whole at its end. */
const ask = (body: object, asking: Asking = {}, hear: (soFar: string) => void = () => undefined) =>
  new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const asked = request(options(asking), (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        hear(text);
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text })).on('error', reject);
    });
    asked.on('error', reject).end(JSON.stringify(body));
  });

const data = async (query: string, variables: object, asking: Asking = {}): Promise<Json> => {
  const { status, text } = await ask({ query, variables }, asking);
  expect(status, text).toBe(200);
  return JSON.parse(text).data;
};

const createDocument =
  'mutation ($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) { errors { message } invoice { paymentRequest } } }';
const sendDocument = 'mutation ($input: LnInvoicePaymentInput!) { lnInvoicePaymentSend(input: $input) { status errors { code message } } }';
const followDocument =
  'subscription ($input: LnInvoicePaymentStatusByPaymentRequestInput!) { lnInvoicePaymentStatusByPaymentRequest(input: $input) { status } }';

const newInvoice = async (): Promise<string> => {
  const { lnInvoiceCreate } = await data(createDocument, { input: { walletId: gateway.wallets.atm, amount: '1500' } });
  return lnInvoiceCreate.invoice.paymentRequest;
};

const send = async (paymentRequest: string): Promise<{ readonly status: string; readonly seconds: number }> => {
  const began = performance.now();
  const { lnInvoicePaymentSend } = await data(sendDocument, { input: { walletId: gateway.wallets.atm, paymentRequest } });
  return { status: lnInvoicePaymentSend.status, seconds: (performance.now() - began) / 1000 };
};

/** A subscription over a WebSocket: the messages as they came, and the code that closed it. */
const followOverSocket = (paymentRequest: string) => {
  const heard: Json[] = [];
  const socket = new WebSocket(`wss://127.0.0.1:${proxy.port}/graphql`, 'graphql-transport-ws', {
    agent: new Agent({ ca: proxy.ca, servername: proxy.host }),
    headers: { host: proxy.host },
  });
  const say = (message: object): void => socket.send(JSON.stringify(message));
  socket.on('open', () => say({ type: 'connection_init', payload: { 'X-API-KEY': gateway.keys.all } }));
  socket.on('message', (text) => {
    const message = JSON.parse(String(text));
    heard.push(message);
    if (message.type === 'connection_ack')
      say({ id: '1', type: 'subscribe', payload: { query: followDocument, variables: { input: { paymentRequest } } } });
  });
  socket.on('error', (error) => heard.push({ type: 'error', error: error.message }));
  const statuses = (): readonly string[] =>
    heard.filter(({ type }) => type === 'next').map(({ payload }) => payload.data.lnInvoicePaymentStatusByPaymentRequest.status);
  return { heard, statuses, isOpen: () => socket.readyState === socket.OPEN, close: () => socket.terminate() };
};

const payOutside = (bolt11: string) => gateway.opened.core.deps.simulatedPayer?.({ bolt11, amountMsat: null });

describe('through nginx as documented', () => {
  test('trap: long mutation is a 504: a send waits 45 s for its end, another is PENDING at the end of the wait, and what was open before is still heard after', {
    timeout: 120_000,
  }, async () => {
    const invoice = await newInvoice();
    const socket = followOverSocket(invoice);
    let streamed = '';
    const began = performance.now();
    const stream = ask(
      { query: followDocument, variables: { input: { paymentRequest: invoice } } },
      { headers: { accept: 'text/event-stream' } },
      (soFar) => {
        streamed = soFar;
      },
    );
    await waitUntil('the first event of the stream', () => streamed.includes('PENDING'), 5_000);
    expect(performance.now() - began).toBeLessThan(3_000);
    await waitUntil('the first word of the socket', () => socket.statuses().length > 0, 5_000);

    const { payee } = gateway.world;
    const slow = payee.createHoldInvoice({ amount: msat(2_000_000n) });
    const endless = payee.createHoldInvoice({ amount: msat(3_000_000n) });
    const [settled, pending] = [send(slow.bolt11), send(endless.bolt11)];
    await new Promise((resolve) => setTimeout(resolve, 45_000));
    const { preimage } = payee.look(slow);
    if (!preimage) throw new Error('the payee has no preimage');
    payee.settle(slow, toPreimage(preimage));
    const first = await settled;
    expect(first.status).toBe('SUCCESS');
    expect(first.seconds).toBeGreaterThan(44.5);
    const second = await pending;
    expect(second.status).toBe('PENDING');
    expect(second.seconds).toBeGreaterThanOrEqual(waitSeconds - 0.5);

    expect(socket.statuses()).toEqual(['PENDING']);
    expect(socket.isOpen()).toBe(true);
    expect(streamed).not.toContain('PAID');
    expect(await payOutside(invoice)).toMatchObject({ paid: true });
    expect((await stream).text).toMatch(/PENDING[\s\S]*PAID[\s\S]*event: complete/);
    await waitUntil('the socket to complete', () => socket.heard.some(({ type }) => type === 'complete'), 5_000);
    expect(socket.statuses()).toEqual(['PENDING', 'PAID']);
    socket.close();
  });

  test('speaks HTTP/2 to who wants it', async () => {
    const socket = connectTls({ host: '127.0.0.1', port: proxy.port, servername: proxy.host, ca: proxy.ca, ALPNProtocols: ['h2'] });
    const session = connectHttp2(`https://${proxy.host}`, { createConnection: () => socket });
    const answer = await new Promise<{ readonly status: unknown; readonly text: string }>((resolve, reject) => {
      const asked = session.request({
        ':path': '/graphql',
        ':method': 'POST',
        'content-type': 'application/json',
        'x-api-key': gateway.keys.all,
      });
      let status: unknown;
      let text = '';
      asked.on('response', (headers) => {
        status = headers[':status'];
      });
      asked.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      asked.on('end', () => resolve({ status, text })).on('error', reject);
      session.on('error', reject);
      asked.end(JSON.stringify({ query: '{ globals { network } }' }));
    });
    session.close();
    expect(answer).toEqual({ status: 200, text: '{"data":{"globals":{"network":"regtest"}}}' });
  });

  test('limits see the client’s own address, whatever it writes about itself', async () => {
    const create = async (wallet: string, asking: Asking): Promise<readonly { readonly message: string }[]> => {
      const query =
        'mutation ($input: LnInvoiceCreateOnBehalfOfRecipientInput!) { lnInvoiceCreateOnBehalfOfRecipient(input: $input) { errors { message } } }';
      const input = { recipientWalletId: wallet, amount: 100 };
      return (await data(query, { input }, { key: null, ...asking })).lnInvoiceCreateOnBehalfOfRecipient.errors;
    };
    // Of two accounts, because the recipient is counted as well: what refuses here is the address alone.
    const { atm, till } = gateway.wallets;
    const busy = { from: '127.0.0.2' };
    for (let made = 0; made < keylessPerMinute; made++) expect(await create(atm, busy)).toEqual([]);
    expect(await create(till, busy)).toHaveLength(1);
    expect(await create(till, { ...busy, headers: { 'x-forwarded-for': '192.0.2.7' } })).toHaveLength(1);
    expect(await create(till, { from: '127.0.0.3', headers: { 'x-forwarded-for': '127.0.0.2' } })).toEqual([]);
  });

  test('a wrong key is 401 with JSON, a huge body 413, and figures are for this machine alone', async () => {
    const wrong = await ask({ query: '{ me { id } }' }, { key: 'blink_wrong' });
    expect(wrong).toMatchObject({ status: 401, text: expect.stringContaining('Authorization Required') });
    const large = await ask({ query: `{ globals { network } } # ${'x'.repeat(270_000)}` });
    expect(large.status).toBe(413);
    expect(JSON.parse(large.text).errors).toHaveLength(1);
    const paths = ['/metrics', '/readyz'].map(
      (path) =>
        new Promise((resolve, reject) => {
          request({ ...options({}), path, method: 'GET' }, (answer) => resolve(answer.resume().statusCode))
            .on('error', reject)
            .end();
        }),
    );
    expect(await Promise.all(paths)).toEqual([404, 200]);
    expect(proxy.complaints()).not.toContain('[error]');
  });
});
