// Every query and every mutation of the schema, asked with a key of every set of scopes and with none: answered exactly when the contract
// (§4.5) lets that set. What Galoy names is held to the contract's table; what we add, to what its own description says that it needs.
import { type GraphQLField, type GraphQLType, getNamedType, isEnumType, isInputObjectType, isNonNullType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../../src/doors/graphql/schema.ts';
import type { Scope } from '../../../src/wallets/view.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway-inprocess.ts';

type Need = 'nobody' | readonly Scope[];
const nobody = 'nobody';
const receive = ['RECEIVE', 'WRITE'] as const;
const write = ['WRITE'] as const;
const read = ['READ'] as const;

const all = (need: Need, names: string): Readonly<Record<string, Need>> =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, need]));

/** Contract §2 and §4.5, for what is served and for what will be. */
const contract: Readonly<Record<string, Need>> = {
  ...all(
    nobody,
    'accountDefaultWallet btcPriceList currencyConversionEstimation currencyList globals lnInvoicePaymentStatus mobileVersions',
  ),
  ...all(nobody, 'lnInvoicePaymentStatusByHash lnInvoicePaymentStatusByPaymentRequest payoutSpeeds realtimePrice userDefaultWalletId'),
  ...all(nobody, 'usernameAvailable lnInvoiceCreateOnBehalfOfRecipient lnNoAmountInvoiceCreateOnBehalfOfRecipient'),
  ...all(nobody, 'lnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipient lnUsdInvoiceCreateOnBehalfOfRecipient'),
  ...all(read, 'authorization me onChainTxFee onChainUsdTxFee onChainUsdTxFeeAsBtcDenominated'),
  ...all(receive, 'lnInvoiceCancel lnInvoiceCreate lnNoAmountInvoiceCreate lnUsdInvoiceCreate onChainAddressCreate onChainAddressCurrent'),
  ...all(write, 'accountUpdateDefaultWalletId accountUpdateDisplayCurrency callbackEndpointAdd callbackEndpointDelete'),
  ...all(write, 'intraLedgerPaymentSend intraLedgerUsdPaymentSend lnAddressPaymentSend lnInvoiceFeeProbe lnInvoicePaymentSend'),
  ...all(write, 'lnNoAmountInvoiceFeeProbe lnNoAmountInvoicePaymentSend lnNoAmountUsdInvoiceFeeProbe lnNoAmountUsdInvoicePaymentSend'),
  ...all(write, 'lnUsdInvoiceFeeProbe lnurlPaymentSend onChainPaymentSend onChainPaymentSendAll onChainUsdPaymentSend'),
  ...all(write, 'onChainUsdPaymentSendAsBtcDenominated userUpdateUsername'),
};

const described = ({ name, description }: Field): Need => {
  const [, words] = /Needs (no key|[A-Z]+(?:(?:, | or )[A-Z]+)*(?:; ADMIN)?)/.exec(description ?? '') ?? [];
  if (words === undefined) throw new Error(`the description of ${name} does not say what it needs`);
  return words === 'no key' ? nobody : (words.match(/[A-Z]{2,}/g) as Scope[]);
};
type Field = GraphQLField<unknown, unknown>;
const needOf = (field: Field): Need => contract[field.name] ?? described(field);

const sets: readonly (readonly Scope[])[] = Array.from({ length: 15 }, (_none, index) =>
  (['READ', 'RECEIVE', 'WRITE', 'ADMIN'] as const).filter((_scope, bit) => ((index + 1) >> bit) & 1),
);

let gateway: TestGateway;
const keys = new Map<string, string | null>();
const plain: Record<string, unknown> = {};

beforeAll(async () => {
  gateway = await startTestGateway();
  const [wallet] = await gateway.opened.core.wallets.allWallets();
  const accountId = wallet?.accountId ?? '';
  for (const scopes of sets) {
    const made = { accountId, walletId: null, name: scopes.join('+'), scopes, expiresAt: null, waitSeconds: null };
    keys.set(scopes.join('+'), (await gateway.opened.core.wallets.createKey(made)).key);
  }
  keys.set('no key', null);
  // Ids that name nothing and amounts of nothing: whoever is let in meets the next refusal, and nothing happens.
  Object.assign(plain, {
    ...{ WalletId: gateway.wallets.unknown, SatAmount: 1, CentAmount: 1, LnPaymentRequest: 'lnbcrt1x', PaymentHash: 'ab'.repeat(32) },
    ...{ Hex32Bytes: 'ab'.repeat(32), LnPaymentPreImage: 'ab'.repeat(32), OnChainAddress: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080' },
    ...{ Username: 'somebody', Memo: 'x', Minutes: 5, Seconds: 5, TxExternalId: 'x', EndpointUrl: 'https://example.com/', Msat: '1' },
    ...{ DisplayCurrency: 'USD', EndpointId: 'x', ID: gateway.wallets.unknown, String: '', Int: -1, Float: 1, Boolean: false },
    ...{ Lnurl: 'x', LnAddress: 'x', Cursor: 'x' },
  });
});
afterAll(() => gateway.close());

const plainOf = (type: GraphQLType): unknown => {
  const named = getNamedType(type);
  if (String(type).startsWith('[')) return [];
  if (isEnumType(named)) return named.getValues()[0]?.name;
  if (isInputObjectType(named))
    return Object.fromEntries(
      Object.values(named.getFields())
        .filter(({ type: of, defaultValue }) => isNonNullType(of) && defaultValue === undefined)
        .map((field) => [field.name, plainOf(field.type)]),
    );
  const value = plain[named.name];
  if (value === undefined) throw new Error(`what is a plain ${named.name}?`);
  return value;
};

const selected = (type: GraphQLType): string => {
  const named = getNamedType(type);
  if (!isObjectType(named)) return 'getFields' in named ? '{ __typename }' : '';
  return named.getFields().errors ? '{ __typename errors { message } }' : '{ __typename }';
};

const ask = async (root: 'query' | 'mutation', field: Field, key: string | null): Promise<string> => {
  const needed = field.args.filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined);
  const variables = Object.fromEntries(needed.map(({ name, type }) => [name, plainOf(type)]));
  const heads = needed.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const given = needed.map(({ name }) => `${name}: $${name}`).join(', ');
  const query = `${root} q${heads && `(${heads})`} { ${field.name}${given && `(${given})`} ${selected(field.type)} }`;
  const { status, text } = await gateway.post({ query, variables }, key === null ? {} : { 'x-api-key': key });
  expect(status, text).toBe(200);
  return text;
};

/** How the gateway turns somebody away: without a key, and with one that lacks the scope. */
const turnedAway = (text: string): 'Not authorized' | 'read data' | 'execute mutations' | null => {
  if (text.includes('"Not authorized"')) return 'Not authorized';
  const [, what] = /code: AuthorizationError: not authorized to (read data|execute mutations)\)/.exec(text) ?? [];
  return what === 'read data' || what === 'execute mutations' ? what : null;
};

const cases = (['query', 'mutation'] as const).flatMap((root) =>
  Object.values((root === 'query' ? schema.getQueryType() : schema.getMutationType())?.getFields() ?? {}).map(
    (field) => [root, field.name, field] as const,
  ),
);

describe('every operation with every set of scopes', () => {
  test.each(cases)('%s %s', async (root, _name, field) => {
    const need = needOf(field);
    for (const [name, key] of keys) {
      const scopes = name.split('+');
      const wanted =
        need === nobody || need.some((scope) => scopes.includes(scope))
          ? null
          : key === null
            ? 'Not authorized'
            : root === 'query'
              ? 'read data'
              : 'execute mutations';
      const text = await ask(root, field, key);
      expect([name, turnedAway(text)], text).toEqual([name, wanted]);
    }
  });

  test('the contract’s own words stand in our descriptions too', () => {
    for (const [, name, field] of cases) {
      const known = contract[name];
      if (known === undefined || !/Needs/.test(field.description ?? '')) continue;
      expect([name, described(field)]).toEqual([name, known]);
    }
  });

  // ADMIN is ours; Galoy's clients read the list into an enumeration of three.
  test('the scopes that a key shows are those of Galoy’s that it was made with', async () => {
    for (const [name, key] of keys) {
      if (key === null || !name.includes('READ')) continue;
      const { data } = await gateway.ask('{ authorization { scopes } }', {}, key);
      expect([...data.authorization.scopes].sort()).toEqual(
        name
          .split('+')
          .filter((scope) => scope !== 'ADMIN')
          .sort(),
      );
    }
  });
});
