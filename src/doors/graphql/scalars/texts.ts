// Texts with a rule each (contract §3). What passes here fits the core and the database: no NUL, no endless text.
import { builder } from '../builder.ts';
import { BadInput, type Reading, textReading } from './input.ts';

const matching = (name: string, rule: RegExp): Reading<string> =>
  textReading(name, (text) => (rule.test(text) ? text : new BadInput(`Invalid value for ${name}`)));

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** UUID, versions 1 to 8: upstream stops at 5, and our rows are of version 7 (RFC 9562). Folded to lower case, as rows are. */
export const walletId = textReading('WalletId', (text) =>
  uuid.test(text) ? text.toLowerCase() : new BadInput('Invalid value for WalletId'),
);

/** Looks like BOLT 11; whether it decodes is for the core to say. */
export const lnPaymentRequest = matching('LnPaymentRequest', /^ln[a-z0-9]+$/i);

// Hashes are compared as text in the core, which keeps them in lower case.
const hex64 = (name: string): Reading<string> =>
  textReading(name, (text) => (/^[a-f0-9]{64}$/i.test(text) ? text.toLowerCase() : new BadInput(`Invalid value for ${name}`)));

export const paymentHash = hex64('PaymentHash');

/** 32 bytes in lower-case hex. */
export const hex32Bytes = textReading('Hex32Bytes', (text) => {
  if (!/^[a-f0-9]*$/.test(text) || text.length % 2 !== 0) return new BadInput('Hex32Bytes is not valid hex');
  return text.length === 64 ? text : new BadInput('Hex32Bytes is not 32 bytes');
});

const maxMemoBytes = 639; // what a BOLT 11 description can hold

/** At most 639 bytes of UTF-8. */
export const memo = textReading('Memo', (text) => {
  // PostgreSQL keeps no NUL in a text.
  if (text.includes('\0')) return new BadInput('Invalid value for Memo');
  return Buffer.byteLength(text, 'utf8') > maxMemoBytes ? new BadInput('Memo is too long') : text;
});

/** Galoy's own text, word for word. */
export const externalIdText =
  "Invalid external id string passed. ID should be either alphanumeric or contain the characters '_' or '-'. " +
  'It should not be more than 100 characters long as well.';

export const txExternalId = textReading('TxExternalId', (text) => (/^[a-z0-9_-]{1,100}$/.test(text) ? text : new BadInput(externalIdText)));

const maxUrlLength = 2048;

/** An http or https address; white space around it is dropped. */
export const endpointUrl = textReading('EndpointUrl', (text) => {
  const url = text.trim();
  const wrong = new BadInput('Invalid value for EndpointUrl');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the parser of URLs drops them silently, so they are looked for before it.
  if (url.length > maxUrlLength || /[\u0000-\u0020\u007f]/.test(url) || !URL.canParse(url)) return wrong;
  return ['http:', 'https:'].includes(new URL(url).protocol) ? url : wrong;
});

/** A Galoy handle, folded to lower case. */
export const username = textReading('Username', (text) =>
  /^(?![13_]|bc1|lnbc1)(?=.*[a-z])[0-9a-z_]{3,50}$/i.test(text) ? text.toLowerCase() : new BadInput('Invalid value for Username'),
);

/** Three or four letters, folded to upper case. */
export const displayCurrency = textReading('DisplayCurrency', (text) =>
  /^[a-z]{3,4}$/i.test(text) ? text.toUpperCase() : new BadInput('Invalid value for DisplayCurrency'),
);

const asIs = (text: string): string => text;

builder.scalarType('WalletId', { description: 'Names one wallet: a UUID.', serialize: asIs, ...walletId });
builder.scalarType('LnPaymentRequest', { description: 'A Lightning payment request (BOLT 11).', serialize: asIs, ...lnPaymentRequest });
builder.scalarType('PaymentHash', {
  description: 'SHA-256 of the preimage, 64 hex digits: names a Lightning payment on both sides.',
  serialize: asIs,
  ...paymentHash,
});
builder.scalarType('LnPaymentSecret', {
  description: 'The payment secret of an invoice (BOLT 11 field s), 64 hex digits. Not the preimage.',
  serialize: asIs,
  ...hex64('LnPaymentSecret'),
});
builder.scalarType('LnPaymentPreImage', {
  description: 'The secret that the payment hash is the hash of, 64 hex digits: proof that it was paid.',
  serialize: asIs,
  ...hex64('LnPaymentPreImage'),
});
builder.scalarType('OnChainTxHash', {
  description: 'The id of a Bitcoin transaction, 64 hex digits.',
  serialize: asIs,
  ...hex64('OnChainTxHash'),
});
builder.scalarType('Hex32Bytes', { description: '32 bytes as 64 lower-case hex digits.', serialize: asIs, ...hex32Bytes });
builder.scalarType('Memo', { description: 'A note, at most 639 bytes of UTF-8.', serialize: asIs, ...memo });
builder.scalarType('TxExternalId', {
  description: "The caller's own name for an invoice: 1 to 100 of a-z, 0-9, _ and -. Unique in an account.",
  serialize: asIs,
  ...txExternalId,
});
builder.scalarType('EndpointUrl', { description: 'An http(s) address that is called on events.', serialize: asIs, ...endpointUrl });
builder.scalarType('EndpointId', {
  description: 'Names one endpoint that is called on events.',
  serialize: asIs,
  ...matching('EndpointId', /^[A-Za-z0-9_-]{1,100}$/),
});
builder.scalarType('Username', { description: 'The handle of an account.', serialize: asIs, ...username });
builder.scalarType('DisplayCurrency', {
  description: 'The currency in which amounts are shown next to satoshis, such as USD.',
  serialize: asIs,
  ...displayCurrency,
});
builder.scalarType('CountryCode', {
  description: 'Two letters that name a country (ISO 3166-1).',
  serialize: asIs,
  ...matching('CountryCode', /^[A-Z]{2}$/),
});
