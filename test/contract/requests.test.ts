// What clients and upstream's own tests send on operations that we serve is valid here, word for word.
import { readdirSync, readFileSync } from 'node:fs';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/doors/graphql/schema.ts';

const here = new URL('./upstream/', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, here), 'utf8'));

/** Every text under a key `query`, however deep. */
const documentsIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'query' && typeof inner === 'string' ? [inner] : documentsIn(inner)));
};

const trouble = (document: string): readonly string[] => validate(schema, parse(document)).map(({ message }) => message);

const recordings = readdirSync(new URL('recordings/', here)).map((name) => ({ name, documents: documentsIn(read(`recordings/${name}`)) }));

const bats = Object.entries(read('bats-documents.json') as Readonly<Record<string, string>>).map(([name, document]) => ({
  name,
  document,
}));

/** By what galoy-clients and the contract's checklist say that each selects. */
const clients = [
  ['lamassu before 10', '{ me { defaultAccount { defaultWalletId wallets { id walletCurrency balance pendingIncomingBalance } } } }'],
  [
    'lnbits',
    `query q($w: WalletId!, $h: PaymentHash!) { me { defaultAccount { walletById(walletId: $w) {
      invoiceByPaymentHash(paymentHash: $h) { ... on LnInvoice { paymentStatus } }
      ... on BTCWallet { transactionsByPaymentHash(paymentHash: $h) { settlementFee status direction
        settlementVia { ... on SettlementViaLn { preImage } } } }
      ... on UsdWallet { id } } } } }`,
  ],
  [
    'lnbits invoice',
    `mutation m($input: LnInvoiceCreateOnBehalfOfRecipientInput!) { lnInvoiceCreateOnBehalfOfRecipient(input: $input) {
      invoice { paymentRequest paymentHash paymentSecret satoshis } errors { message } } }`,
  ],
  [
    'BTCPay',
    `query q($w: WalletId!, $h: PaymentHash!) { globals { network } me { defaultAccount { defaultWallet { id currency }
      walletById(walletId: $w) { id balance walletCurrency invoiceByPaymentHash(paymentHash: $h) {
        createdAt paymentHash paymentRequest paymentSecret paymentStatus ... on LnInvoice { satoshis } }
        invoices { edges { node { paymentHash } } } transactions { edges { node { id createdAt } } } } } } }`,
  ],
  [
    'BTCPay pay',
    `mutation m($input: LnInvoicePaymentInput!) { lnInvoicePaymentSend(input: $input) { transaction { createdAt direction id memo
      initiationVia { ... on InitiationViaLn { paymentHash paymentRequest } } settlementAmount settlementFee status
      settlementVia { ... on SettlementViaLn { preImage } ... on SettlementViaIntraLedger { preImage } } } errors { message code } status } }`,
  ],
  [
    'Alby',
    `query q($first: Int, $after: String) { globals { lightningAddressDomain } me { id username defaultAccount {
      wallets { id walletCurrency balance } transactions(first: $first, after: $after) { edges { cursor node { __typename
        id status direction memo createdAt settlementAmount initiationVia { __typename ... on InitiationViaLn { paymentHash paymentRequest } }
        settlementVia { __typename ... on SettlementViaLn { preImage paymentSecret } ... on SettlementViaIntraLedger { preImage } } } } } } } }`,
  ],
  [
    'stacker.news',
    `query q($h: PaymentHash!) { authorization { scopes } me { defaultAccount { wallets { id walletCurrency
      transactionsByPaymentHash(paymentHash: $h) { status direction settlementAmount settlementFee settlementCurrency createdAt
        settlementVia { ... on SettlementViaIntraLedger { preImage } ... on SettlementViaLn { preImage } } } } } } }`,
  ],
  [
    'nwc',
    `query q($w: WalletId!, $first: Int, $last: Int, $after: String, $before: String) { globals { network nodesIds blockInfo { blockHash blockHeight } }
      me { defaultAccount { walletById(walletId: $w) { transactions(first: $first, last: $last, after: $after, before: $before) {
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage } edges { cursor node { settlementFee } } } } } } }`,
  ],
  [
    'lightning-backends',
    'query q($i: LnInvoicePaymentStatusByHashInput!) { lnInvoicePaymentStatusByHash(input: $i) { paymentHash paymentRequest status } }',
  ],
  [
    'widgets',
    `query q($i: LnInvoicePaymentStatusByPaymentRequestInput!) { lnInvoicePaymentStatusByPaymentRequest(input: $i) { status paymentPreimage } }`,
  ],
] as const;

describe('recorded requests', () => {
  it('finds all of them', () => {
    expect(recordings.length).toBe(21);
    expect(recordings.filter(({ documents }) => documents.length === 0)).toEqual([]);
    expect(bats.length).toBe(38);
  });
  it.each(recordings)('$name is valid', ({ documents }) => {
    for (const document of documents) expect(trouble(document)).toEqual([]);
  });
  it.each(bats)('$name of upstream’s tests is valid', ({ document }) => {
    expect(trouble(document)).toEqual([]);
  });
  it.each(clients)('what %s selects is valid', (_client, document) => {
    expect(trouble(document)).toEqual([]);
  });
});
