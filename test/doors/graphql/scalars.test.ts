// Every scalar's acceptance rule and text (contract §3), as variables and as literals in a document.
import { GraphQLScalarType, parseValue as parseLiteral } from 'graphql';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../src/doors/graphql/scalars/input.ts';
import { schema } from '../../../src/doors/graphql/schema.ts';
import { readAddress } from '../../../src/lightning/address.ts';
import { hash, now, walletId } from './support.ts';

const scalar = (name: string): GraphQLScalarType => {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLScalarType)) throw new Error(`no scalar ${name}`);
  return type;
};

/** What a variable becomes, or the text it is refused with. */
const variable = (name: string, value: unknown): unknown => {
  const read: unknown = scalar(name).parseValue(value);
  return read instanceof BadInput ? `! ${read.message}` : read;
};
const literal = (name: string, text: string): unknown => {
  const read: unknown = scalar(name).parseLiteral(parseLiteral(text), {});
  return read instanceof BadInput ? `! ${read.message}` : read;
};

// All but GraphQL's own five.
const ours = Object.values(schema.getTypeMap())
  .filter((type) => type instanceof GraphQLScalarType && !['Boolean', 'Float', 'ID', 'Int', 'String'].includes(type.name))
  .map(({ name }) => name);

describe('trap: amounts as strings: SatAmount', () => {
  it.each([
    ['1500', 1500],
    [1500, 1500],
    ['0', 0],
    [0, 0],
    ['12abc', 12],
    ['1.9', 1],
    [1.9, 1],
    [-0.5, 0],
    ['10000000000000', 10_000_000_000_000],
    ['10000000000001', '! Value too big for SatAmount'],
    [1e21, '! Value too big for SatAmount'],
    [Number.POSITIVE_INFINITY, '! Value too big for SatAmount'],
    [-1, '! Invalid value for SatAmount'],
    ['-1000', '! Invalid value for SatAmount'],
    ['', '! Invalid value for SatAmount'],
    ['abc', '! Invalid value for SatAmount'],
    [Number.NaN, '! Invalid value for SatAmount'],
    [true, '! Invalid type for SatAmount'],
    [{}, '! Invalid type for SatAmount'],
    [[1], '! Invalid type for SatAmount'],
  ])('a variable %j is %j', (given, expected) => {
    expect(variable('SatAmount', given)).toBe(expected);
  });
  it.each([
    ['1500', 1500],
    ['-1', '! Invalid value for SatAmount'],
    ['99999999999999999999', '! Value too big for SatAmount'],
    ['"1500"', '! Invalid type for SatAmount'],
    ['1.5', '! Invalid type for SatAmount'],
    ['true', '! Invalid type for SatAmount'],
    ['{a: 1}', '! Invalid type for SatAmount'],
  ])('a literal %s is %j', (given, expected) => {
    expect(literal('SatAmount', given)).toBe(expected);
  });
});

describe('other numbers', () => {
  it.each([
    ['CentAmount', '12', 12],
    ['CentAmount', 1.5, '! Invalid value for CentAmount'],
    ['CentAmount', 10_000_000_000_001, '! Value too big for CentAmount'],
    ['CentAmount', -1, '! Invalid value for CentAmount'],
    ['CentAmount', null, '! Invalid type for CentAmount'],
    ['Minutes', '5', 5],
    ['Minutes', 5, 5],
    ['Minutes', 0, 0],
    ['Minutes', 1.5, '! Invalid value for Minutes'],
    ['Minutes', -1, '! Invalid value for Minutes'],
    ['Minutes', 'soon', '! Invalid value for Minutes'],
    ['Minutes', false, '! Invalid type for Minutes'],
    ['Seconds', '60', 60],
    ['Seconds', {}, '! Invalid type for Seconds'],
    ['SafeInt', 2 ** 53 - 1, 2 ** 53 - 1],
    ['SafeInt', 2 ** 53, '! Invalid value for SafeInt'],
    ['SignedAmount', '-110', -110],
    ['SignedAmount', '1.5', '! Invalid value for SignedAmount'],
    ['SignedDisplayMajorAmount', '-0.47', '-0.47'],
    ['SignedDisplayMajorAmount', '1e3', '! Invalid value for SignedDisplayMajorAmount'],
    ['Msat', '-1', '! Invalid value for Msat'],
  ])('%s %j is %j', (name, given, expected) => {
    expect(variable(name, given)).toBe(expected);
  });
});

const upper = hash.toUpperCase();
const externalId = /^! Invalid external id string passed\. ID should be either alphanumeric .* 100 characters long as well\.$/;

describe('texts', () => {
  it.each([
    ['WalletId', walletId, walletId],
    ['WalletId', walletId.toUpperCase(), walletId],
    ['WalletId', '018f4e5a-7b6c-7d8e-9f00-112233445566', '018f4e5a-7b6c-7d8e-9f00-112233445566'],
    ['WalletId', 'does-not-exist', '! Invalid value for WalletId'],
    ['WalletId', `${walletId}\n`, '! Invalid value for WalletId'],
    ['WalletId', 5, '! Invalid type for WalletId'],
    ['LnPaymentRequest', 'LNBC1QQQ', 'LNBC1QQQ'],
    ['LnPaymentRequest', 'lightning:lnbc1qqq', '! Invalid value for LnPaymentRequest'],
    ['LnPaymentRequest', 'lnbc1 qqq', '! Invalid value for LnPaymentRequest'],
    ['LnPaymentRequest', '', '! Invalid value for LnPaymentRequest'],
    ['LnPaymentRequest', 1, '! Invalid type for LnPaymentRequest'],
    ['PaymentHash', upper, hash],
    ['PaymentHash', hash.slice(1), '! Invalid value for PaymentHash'],
    ['PaymentHash', `${hash.slice(1)}g`, '! Invalid value for PaymentHash'],
    ['LnPaymentPreImage', hash.slice(1), '! Invalid value for LnPaymentPreImage'],
    ['LnPaymentSecret', hash.slice(1), '! Invalid value for LnPaymentSecret'],
    ['OnChainTxHash', hash.slice(1), '! Invalid value for OnChainTxHash'],
    ['Hex32Bytes', hash, hash],
    ['Hex32Bytes', upper, '! Hex32Bytes is not valid hex'],
    ['Hex32Bytes', 'abc', '! Hex32Bytes is not valid hex'],
    ['Hex32Bytes', 'abcd', '! Hex32Bytes is not 32 bytes'],
    ['Memo', '', ''],
    ['Memo', 'é'.repeat(319), 'é'.repeat(319)],
    ['Memo', 'é'.repeat(320), '! Memo is too long'],
    ['Memo', 'a'.repeat(639), 'a'.repeat(639)],
    ['Memo', 'a\0b', '! Invalid value for Memo'],
    ['Memo', 7, '! Invalid type for Memo'],
    ['EndpointUrl', ' https://a.example/hook?x=1 ', 'https://a.example/hook?x=1'],
    ['EndpointUrl', 'ftp://a.example', '! Invalid value for EndpointUrl'],
    ['EndpointUrl', 'https://a.example/\nx', '! Invalid value for EndpointUrl'],
    ['EndpointUrl', 'no url', '! Invalid value for EndpointUrl'],
    ['EndpointUrl', `https://a.example/${'x'.repeat(2048)}`, '! Invalid value for EndpointUrl'],
    ['EndpointId', 'ep_2XFLziymYU6yes', 'ep_2XFLziymYU6yes'],
    ['EndpointId', 'a b', '! Invalid value for EndpointId'],
    ['Username', 'Alice_1', 'alice_1'],
    ['Username', '1alice', '! Invalid value for Username'],
    ['Username', 'bc1alice', '! Invalid value for Username'],
    ['DisplayCurrency', 'usd', 'USD'],
    ['DisplayCurrency', 'dollars', '! Invalid value for DisplayCurrency'],
    ['CountryCode', 'DE', 'DE'],
    ['CountryCode', 'Germany', '! Invalid value for CountryCode'],
    ['OnChainAddress', 'nowhere', '! Invalid value for OnChainAddress'],
    ['OnChainAddress', 1, '! Invalid type for OnChainAddress'],
    ['Timestamp', 'never', '! Invalid value for Date'],
    ['TxExternalId', 'order-1_a', 'order-1_a'],
    ['TxExternalId', 'Order', externalId],
    ['TxExternalId', '', externalId],
    ['TxExternalId', 'a'.repeat(101), externalId],
  ])('%s %j is %j', (name, given, expected) => {
    const read = variable(name, given);
    if (expected instanceof RegExp) expect(read).toMatch(expected);
    else expect(read).toBe(expected);
  });
  it.each(['WalletId', 'LnPaymentRequest', 'PaymentHash', 'Memo', 'TxExternalId', 'EndpointUrl', 'Hex32Bytes', 'OnChainAddress'])(
    '%s takes a string literal and no other',
    (name) => {
      expect(literal(name, '5')).toBe(`! Invalid type for ${name}`);
      expect(literal(name, '[]')).toBe(`! Invalid type for ${name}`);
    },
  );
  it('no scalar throws, whatever it is given', () => {
    expect(ours.length).toBeGreaterThan(20);
    for (const name of ours) {
      for (const value of ['', '\0', 'x'.repeat(10_000), -1, 1e300, Number.NaN, true, [], [[]], {}, { toString: 1 }, '💥', '\ud800', 10n]) {
        expect(() => scalar(name).parseValue(value), `${name} ${String(typeof value)}`).not.toThrow();
      }
    }
  });
});

it('Msat reads decimal text', () => {
  expect(variable('Msat', '1500')).toBe(1500n);
});

describe('what goes out', () => {
  it('is a number for amounts, seconds for times, text for millisatoshis', () => {
    expect(scalar('SatAmount').serialize(1500)).toBe(1500);
    expect(scalar('SignedAmount').serialize(-110)).toBe(-110);
    expect(scalar('Timestamp').serialize(now)).toBe(1_787_227_200);
    expect(scalar('Msat').serialize(2_100_000_000_000_000_000n)).toBe('2100000000000000000');
  });
});

describe('an address', () => {
  it.each([
    '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2',
    '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy',
    'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn',
    '2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc',
    'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
    'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7',
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
    '1111111111111111111114oLvT2',
  ])('%s is one', (text) => {
    expect(readAddress(text)).not.toBeNull();
  });
  it.each([
    '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3', // checksum
    '11BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', // a zero too many
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5', // checksum
    'bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', // mixed case
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd', // bech32 where bech32m is due
    'tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty', // another coin
    'bc1gmk9yu', // nothing in it
    'x'.repeat(500),
  ])('%s is none', (text) => {
    expect(readAddress(text)).toBeNull();
  });
});
