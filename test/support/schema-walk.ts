// Reads the operations off the schema: every mutation with its input and payload, every argument that hangs below Query. What is added to the
// schema later is found here, so that tests of all operations need no list of them.
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { schema } from '../../src/doors/graphql/schema.ts';

/** As its description says it: `Needs RECEIVE or WRITE.` */
export type Needs = 'nobody' | 'RECEIVE or WRITE' | 'WRITE' | 'ADMIN';

export interface Mutation {
  readonly name: string;
  readonly needs: Needs;
  readonly fields: readonly GraphQLInputField[];
  readonly required: readonly string[];
  /** With the variable `$input`, selecting all of its payload. */
  readonly document: string;
}

const hasFields = (type: unknown): type is GraphQLObjectType | GraphQLInterfaceType => isObjectType(type) || isInterfaceType(type);

const payloadOf = (field: GraphQLField<unknown, unknown>): string => {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) throw new Error(`${field.name} answers no object`);
  const names = Object.values(type.getFields()).map(({ name, type: of }) => {
    if (name === 'errors') return 'errors { message path code }';
    return hasFields(getNamedType(of)) ? `${name} { __typename }` : name;
  });
  return names.join(' ');
};

const needsOf = ({ name, description }: GraphQLField<unknown, unknown>): Needs => {
  const [, found] = /Needs (no key|RECEIVE or WRITE|WRITE|ADMIN)/.exec(description ?? '') ?? [];
  if (found === undefined) throw new Error(`the description of ${name} does not say what it needs`);
  return found === 'no key' ? 'nobody' : (found as Needs);
};

const mutationOf = (field: GraphQLField<unknown, unknown>): Mutation => {
  const type = getNamedType(field.args.find(({ name }) => name === 'input')?.type);
  const fields = isInputObjectType(type) ? Object.values(type.getFields()) : [];
  const document = isInputObjectType(type)
    ? `mutation m($input: ${type.name}!) { ${field.name}(input: $input) { ${payloadOf(field)} } }`
    : `mutation m { ${field.name} { ${payloadOf(field)} } }`;
  return {
    name: field.name,
    needs: needsOf(field),
    fields,
    required: fields.filter(isRequiredInputField).map(({ name }) => name),
    document,
  };
};

const every: readonly Mutation[] = Object.values(schema.getMutationType()?.getFields() ?? {}).map(mutationOf);

/** What wallets do; each has an `input` and a payload with `errors`. */
export const mutations: readonly Mutation[] = every.filter(({ needs }) => needs !== 'ADMIN');
/** What only an administrator's key may do. */
export const adminMutations: readonly Mutation[] = every.filter(({ needs }) => needs === 'ADMIN');

/** A value that a type takes when nobody cares which; undefined for a scalar of ours, whose meaning somebody must know. */
export const plainValue = (type: GraphQLType): unknown => {
  const named = getNamedType(type);
  if (isListType(getNullableType(type))) return [];
  if (isEnumType(named)) return named.getValues()[0]?.name;
  const plain: Readonly<Record<string, unknown>> = { ID: '5d2c4b60-0c3e-4f1a-9b7d-1a2b3c4d5e6f', String: 'x', Boolean: false, Int: 1 };
  return plain[named.name];
};

export interface AskedArgument {
  /** Such as `Query.me.defaultAccount.transactions(first)`. */
  readonly path: string;
  readonly argument: GraphQLArgument;
  /** With the variable `$v` for it, and `placeholderWallet` where a wallet is needed. */
  readonly document: string;
}

/** Stands in documents for the id of a wallet that the asker owns. */
export const placeholderWallet = '00000000-0000-4000-8000-00000000a7a7';

const literals: Readonly<Record<string, string | number>> = {
  amount: 10_000,
  currency: 'USD',
  walletId: placeholderWallet,
  paymentHash: 'ab'.repeat(32),
  address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
  paymentRequest: 'lnbcrt1x',
  transactionId: '5d2c4b60-0c3e-4f1a-9b7d-1a2b3c4d5e6f',
};

// Below these nothing takes an argument.
const isEnd = (name: string): boolean =>
  ['Transaction', 'Invoice', 'TransactionConnection', 'InvoiceConnection', 'LnPayment', 'LnDecodedInvoice'].includes(name) ||
  name.startsWith('LnInvoicePaymentStatus');

const given = (field: GraphQLField<unknown, unknown>, asked: string | null): string => {
  const args = field.args
    .filter((argument) => argument.name !== asked && isRequiredArgument(argument))
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

const needsAdmin = (path: string): boolean => {
  const [, root = ''] = path.split(/[.(]/);
  return /Needs ADMIN/.test(schema.getQueryType()?.getFields()[root]?.description ?? '');
};

/** Every argument below Query that a wallet's key may give, but for `input` objects. */
export const queryArguments: readonly AskedArgument[] = below(schema.getQueryType(), (inner) => `{ ${inner} }`, 'Query').filter(
  ({ path, argument }) => argument.name !== 'input' && !needsAdmin(path),
);
