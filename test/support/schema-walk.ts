// Reads the operations off the schema: every mutation with its input and payload, every argument that hangs below Query. What is added to the
// schema later is found here, so that tests of all operations need no list of them.
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { schema } from '../../src/doors/graphql/schema.ts';

export interface Mutation {
  readonly name: string;
  /** Name of the type of its argument `input`. */
  readonly inputType: string;
  readonly fields: readonly GraphQLInputField[];
  readonly required: readonly string[];
  /** With the variable `$input`, selecting all of its payload. */
  readonly document: string;
}

const payloadOf = (field: GraphQLField<unknown, unknown>): string => {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) throw new Error(`${field.name} answers no object`);
  const names = Object.values(type.getFields()).map(({ name, type: of }) => {
    if (name === 'errors') return 'errors { message path code }';
    return isObjectType(getNamedType(of)) ? `${name} { __typename }` : name;
  });
  return names.join(' ');
};

const mutationOf = (field: GraphQLField<unknown, unknown>): Mutation => {
  const type = getNamedType(field.args.find(({ name }) => name === 'input')?.type);
  if (!isInputObjectType(type)) throw new Error(`${field.name} has no input`);
  const fields = Object.values(type.getFields());
  return {
    name: field.name,
    inputType: type.name,
    fields,
    required: fields.filter((one) => isNonNullType(one.type)).map(({ name }) => name),
    document: `mutation m($input: ${type.name}!) { ${field.name}(input: $input) { ${payloadOf(field)} } }`,
  };
};

export const mutations: readonly Mutation[] = Object.values(schema.getMutationType()?.getFields() ?? {}).map(mutationOf);

export interface AskedArgument {
  /** Such as `Query.me.defaultAccount.transactions(first)`. */
  readonly path: string;
  readonly argument: GraphQLArgument;
  /** With the variable `$v` for it, and `placeholderWallet` where a wallet is needed. */
  readonly document: string;
}

/** Stands in documents for the id of a wallet that the asker owns. */
export const placeholderWallet = '00000000-0000-4000-8000-00000000a7a7';

const literals: Readonly<Record<string, string>> = {
  walletId: placeholderWallet,
  paymentHash: 'ab'.repeat(32),
  address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
  paymentRequest: 'lnbcrt1x',
  transactionId: '5d2c4b60-0c3e-4f1a-9b7d-1a2b3c4d5e6f',
};

const hasFields = (type: unknown): type is GraphQLObjectType | GraphQLInterfaceType => isObjectType(type) || isInterfaceType(type);

// Below these nothing takes an argument.
const isEnd = (name: string): boolean =>
  ['Transaction', 'Invoice', 'TransactionConnection', 'InvoiceConnection', 'LnPayment', 'LnDecodedInvoice'].includes(name) ||
  name.startsWith('LnInvoicePaymentStatus');

const given = (field: GraphQLField<unknown, unknown>, asked: string | null): string => {
  const args = field.args
    .filter(({ name, type }) => name !== asked && isNonNullType(type))
    .map(({ name }) => `${name}: ${JSON.stringify(literals[name] ?? '')}`);
  if (asked !== null) args.push(`${asked}: $v`);
  return args.length === 0 ? '' : `(${args.join(', ')})`;
};

const below = (type: unknown, wrap: (inner: string) => string, path: string): readonly AskedArgument[] => {
  if (!hasFields(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const here = `${path}.${field.name}`;
    const of = getNamedType(field.type);
    const leaf = hasFields(of) ? ' { __typename }' : '';
    const own = field.args.map((argument) => ({
      path: `${here}(${argument.name})`,
      argument,
      document: `query q($v: ${String(argument.type)}) ${wrap(`${field.name}${given(field, argument.name)}${leaf}`)}`,
    }));
    if (!hasFields(of) || isEnd(of.name)) return own;
    return [...own, ...below(of, (inner) => wrap(`${field.name}${given(field, null)} { ${inner} }`), here)];
  });
};

/** Every argument below Query, but for `input` objects. */
export const queryArguments: readonly AskedArgument[] = below(schema.getQueryType(), (inner) => `{ ${inner} }`, 'Query').filter(
  ({ argument }) => argument.name !== 'input',
);
