// One hostile request for one number. Everything that could change something carries at least one thing that is refused for certain: a value,
// a wallet, or a key; so a row that is written all the same is a bug.
import { getNamedType } from 'graphql';
import type { TestGateway } from '../support/gateway-inprocess.ts';
import { adminMutations, type Mutation, mutations, placeholderWallet, plainValue, queryArguments } from '../support/schema-walk.ts';
import { bomb, randomQuery } from './documents.ts';
import type { Random } from './random.ts';
import { anyJson, bruise, hasSurelyBad, surelyBad, text } from './values.ts';

export interface HttpRequest {
  readonly is: 'http';
  readonly kind: Kind;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
  /** The client leaves after so many milliseconds. */
  readonly leavesAfter: number | null;
  /** Words that the answer must hold. */
  readonly says: string | RegExp | null;
}
/** Bytes on a socket, or messages on a WebSocket. */
export type HostileRequest =
  | HttpRequest
  | { readonly is: 'bytes'; readonly kind: Kind; readonly bytes: Buffer }
  | { readonly is: 'socket'; readonly kind: Kind; readonly messages: readonly string[] };

export type Target = Pick<TestGateway, 'keys' | 'wallets'> & {
  /** Of somebody outside: one with an amount, one without, one that expires soon. */
  readonly invoices: readonly string[];
};

export type Kind = keyof typeof makers;
type Maker = (random: Random, target: Target) => Omit<HttpRequest, 'is' | 'kind'> | Buffer | readonly string[];

const post = (body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Omit<HttpRequest, 'is' | 'kind'> => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json', ...headers },
  body,
  leavesAfter: null,
  says: null,
});

const asBody = (query: string, variables = '{}'): string => `{"query":${JSON.stringify(query)},"variables":${variables}}`;

const keyed = (random: Random, { keys }: Target): Record<string, string> =>
  random.weighted<() => Record<string, string>>([
    [80, () => ({ 'x-api-key': keys.all })],
    [8, () => ({ authorization: `Bearer ${keys.all}` })],
    [6, () => ({ 'x-api-key': keys.bound })],
    [6, () => ({ 'X-Api-Key': keys.stranger })],
  ])();

const goodField = (random: Random, target: Target, { name, type }: Mutation['fields'][number]): string => {
  const { wallets, invoices } = target;
  const known: Readonly<Record<string, () => unknown>> = {
    walletId: () => random.pick([wallets.atm, wallets.ledger, wallets.closed]),
    recipientWalletId: () => random.pick([wallets.atm, wallets.ledger]),
    // Of cents only whole ones are good.
    amount: () => random.pick(getNamedType(type).name === 'CentAmount' ? ['1000', 1000, '1'] : ['1000', 1000, '12abc', 1.9, '1']),
    paymentRequest: () => random.pick(invoices),
    paymentHash: () => 'ab'.repeat(32),
    memo: () => text(random, 60).replaceAll('\0', ''),
    expiresIn: () => random.pick([1, '5', 1440]),
    externalId: () => `x${text(random, 20, 'abcdef0123456789_-')}`,
    descriptionHash: () => 'cd'.repeat(32),
    webhookUrl: () => 'https://example.com/hook',
    url: () => 'https://example.com/called',
    id: () => (getNamedType(type).name === 'EndpointId' ? 'ep_unknown' : plainValue(type)),
    longestHold: () => 60,
    username: () => 'operator',
    address: () => 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
    currency: () => 'USD',
    preimage: () => 'ef'.repeat(32),
  };
  return JSON.stringify(known[name]?.() ?? plainValue(type) ?? null);
};

type Field = Mutation['fields'][number];
const inputOf = (random: Random, mutation: Mutation, jsonOf: (field: Field) => string): string => {
  const fields = mutation.fields.filter(({ name }) => mutation.required.includes(name) || random.chance(0.4));
  const order = random.chance(0.5) ? [...fields].reverse() : fields;
  return `{"input":{${order.map((field) => `${JSON.stringify(field.name)}:${jsonOf(field)}`).join(',')}}}`;
};

// Enums and identifiers have no value that is refused in the payload: GraphQL itself refuses them, or nobody is meant.
const refusable = mutations.flatMap((mutation) =>
  mutation.fields.filter(({ type, name }) => hasSurelyBad(getNamedType(type).name, name)).map((field) => ({ mutation, field })),
);

/** All is well but one field, which is refused for certain, and whose words must come back. */
const oneBadField: Maker = (random, target) => {
  const { mutation, field } = random.pick(refusable);
  const isPlay = mutation.name === 'simulatedPayerPay';
  const bad = surelyBad(random, getNamedType(field.type).name, isPlay ? '' : field.name);
  if (bad === null) throw new Error(`nothing is surely bad for ${field.name}`);
  const variables = inputOf(random, mutation, (one) => (one.name === field.name ? bad.json : goodField(random, target, one)));
  const asked = variables.includes(`"${field.name}":`)
    ? variables
    : variables.replace('{"input":{', `{"input":{"${field.name}":${bad.json},`);
  const isScalar = !(isPlay && field.name === 'paymentRequest');
  return {
    ...post(asBody(mutation.document, asked), { 'x-api-key': target.keys.all }),
    says: isScalar && knowsWords(mutation, field.name) ? bad.message : null,
  };
};

// Several rules may refuse at once, and which of them speaks is the core's choice: words are only held against the scalars themselves.
const knowsWords = (mutation: Mutation, field: string): boolean =>
  field !== 'paymentRequest' && field !== 'expiresIn' && mutation.name !== 'simulatedPayerPay';

/** Anything in any field, for a wallet that the asker does not have. */
const anythingAnywhere: Maker = (random, target) => {
  const mutation = random.pick(mutations.filter(({ fields }) => fields.some(({ name }) => /alletId$/.test(name))));
  const wallet = JSON.stringify(random.pick([target.wallets.foreign, target.wallets.unknown, 'x', '']));
  const variables = inputOf(random, mutation, (field) =>
    /alletId$/.test(field.name) ? wallet : random.chance(0.3) ? goodField(random, target, field) : anyJson(random),
  );
  const bruised = random.chance(0.05) ? bruise(random, variables, 2) : variables;
  const isWalletSafe = bruised.includes(target.wallets.atm) || bruised.includes(target.wallets.ledger);
  return post(asBody(mutation.document, isWalletSafe ? variables : bruised), { 'x-api-key': target.keys.all });
};

const withoutTheRight: Maker = (random, target) => {
  const { read, expired } = target.keys;
  const mutation = random.pick(mutations.filter(({ needs }) => needs !== 'nobody'));
  const variables = inputOf(random, mutation, (field) => goodField(random, target, field));
  const who = random.pick<Record<string, string>>([
    {},
    { 'x-api-key': read },
    { 'x-api-key': expired },
    { 'x-api-key': 'blink_x' },
    { authorization: 'Basic eA==' },
  ]);
  return { ...post(asBody(mutation.document, variables), who), says: /Not authorized|not authorized to execute|Authorization Required/ };
};

/** Anything for an administrator, from those who are none. */
const forAdministrators: Maker = (random, target) => {
  const mutation = random.pick(adminMutations);
  const variables = inputOf(random, mutation, (field) => (random.chance(0.5) ? goodField(random, target, field) : anyJson(random)));
  return post(asBody(mutation.document, variables), random.chance(0.2) ? {} : keyed(random, target));
};

const badArgument: Maker = (random, target) => {
  const { argument, document } = random.pick(queryArguments);
  const isList = String(argument.type).startsWith('[');
  const bad = random.chance(0.6) ? surelyBad(random, getNamedType(argument.type).name, argument.name) : null;
  const json = bad?.json ?? anyJson(random);
  return post(
    asBody(document.replaceAll(placeholderWallet, target.wallets.atm), `{"v":${isList ? `[${json}]` : json}}`),
    keyed(random, target),
  );
};

const statuses = [
  ['lnInvoicePaymentStatus', 'LnInvoicePaymentStatusInput', 'paymentRequest', 'status errors { message }'],
  ['lnInvoicePaymentStatusByPaymentRequest', 'LnInvoicePaymentStatusByPaymentRequestInput', 'paymentRequest', 'status paymentHash'],
  ['lnInvoicePaymentStatusByHash', 'LnInvoicePaymentStatusByHashInput', 'paymentHash', 'status paymentHash'],
] as const;

const oddStatus: Maker = (random, target) => {
  const [field, type, name, selected] = random.pick(statuses);
  const near = name === 'paymentHash' ? text(random, 70, '0123456789abcdefABCDEF') : bruise(random, random.pick(target.invoices), 2);
  const json = random.chance(0.7) ? JSON.stringify(near) : anyJson(random);
  return post(
    asBody(`query q($i: ${type}!) { ${field}(input: $i) { ${selected} } }`, `{"i":{"${name}":${json}}}`),
    random.chance(0.5) ? keyed(random, target) : {},
  );
};

const streams: Maker = (random, target) => {
  const [field, type, name] = random.pick(statuses);
  const json = random.chance(0.5) ? anyJson(random) : JSON.stringify(random.pick(target.invoices));
  const query = `subscription s($i: ${type}!) { ${field}(input: $i) { status errors { message } } }`;
  const { body, headers, ...rest } = post(asBody(query, `{"i":{"${name}":${json}}}`));
  const accept = random.pick(['text/event-stream', 'text/event-stream, application/json', '*/*', 'application/json']);
  return { ...rest, body, headers: { ...headers, accept }, leavesAfter: 20 + random.int(300) };
};

// Only queries are bruised: a mutation that is bruised may become another that is fine.
const plainQueries = [
  '{ globals { network nodesIds lightningAddressDomain } }',
  '{ me { id defaultAccount { id wallets { id walletCurrency balance } } } }',
  '{ authorization { scopes } }',
  'query q($first: Int) { me { defaultAccount { transactions(first: $first) { edges { cursor } pageInfo { hasNextPage } } } } }',
];

const randomDocument: Maker = (random, target) =>
  post(asBody(randomQuery(random), `{"v":${anyJson(random)}}`), random.chance(0.8) ? keyed(random, target) : {});
const brokenDocument: Maker = (random, target) => post(asBody(bruise(random, random.pick(plainQueries), 5)), keyed(random, target));
const bombs: Maker = (random, target) => post(asBody(bomb(random)), random.chance(0.5) ? keyed(random, target) : {});

const brokenJson: Maker = (random, target) => {
  const whole = asBody(random.pick(plainQueries), anyJson(random));
  const bytes = random.weighted<() => string | Buffer>([
    [4, () => bruise(random, whole, 6)],
    [
      2,
      () =>
        Buffer.concat([
          Buffer.from(whole.slice(0, 20)),
          Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]),
          Buffer.from(whole.slice(20)),
        ]),
    ],
    [1, () => `\ufeff${whole}`],
    [1, () => Buffer.from(whole, 'utf16le')],
    [1, () => `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    [1, () => `{"query":"{ globals { network } }","variables":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`],
    [1, () => ''],
    [1, () => `{"query":"{ a }","query":"{ globals { network } }","variables":{"a":1},"variables":null}`],
    [1, () => 'x'.repeat(random.pick([1, 262_144, 262_145, 400_000]))],
  ])();
  return post(bytes, keyed(random, target));
};

const oddBody: Maker = (random, target) => {
  const query = JSON.stringify(random.pick(plainQueries));
  const body = random.pick([
    `[{"query":${query}},{"query":${query}}]`,
    `[${Array.from({ length: 200 }, () => `{"query":${query}}`).join(',')}]`,
    anyJson(random),
    `{"query":${anyJson(random)}}`,
    `{"query":${query},"variables":${anyJson(random)}}`,
    `{"query":${query},"variables":${JSON.stringify(anyJson(random))}}`,
    `{"query":${query},"operationName":${anyJson(random)}}`,
    `{"query":${query},"extensions":${anyJson(random)}}`,
    `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":${anyJson(random)}}}}`,
    `{"__proto__":{"query":${query}}}`,
    `{"constructor":{"prototype":{"query":${query}}},"query":${query}}`,
    `{"query":${query},"__proto__":null,"hasOwnProperty":1}`,
    `{"id":${anyJson(random)}}`,
  ]);
  return post(body, keyed(random, target));
};

const headerText = (random: Random): string =>
  text(
    random,
    random.weighted([
      [9, 60],
      [1, 12_000],
    ]),
  ).replace(/[^\t\x20-\x7e]/g, '~');

const oddHeaders: Maker = (random, target) => {
  const odd: Record<string, string> = random.pick<Record<string, string>>([
    {
      'content-type': random.pick([
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/json; charset=utf-16',
        'application/jsonp',
        '',
        ';',
        headerText(random),
      ]),
    },
    { 'content-encoding': random.pick(['gzip', 'br', 'x', headerText(random)]) },
    { accept: random.pick(['text/html', 'image/png', 'application/graphql-response+json', '*/*;q=0', headerText(random)]) },
    { 'x-api-key': headerText(random) },
    {
      authorization: random.pick([`Bearer ${headerText(random)}`, 'Bearer', 'bearer  ', `Basic ${headerText(random)}`, headerText(random)]),
    },
    { 'x-idempotency-key': headerText(random) },
    { 'x-forwarded-for': headerText(random), forwarded: headerText(random) },
    { origin: headerText(random), 'access-control-request-method': 'POST', 'access-control-request-headers': headerText(random) },
    { 'apollo-require-preflight': '', 'x-http-method-override': 'DELETE', 'x-original-url': '/metrics' },
    { expect: '100-continue' },
    { cookie: headerText(random), host: headerText(random) },
    { upgrade: 'h2c', connection: 'upgrade' },
    { range: 'bytes=0-1', 'if-none-match': '*', 'accept-encoding': headerText(random), te: 'trailers' },
  ]);
  return post(asBody(random.pick(plainQueries)), { ...(random.chance(0.5) ? keyed(random, target) : {}), ...odd });
};

const oddMethod: Maker = (random, target) => {
  const search = random.pick([
    '',
    '?query={globals{network}}',
    `?query=${encodeURIComponent(random.pick(plainQueries))}&variables=${encodeURIComponent(anyJson(random)).slice(0, 4000)}`,
    `?query=mutation{lnInvoiceCreate(input:{walletId:"${target.wallets.atm}",amount:1}){errors{message}}}`,
    '?query=%E0%A4%A&variables=%',
    '?query[]=a&query[]=b',
    '?query=subscription{lnInvoicePaymentStatusByHash(input:{paymentHash:"x"}){status}}',
    `?${text(random, 200, 'abc=&%?/#;+')}`,
  ]);
  const path = random.weighted([
    [8, '/graphql'],
    [2, '/graphql/'],
    [1, '/graphql/examples'],
    [1, '//graphql'],
    [1, '/GRAPHQL'],
    [1, '/graphql/../graphql'],
    [1, `/${text(random, 30, 'abc/.%0_-')}`],
    [1, '/__proto__'],
    [1, '/constructor'],
  ]);
  const method = random.pick(['GET', 'GET', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']);
  const { headers, ...rest } = post(asBody(random.pick(plainQueries)), keyed(random, target));
  const hasBody = method !== 'GET' && method !== 'HEAD' && method !== 'TRACE';
  return { ...rest, method, path: `${path}${search}`.replace(/[^\x21-\x7e]/g, '_'), headers, body: hasBody ? rest.body : null };
};

const leaving: Maker = (random, target) => ({
  ...post(asBody(random.pick(plainQueries)), keyed(random, target)),
  leavesAfter: random.int(12),
});

const rawBytes: Maker = (random) => {
  const body = '{"query":"{ globals { network } }"}';
  const head = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  return Buffer.from(
    random.pick([
      `${head}Content-Length: -1\r\n\r\n${body}`,
      `${head}Content-Length: 5\r\nContent-Length: 500\r\n\r\n${body}`,
      `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
      `${head}Transfer-Encoding: chunked\r\n\r\nZZ\r\n${body}\r\n0\r\n\r\n`,
      `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      `${head}X: ${'y'.repeat(40_000)}\r\n\r\n`,
      `GET /graphql HTTP/9.9\r\n\r\n`,
      `\r\n\r\n\r\n`,
      `GET http://[::1/graphql HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET /graphql\0 HTTP/1.1\r\nHost: x\r\n\r\n`,
      `CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`,
      `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03`,
      text(random, 500),
    ]),
    'latin1',
  );
};

const socketMessages: Maker = (random, target) =>
  Array.from({ length: 1 + random.int(6) }, () =>
    random.weighted<() => string>([
      [
        3,
        () => JSON.stringify({ type: 'connection_init', payload: { 'X-API-KEY': random.pick([target.keys.all, target.keys.read, 'x']) } }),
      ],
      [1, () => `{"type":"connection_init","payload":${anyJson(random)}}`],
      [
        3,
        () =>
          JSON.stringify({
            id: text(random, 5),
            type: 'subscribe',
            payload: { query: random.chance(0.5) ? randomQuery(random) : bomb(random) },
          }),
      ],
      [2, () => `{"id":${anyJson(random)},"type":${anyJson(random)},"payload":${anyJson(random)}}`],
      [
        1,
        () => JSON.stringify({ type: random.pick(['ping', 'pong', 'complete', 'next', 'error', 'connection_ack', 'stop', '__proto__']) }),
      ],
      [1, () => text(random, 900)],
    ])(),
  );

const makers = {
  oneBadField,
  anythingAnywhere,
  withoutTheRight,
  forAdministrators,
  badArgument,
  oddStatus,
  streams,
  randomDocument,
  brokenDocument,
  bombs,
  brokenJson,
  oddBody,
  oddHeaders,
  oddMethod,
  leaving,
  rawBytes,
  socketMessages,
} satisfies Readonly<Record<string, Maker>>;

/** How many of a thousand requests are of which kind. */
export const mix: readonly (readonly [number, Kind])[] = [
  [220, 'oneBadField'],
  [140, 'anythingAnywhere'],
  [50, 'withoutTheRight'],
  [10, 'forAdministrators'],
  [150, 'badArgument'],
  [90, 'oddStatus'],
  [10, 'streams'],
  [70, 'randomDocument'],
  [50, 'brokenDocument'],
  [40, 'bombs'],
  [40, 'brokenJson'],
  [40, 'oddBody'],
  [40, 'oddHeaders'],
  [30, 'oddMethod'],
  [10, 'leaving'],
  [5, 'rawBytes'],
  [5, 'socketMessages'],
];

/** The hostile request that this randomness makes. */
export const hostileRequest = (random: Random, target: Target): HostileRequest => {
  const kind = random.weighted(mix);
  const made = makers[kind](random, target);
  if (Buffer.isBuffer(made)) return { is: 'bytes', kind, bytes: made };
  if (Array.isArray(made)) return { is: 'socket', kind, messages: made };
  return { is: 'http', kind, ...(made as Omit<HttpRequest, 'is' | 'kind'>) };
};
