// Queries: who may read what, null and bubbling as upstream's clients know it, pages, amounts, prices, statuses.
import { describe, expect, it } from 'vitest';
import type { GlobalsView, Reads } from '../../../src/commands/reads.ts';
import { decodeBolt11 } from '../../../src/lightning/bolt11.ts';
import { type Refusal, Refused } from '../../../src/platform/refusal.ts';
import type { Page, PageAsk } from '../../../src/wallets/view.ts';
import {
  account,
  accountId,
  bolt11,
  errorsOf,
  fake,
  hash,
  invoice,
  later,
  now,
  otherWalletId,
  payment,
  preimage,
  principal,
  run,
  transaction,
  wallet,
  walletId,
} from './support.ts';

const refusing = (refusal: Refusal) => (): never => {
  throw new Refused(refusal);
};
const mine: Partial<Reads> = {
  callbackEndpoints: async () => [],
  account: async () => account,
  wallets: async () => [wallet(), wallet(otherWalletId)],
  shown: (currency) => currency,
  wallet: async (_who, id) => (id === walletId ? wallet() : refusing({ is: 'notFound', what: 'wallet', given: id })()),
};
const one = (fields: string): string => `query q($w: WalletId!) { me { defaultAccount { walletById(walletId: $w) { ${fields} } } } }`;
const inWallet = async (fields: string, reads: Partial<Reads>): Promise<unknown> => {
  const result = await run(fake({ reads: { ...mine, ...reads } }), one(fields), { w: walletId });
  expect(result.errors).toBeUndefined();
  return (result.data as { me: { defaultAccount: { walletById: unknown } } }).me.defaultAccount.walletById;
};

describe('me', () => {
  it('says who asks', async () => {
    const document = `{ me { id username createdAt defaultAccount { __typename id displayCurrency level defaultWalletId
      defaultWallet { id currency walletCurrency } callbackEndpoints { id url } limits { withdrawal { totalLimit } } } } }`;
    expect(await run(fake({ reads: mine }), document)).toEqual({
      data: {
        me: {
          id: accountId,
          username: 'atm_one',
          createdAt: 1_787_227_200,
          defaultAccount: {
            __typename: 'ConsumerAccount',
            id: accountId,
            displayCurrency: 'USD',
            level: 'ONE',
            defaultWalletId: walletId,
            defaultWallet: { id: walletId, currency: 'BTC', walletCurrency: 'BTC' },
            callbackEndpoints: [],
            limits: { withdrawal: [] },
          },
        },
      },
    });
  });
  it('shows a bound key its own wallet as the default', async () => {
    const context = fake({ who: principal(['READ'], otherWalletId), reads: { ...mine, wallet: async (_who, id) => wallet(id) } });
    const result = await run(
      context,
      '{ me { defaultAccount { defaultWalletId defaultWallet { id } ... on ConsumerAccount { again: defaultWalletId } } } }',
    );
    expect(result.data).toEqual({
      me: { defaultAccount: { defaultWalletId: otherWalletId, defaultWallet: { id: otherWalletId }, again: otherWalletId } },
    });
  });
  it('is null without a key, and the rest still answers', async () => {
    const context = fake({ who: null, reads: { statusByHash: async () => null, globals: async () => globals } });
    const result = await run(context, '{ me { id } globals { network } }');
    expect(result.data).toEqual({ me: null, globals: { network: 'regtest' } });
    expect(errorsOf(result)).toEqual([['Not authorized', 'NOT_AUTHORIZED']]);
  });
  it('needs READ: WRITE does not include it', async () => {
    const result = await run(fake({ who: principal(['WRITE', 'RECEIVE']), reads: mine }), '{ me { id } }');
    expect(result.data).toEqual({ me: null });
    const message =
      'Unexpected error occurred, please try again or contact support if it persists (code: AuthorizationError: not authorized to read data)';
    expect(errorsOf(result)).toEqual([[message, 'UNEXPECTED_CLIENT_ERROR']]);
  });
  it('tells nothing of a fault', async () => {
    const fault = new Error('secret');
    const context = fake({ reads: { account: () => Promise.reject(fault) } });
    expect(errorsOf(await run(context, '{ me { id } }'))).toEqual([
      ['Unknown error occurred (code: UnknownError)', 'UNKNOWN_CLIENT_ERROR'],
    ]);
    expect(context.reported).toEqual([fault]);
  });
});

describe('a wallet', () => {
  it('has its balance in whole satoshis, as a number', async () => {
    const context = fake({ reads: { ...mine, pendingIncomingBalances: async () => [2_999n] }, balances: { [walletId]: 5_999n } });
    const result = await run(context, one('__typename id accountId walletCurrency balance pendingIncomingBalance'), {
      w: walletId.toUpperCase(),
    });
    const expected = { __typename: 'BTCWallet', id: walletId, accountId, walletCurrency: 'BTC', balance: 5, pendingIncomingBalance: 2 };
    expect(result).toEqual({ data: { me: { defaultAccount: { walletById: expected } } } });
  });
  it('whose backend is down makes me null, with Galoy’s words', async () => {
    const context = fake({ reads: mine, balances: { [walletId]: new Refused({ is: 'backendUnavailable' }) } });
    const result = await run(context, one('balance'), { w: walletId });
    expect(result.data).toEqual({ me: null });
    expect(errorsOf(result)[0]?.[1]).toBe('LND_OFFLINE');
  });
  it.each([
    [
      otherWalletId,
      'Unexpected error occurred, please try again or contact support if it persists (code: CouldNotFindWalletFromIdError)',
      'UNEXPECTED_CLIENT_ERROR',
    ],
    ['undefined', 'Invalid value for WalletId', 'INVALID_INPUT'],
  ])('%s, not there, makes me null', async (id, message, code) => {
    const result = await run(fake({ reads: mine }), one('id'), { w: id });
    expect(result.data).toEqual({ me: null });
    expect(errorsOf(result)).toEqual([[message, code]]);
  });
  it('stands in a list with all others', async () => {
    const context = fake({ reads: mine, balances: { [walletId]: 1000n, [otherWalletId]: 2000n } });
    const result = await run(context, '{ me { defaultAccount { wallets { id balance } } } }');
    expect(result.data).toEqual({
      me: {
        defaultAccount: {
          wallets: [
            { id: walletId, balance: 1 },
            { id: otherWalletId, balance: 2 },
          ],
        },
      },
    });
  });
  it('shows an invoice by its hash, with the type that it is', async () => {
    const paid = invoice({ state: 'settled', preimage, settledAt: now });
    const fields = `invoiceByPaymentHash(paymentHash: "${hash}") { __typename paymentStatus ... on LnInvoice { satoshis } }`;
    const asked: unknown[] = [];
    const invoiceByHash: Reads['invoiceByHash'] = async (...args) => {
      asked.push(args);
      return paid;
    };
    expect(await inWallet(fields, { invoiceByHash })).toEqual({
      invoiceByPaymentHash: { __typename: 'LnInvoice', paymentStatus: 'PAID', satoshis: 1500 },
    });
    expect(asked).toEqual([[[walletId], hash]]);
    const open = invoice({ amountMsat: null, expiresAt: now });
    expect(await inWallet(fields, { invoiceByHash: async () => open })).toEqual({
      invoiceByPaymentHash: { __typename: 'LnNoAmountInvoice', paymentStatus: 'EXPIRED' },
    });
  });
  it('an unknown invoice makes me null', async () => {
    const context = fake({ reads: { ...mine, invoiceByHash: async () => null } });
    const result = await run(context, one(`invoiceByPaymentHash(paymentHash: "${hash}") { paymentHash }`), { w: walletId });
    expect(result.data).toEqual({ me: null });
    expect(errorsOf(result)).toEqual([[`User tried to pay invoice with hash ${hash}, but it does not exist`, 'LIGHTNING_PAYMENT_ERROR']]);
  });
  it('finds transactions by hash, by request and by id', async () => {
    const found: Partial<Reads> = { transactionsByHash: async () => [transaction()], transactionById: async () => transaction() };
    expect(await inWallet(`transactionsByPaymentHash(paymentHash: "${hash}") { id }`, found)).toEqual({
      transactionsByPaymentHash: [{ id: transaction().id }],
    });
    expect(await inWallet(`transactionById(transactionId: "${transaction().id}") { memo }`, found)).toEqual({
      transactionById: { memo: 'coffee' },
    });
    const asked: unknown[] = [];
    const transactionsByHash: Reads['transactionsByHash'] = async (...args) => {
      asked.push(args);
      return [];
    };
    const context = fake({ reads: { ...mine, transactionsByHash }, answers: { decodeInvoice: () => decoded } });
    await run(context, one(`transactionsByPaymentRequest(paymentRequest: "${signed}") { id }`), { w: walletId });
    expect(asked).toEqual([[[walletId], decoded.hash]]);
  });
  it.each(['no id', transaction().id])('an unknown transaction id (%s) makes me null', async (id) => {
    const result = await run(
      fake({ reads: { ...mine, transactionById: async () => null } }),
      one(`transactionById(transactionId: "${id}") { id }`),
      { w: walletId },
    );
    expect(result.data).toEqual({ me: null });
    expect(errorsOf(result)[0]?.[0]).toMatch(/\(code: CouldNotFindTransactionError\)$/);
  });
  it('shows what comes on the chain, pending apart from credited, and checks addresses', async () => {
    const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
    const asked: unknown[] = [];
    const onChain = { kind: 'onchain', address, txid: 'ab'.repeat(32), vout: 1, paymentHash: null, bolt11: null } as const;
    const reads: Partial<Reads> = {
      pendingIncoming: async (ids, to) => {
        asked.push([ids, to]);
        return [{ ...transaction(), ...onChain, status: 'pending' }];
      },
      transactionsByAddress: async (ids, to) => {
        asked.push([ids, to]);
        return { rows: [{ cursor: 'c1', node: { ...transaction(), ...onChain } }], hasNext: false, hasPrevious: false };
      },
    };
    const fields = `pendingIncomingTransactions { status } pendingIncomingTransactionsByAddress(address: "${address.toUpperCase()}") { status }
      transactionsByAddress(address: "${address}") { edges { node { status initiationVia { ... on InitiationViaOnChain { address } }
        settlementVia { ... on SettlementViaOnChain { transactionHash vout } } } } }`;
    expect(await inWallet(fields, reads)).toEqual({
      pendingIncomingTransactions: [{ status: 'PENDING' }],
      pendingIncomingTransactionsByAddress: [{ status: 'PENDING' }],
      transactionsByAddress: {
        edges: [
          { node: { status: 'SUCCESS', initiationVia: { address }, settlementVia: { transactionHash: onChain.txid, vout: onChain.vout } } },
        ],
      },
    });
    expect(asked).toEqual([
      [[walletId], null],
      [[walletId], address],
      [[walletId], address],
    ]);
    const bad = await run(fake({ reads: mine }), one('transactionsByAddress(address: "x") { edges { cursor } }'), { w: walletId });
    expect(bad.data).toEqual({ me: { defaultAccount: { walletById: { transactionsByAddress: null } } } });
    expect(errorsOf(bad)).toEqual([['Invalid value for OnChainAddress', 'INVALID_INPUT']]);
  });
});

describe('pages', () => {
  const page: Page<ReturnType<typeof transaction>> = {
    rows: [
      { cursor: 'c1', node: transaction() },
      { cursor: 'c2', node: transaction() },
    ],
    hasNext: true,
    hasPrevious: false,
  };
  const asking = async (
    args: string,
  ): Promise<{ readonly asked: readonly unknown[]; readonly result: Awaited<ReturnType<typeof run>> }> => {
    const asked: unknown[] = [];
    const transactions = async (ids: readonly string[], ask: PageAsk): Promise<typeof page> => {
      asked.push([ids, ask]);
      return page;
    };
    const document = `{ me { defaultAccount { transactions${args} { edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`;
    return { result: await run(fake({ reads: { ...mine, transactions } }), document), asked };
  };
  const start = { take: 100, after: null, before: null, fromEnd: false };
  it('are the newest hundred of all wallets when nobody says more', async () => {
    const { asked, result } = await asking('');
    expect(asked).toEqual([[[walletId, otherWalletId], start]]);
    expect(result.data).toEqual({
      me: {
        defaultAccount: {
          transactions: {
            edges: [{ cursor: 'c1' }, { cursor: 'c2' }],
            pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'c1', endCursor: 'c2' },
          },
        },
      },
    });
  });
  it.each([
    ['(first: 2)', { ...start, take: 2 }],
    ['(first: 100, after: "c1")', { ...start, after: 'c1' }],
    ['(last: 3, before: "c2")', { take: 3, after: null, before: 'c2', fromEnd: true }],
    ['(first: null, after: null)', start],
  ])('%s is asked as %o', async (args, expected) => {
    expect((await asking(args)).asked).toEqual([[[walletId, otherWalletId], expected]]);
  });
  it.each([
    [`(walletIds: ["${otherWalletId}"])`, [otherWalletId]],
    [`(walletIds: "${walletId}")`, [walletId]],
    ['(walletIds: null)', [walletId, otherWalletId]],
    ['(walletIds: [])', []],
  ])('%s asks for %o', async (args, ids) => {
    expect((await asking(args)).asked).toEqual([[ids, start]]);
  });
  it.each([
    ['(first: 1, last: 1)', 'Cannot use both "first" and "last".'],
    ['(first: 101)', 'Requested page size (101) is greater than max allowed page size 100.'],
    ['(last: 2000000000)', 'Requested page size (2000000000) is greater than max allowed page size 100.'],
    ['(first: 0)', 'Requested page size (0) must be greater than 0.'],
    ['(last: -1)', 'Requested page size (-1) must be greater than 0.'],
    ['(after: "")', 'Argument "after" must be a valid cursor'],
    ['(before: "a\\u0000b")', 'Argument "before" must be a valid cursor'],
    ['(walletIds: ["11111111-1111-4111-8111-111111111111"])', 'Invalid walletId for account.'],
    ['(walletIds: [null])', 'Invalid walletId for account.'],
    ['(walletIds: ["x"])', 'Invalid value for WalletId'],
  ])('%s is refused and the connection null', async (args, message) => {
    const { asked, result } = await asking(args);
    expect(result.data).toEqual({ me: { defaultAccount: { transactions: null } } });
    expect(errorsOf(result)).toEqual([[message, 'INVALID_INPUT']]);
    expect(asked).toEqual([]);
  });
  it('a cursor that the read does not know is refused alike', async () => {
    const reads: Partial<Reads> = { ...mine, invoices: refusing({ is: 'invalidInput', field: 'after', rule: 'cursor', given: 'zz' }) };
    const result = await run(fake({ reads }), one('invoices(after: "zz") { edges { cursor } }'), { w: walletId });
    expect(result.data).toEqual({ me: { defaultAccount: { walletById: { invoices: null } } } });
    expect(errorsOf(result)).toEqual([['Argument "after" must be a valid cursor', 'INVALID_INPUT']]);
  });
  it('of invoices name the type of each', async () => {
    const rows = [
      { cursor: 'a', node: invoice() },
      { cursor: 'b', node: invoice({ amountMsat: null }) },
    ];
    const result = await inWallet('invoices(first: 2) { edges { cursor node { __typename } } }', {
      invoices: async () => ({ rows, hasNext: false, hasPrevious: false }),
    });
    expect(result).toEqual({
      invoices: {
        edges: [
          { cursor: 'a', node: { __typename: 'LnInvoice' } },
          { cursor: 'b', node: { __typename: 'LnNoAmountInvoice' } },
        ],
      },
    });
  });
});

describe('a transaction', () => {
  const fields = `transactionsByPaymentHash(paymentHash: "${hash}") { direction status createdAt externalId memo settlementAmount settlementFee settlementCurrency
    settlementDisplayAmount settlementDisplayFee settlementDisplayCurrency settlementPrice { __typename base offset currencyUnit formattedAmount }
    initiationVia { __typename ... on InitiationViaLn { paymentHash paymentRequest } ... on InitiationViaOnChain { address } ... on InitiationViaIntraLedger { counterPartyWalletId counterPartyUsername } }
    settlementVia { __typename ... on SettlementViaLn { preImage } ... on SettlementViaOnChain { transactionHash vout arrivalInMempoolEstimatedAt }
      ... on SettlementViaIntraLedger { counterPartyWalletId counterPartyUsername intra: preImage } } }`;
  const shown = async (changes: Parameters<typeof transaction>[0]): Promise<unknown> => {
    const found = (await inWallet(fields, { transactionsByHash: async () => [transaction(changes)] })) as {
      transactionsByPaymentHash: unknown[];
    };
    return found.transactionsByPaymentHash[0];
  };
  const price = {
    __typename: 'PriceOfOneSettlementMinorUnitInDisplayMinorUnit',
    base: 36_941_263_391,
    offset: 12,
    currencyUnit: 'MINOR',
    formattedAmount: '0.036941263391',
  };
  const initiationVia = { __typename: 'InitiationViaLn', paymentHash: hash, paymentRequest: bolt11 };
  it('that was sent is negative and has its fee in it', async () => {
    expect(await shown({})).toEqual({
      direction: 'SEND',
      status: 'SUCCESS',
      createdAt: 1_787_227_200,
      externalId: null,
      memo: 'coffee',
      settlementAmount: -102,
      settlementFee: 2,
      settlementCurrency: 'BTC',
      settlementDisplayAmount: '-0.04',
      settlementDisplayFee: '0.00',
      settlementDisplayCurrency: 'USD',
      settlementPrice: price,
      initiationVia,
      settlementVia: { __typename: 'SettlementViaLn', preImage: preimage },
    });
  });
  it('that was received is positive, rounded down', async () => {
    const received = { direction: 'receive', amountMsat: 2_707_999n, feeMsat: 0n, externalId: 'order-1' } as const;
    expect(await shown(received)).toMatchObject({
      direction: 'RECEIVE',
      settlementAmount: 2707,
      settlementFee: 0,
      settlementDisplayAmount: '1.00',
      externalId: 'order-1',
    });
  });
  it('without a price is worth zero', async () => {
    expect(await shown({ priceBase: null, priceCurrency: 'JPY', status: 'pending' })).toMatchObject({
      status: 'PENDING',
      settlementDisplayAmount: '0',
      settlementDisplayFee: '0',
      settlementPrice: { base: 0, offset: 12, currencyUnit: 'MINOR', formattedAmount: '0' },
    });
  });
  it('inside the gateway was asked for by an invoice and went without a network', async () => {
    expect(await shown({ kind: 'intraledger', counterpartyWalletId: otherWalletId })).toMatchObject({
      initiationVia,
      settlementVia: {
        __typename: 'SettlementViaIntraLedger',
        counterPartyWalletId: otherWalletId,
        counterPartyUsername: null,
        intra: preimage,
      },
    });
    expect(await shown({ kind: 'intraledger', paymentHash: null, bolt11: null, preimage: null })).toMatchObject({
      initiationVia: { __typename: 'InitiationViaIntraLedger', counterPartyWalletId: null, counterPartyUsername: null },
    });
  });
  it('on the chain has an address and a transaction', async () => {
    const chain = { kind: 'onchain', paymentHash: null, bolt11: null, address: 'bcrt1qx', txid: hash, vout: 1, status: 'failure' } as const;
    expect(await shown(chain)).toMatchObject({
      status: 'FAILURE',
      initiationVia: { __typename: 'InitiationViaOnChain', address: 'bcrt1qx' },
      settlementVia: { __typename: 'SettlementViaOnChain', transactionHash: hash, vout: 1, arrivalInMempoolEstimatedAt: null },
    });
  });
});

const view = { status: 'PAID', paymentHash: hash, bolt11, preimage, expiresAt: later } as const;

describe('a status', () => {
  const deprecated =
    'query q($i: LnInvoicePaymentStatusInput!) { lnInvoicePaymentStatus(input: $i) { status paymentHash paymentPreimage paymentRequest errors { message code } } }';
  const byRequest =
    'query q($i: LnInvoicePaymentStatusByPaymentRequestInput!) { lnInvoicePaymentStatusByPaymentRequest(input: $i) { status paymentHash paymentPreimage paymentRequest } }';
  const byHash =
    'query q($i: LnInvoicePaymentStatusByHashInput!) { lnInvoicePaymentStatusByHash(input: $i) { status paymentHash paymentRequest } }';
  const known = { status: 'PAID', paymentHash: hash, paymentPreimage: preimage, paymentRequest: bolt11 };
  const decodeError = { message: "Invalid lightning request, couldn't decode.", code: 'INVOICE_DECODE_ERROR' };
  it('is told without a key', async () => {
    const context = fake({
      who: null,
      reads: { statusByRequest: async () => view, statusByHash: async () => ({ ...view, bolt11: null }) },
    });
    expect(await run(context, deprecated, { i: { paymentRequest: bolt11 } })).toEqual({
      data: { lnInvoicePaymentStatus: { ...known, errors: [] } },
    });
    expect(await run(context, byRequest, { i: { paymentRequest: bolt11 } })).toEqual({
      data: { lnInvoicePaymentStatusByPaymentRequest: known },
    });
    expect(await run(context, byHash, { i: { paymentHash: hash } })).toEqual({
      data: { lnInvoicePaymentStatusByHash: { status: 'PAID', paymentHash: hash, paymentRequest: null } },
    });
  });
  it('that nobody can tell is a payload error in the deprecated query, top level in the others', async () => {
    const context = fake({ reads: { statusByRequest: refusing({ is: 'invalidInvoice', why: 'undecodable' }) } });
    const nothing = { status: null, paymentHash: null, paymentPreimage: null, paymentRequest: null };
    expect(await run(context, deprecated, { i: { paymentRequest: bolt11 } })).toEqual({
      data: { lnInvoicePaymentStatus: { ...nothing, errors: [decodeError] } },
    });
    const result = await run(context, byRequest, { i: { paymentRequest: bolt11 } });
    expect(result.data).toBeNull();
    expect(errorsOf(result)).toEqual([[decodeError.message, decodeError.code]]);
  });
  it('of a bad scalar too', async () => {
    const context = fake();
    expect((await run(context, deprecated, { i: { paymentRequest: 'x' } })).data).toMatchObject({
      lnInvoicePaymentStatus: { status: null, errors: [{ message: 'Invalid value for LnPaymentRequest', code: null }] },
    });
    expect(errorsOf(await run(context, byRequest, { i: { paymentRequest: 'x' } }))).toEqual([
      ['Invalid value for LnPaymentRequest', 'INVALID_INPUT'],
    ]);
    expect(errorsOf(await run(context, byHash, { i: { paymentHash: 'x' } }))).toEqual([['Invalid value for PaymentHash', 'INVALID_INPUT']]);
  });
  it('of an unknown hash is an error', async () => {
    const result = await run(fake({ reads: { statusByHash: async () => null } }), byHash, { i: { paymentHash: hash } });
    expect(result.data).toBeNull();
    expect(errorsOf(result)).toEqual([[`User tried to pay invoice with hash ${hash}, but it does not exist`, 'LIGHTNING_PAYMENT_ERROR']]);
  });
});

const globals: GlobalsView = {
  network: 'regtest',
  nodeIds: ['02aa'],
  lightningAddressDomain: 'a.example',
  version: '0.1.0',
  commit: '',
  simulated: true,
  blockHeight: null,
  blockHash: null,
};

describe('globals and authorization', () => {
  it('tell what is true and zero or nothing for the rest', async () => {
    const document = `{ globals { network nodesIds lightningAddressDomain lightningAddressDomainAliases simulated accountLimitsByLevel { level } supportedCountries { id }
      blockInfo { blockHash blockHeight } buildInformation { commitHash helmRevision version } feesInformation { deposit { minBankFee minBankFeeThreshold ratio tiers { amount } } } } }`;
    const context = fake({ who: null, reads: { globals: async () => globals } });
    expect(await run(context, document)).toEqual({
      data: {
        globals: {
          network: 'regtest',
          nodesIds: ['02aa'],
          lightningAddressDomain: 'a.example',
          lightningAddressDomainAliases: [],
          simulated: true,
          accountLimitsByLevel: [],
          supportedCountries: [],
          blockInfo: null,
          buildInformation: { commitHash: null, helmRevision: null, version: '0.1.0' },
          feesInformation: { deposit: { minBankFee: '0', minBankFeeThreshold: '0', ratio: '0', tiers: [] } },
        },
      },
    });
    const withBlock = fake({ reads: { globals: async () => ({ ...globals, blockHeight: 7, blockHash: hash }) } });
    expect((await run(withBlock, '{ globals { blockInfo { blockHash blockHeight } } }')).data).toEqual({
      globals: { blockInfo: { blockHash: hash, blockHeight: 7 } },
    });
  });
  it('tell the scopes that Galoy knows', async () => {
    const context = fake({ who: principal(['ADMIN', 'WRITE', 'READ']) });
    expect((await run(context, '{ authorization { scopes } }')).data).toEqual({ authorization: { scopes: ['READ', 'WRITE'] } });
    const nobody = await run(fake({ who: null }), '{ authorization { scopes } }');
    expect(nobody.data).toBeNull();
    expect(errorsOf(nobody)).toEqual([['Not authorized', 'NOT_AUTHORIZED']]);
  });
});

// The specification's own example of a request over 2500 microbitcoin (BOLT 11, "Please send $3 for a cup of coffee").
const signed =
  'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh';
const decoding = decodeBolt11(signed);
if (decoding.is !== 'decoded') throw new Error(decoding.why);
const decoded = decoding.invoice;

describe('lnInvoiceDecode', () => {
  it('shows what is inside, without a key', async () => {
    const document = `query q($r: LnPaymentRequest!) { lnInvoiceDecode(paymentRequest: $r) { paymentHash satoshis amountMsat network destination description
      createdAt expiresAt expired finalCltvDelta descriptionHash routeHints { hops { node } } features { name } } }`;
    const context = fake({ who: null, answers: { decodeInvoice: () => decoded } });
    expect((await run(context, document, { r: signed })).data).toMatchObject({
      lnInvoiceDecode: {
        paymentHash: '0001020304050607080900010203040506070809000102030405060708090102',
        satoshis: 250_000,
        amountMsat: '250000000',
        network: 'mainnet',
        destination: '03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad',
        description: '1 cup coffee',
        createdAt: 1_496_314_658,
        expiresAt: 1_496_314_718,
        expired: true,
        descriptionHash: null,
        routeHints: [],
      },
    });
    expect(context.asked).toEqual([{ name: 'decodeInvoice', input: { bolt11: signed } }]);
  });
  it('is null with an error for what does not decode', async () => {
    const context = fake({ answers: { decodeInvoice: refusing({ is: 'invalidInvoice', why: 'checksum' }) } });
    const result = await run(context, '{ lnInvoiceDecode(paymentRequest: "lnbc1q") { paymentHash } }');
    expect(result.data).toEqual({ lnInvoiceDecode: null });
    expect(errorsOf(result)).toEqual([['Invoice has an invalid checksum, please check again', 'INVOICE_DECODE_ERROR']]);
  });
});

describe('lnPayment', () => {
  const document = `query q($h: PaymentHash!) { lnPayment(paymentHash: $h) { status satoshis amountMsat feeMsat maxFeeMsat preImage failure
    attempts { status backend failure routes { failure amountMsat hops { node channel feeMsat } } } } }`;
  const port = { amount: 100_500n, fee: 500n, hops: [{ node: '02bb', channel: '1x2x3', fee: 500n }], failure: 'TEMPORARY_CHANNEL_FAILURE' };
  const attempt = {
    id: 'a',
    backendId: 'lnd-1',
    state: 'failed',
    feeMsat: null,
    failure: 'noRoute',
    isDoubted: false,
    createdAt: now,
    endedAt: now,
    routes: [],
  } as const;
  it('tells every attempt', async () => {
    const routes = [port] as unknown as ReturnType<typeof payment>['attempts'][number]['routes'];
    const failed = payment({ state: 'failed', failure: 'noRoute', attempts: [{ ...attempt, routes }] });
    expect((await run(fake({ reads: { payment: async () => failed } }), document, { h: hash })).data).toEqual({
      lnPayment: {
        status: 'FAILURE',
        satoshis: 101,
        amountMsat: '100500',
        feeMsat: null,
        maxFeeMsat: '10000',
        preImage: null,
        failure: 'NO_ROUTE',
        attempts: [
          {
            status: 'FAILURE',
            backend: 'lnd-1',
            failure: 'NO_ROUTE',
            routes: [
              { failure: 'TEMPORARY_CHANNEL_FAILURE', amountMsat: '100500', hops: [{ node: '02bb', channel: '1x2x3', feeMsat: '500' }] },
            ],
          },
        ],
      },
    });
  });
  it('is null where there is none, and needs READ', async () => {
    expect(await run(fake({ reads: { payment: async () => null } }), document, { h: hash })).toEqual({ data: { lnPayment: null } });
    expect(errorsOf(await run(fake({ who: null }), document, { h: hash }))).toEqual([['Not authorized', 'NOT_AUTHORIZED']]);
    expect(errorsOf(await run(fake({ who: principal(['WRITE']) }), document, { h: hash }))[0]?.[0]).toMatch(/not authorized to read data/);
  });
});
