// LNURL-pay as texts: its forms, the answers of services that are believed, and the invoices that are.
import { describe, expect, it, test } from 'vitest';
import {
  addressUrl,
  callbackUrl,
  invoiceFault,
  metadataHash,
  readLightningAddress,
  readLnurl,
  readPayInvoice,
  readPayTerms,
  writeLnurl,
} from '../../../src/lightning/lnurl.ts';

// The example of LUD-01.
const url = 'https://service.com/api?q=3fc3645b439ce8e7f2553a69e5267081d96dcd340693afabe04be7b0ccd178df';
const encoded =
  'LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJXXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS';

describe('an LNURL', () => {
  it.each([
    ['in capitals', encoded, url],
    ['in small letters', encoded.toLowerCase(), url],
    ['behind lightning:', `lightning:${encoded}`, url],
    ['behind LIGHTNING://', ` LIGHTNING://${encoded}\n`, url],
    ['in a link', `https://service.com/giftcard/redeem?id=123&lightning=${encoded}`, url],
    ['in clear', 'lnurlp://service.com/pay?x=1', 'https://service.com/pay?x=1'],
    ['in clear, without slashes', 'LNURLP:service.com/pay', 'https://service.com/pay'],
    ['in clear, of an onion service', 'lnurlp://abc.onion/pay', 'http://abc.onion/pay'],
    ['as the URL itself', url, url],
  ])('is read %s', (_, text, expected) => expect(readLnurl(text)).toBe(expected));

  it.each([
    '',
    'lnurl1',
    `${encoded.slice(0, -1)}Q`,
    'lnbc1xyz',
    'lnurlw://service.com/x',
    'keyauth://service.com/x',
    'hello',
    `lnurl1${'q'.repeat(9000)}`,
  ])('is not %s', (text) => expect(readLnurl(text)).toBeNull());

  it('is no other kind of address in disguise', () => {
    for (const inside of ['file:///etc/passwd', 'ftp://example.com/', 'javascript:1', 'no url'])
      expect(readLnurl(writeLnurl(inside))).toBeNull();
  });

  it('is written as it is read', () => expect(writeLnurl(url)).toBe(encoded.toLowerCase()));
});

describe('a Lightning address', () => {
  it.each([
    ['Satoshi@Example.com', 'https://example.com/.well-known/lnurlp/satoshi'],
    ['lightning:a.b+tip_1@example.com:8443', 'https://example.com:8443/.well-known/lnurlp/a.b+tip_1'],
    ['x@abc.onion', 'http://abc.onion/.well-known/lnurlp/x'],
    ['x@localhost:3000', 'http://localhost:3000/.well-known/lnurlp/x'],
    ['x@127.0.0.1:3000', 'http://127.0.0.1:3000/.well-known/lnurlp/x'],
  ])('%s is asked for at %s', (text, expected) => {
    const address = readLightningAddress(text);
    expect(address && addressUrl(address)).toBe(expected);
  });

  it.each([
    '',
    '@example.com',
    'a@',
    'a b@example.com',
    'a@b@c',
    'a@exa mple.com',
    'a/../b@example.com',
    'a@example.com/x',
    'ä@example.com',
  ])('is not %s', (text) => expect(readLightningAddress(text)).toBeNull());
});

const terms = {
  tag: 'payRequest',
  callback: 'https://service.com/cb?id=7',
  minSendable: 1000,
  maxSendable: 5000,
  metadata: '[["text/plain","tea"],["image/png;base64","AA=="],["x",1,2]]',
};

describe('what a service says', () => {
  it('is read as terms', () => {
    expect(readPayTerms(JSON.stringify(terms))).toEqual({
      is: 'read',
      value: {
        callback: terms.callback,
        leastMsat: 1000n,
        mostMsat: 5000n,
        metadata: terms.metadata,
        description: 'tea',
        commentLength: 0,
      },
    });
    expect(readPayTerms(JSON.stringify({ ...terms, commentAllowed: 12 }))).toMatchObject({ value: { commentLength: 12 } });
    expect(readPayTerms(JSON.stringify({ ...terms, payerData: { name: { mandatory: false } } }))).toMatchObject({ is: 'read' });
  });

  it('may be that it will not', () => {
    expect(readPayTerms('{"status":"ERROR","reason":"closed"}')).toEqual({ is: 'refused', says: 'closed' });
    expect(readPayInvoice('{"status":"error"}')).toEqual({ is: 'refused', says: '' });
  });

  it.each([
    ['no JSON', '<html>'],
    ['null', 'null'],
    ['a list', '[]'],
    ['another tag', { ...terms, tag: 'withdrawRequest' }],
    ['no callback', { ...terms, callback: 'here' }],
    ['a callback to a file', { ...terms, callback: 'file:///etc/passwd' }],
    ['an amount of nothing', { ...terms, minSendable: 0 }],
    ['a text for an amount', { ...terms, maxSendable: '5000' }],
    ['an amount that is no exact number', { ...terms, maxSendable: 1e300 }],
    ['metadata that is no text', { ...terms, metadata: [['text/plain', 'tea']] }],
    ['metadata without a description', { ...terms, metadata: '[["text/long-desc","tea"]]' }],
    ['metadata that is no JSON', { ...terms, metadata: 'tea' }],
    ['that it must know who pays', { ...terms, payerData: { name: { mandatory: true } } }],
  ])('may be nonsense: %s', (_, said) => {
    expect(readPayTerms(typeof said === 'string' ? said : JSON.stringify(said))).toEqual({ is: 'malformed' });
  });

  it('is read as an invoice', () => {
    expect(readPayInvoice('{"pr":"lnbc1"}')).toEqual({ is: 'read', value: 'lnbc1' });
    for (const text of ['{}', '{"pr":7}', 'lnbc1', '']) expect(readPayInvoice(text)).toEqual({ is: 'malformed' });
  });
});

test('the callback keeps its query', () => {
  expect(callbackUrl('https://service.com/cb?id=7&amount=1', 1234n, null)).toBe('https://service.com/cb?id=7&amount=1234');
  expect(callbackUrl('https://service.com/cb', 1n, 'a&b=c ü')).toBe('https://service.com/cb?amount=1&comment=a%26b%3Dc+%C3%BC');
});

describe('an invoice', () => {
  const of = (more: { amount?: bigint | null; description?: string | null; descriptionHash?: string | null }) =>
    invoiceFault({ amount: 1000n, description: null, descriptionHash: null, ...more } as Parameters<typeof invoiceFault>[0], {
      amountMsat: 1000n,
      terms: { metadata: terms.metadata, description: 'tea' },
    });

  it('says the amount and commits to the metadata', () => {
    expect(of({ descriptionHash: metadataHash(terms.metadata) })).toBeNull();
    expect(of({ description: 'tea' })).toBeNull();
    expect(of({ description: terms.metadata })).toBeNull();
  });

  it('is not paid otherwise', () => {
    expect(of({ amount: 1001n, descriptionHash: metadataHash(terms.metadata) })).toBe('wrongAmount');
    expect(of({ amount: null, descriptionHash: metadataHash(terms.metadata) })).toBe('wrongAmount');
    expect(of({ descriptionHash: metadataHash(`${terms.metadata} `) })).toBe('wrongHash');
    // The tag counts where it stands, whatever is said beside it.
    expect(of({ description: 'tea', descriptionHash: '00'.repeat(32) })).toBe('wrongHash');
    expect(of({ description: 'coffee' })).toBe('wrongHash');
    expect(of({})).toBe('wrongHash');
  });
});
