// The Galoy adapter over an account's wallet of dollars: everything is counted in cents and by upstream's word, and doubt is what it is in bitcoin.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectGaloy } from '../../src/backends/galoy/backend.ts';
import { galoySettings } from '../../src/backends/galoy/settings.ts';
import type { Backend, InvoiceTerms, Pay, PayOrder, Receive } from '../../src/backends/port.ts';
import { backendId, bolt11Text, fromSat, msat, paymentHash, zeroMsat } from '../../src/lightning/values.ts';
import { type DollarUpstream, type DollarWorld, newDollarWorld, satsPerCent, startDollarUpstream } from './galoy-dollars.ts';
import { quiet, soon } from './galoy-rig.ts';
import { apiKey } from './galoy-server.ts';

let world: DollarWorld;
let upstream: DollarUpstream;
let backend: Backend & { readonly pay: Pay; readonly receive: Receive };

const connect = (more: object = {}): typeof backend => {
  const settings = galoySettings.parse({ endpoint: upstream.endpoint, apiKey, pollSeconds: 1, currency: 'USD', ...more });
  const made = connectGaloy(backendId('dollars'), settings, { log: quiet(), clock: { now: () => new Date() } });
  if (!made.pay || !made.receive) throw new Error('a facet is missing');
  return { ...made, pay: made.pay, receive: made.receive };
};

beforeEach(async () => {
  world = newDollarWorld();
  upstream = await startDollarUpstream(world, 1);
  backend = connect();
});
afterEach(async () => {
  await backend.close();
  await upstream.close();
});

const order = ({ hash, bolt11 }: { readonly hash: string; readonly bolt11: string }, more: Partial<PayOrder> = {}): PayOrder => ({
  ...{ hash: paymentHash(hash), bolt11: bolt11Text(bolt11), amount: fromSat(1500), amountless: false, maxFee: zeroMsat },
  ...{ sendBy: new Date(Date.now() + 20_000), ...more },
});
const inCents = (cents: bigint): Partial<PayOrder> => ({ amountless: true, amount: zeroMsat, cents });
const terms = (more: Partial<InvoiceTerms> = {}): InvoiceTerms => ({
  amount: null,
  description: { text: '' },
  expirySeconds: 300,
  ...more,
});

describe('who it is', () => {
  test('the account, by its wallet of dollars; what it has is nothing in satoshis', async () => {
    expect(backend.currency).toBe('USD');
    expect(await backend.identity(soon())).toMatchObject({ network: 'regtest' });
    expect(await backend.balance?.(soon())).toEqual({
      ...{ spendable: 0n, receivable: null, chainConfirmed: null, chainPending: null, cents: 100_000n, of: expect.any(String) },
    });
  });

  test('is refused where the wallet that it names holds bitcoin, and the other way round', async () => {
    const other = connect({ walletId: upstream.walletId.replace(/^0/, 'b') });
    await expect(other.identity(soon())).rejects.toThrow('a USD wallet is needed');
    const bitcoin = connect({ currency: 'BTC', walletId: upstream.walletId });
    await expect(bitcoin.identity(soon())).rejects.toThrow('a BTC wallet is needed');
  });
});

describe('a payment', () => {
  test('over satoshis is what upstream says it was in cents', async () => {
    const invoice = world.invoice(1500);
    const said = await backend.pay.pay(order(invoice));
    expect(said).toMatchObject({ is: 'succeeded', fee: 0n, cents: { amount: 100n, fee: 1n } });
    expect(said.is === 'succeeded' && said.preimage).toBe(world.outside.get(invoice.hash));
    expect(upstream.server.count('lnInvoicePaymentSend')).toBe(1);
  });

  test('over cents goes out in cents, once', async () => {
    const said = await backend.pay.pay(order(world.invoice(null), inCents(250n)));
    expect(said).toMatchObject({ is: 'succeeded', cents: { amount: 250n, fee: 2n } });
    const [asked] = upstream.server.asked.filter(({ field }) => field === 'lnNoAmountUsdInvoicePaymentSend');
    expect(asked?.variables.input).toMatchObject({ walletId: upstream.walletId, amount: 250 });
    expect(upstream.balance()).toBe(100_000 - 252);
  });

  test('without cents is not sent, for what upstream would take as cents were satoshis', async () => {
    expect(await backend.pay.pay(order(world.invoice(null), { amountless: true }))).toMatchObject({ is: 'notSent' });
    const bitcoin = connect({ currency: 'BTC' });
    expect(await bitcoin.pay?.pay(order(world.invoice(null), inCents(5n)))).toMatchObject({ is: 'notSent' });
    expect(upstream.server.asked.filter(({ field }) => field.endsWith('Send'))).toEqual([]);
  });

  test('that is not answered is under way when the ledger says so, and ends by the ledger', async () => {
    upstream.endings.push('silent');
    const invoice = world.invoice(1500);
    expect(await backend.pay.pay(order(invoice))).toMatchObject({ is: 'inFlight' });
    const hash = paymentHash(invoice.hash);
    expect(await backend.pay.floor(hash, soon())).toMatchObject({ is: 'inFlight' });
    upstream.end(invoice.hash, 'SUCCESS');
    expect(await backend.pay.find(hash, null, soon())).toMatchObject({ is: 'succeeded', cents: { amount: 100n, fee: 1n } });
    expect(upstream.server.count('lnInvoicePaymentSend')).toBe(1);
  });

  test('is doubt where the row beside it is in another currency', async () => {
    const invoice = world.invoice(1500);
    const row = { id: 'x', hash: invoice.hash, status: 'SUCCESS', amount: -101, fee: 1 } as const;
    upstream.server.script.lnInvoicePaymentSend = () => ({
      body: { data: { sent: { errors: [], status: 'FAILURE', transaction: null } } },
    });
    upstream.server.script.transactionsByPaymentHash = () => ({
      holds: {
        me: {
          defaultAccount: {
            walletById: {
              __typename: 'UsdWallet',
              transactionsByPaymentHash: [
                {
                  ...{
                    id: row.id,
                    status: row.status,
                    direction: 'SEND',
                    createdAt: 1,
                    settlementAmount: row.amount,
                    settlementFee: row.fee,
                  },
                  ...{ settlementCurrency: 'BTC', initiationVia: { __typename: 'InitiationViaLn', paymentHash: row.hash } },
                  ...{ settlementVia: { __typename: 'SettlementViaLn', preImage: null } },
                },
              ],
            },
          },
        },
      },
    });
    expect(await backend.pay.pay(order(invoice))).toMatchObject({ is: 'unknown', fault: { kind: 'protocol' } });
  });

  test('costs what upstream’s probe says, in cents', async () => {
    const priced = await backend.pay.probeFee?.({ ...order(world.invoice(3000)), amount: fromSat(3000) }, soon());
    expect(priced).toEqual({ is: 'fee', fee: 0n, cents: 1n });
    const open = await backend.pay.probeFee?.({ ...order(world.invoice(null)), amount: zeroMsat, cents: 1000n }, soon());
    expect(open).toEqual({ is: 'fee', fee: 0n, cents: 5n });
    expect([upstream.server.count('lnUsdInvoiceFeeProbe'), upstream.server.count('lnNoAmountUsdInvoiceFeeProbe')]).toEqual([1, 1]);
  });
});

describe('an invoice', () => {
  test('over cents asks for as many satoshis as upstream says', async () => {
    const issue = await backend.receive.create(terms({ cents: 50n }), soon());
    expect(issue).toMatchObject({ is: 'issued', amount: msat(50n * BigInt(satsPerCent) * 1000n) });
    expect(upstream.server.count('lnUsdInvoiceCreate')).toBe(1);
  });

  test('over cents with a description hash, over satoshis, and over nothing', async () => {
    const hash = 'ab'.repeat(32);
    expect(await backend.receive.create(terms({ cents: 50n, description: { hash } }), soon())).toMatchObject({ is: 'issued' });
    expect(await backend.receive.create(terms({ amount: fromSat(1000) }), soon())).toMatchObject({ is: 'issued' });
    expect(await backend.receive.create(terms(), soon())).toMatchObject({ is: 'issued' });
    const made = upstream.server.asked.filter(({ field }) => field.startsWith('ln')).map(({ field }) => field);
    expect(made).toEqual([
      'lnUsdInvoiceCreateOnBehalfOfRecipient',
      'lnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipient',
      'lnNoAmountInvoiceCreate',
    ]);
  });

  test('of more than five minutes is refused, for upstream would shorten it without a word', async () => {
    expect(await backend.receive.create(terms({ cents: 50n, expirySeconds: 301 }), soon())).toMatchObject({
      is: 'refused',
      because: 'terms',
    });
    expect(upstream.server.count('lnUsdInvoiceCreate')).toBe(0);
  });

  test('over other satoshis than were asked for is none', async () => {
    const other = world.invoice(999);
    upstream.server.script.lnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipient = () => ({
      holds: { errors: [], invoice: { paymentHash: other.hash, paymentRequest: other.bolt11 } },
    });
    expect(await backend.receive.create(terms({ amount: fromSat(1000) }), soon())).toMatchObject({ is: 'unknown' });
  });

  test('is settled with the cents that came, by a look and by the stream of facts', async () => {
    const issue = await backend.receive.create(terms({ cents: 50n }), soon());
    if (issue.is !== 'issued') throw new Error('not issued');
    upstream.receive(issue.bolt11);
    const sighting = { is: 'settled', received: null, cents: 50n };
    expect(await backend.receive.find(issue.hash, soon())).toMatchObject(sighting);
    for await (const fact of backend.facts(null, soon())) {
      expect(fact).toMatchObject({ about: 'invoice', hash: issue.hash, sighting });
      break;
    }
  });
});
