// What no scalar of the schema may take, with the words that the contract has for it. One table for the tests of every operation and for
// the fuzzer, so that a new scalar without bad values is noticed.
import { fileURLToPath } from 'node:url';
import { type GraphQLNamedType, isEnumType } from 'graphql';
import { encodeBolt11 } from '../../src/lightning/bolt11-encode.ts';
import { paymentHash } from '../../src/lightning/values.ts';

/** `code` null: a scalar, wallet or scope error, which has none. `graphql`: GraphQL itself refuses the request with HTTP 400. */
export type Expected = { readonly message: string | RegExp; readonly code: string | null } | 'graphql';

/** A value as raw JSON text, because JSON says more than JavaScript values do (1e400, duplicate keys). */
export interface BadValue {
  readonly json: string;
  readonly expected: Expected;
}

const bad = (message: string | RegExp, values: readonly unknown[], code: string | null = null): readonly BadValue[] =>
  values.map((value) => ({ json: JSON.stringify(value), expected: { message, code } }));

const badJson = (message: string | RegExp, texts: readonly string[], code: string | null = null): readonly BadValue[] =>
  texts.map((json) => ({ json, expected: { message, code } }));

const byGraphql = (texts: readonly string[]): readonly BadValue[] => texts.map((json) => ({ json, expected: 'graphql' }));

const uuid = '3f2c1b0a-9e8d-4c7b-a6f5-4e3d2c1b0a99';
const hex = 'ab'.repeat(32);
const noText = [5, true, {}, [], { length: 3 }, ['lnbc1'], 1.5];
const sql = "'; DROP TABLE invoices;--";

const amounts = (name: string): readonly BadValue[] => [
  ...bad(`Invalid value for ${name}`, [
    -1,
    -0.9e9,
    '-1',
    '',
    ' ',
    'abc',
    'NaN',
    'Infinity',
    'null',
    '\u0000',
    '\u{ff11}\u{ff12}',
    '$1',
    sql,
  ]),
  ...badJson(`Value too big for ${name}`, [
    '10000000000001',
    '"10000000000001"',
    '"99999999999999999999999999"',
    '1e308',
    '1e400',
    '9007199254740993',
  ]),
  ...bad(`Invalid type for ${name}`, [true, false, {}, [], [1], { amount: 1 }]),
];

const durations = (name: string): readonly BadValue[] => [
  ...bad(`Invalid value for ${name}`, [-1, '-1', '', 'x', 1.5, '\u0000', 'NaN']),
  ...badJson(`Invalid value for ${name}`, ['1e400', '-1e400']),
  ...bad(`Invalid type for ${name}`, [true, {}, []]),
];

const hex64 = (name: string): readonly BadValue[] => [
  ...bad(`Invalid value for ${name}`, [
    '',
    'zz'.repeat(32),
    hex.slice(1),
    `${hex}a`,
    `${hex}\n`,
    ` ${hex.slice(1)}`,
    `${hex.slice(1)}\u0000`,
    sql,
  ]),
  ...bad(`Invalid type for ${name}`, noText),
];

// Which of the two it is, is not for the contract to say.
const undecodable = /^(Invalid lightning request, couldn't decode\.|Invoice has an invalid checksum, please check again)$/;

const draft = (network: 'mainnet' | 'regtest') => ({
  network,
  amount: 1_000_000n,
  hash: paymentHash(hex),
  paymentSecret: 'cd'.repeat(32),
  description: { text: 'for nobody' },
  createdAt: new Date(),
  expirySeconds: 3600,
  finalCltvDelta: 80,
  featureBits: [8, 14],
});
const privateKey = Buffer.alloc(32, 7);
const valid = encodeBolt11(draft('regtest'), privateKey);
const flipped = `${valid.slice(0, 80)}${valid[80] === 'q' ? 'p' : 'q'}${valid.slice(81)}`;

/** Texts that look like payment requests and are none, or are for another network: they pass the scalar. */
export const badRequests: readonly BadValue[] = [
  ...bad(
    undecodable,
    ['lnx', 'lnbc', 'lnbc1', 'LNBCRT1', 'lnbcrt1qqqqqq', 'lnurl1dp68gurn8ghj7', `ln${'q'.repeat(50_000)}`],
    'INVOICE_DECODE_ERROR',
  ),
  ...bad(
    'Invoice has an invalid checksum, please check again',
    [flipped, `${valid.slice(0, -1)}${valid.endsWith('q') ? 'p' : 'q'}`],
    'INVOICE_DECODE_ERROR',
  ),
  ...bad(/^Invalid lightning request, couldn't decode\./, [encodeBolt11(draft('mainnet'), privateKey)], 'INVOICE_DECODE_ERROR'),
];

const pageSize = 'Requested page size';

/** By the name of the scalar. Each is refused by the scalar itself, or, with a code, by what takes it. */
export const badValues: Readonly<Record<string, readonly BadValue[]>> = {
  SatAmount: amounts('SatAmount'),
  // An endless number is no whole one, which is asked first there.
  CentAmount: [
    ...amounts('CentAmount').filter(({ json }) => json !== '1e400'),
    ...badJson('Invalid value for CentAmount', ['1.5', '1e400']),
  ],
  Username: [
    ...bad('Invalid value for Username', [
      ...['', 'ab', 'x'.repeat(51), '1abc', '3abc', '_abc', 'bc1abc', 'lnbc1abc', '456', 'a b', 'a-b', 'bob\n', 'büb', '\u0000abc', sql],
      ...['__proto__', 'x'.repeat(5000), '%', 'bo%'],
    ]),
    ...bad('Invalid type for Username', noText),
  ],
  Minutes: durations('Minutes'),
  Seconds: durations('Seconds'),
  WalletId: [
    ...bad('Invalid value for WalletId', [
      '',
      'does-not-exist',
      `${uuid}\n`,
      ` ${uuid}`,
      `{${uuid}}`,
      uuid.replaceAll('-', ''),
      uuid.replace('4c7b', '9c7b'),
      `${uuid}\u0000`,
      'x'.repeat(20_000),
      sql,
    ]),
    ...bad('Invalid type for WalletId', noText),
  ],
  LnPaymentRequest: [
    ...bad('Invalid value for LnPaymentRequest', [
      '',
      'ln',
      'x',
      `lightning:${valid}`,
      ` ${valid}`,
      `${valid}\n`,
      'ln\u0000',
      'lnbc1ünïcode',
      `${valid.slice(0, 9)}-`,
      sql,
      '😀'.repeat(500),
    ]),
    ...bad('Invalid type for LnPaymentRequest', noText),
  ],
  PaymentHash: hex64('PaymentHash'),
  LnPaymentPreImage: hex64('LnPaymentPreImage'),
  Hex32Bytes: [
    ...bad('Hex32Bytes is not valid hex', ['zz', hex.toUpperCase(), `${hex}\n`, 'abc', '\u0000', sql]),
    ...bad('Hex32Bytes is not 32 bytes', ['', 'aa', `${hex}aa`, hex.repeat(500)]),
    ...bad('Invalid type for Hex32Bytes', noText),
  ],
  Memo: [
    ...bad('Memo is too long', ['x'.repeat(640), 'é'.repeat(320), '😀'.repeat(160), 'x'.repeat(100_000), '\ud800'.repeat(300)]),
    ...bad('Invalid value for Memo', ['\u0000', 'a\u0000b']),
    ...bad('Invalid type for Memo', noText),
  ],
  TxExternalId: [
    ...bad(/^Invalid external id string passed\./, ['', 'A', 'a b', 'ü', 'x'.repeat(101), 'a\n', '\u0000', sql, '..']),
    ...bad('Invalid type for TxExternalId', noText),
  ],
  EndpointUrl: [
    ...bad('Invalid value for EndpointUrl', [
      '',
      'x',
      '/path',
      'ftp://example.com/',
      'javascript:alert(1)',
      'http://',
      'http:// x',
      'http://a\u0000b/',
      `http://example.com/${'x'.repeat(3000)}`,
      'file:///etc/passwd',
    ]),
    ...bad('Invalid type for EndpointUrl', noText),
  ],
  EndpointId: [
    ...bad('Invalid value for EndpointId', ['', 'a b', 'ep_\u0000', 'ep_1\n', '../x', 'ü', 'x'.repeat(101), sql]),
    ...bad('Invalid type for EndpointId', noText),
  ],
  OnChainAddress: [
    ...bad('Invalid value for OnChainAddress', [
      '',
      'x',
      'bcrt1',
      '1BoatSLRHtKNngkdXEeobR76b53LETtpyU',
      'bc1qqqqqqqq',
      'x'.repeat(10_000),
      '\u0000',
      sql,
    ]),
    ...bad('Invalid type for OnChainAddress', noText),
  ],
  DisplayCurrency: [
    ...bad('Invalid value for DisplayCurrency', ['', 'US', 'DOLLAR', 'U$D', 'USD\n', ' USD', '\u0000', 'ÜSD', sql]),
    ...bad('Invalid type for DisplayCurrency', noText),
  ],
  Float: byGraphql(['"1"', 'true', '{}', '[]', '""']),
  Boolean: byGraphql(['"true"', '1', '{}', '[]', '""']),
  Int: byGraphql(['1.5', '"1"', '2147483648', '-2147483649', 'true', '{}', '[]', '1e400', '""']),
  String: byGraphql(['5', 'true', '{}', '[]', '1.5']),
  ID: byGraphql(['true', '{}', '[]', '1.5']),
};

const badEnums = byGraphql(['"nobody"', '""', '5', 'true', '{}', '[]', '"__proto__"', '"toString"']);

/** Those of a type, be it a scalar or an enum. @throws Error for a scalar that nobody has thought of. */
export const badValuesOf = (type: GraphQLNamedType): readonly BadValue[] => {
  if (isEnumType(type)) return badEnums;
  const values = badValues[type.name];
  if (!values) throw new Error(`no bad values for ${type.name}`);
  return values;
};

/** Arguments whose rule is their own and not their scalar's. */
export const badArguments: Readonly<Record<string, readonly BadValue[]>> = {
  first: [
    ...bad(`${pageSize} (-1) must be greater than 0.`, [-1], 'INVALID_INPUT'),
    ...bad(`${pageSize} (0) must be greater than 0.`, [0], 'INVALID_INPUT'),
    ...bad(`${pageSize} (101) is greater than max allowed page size 100.`, [101], 'INVALID_INPUT'),
    ...bad(`${pageSize} (2147483647) is greater than max allowed page size 100.`, [2147483647], 'INVALID_INPUT'),
  ],
  after: bad(
    'Argument "after" must be a valid cursor',
    ['', 'x', ' ', '\u0000', sql, '😀', 'x'.repeat(5000), '__proto__', uuid.slice(1), `${hex}00`],
    'INVALID_INPUT',
  ),
  before: bad(
    'Argument "before" must be a valid cursor',
    ['', 'x', ' ', '\u0000', sql, '😀', 'x'.repeat(5000), '__proto__', uuid.slice(1)],
    'INVALID_INPUT',
  ),
  expiresIn: bad(/^Invalid value for Minutes/, [0, '0', 1441, '1000000', 2 ** 52], 'INVALID_INPUT').concat(
    badJson(/^Invalid value for Minutes/, ['1e300'], 'INVALID_INPUT'),
  ),
  transactionId: bad(
    /^Unexpected error occurred, please try again or contact support if it persists \(code: \w+\)$/,
    ['', 'x', '\u0000', sql, uuid, 7, 'x'.repeat(5000)],
    'UNEXPECTED_CLIENT_ERROR',
  ),
};

const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What must never stand in an answer: stacks, paths of the machine, words of the database or of what stands before it. */
export const leak = new RegExp(
  [
    ...['\\n\\s+at ', 'node_modules', '\\.(?:ts|js|mjs):\\d+', root, 'file:///(?!etc/passwd)', '/home/', '/usr/', '/tmp/', 'memory://'],
    ...[
      'Prisma',
      'pg_catalog',
      'relation \\\\?"',
      'column \\\\?"',
      'syntax error at or near',
      'invalid input syntax',
      'invalid byte sequence',
    ],
    ...['out of range for type', 'violates', 'duplicate key', 'ECONN', 'EPIPE', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'],
    ...['Cannot read propert', 'is not a function', 'is not iterable', 'Maximum call stack'],
  ].join('|'),
);
