// The default limits against the door's own schema: the largest questions that clients really ask pass, what is made to hurt does not.
import { getIntrospectionQuery } from 'graphql';
import { expect, test } from 'vitest';
import { createDocuments } from '../../../src/doors/graphql/documents.ts';
import { createSlots } from '../../../src/doors/graphql/limits.ts';
import { schema } from '../../../src/doors/graphql/schema.ts';
import { defaults } from './transport-harness.ts';

const documents = createDocuments(schema, { limits: defaults.limits, introspection: true });
const verdict = (query: string): string => {
  const prepared = documents.prepare(query);
  return prepared.is === 'prepared' ? 'prepared' : (prepared.errors[0]?.message ?? '');
};

const transaction = `id direction status memo settlementAmount settlementFee settlementCurrency settlementDisplayAmount
  settlementDisplayCurrency settlementDisplayFee createdAt externalId settlementPrice { base offset currencyUnit formattedAmount }
  initiationVia { __typename ... on InitiationViaLn { paymentHash paymentRequest } ... on InitiationViaOnChain { address } }
  settlementVia { __typename ... on SettlementViaLn { paymentSecret preImage } ... on SettlementViaOnChain { transactionHash } }`;
const narrow = 'id direction status memo settlementAmount settlementFee settlementCurrency createdAt externalId';
const page = (more: string): string => `pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { ${more} } }`;

test('a full page of transactions with all their fields, of the account and of every wallet', () => {
  expect(verdict(`{ me { defaultAccount { id transactions(first: 100) { ${page(transaction)} } } } }`)).toBe('prepared');
  const fragment = `fragment T on Transaction { ${transaction} }`;
  expect(verdict(`${fragment} { me { defaultAccount { wallets { id balance transactions(first: 100) { ${page('...T')} } } } } }`)).toBe(
    'prepared',
  );
});

test('introspection as tools ask it', () => {
  const all = { specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true };
  expect(verdict(getIntrospectionQuery(all))).toBe('prepared');
});

test('many such pages at once, fragments that multiply and fragments in a circle', () => {
  const pages = Array.from({ length: 20 }, (_, at) => `a${at}: transactions(first: 100) { edges { node { ${narrow} } } }`);
  expect(verdict(`{ me { defaultAccount { ${pages.join(' ')} } } }`)).toMatch(/Cost limit/);
  const doubling = Array.from({ length: 16 }, (_, at) => `fragment F${at} on User { ... { ...F${at + 1} } ... { ...F${at + 1} } }`).join(
    ' ',
  );
  const began = performance.now();
  expect(verdict(`{ me { ...F0 } } ${doubling} fragment F16 on User { id }`)).toMatch(/limit/);
  expect(verdict('{ me { ...A } } fragment A on User { ...B } fragment B on User { ...A }')).toMatch(/Cannot spread fragment/);
  expect(performance.now() - began).toBeLessThan(2000);
});

test('a text that is asked again is not parsed again, however many others come between', () => {
  const first = documents.prepare('{ __typename }');
  for (let at = 0; at < 200; at++) documents.prepare(`{ __typename a${at}: __typename }`);
  expect(documents.prepare('{ __typename }')).toBe(first);
  for (let at = 0; at < 1000; at++) documents.prepare(`{ __typename b${at}: __typename }`);
  expect(documents.prepare('{ __typename }')).not.toBe(first);
});

test('slots are given back once', () => {
  const slots = createSlots({ total: 3, perHolder: 2 });
  const [one, two] = [slots.take('a'), slots.take('a')];
  expect(slots.take('a')).toBeNull();
  expect(slots.take('b')).not.toBeNull();
  expect(slots.take('c')).toBeNull();
  one?.();
  one?.();
  expect(slots.count()).toBe(2);
  two?.();
  expect(slots.take('a')).not.toBeNull();
});
