// myUpdates through the whole gateway: what comes first, what follows, whose it is, and that our own adapter's document hears of money.
import { readFileSync } from 'node:fs';
import { print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { GatewayUpdates } from '../../../src/backends/galoy/documents.generated.ts';
import { bolt11Text } from '../../../src/lightning/values.ts';
import { until } from '../../support/core.ts';
import { type Json, startTestGateway, type TestGateway } from '../../support/gateway-inprocess.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await gateway.close();
});

interface Followed {
  readonly events: readonly Json[];
  stop(): Promise<void>;
}

const all = `subscription { myUpdates { errors { message } me { username } update { __typename
  ... on Price { base offset currencyUnit formattedAmount }
  ... on RealtimePrice { denominatorCurrency btcSatPrice { base offset } usdCentPrice { base offset } }
  ... on LnUpdate { status paymentHash walletId transaction { direction status settlementAmount initiationVia { ... on InitiationViaLn { paymentHash } } } }
  ... on IntraLedgerUpdate { txNotificationType amount displayCurrencyPerSat usdPerSat walletId transaction { direction settlementAmount memo } }
  ... on OnChainUpdate { txNotificationType amount txHash walletId transaction { direction } } } } }`;

const followed = async (query: string, key: string | null): Promise<Followed> => {
  const client: Client = createClient({
    url: gateway.endpoint.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: key === null ? {} : { 'X-API-KEY': key },
  });
  const events: Json[] = [];
  client.subscribe(
    { query },
    { next: (event) => void events.push(event), error: (error) => void events.push({ error }), complete: () => undefined },
  );
  await until('the first event', async () => events.length > 0);
  return { events, stop: async () => client.dispose() };
};

const receive = async (walletId: string, sats: number): Promise<Json> => {
  const create = 'mutation c($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) { invoice { paymentRequest paymentHash } } }';
  const { invoice } = (await gateway.ask(create, { input: { walletId, amount: sats } }, gateway.keys.all)).data.lnInvoiceCreate;
  await gateway.world.payer.pay({ bolt11: bolt11Text(invoice.paymentRequest) });
  return invoice;
};
const ofType = (followedBy: Followed, name: string): readonly Json[] =>
  followedBy.events.filter(({ data }) => data.myUpdates.update.__typename === name).map(({ data }) => data.myUpdates);

describe('myUpdates', () => {
  it('tells prices at once, then a receipt of each kind, to the account that it is of', async () => {
    const mine = await followed(all, gateway.keys.all);
    const theirs = await followed(all, gateway.keys.stranger);
    const bound = await followed(all, gateway.keys.bound);
    await until('both prices', async () => mine.events.length >= 2);
    expect(mine.events.slice(0, 2).map(({ data }) => data.myUpdates)).toEqual([
      {
        errors: [],
        me: null,
        update: { __typename: 'Price', base: 65_000_000_000, offset: 12, currencyUnit: 'USDCENT', formattedAmount: '0.065' },
      },
      {
        errors: [],
        me: { username: 'operator' },
        update: {
          __typename: 'RealtimePrice',
          denominatorCurrency: 'USD',
          btcSatPrice: { base: 65_000_000_000, offset: 12 },
          usdCentPrice: { base: 1_000_000, offset: 6 },
        },
      },
    ]);

    const { paymentHash } = await receive(gateway.wallets.ledger, 5_000);
    await until('the receipt', async () => ofType(mine, 'LnUpdate').length > 0);
    expect(ofType(mine, 'LnUpdate')).toEqual([
      {
        errors: [],
        me: { username: 'operator' },
        update: {
          __typename: 'LnUpdate',
          status: 'PAID',
          paymentHash,
          walletId: gateway.wallets.ledger,
          transaction: { direction: 'RECEIVE', status: 'SUCCESS', settlementAmount: 5_000, initiationVia: { paymentHash } },
        },
      },
    ]);

    const send = 'mutation m($input: IntraLedgerPaymentSendInput!) { intraLedgerPaymentSend(input: $input) { status errors { message } } }';
    const input = { walletId: gateway.wallets.ledger, recipientWalletId: gateway.wallets.till, amount: 700, memo: 'for the till' };
    expect((await gateway.ask(send, { input })).data.intraLedgerPaymentSend.status).toBe('SUCCESS');
    await until('the transfer', async () => ofType(theirs, 'IntraLedgerUpdate').length > 0);
    expect(ofType(theirs, 'IntraLedgerUpdate')).toEqual([
      {
        errors: [],
        me: { username: null },
        update: {
          __typename: 'IntraLedgerUpdate',
          txNotificationType: 'IntraLedgerReceipt',
          amount: 700,
          displayCurrencyPerSat: 0.00065,
          usdPerSat: 0.00065,
          walletId: gateway.wallets.till,
          transaction: { direction: 'RECEIVE', settlementAmount: 700, memo: 'for the till' },
        },
      },
    ]);

    // A key of one wallet hears of that one; nobody hears of what somebody else received, and a send is no receipt.
    const ofAtm = await receive(gateway.wallets.atm, 900);
    await until('the receipt of the bound key', async () => ofType(bound, 'LnUpdate').length > 0);
    expect(ofType(bound, 'LnUpdate').map(({ update }) => update.paymentHash)).toEqual([ofAtm.paymentHash]);
    expect(ofType(mine, 'IntraLedgerUpdate')).toEqual([]);
    expect(ofType(theirs, 'LnUpdate')).toEqual([]);
    for (const one of [mine, theirs, bound]) await one.stop();
  });

  it('gives frames with an empty update to who asks for receipts alone, as recorded', async () => {
    const file = '../../contract/upstream/transcripts/full--docs-websocket-transcript-authenticated-myupdates-lninvoicepaymentstatus.json';
    const { response } = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
    const recorded = response
      .filter(({ dir, message }: Json) => dir === 'server' && message.id === '1')
      .map(({ message }: Json) => message.payload);
    const { query } = response.find(({ dir, message }: Json) => dir === 'client' && message.id === '1').message.payload;
    const mine = await followed(query, gateway.keys.all);
    await until('both prices', async () => mine.events.length === 2);
    expect(mine.events).toEqual(recorded.slice(0, 2));
    const { paymentHash } = await receive(gateway.wallets.ledger, 100);
    await until('the receipt', async () => mine.events.length === 3);
    expect(mine.events[2]).toEqual({
      data: { myUpdates: { update: { transaction: { initiationVia: { paymentHash }, direction: 'RECEIVE' } } } },
    });
    await mine.stop();
  });

  it('rings the bell of our own adapter, whose document says nothing but the kind', async () => {
    const adapter = await followed(print(GatewayUpdates), gateway.keys.readWrite);
    await receive(gateway.wallets.ledger, 100);
    await until('the hint', async () => adapter.events.some(({ data }) => data.myUpdates.update.__typename === 'LnUpdate'));
    await adapter.stop();
  });

  it('tells the currency of the account, and no older kind of price with another', async () => {
    const set =
      'mutation m($input: AccountUpdateDisplayCurrencyInput!) { accountUpdateDisplayCurrency(input: $input) { errors { message } } }';
    await gateway.ask(set, { input: { currency: 'EUR' } }, gateway.keys.stranger);
    const theirs = await followed(all, gateway.keys.stranger);
    expect(theirs.events[0].data.myUpdates.update).toMatchObject({ __typename: 'RealtimePrice', denominatorCurrency: 'EUR' });
    await theirs.stop();
  });

  it('refuses who says not who they are, and hides the account from a key that may not read', async () => {
    const nobody = await followed(all, null);
    expect(nobody.events).toEqual([{ errors: [expect.objectContaining({ message: 'Not Authenticated for subscription' })] }]);
    const writer = await followed(all, gateway.keys.write);
    await until('both prices', async () => writer.events.length >= 2);
    expect(writer.events.map(({ data }) => data.myUpdates.me)).toEqual([null, null]);
    for (const one of [nobody, writer]) await one.stop();
  });
});
