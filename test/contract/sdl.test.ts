// Every field that we serve under one of Galoy's types is exactly theirs: type, arguments, defaults, deprecation. What we add and
// what we leave out is written down here, so that neither happens by accident.
import { readFileSync } from 'node:fs';
import {
  astFromValue,
  buildSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isUnionType,
  print,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/doors/graphql/schema.ts';

const read = (name: string) => buildSchema(readFileSync(new URL(`./upstream/${name}.graphql`, import.meta.url), 'utf8'));
const upstream = read('blink-public');
/** What upstream's key service adds to it. */
const keyService = read('blink-api-keys');

/** Our own optional inputs under Galoy's. */
const addedInputs = [
  'LnAddressPaymentSendInput.comment',
  'LnInvoicePaymentInput.maxFee',
  'LnNoAmountInvoicePaymentInput.maxFee',
  'LnurlPaymentSendInput.comment',
];
/** Our own fields under Galoy's types. */
const addedFields = [
  'Account.holdInvoices',
  'BTCWallet.holdInvoices',
  'BuildInformation.version',
  'CallbackEndpointAddPayload.secret',
  'ConsumerAccount.holdInvoices',
  'Globals.simulated',
  'Mutation.apiKeyCreate',
  'Mutation.apiKeyRemoveLimit',
  'Mutation.apiKeyRevoke',
  'Mutation.apiKeySetLimit',
  'Mutation.cashOutCreate',
  'Mutation.cashOutRefundRedeem',
  'Mutation.cashOutReportDispense',
  'Mutation.cashOutStartDispense',
  'Mutation.lnHoldInvoiceCancel',
  'Mutation.lnHoldInvoiceCreate',
  'Mutation.lnHoldInvoiceSettle',
  'Mutation.outgoingHalt',
  'Mutation.outgoingResume',
  'Mutation.paymentAsk',
  'Mutation.simulatedDeposit',
  'Mutation.simulatedPayerPay',
  'Mutation.walletCreate',
  'Mutation.walletSetRoutes',
  'Query.backends',
  'Query.cashOut',
  'Query.incidents',
  'Query.lnHoldInvoice',
  'Query.lnInvoiceDecode',
  'Query.lnPayment',
  'RealtimePrice.stale',
  'Subscription.lnHoldInvoice',
  'Subscription.lnPayment',
  'UsdWallet.holdInvoices',
  'User.apiKeys',
  'Wallet.holdInvoices',
];

/** Our own values of Galoy's enumerations: only who has them sees them. */
const addedValues = ['Scope.ADMIN'];

const addedTypes = [
  'ApiKey',
  'ApiKeyCreateInput',
  'ApiKeyCreatePayload',
  'ApiKeyLimits',
  'ApiKeyRemoveLimitInput',
  'ApiKeyRevokeInput',
  'ApiKeyRevokePayload',
  'ApiKeySetLimitInput',
  'ApiKeySetLimitPayload',
  'Backend',
  'BackendMember',
  'BalanceKind',
  'CashOut',
  'CashOutCreateInput',
  'CashOutEvent',
  'CashOutPayload',
  'CashOutRefund',
  'CashOutRefundRedeemInput',
  'CashOutRefundStatus',
  'CashOutReportDispenseInput',
  'CashOutResult',
  'CashOutStartDispenseInput',
  'CashOutStatus',
  'Incident',
  'LimitTimeWindow',
  'LnDecodedInvoice',
  'LnHoldDeadline',
  'LnHoldDeadlineAction',
  'LnHoldInvoice',
  'LnHoldInvoiceCancelInput',
  'LnHoldInvoiceConnection',
  'LnHoldInvoiceCreateInput',
  'LnHoldInvoiceEdge',
  'LnHoldInvoicePayload',
  'LnHoldInvoiceSettleInput',
  'LnHoldStatus',
  'LnInvoiceFeature',
  'LnPayment',
  'LnPaymentAttempt',
  'LnPaymentFailure',
  'LnPaymentHop',
  'LnPaymentPayload',
  'LnPaymentRoute',
  'LnRouteHint',
  'LnRouteHintHop',
  'Msat',
  'OutgoingHaltInput',
  'OutgoingPayload',
  'PaymentAskInput',
  'PaymentAskPayload',
  'SimulatedDepositInput',
  'SimulatedDepositPayload',
  'SimulatedPayerPayInput',
  'SimulatedPayerPayPayload',
  'WalletCreateInput',
  'WalletPayload',
  'WalletSetRoutesInput',
];

/** Fields of served types (roots aside) that are not served. */
const leftOut = [
  'Account.callbackPortalUrl',
  'Account.notificationSettings',
  'ConsumerAccount.callbackPortalUrl',
  'ConsumerAccount.notificationSettings',
  'ConsumerAccount.quiz',
  'User.contactByUsername',
  'User.contacts',
  'User.email',
  'User.language',
  'User.phone',
  'User.supportChat',
  'User.totpEnabled',
];

const served = {
  Query: [
    'accountDefaultWallet',
    'authorization',
    'btcPriceList',
    'currencyConversionEstimation',
    'currencyList',
    'globals',
    'lnInvoicePaymentStatus',
    'lnInvoicePaymentStatusByHash',
    'lnInvoicePaymentStatusByPaymentRequest',
    'me',
    'realtimePrice',
    'userDefaultWalletId',
    'usernameAvailable',
    'onChainTxFee',
    'onChainUsdTxFee',
    'onChainUsdTxFeeAsBtcDenominated',
    'payoutSpeeds',
  ],
  Mutation: [
    'accountUpdateDefaultWalletId',
    'accountUpdateDisplayCurrency',
    'callbackEndpointAdd',
    'callbackEndpointDelete',
    'intraLedgerPaymentSend',
    'intraLedgerUsdPaymentSend',
    'lnAddressPaymentSend',
    'lnInvoiceCancel',
    'lnInvoiceCreate',
    'lnInvoiceCreateOnBehalfOfRecipient',
    'lnInvoiceFeeProbe',
    'lnInvoicePaymentSend',
    'lnNoAmountInvoiceCreate',
    'lnNoAmountInvoiceCreateOnBehalfOfRecipient',
    'lnNoAmountInvoiceFeeProbe',
    'lnNoAmountInvoicePaymentSend',
    'lnNoAmountUsdInvoiceFeeProbe',
    'lnNoAmountUsdInvoicePaymentSend',
    'lnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipient',
    'lnUsdInvoiceCreate',
    'lnUsdInvoiceCreateOnBehalfOfRecipient',
    'lnUsdInvoiceFeeProbe',
    'lnurlPaymentSend',
    'onChainAddressCreate',
    'onChainAddressCurrent',
    'onChainPaymentSend',
    'onChainPaymentSendAll',
    'onChainUsdPaymentSend',
    'onChainUsdPaymentSendAsBtcDenominated',
    'userUpdateUsername',
  ],
  Subscription: [
    'lnInvoicePaymentStatus',
    'lnInvoicePaymentStatusByHash',
    'lnInvoicePaymentStatusByPaymentRequest',
    'myUpdates',
    'price',
    'realtimePrice',
  ],
} as const;

const isRoot = (name: string): name is keyof typeof served => Object.hasOwn(served, name);
const ourTypes = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
const shared = ourTypes.filter(({ name }) => upstream.getType(name) !== undefined).map((ours) => ({ name: ours.name, ours }));

const kindOf = (type: GraphQLNamedType): string => type.constructor.name;

/** As it is written in a schema: what an enum's value is inside is nobody's business. */
const defaultOf = (type: GraphQLInputType, value: unknown): string | null => {
  const node = value === undefined ? null : astFromValue(value, type);
  return node ? print(node) : null;
};

const inputsOf = (inputs: readonly (GraphQLArgument | GraphQLInputField)[]): readonly string[] =>
  inputs
    .map(({ name, type, defaultValue, deprecationReason }) =>
      JSON.stringify([name, String(type), defaultOf(type, defaultValue), deprecationReason ?? null]),
    )
    .sort();

/** Everything a client can tell about the fields of a type, by name. */
const fieldsOf = (type: GraphQLNamedType | undefined): Readonly<Record<string, object>> => {
  if (isInputObjectType(type))
    return { input: inputsOf(Object.values(type.getFields()).filter(({ name }) => !addedInputs.includes(`${type.name}.${name}`))) };
  if (!isObjectType(type) && !isInterfaceType(type)) return {};
  return Object.fromEntries(
    Object.values(type.getFields()).map((field) => [
      field.name,
      { type: String(field.type), deprecated: field.deprecationReason ?? null, args: inputsOf(field.args) },
    ]),
  );
};

/** Our own fields under the key service's types. */
const addedToKeys = ['ApiKey.prefix', 'ApiKey.waitSeconds', 'ApiKey.walletId'];

describe('our schema against upstream’s key service', () => {
  const theirs = Object.values(keyService.getTypeMap()).filter((type) => !isIntrospectionType(type));
  it.each(theirs.map(({ name }) => ({ name })))('$name has all of its fields and values, exactly', ({ name }) => {
    const [ours, type] = [schema.getType(name), keyService.getType(name)];
    if (isEnumType(type) && isEnumType(ours))
      expect(ours.getValues().map(({ name: value }) => value)).toEqual(expect.arrayContaining(type.getValues().map((one) => one.name)));
    const fields = fieldsOf(ours);
    if (isInputObjectType(type)) {
      const added = name === 'ApiKeyCreateInput' ? 2 : 0;
      expect(inputsOf(Object.values(isInputObjectType(ours) ? ours.getFields() : {}))).toEqual(
        expect.arrayContaining([...inputsOf(Object.values(type.getFields()))]),
      );
      expect(Object.keys(isInputObjectType(ours) ? ours.getFields() : {})).toHaveLength(Object.keys(type.getFields()).length + added);
      return;
    }
    expect(fields).toMatchObject(fieldsOf(type));
    if (name === 'ApiKey' || name === 'ApiKeyLimits') {
      const own = Object.keys(fields).filter((field) => !Object.hasOwn(fieldsOf(type), field));
      expect(own.map((field) => `${name}.${field}`)).toEqual(name === 'ApiKey' ? addedToKeys : []);
    }
  });
});

describe('our schema against upstream’s', () => {
  it.each(shared)('$name is of the same kind, values, members and interfaces', ({ name, ours }) => {
    const theirs = upstream.getType(name);
    expect(theirs && kindOf(theirs)).toBe(kindOf(ours));
    if (isEnumType(ours) && isEnumType(theirs)) {
      expect(
        ours
          .getValues()
          .map(({ name: value }) => value)
          .filter((value) => !addedValues.includes(`${name}.${value}`))
          .sort(),
      ).toEqual(
        theirs
          .getValues()
          .map(({ name: value }) => value)
          .sort(),
      );
    }
    if (isUnionType(ours) && isUnionType(theirs)) expect(ours.getTypes().map(String).sort()).toEqual(theirs.getTypes().map(String).sort());
    if (isObjectType(ours) && isObjectType(theirs))
      expect(ours.getInterfaces().map(String).sort()).toEqual(theirs.getInterfaces().map(String).sort());
    if (isScalarType(ours) && isScalarType(theirs)) expect(ours.specifiedByURL).toEqual(theirs.specifiedByURL);
  });

  it.each(shared)('$name has upstream’s fields and, beside our own, no others', ({ name, ours }) => {
    const theirs = fieldsOf(upstream.getType(name));
    for (const [field, facts] of Object.entries(fieldsOf(ours))) {
      if (!addedFields.includes(`${name}.${field}`)) expect({ [field]: facts }).toEqual({ [field]: theirs[field] });
    }
  });

  it('adds no type that is not written down here', () => {
    expect(
      ourTypes
        .filter(({ name }) => upstream.getType(name) === undefined)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(addedTypes);
  });

  it('has every field that is written down as ours', () => {
    for (const coordinate of addedFields) {
      const [type = '', field = ''] = coordinate.split('.');
      expect(fieldsOf(schema.getType(type)), coordinate).toHaveProperty(field);
    }
  });

  it('requires none of our own fields of inputs', () => {
    for (const coordinate of addedInputs) {
      const [name = '', field = ''] = coordinate.split('.');
      const type = schema.getType(name);
      expect(String(isInputObjectType(type) ? type.getFields()[field]?.type : null), coordinate).toMatch(/^[A-Za-z]+$/);
    }
  });

  it('serves the operations that it should', () => {
    for (const [root, fields] of Object.entries(served)) {
      const ours = Object.keys(fieldsOf(schema.getType(root))).filter((field) => !addedFields.includes(`${root}.${field}`));
      expect(ours.sort()).toEqual([...fields].sort());
    }
  });

  it('leaves out of the types it serves only what is written down here', () => {
    const missing = shared
      .filter(({ name }) => !isRoot(name))
      .flatMap(({ name, ours }) =>
        Object.keys(fieldsOf(upstream.getType(name)))
          .filter((field) => fieldsOf(ours)[field] === undefined)
          .map((field) => `${name}.${field}`),
      );
    expect(missing.sort()).toEqual(leftOut);
  });
});
