// Bad input at every operation of the schema, over the whole gateway: the contract's words in the payload (or at the top level of a query),
// never HTTP 5xx, nothing of the insides in the answer, and not one row changed. The operations are read off the schema, so that one that
// is added later is tried too.
import { GraphQLString, getNamedType } from 'graphql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BadValue, badArguments, badRequests, badValues, badValuesOf, leak } from '../../support/bad-values.ts';
import { type Json, startTestGateway, type TestGateway } from '../../support/gateway-inprocess.ts';
import { adminMutations, type Mutation, mutations, placeholderWallet, plainValue, queryArguments } from '../../support/schema-walk.ts';

let gateway: TestGateway;
let before: Readonly<Record<string, string>>;
const invoices = { priced: '', open: '' };

beforeAll(async () => {
  gateway = await startTestGateway();
  invoices.priced = gateway.foreignInvoice(1000);
  invoices.open = gateway.foreignInvoice();
});
afterAll(() => gateway.close());
beforeEach(async () => {
  before = await gateway.checksums();
});
afterEach(async () => {
  expect(await gateway.checksums()).toEqual(before);
  expect(gateway.errors()).toEqual([]);
});

interface Sent {
  readonly status: number;
  readonly body: Json;
}

const send = async (query: string, variables: string, key: string | null = gateway.keys.all): Promise<Sent> => {
  const { status, headers, text } = await gateway.post(
    `{"query":${JSON.stringify(query)},"variables":${variables}}`,
    key === null ? {} : { 'x-api-key': key },
  );
  expect(status, text).toBeLessThan(500);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(text).not.toMatch(leak);
  return { status, body: JSON.parse(text) };
};

/** What would be a good value of an input field. */
const good = (mutation: Mutation, field: string): unknown => {
  const known: Readonly<Record<string, unknown>> = {
    walletId: gateway.wallets.atm,
    recipientWalletId: gateway.wallets.ledger,
    amount: '1000',
    currency: 'USD',
    username: 'operator',
    address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
    paymentRequest: mutation.name.startsWith('lnNoAmount') ? invoices.open : invoices.priced,
    paymentHash: 'ab'.repeat(32),
    ...(mutation.name.startsWith('callbackEndpoint') && { url: 'https://example.com/called', id: 'ep_unknown' }),
  };
  const found = known[field] ?? plainValue(mutation.fields.find(({ name }) => name === field)?.type ?? GraphQLString);
  if (found === undefined) throw new Error(`what is a good ${field} of ${mutation.name}?`);
  return found;
};

const goodInput = (mutation: Mutation): Record<string, unknown> =>
  Object.fromEntries(mutation.required.map((name) => [name, good(mutation, name)]));

/** The input as JSON text with one field put in as it is. */
const inputWith = (mutation: Mutation, field: string, json: string): string => {
  const { [field]: _out, ...rest } = goodInput(mutation);
  return `{"input":{${JSON.stringify(field)}:${json}${Object.entries(rest)
    .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join('')}}}`;
};

const expectRefused = (mutation: string, { body, status }: Sent, { expected, json }: BadValue): void => {
  const said = `${mutation} with ${json.slice(0, 80)}: ${JSON.stringify(body).slice(0, 400)}`;
  if (expected === 'graphql') {
    expect(status, said).toBe(400);
    expect(body.errors[0].extensions.code, said).toBe('BAD_USER_INPUT');
    return;
  }
  expect(status, said).toBe(200);
  expect(body.errors, said).toBeUndefined();
  const { errors, ...rest } = body.data[mutation];
  expect(errors, said).toEqual([{ message: expect.stringMatching(expected.message), path: null, code: expected.code }]);
  if (typeof expected.message === 'string') expect(errors[0].message, said).toBe(expected.message);
  // What was refused by a rule is FAILURE or false; what was no input at all is null everywhere.
  const asked = expected.code !== null;
  for (const [name, value] of Object.entries(rest)) {
    const wanted = name === 'status' && asked ? 'FAILURE' : name === 'success' && asked ? false : null;
    expect(value, `${said} ${name}`).toBe(wanted);
  }
};

/** As upstream, which asks for the scope of these before it looks at anything else. */
const ofAccount: ReadonlySet<string> = new Set([
  ...['accountUpdateDefaultWalletId', 'accountUpdateDisplayCurrency', 'userUpdateUsername'],
  ...['callbackEndpointAdd', 'callbackEndpointDelete'],
]);

const hasWallet = ({ fields }: Mutation): boolean => fields.some(({ name }) => /^(recipientW|w)alletId$/.test(name));

const valuesOf = (mutation: Mutation, { name, type }: Mutation['fields'][number]): readonly BadValue[] => {
  const values = badValuesOf(getNamedType(type));
  // Rules of the core are asked only once it is known what is meant; the simulated payer and an id that nobody has end before them.
  if (!hasWallet(mutation)) return values;
  return [...values, ...(badArguments[name] ?? []), ...(getNamedType(type).name === 'LnPaymentRequest' ? badRequests : [])];
};

describe.each(mutations.map((mutation) => [mutation.name, mutation] as const))('mutation %s', (name, mutation) => {
  const { document } = mutation;

  test.each(mutation.fields.map((field) => [field.name, field] as const))('refuses bad values of %s', async (_field, field) => {
    for (const value of valuesOf(mutation, field)) {
      expectRefused(name, await send(document, inputWith(mutation, field.name, value.json)), value);
    }
  });

  test.each(mutation.required)('needs %s', async (field) => {
    const { [field]: _out, ...without } = goodInput(mutation);
    for (const input of [without, { ...without, [field]: null }]) {
      const { status, body } = await send(document, JSON.stringify({ input }));
      expect(status).toBe(400);
      expect(body.data).toBeUndefined();
      expect(body.errors[0]).toMatchObject({ message: expect.stringContaining(field), extensions: { code: 'BAD_USER_INPUT' } });
    }
  });

  test('refuses inputs that are none, and fields that nobody knows', async () => {
    const odd = ['null', '5', '""', '[]', '[[]]', '{}', '{"a":1}', 'true', '"{}"', `{"__proto__":{"walletId":"${gateway.wallets.atm}"}}`];
    const extra = [
      inputWith(mutation, '__proto__', '{"isAdmin":true}'),
      inputWith(mutation, 'constructor', '{"prototype":{}}'),
      inputWith(mutation, 'toString', '"x"'),
      inputWith(mutation, 'accountId', '"x"'),
      inputWith(mutation, '', '1'),
    ];
    for (const variables of [...odd.map((input) => `{"input":${input}}`), '{}', '{"Input":{}}', ...extra]) {
      const { status, body } = await send(document, variables);
      expect(status, variables).toBe(400);
      expect(body.errors[0].extensions.code, variables).toBe('BAD_USER_INPUT');
    }
  });

  test('refuses what stands in the document itself', async () => {
    const literals = ['{}', 'null', '[]', '5', '{ unknown: 1 }', '$missing', 'ENUM', '{ unknown: $missing }', '"x"'];
    for (const literal of literals) {
      const { status } = await send(`mutation { ${name}(input: ${literal}) { errors { message } } }`, '{}');
      expect(status, literal).toBe(400);
    }
  });
});

describe('literals', () => {
  test.each([100, 1000, 1900])('lists within lists, %d deep, break nothing wherever they stand', async (depth) => {
    for (const [open, close] of [
      ['[', ']'],
      ['{ a: ', ' }'],
    ] as const) {
      const value = `${open.repeat(depth)}1${close.repeat(depth)}`;
      const one = `lnInvoiceDecode(paymentRequest: ${value}) { paymentHash }`;
      for (const query of [
        `{ ${one} }`,
        `{ ${one} ${one} }`,
        `query($v: String = ${value}) { globals { network } }`,
        `{ globals @skip(if: ${value}) { network } }`,
      ]) {
        const { status } = await send(query, '{}');
        expect([200, 400], query.slice(0, 60)).toContain(status);
      }
    }
  });

  test.each([
    ['amount: "1000"', 'Invalid type for SatAmount'],
    ['amount: 1.5', 'Invalid type for SatAmount'],
    ['amount: true', 'Invalid type for SatAmount'],
    ['amount: -1', 'Invalid value for SatAmount'],
    ['amount: 99999999999999999999', 'Value too big for SatAmount'],
    ['amount: 1000, memo: 5', 'Invalid type for Memo'],
    ['amount: 1000, expiresIn: "5"', 'Invalid type for Minutes'],
    ['amount: 1000, externalId: ENUM', 'Invalid type for TxExternalId'],
  ])('%s is %s', async (fields, message) => {
    const { status, body } = await send(
      `mutation { lnInvoiceCreate(input: { walletId: "${gateway.wallets.atm}", ${fields} }) { errors { message path code } invoice { satoshis } } }`,
      '{}',
    );
    expect(status).toBe(200);
    expect(body).toEqual({ data: { lnInvoiceCreate: { errors: [{ message, path: null, code: null }], invoice: null } } });
  });
});

describe('wallets of others', () => {
  const notFound = 'Unexpected error occurred, please try again or contact support if it persists (code: CouldNotFindWalletFromIdError)';
  const withWallet = mutations.filter(hasWallet);

  test.each(withWallet.map((mutation) => [mutation.name, mutation] as const))('%s does not know them', async (name, mutation) => {
    const field = name.endsWith('OnBehalfOfRecipient') ? 'recipientWalletId' : 'walletId';
    const { foreign, unknown, atm, closed } = gateway.wallets;
    const who: readonly (readonly [string, string, string | null])[] = [
      [foreign, 'another account’s', gateway.keys.all],
      [unknown, 'nobody’s', gateway.keys.all],
      [field === 'walletId' ? atm : closed, 'ours', gateway.keys.stranger],
      [closed, 'outside the key', gateway.keys.bound],
      ...(field === 'walletId' ? [] : ([[closed, 'closed', null]] as const)),
    ];
    for (const [id, what, key] of who) {
      const { body, status } = await send(mutation.document, inputWith(mutation, field, JSON.stringify(id)), key);
      expect(status).toBe(200);
      expect(body.data[name], what).toMatchObject({ errors: [{ message: notFound, path: null, code: null }] });
      const { errors: _errors, ...rest } = body.data[name];
      for (const value of Object.values(rest)) expect(value, what).toBeNull();
    }
  });
});

describe('keys and scopes', () => {
  const scopeText = (what: string): string =>
    `Unexpected error occurred, please try again or contact support if it persists (code: AuthorizationError: not authorized to ${what})`;
  const guarded = mutations.filter(({ needs }) => needs !== 'nobody');

  test.each(guarded.map((mutation) => [mutation.name, mutation] as const))(
    '%s refuses keys without its scope, in its payload or, for the account as a whole, at the top',
    async (name, mutation) => {
      const { read, receive } = gateway.keys;
      for (const key of mutation.needs === 'WRITE' ? [read, receive] : [read]) {
        const { status, body } = await send(mutation.document, JSON.stringify({ input: goodInput(mutation) }), key);
        expect(status).toBe(200);
        if (ofAccount.has(name)) {
          expect(body).toMatchObject({ data: null, errors: [{ message: scopeText('execute mutations') }] });
          continue;
        }
        const { errors, ...rest } = body.data[name];
        expect(errors).toEqual([{ message: scopeText('execute mutations'), path: null, code: null }]);
        for (const value of Object.values(rest)) expect(value).toBeNull();
      }
    },
  );

  test.each(guarded.map((mutation) => [mutation.name, mutation] as const))(
    '%s without a key is Not authorized, whatever is asked',
    async (_name, mutation) => {
      const wrong = hasWallet(mutation) ? [inputWith(mutation, 'walletId', '"x"')] : [];
      for (const variables of [JSON.stringify({ input: goodInput(mutation) }), ...wrong]) {
        const { status, body } = await send(mutation.document, variables, null);
        expect(status).toBe(200);
        expect(body).toMatchObject({ data: null, errors: [{ message: 'Not authorized', extensions: { code: 'NOT_AUTHORIZED' } }] });
      }
    },
  );

  test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s with a key that is none is 401',
    async (_name, mutation) => {
      const long = `blink_${'x'.repeat(5000)}`;
      for (const key of [
        'blink_wrong',
        gateway.keys.expired,
        long,
        "' OR 1=1 --",
        'null',
        `${gateway.keys.all}x`,
        gateway.keys.all.toLowerCase(),
      ]) {
        const { status, body } = await send(mutation.document, JSON.stringify({ input: goodInput(mutation) }), key);
        expect(status).toBe(401);
        expect(body).toMatchObject({ error: { code: 401 }, message: expect.stringContaining('Authorization Required') });
      }
    },
  );

  test.each(adminMutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s does nothing for a key without ADMIN',
    async (name, mutation) => {
      const { wallets, keys } = gateway;
      const known: Readonly<Record<string, unknown>> = {
        walletId: wallets.atm,
        paymentHash: 'ab'.repeat(32),
        payRoute: ['node'],
        receiveRoute: ['node'],
        limitTimeWindow: 'DAILY',
        limitSats: 1,
      };
      const input = Object.fromEntries(mutation.required.map((field) => [field, known[field] ?? 'x']));
      for (const key of [keys.all, keys.readWrite, keys.write, keys.bound, keys.stranger, null]) {
        const { status, body } = await send(mutation.document, JSON.stringify({ input }), key);
        expect(status, name).toBe(200);
        const [refusal] = body.errors ?? body.data[name].errors;
        expect(refusal.message, JSON.stringify(body)).toMatch(key === null ? /^Not authorized$/ : /not authorized to execute mutations\)$/);
      }
    },
  );

  test.each([['receive'], ['write']] as const)('a key with %s alone reads nothing', async (which) => {
    const { status, body } = await send('{ me { id } globals { network } }', '{}', gateway.keys[which]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ data: { me: null, globals: { network: 'regtest' } } });
    expect(body.errors).toEqual([expect.objectContaining({ message: scopeText('read data'), path: ['me'] })]);
    const authorization = await send('{ authorization { scopes } }', '{}', gateway.keys[which]);
    expect(authorization.body).toMatchObject({ data: null, errors: [{ message: scopeText('read data') }] });
  });

  test('without a key `me` is null and what needs none is answered', async () => {
    const { body } = await send('{ me { id } globals { network } }', '{}', null);
    expect(body).toMatchObject({
      data: { me: null, globals: { network: 'regtest' } },
      errors: [{ message: 'Not authorized', path: ['me'] }],
    });
  });
});

describe('arguments of queries', () => {
  test('are found', () => {
    const paths = queryArguments.map(({ path }) => path);
    expect(paths).toContain('Query.me.defaultAccount.walletById.transactions(after)');
    expect(paths).toContain('Query.me.defaultAccount.wallets.invoices(first)');
    expect(paths).toContain('Query.lnInvoiceDecode(paymentRequest)');
    expect(paths.length).toBeGreaterThan(40);
  });

  test.each(queryArguments.map((one) => [one.path, one] as const))('%s refuses bad values', async (_path, { argument, document }) => {
    const listed = String(argument.type).startsWith('[');
    const query = document.replaceAll(placeholderWallet, gateway.wallets.atm);
    const own = argument.name === 'last' ? badArguments.first : badArguments[argument.name];
    const scalar = getNamedType(argument.type).name;
    const values = [...badValuesOf(getNamedType(argument.type)), ...(own ?? []), ...(scalar === 'LnPaymentRequest' ? badRequests : [])];
    expect(values.length).toBeGreaterThan(3);
    for (const { json, expected } of values) {
      // A list that is always empty has no cursor to compare with: it looks at their form alone.
      if (document.includes('transactionsByAddress') && /^"[\w-]{1,200}"$/.test(json) && argument.name !== 'address') continue;
      const { status, body } = await send(query, `{"v":${listed ? `[${json}]` : json}}`);
      const said = `${query} with ${json.slice(0, 80)}: ${JSON.stringify(body).slice(0, 300)}`;
      if (listed && json === '[]') continue;
      if (expected === 'graphql') {
        expect(status, said).toBe(400);
        expect(body.errors[0].extensions.code, said).toBe('BAD_USER_INPUT');
        continue;
      }
      expect(status, said).toBe(200);
      expect(body.errors[0].message, said).toMatch(expected.message);
      expect(body.errors[0].extensions.code, said).toBe(expected.code ?? 'INVALID_INPUT');
    }
  });

  test('first and last exclude each other; a foreign wallet is no wallet of the account', async () => {
    for (const connection of ['transactions', 'invoices']) {
      const both = await send(`{ me { defaultAccount { ${connection}(first: 1, last: 1) { edges { cursor } } } } }`, '{}');
      expect(both.body).toMatchObject({
        data: { me: { defaultAccount: { [connection]: null } } },
        errors: [{ message: 'Cannot use both "first" and "last".', extensions: { code: 'INVALID_INPUT' } }],
      });
      const foreign = await send(
        `query q($w: [WalletId]) { me { defaultAccount { ${connection}(walletIds: $w) { edges { cursor } } } } }`,
        JSON.stringify({ w: [gateway.wallets.atm, gateway.wallets.foreign] }),
      );
      expect(foreign.body).toMatchObject({
        data: { me: { defaultAccount: { [connection]: null } } },
        errors: [{ message: 'Invalid walletId for account.', extensions: { code: 'INVALID_INPUT' } }],
      });
    }
  });
});

describe('status queries', () => {
  const byRequest = [...(badValues.LnPaymentRequest ?? []), ...badRequests.slice(0, -1)];

  test('lnInvoicePaymentStatus answers in its payload, status null', async () => {
    for (const { json, expected } of byRequest) {
      const { body } = await send(
        'query q($i: LnInvoicePaymentStatusInput!) { lnInvoicePaymentStatus(input: $i) { status paymentHash errors { message } } }',
        `{"i":{"paymentRequest":${json}}}`,
        null,
      );
      if (expected === 'graphql') throw new Error('none of these is refused by GraphQL');
      const answer = body.data.lnInvoicePaymentStatus;
      expect(answer, json.slice(0, 80)).toMatchObject({ status: null, paymentHash: null });
      expect(answer.errors[0].message, json.slice(0, 80)).toMatch(expected.message);
    }
  });

  test('the two others answer at the top level, data null', async () => {
    const hashes = badValues.PaymentHash ?? [];
    const cases = [
      ...byRequest.map(
        (one) => ['lnInvoicePaymentStatusByPaymentRequest', 'LnInvoicePaymentStatusByPaymentRequestInput', 'paymentRequest', one] as const,
      ),
      ...hashes.map((one) => ['lnInvoicePaymentStatusByHash', 'LnInvoicePaymentStatusByHashInput', 'paymentHash', one] as const),
    ];
    for (const [field, type, name, { json, expected }] of cases) {
      const { status, body } = await send(`query q($i: ${type}!) { ${field}(input: $i) { status } }`, `{"i":{"${name}":${json}}}`, null);
      if (expected === 'graphql') throw new Error('none of these is refused by GraphQL');
      expect(status).toBe(200);
      expect(body.data).toBeNull();
      expect(body.errors[0].message, json.slice(0, 80)).toMatch(expected.message);
    }
    const unknown = await send(
      'query q($i: LnInvoicePaymentStatusByHashInput!) { lnInvoicePaymentStatusByHash(input: $i) { status } }',
      JSON.stringify({ i: { paymentHash: 'ab'.repeat(32) } }),
      null,
    );
    expect(unknown.body).toMatchObject({
      data: null,
      errors: [
        {
          message: `User tried to pay invoice with hash ${'ab'.repeat(32)}, but it does not exist`,
          extensions: { code: 'LIGHTNING_PAYMENT_ERROR' },
        },
      ],
    });
  });
});

describe('subscriptions as event streams', () => {
  const events = async (query: string, variables: string, key: string | null): Promise<{ status: number; text: string }> => {
    const { status, text } = await gateway.post(`{"query":${JSON.stringify(query)},"variables":${variables}}`, {
      accept: 'text/event-stream',
      ...(key === null ? {} : { 'x-api-key': key }),
    });
    expect(status, text).toBeLessThan(500);
    expect(text).not.toMatch(leak);
    return { status, text };
  };

  test.each([
    [
      'lnInvoicePaymentStatus',
      'LnInvoicePaymentStatusInput',
      'paymentRequest',
      [...(badValues.LnPaymentRequest ?? []), ...badRequests.slice(0, -1)],
    ],
    ['lnInvoicePaymentStatusByPaymentRequest', 'LnInvoicePaymentStatusByPaymentRequestInput', 'paymentRequest', badRequests.slice(0, -1)],
    ['lnInvoicePaymentStatusByHash', 'LnInvoicePaymentStatusByHashInput', 'paymentHash', badValues.PaymentHash ?? []],
  ] as const)('%s tells what is wrong and ends', async (field, type, name, values) => {
    for (const { json, expected } of values) {
      const { text } = await events(
        `subscription s($i: ${type}!) { ${field}(input: $i) { status errors { message } } }`,
        `{"i":{"${name}":${json}}}`,
        null,
      );
      if (expected === 'graphql') throw new Error('none of these is refused by GraphQL');
      const data = /^data: (\{.*\})$/m.exec(text)?.[1] ?? text;
      const answer = JSON.parse(data);
      const said = answer.errors ?? answer.data[field].errors;
      expect(said[0].message, json.slice(0, 80)).toMatch(expected.message);
    }
  });

  test('lnPayment needs READ, a hash and a cursor', async () => {
    const query = 'subscription s($h: PaymentHash!, $a: String) { lnPayment(paymentHash: $h, after: $a) { cursor errors { message } } }';
    const h = 'ab'.repeat(32);
    expect((await events(query, JSON.stringify({ h }), null)).text).toContain('Not authorized');
    expect((await events(query, JSON.stringify({ h }), gateway.keys.write)).text).toContain('not authorized to read data');
    for (const { json } of badValues.PaymentHash ?? []) {
      expect((await events(query, `{"h":${json}}`, gateway.keys.all)).text).toMatch(/Invalid (value|type) for PaymentHash/);
    }
    for (const { json } of badArguments.after ?? []) {
      const { text } = await events(query, `{"h":"${h}","a":${json}}`, gateway.keys.all);
      expect(text, json).toMatch(/must be a valid cursor|does not exist|CouldNotFindLnPayment/);
    }
  });
});
