// What upstream's own tests assert of money on the chain, over the simulated chain and through the door, with the updates that follow it.
// Each test bears the name of the recording that it answers.
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { fromSat } from '../../src/lightning/values.ts';
import { until } from '../support/core.ts';
import { type Json, startTestGateway, type TestGateway } from '../support/gateway-inprocess.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.world.network.deposit(await address('Create'), fromSat(1_000_000));
  gateway.world.network.mineBlocks(2);
  await until('the funds', async () => (await balance()) === 1_000_000);
});
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await gateway.close();
});

const root = async (query: string, variables: object, key?: string | null): Promise<Json> => {
  const { data, errors } = await gateway.ask(query, { ...variables }, key);
  expect(errors).toBeUndefined();
  return Object.values(data)[0];
};
const address = async (which: 'Create' | 'Current', key?: string): Promise<string> => {
  const query = `mutation m($input: OnChainAddress${which}Input!) { onChainAddress${which}(input: $input) { address errors { message } } }`;
  const answer = await root(query, { input: { walletId: gateway.wallets.ledger } }, key);
  expect(answer.errors).toEqual([]);
  return answer.address;
};
const balance = async (): Promise<number> => {
  const query = 'query q($w: WalletId!) { me { defaultAccount { walletById(walletId: $w) { balance } } } }';
  return (await root(query, { w: gateway.wallets.ledger })).defaultAccount.walletById.balance;
};
const rowsOf = async (to: string): Promise<Json> => {
  const query = `query q($w: WalletId!, $a: OnChainAddress!) { me { defaultAccount { walletById(walletId: $w) { transactionsByAddress(address: $a) {
    edges { node { status direction settlementAmount } } } } } } }`;
  const { defaultAccount } = await root(query, { w: gateway.wallets.ledger, a: to });
  return defaultAccount.walletById.transactionsByAddress.edges.map(({ node }: Json) => node);
};
const send = (input: object, key?: string): Promise<Json> => {
  const query = 'mutation m($input: OnChainPaymentSendInput!) { onChainPaymentSend(input: $input) { status errors { code message } } }';
  return root(query, { input: { walletId: gateway.wallets.ledger, ...input } }, key);
};

test('onchain-receive: btc wallet, can create new address if current one is unused', async () => {
  const first = await address('Create');
  expect(await address('Current')).toBe(first);
  const second = await address('Create');
  expect(second).not.toBe(first);
  expect(await address('Current')).toBe(second);
});

test('api-keys: receive can create on-chain address', async () => {
  expect(await address('Create', gateway.keys.receive)).toMatch(/^bcrt1/);
});

test('onchain-send: returns available payout speeds', async () => {
  expect((await root('{ payoutSpeeds { speed displayName description } }', {}, null)).length).toBeGreaterThanOrEqual(3);
});

test.each(['FAST', 'MEDIUM', 'SLOW'])('onchain-send: settle onchain with payout speed %s', async (speed) => {
  const to = gateway.world.payee.address();
  expect(await send({ address: to, amount: '12345', speed })).toEqual({ status: 'SUCCESS', errors: [] });
  const [pending] = await until('the broadcast', async () => ((await rowsOf(to)).length > 0 ? rowsOf(to) : null));
  expect(pending).toMatchObject({ status: 'PENDING', direction: 'SEND' });
  await until('the block', async () => {
    gateway.world.network.mineBlocks(1);
    return (await rowsOf(to))[0].status === 'SUCCESS';
  });
});

test('api-keys-limits: onchain payment exceeding limit fails', async () => {
  const create = 'mutation m($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { apiKeySecret apiKey { id } } }';
  const { apiKey, apiKeySecret } = await root(create, { input: { name: 'onchain', scopes: ['READ', 'WRITE'] } }, gateway.keys.admin);
  const limit = 'mutation m($input: ApiKeySetLimitInput!) { apiKeySetLimit(input: $input) { apiKey { id } } }';
  await root(limit, { input: { id: apiKey.id, limitTimeWindow: 'DAILY', limitSats: 5_000 } }, gateway.keys.admin);
  const { status, errors } = await send({ address: gateway.world.payee.address(), amount: 6000 }, apiKeySecret);
  expect(status).toBe('FAILURE');
  expect(errors[0].code).toBe('TRANSACTION_RESTRICTED');
  expect(errors[0].message).toContain('daily');
});

test('myUpdates tells of a deposit that is seen, of its credit, and of a send', async () => {
  const client = createClient({
    url: gateway.endpoint.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { 'X-API-KEY': gateway.keys.all },
  });
  const told: Json[] = [];
  const query = `subscription { myUpdates { update { __typename ... on OnChainUpdate { txNotificationType amount txHash walletId
    transaction { status direction settlementAmount } } } } }`;
  client.subscribe<Json>(
    { query },
    {
      next: ({ data }) => void (data.myUpdates.update.__typename === 'OnChainUpdate' && told.push(data.myUpdates.update)),
      error: () => undefined,
      complete: () => undefined,
    },
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const kinds = (): readonly string[] => told.map(({ txNotificationType }) => txNotificationType);
  const txHash = gateway.world.network.deposit(await address('Create'), fromSat(30_000));
  await until('the deposit to be seen', async () => kinds().includes('OnchainReceiptPending'));
  gateway.world.network.mineBlocks(2);
  await until('the deposit to be credited', async () => kinds().includes('OnchainReceipt'));
  expect(told.find((one) => one.txNotificationType === 'OnchainReceipt')).toMatchObject({
    amount: 30_000,
    txHash,
    walletId: gateway.wallets.ledger,
    transaction: { status: 'SUCCESS', direction: 'RECEIVE', settlementAmount: 30_000 },
  });
  await send({ address: gateway.world.payee.address(), amount: 20_000 });
  await until('the send', async () => kinds().includes('OnchainPayment'));
  expect(told.find((one) => one.txNotificationType === 'OnchainPayment')).toMatchObject({
    amount: 20_000,
    transaction: { direction: 'SEND' },
  });
  await client.dispose();
});
