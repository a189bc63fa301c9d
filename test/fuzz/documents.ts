// Hostile documents: random walks over the schema with fragments, aliases and directives, and bombs of every kind that GraphQL is known for.
import { type GraphQLNamedType, getNamedType, isInterfaceType, isNonNullType, isObjectType, isUnionType } from 'graphql';
import { schema } from '../../src/doors/graphql/schema.ts';
import type { Random } from './random.ts';
import { anyJson, text } from './values.ts';

// A literal of a document is no JSON; most JSON is near enough, and what is not is one more bad document.
const literal = (random: Random): string => anyJson(random).replace(/"(\w+)":/g, '$1: ');

const decorate = (random: Random, field: string): string => {
  const alias = random.chance(0.1) ? `${random.pick(['a', 'b', '__proto__', 'constructor', 'x1'])}: ` : '';
  const directive = random.chance(0.08)
    ? random.pick([' @skip(if: false)', ' @include(if: true)', ' @skip(if: $v)', ' @deprecated', ' @nobody'])
    : '';
  return `${alias}${field}${directive}`;
};

const select = (random: Random, type: GraphQLNamedType, depth: number): string => {
  if (isUnionType(type))
    return `{ ${type
      .getTypes()
      .map((one) => `... on ${one.name} ${select(random, one, depth - 1)}`)
      .join(' ')} }`;
  if (!(isObjectType(type) || isInterfaceType(type))) return '';
  const fields = Object.values(type.getFields());
  const chosen = Array.from({ length: 1 + random.int(4) }, () => random.pick(fields)).filter(
    ({ type: of }) => depth > 0 || isScalarLike(getNamedType(of)),
  );
  const parts = chosen.map((field) => {
    const args = field.args.filter((one) => isNonNullType(one.type) || random.chance(0.3)).map(({ name }) => `${name}: ${literal(random)}`);
    const inner = select(random, getNamedType(field.type), depth - 1);
    return decorate(random, `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${inner}`);
  });
  if (random.chance(0.05))
    parts.push(random.pick(['...F', '... on Nobody { a }', '... { __typename }', '__schema { types { name } }', 'nobody']));
  return `{ __typename ${parts.join(' ')} }`;
};

const isScalarLike = (type: GraphQLNamedType): boolean => !(isObjectType(type) || isInterfaceType(type) || isUnionType(type));

/** A query that the schema mostly knows. It changes nothing: it is never a mutation. */
export const randomQuery = (random: Random): string => {
  const root = schema.getQueryType();
  if (!root) throw new Error('a schema without queries');
  const name = random.chance(0.3) ? ` ${random.pick(['q', 'me', 'query', '__proto__', 'x'.repeat(200)])}` : '';
  return `query${name} ${select(random, root, 1 + random.int(6))}`;
};

const repeat = (many: number, part: (at: number) => string): string => Array.from({ length: many }, (_, at) => part(at)).join(' ');

/** What is known to make GraphQL servers busy. */
export const bomb = (random: Random): string => {
  const many = random.pick([10, 100, 1000, 5000]);
  const deep = random.pick([5, 25, 200, 2000]);
  return random.pick<() => string>([
    () => `{ ${'me { defaultAccount { wallets { '.repeat(1)}${'... on BTCWallet { '.repeat(deep)} id ${'} '.repeat(deep)} } } } }`,
    () => `{ ${repeat(many, (at) => `a${at}: globals { network }`)} }`,
    () => `{ ${repeat(many, () => 'globals { network }')} }`,
    () => `{ me { ${repeat(many, () => 'id')} } }`,
    () => `query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }`,
    () => `query { ...A } fragment A on Query { globals { network } ...A }`,
    () =>
      `query { ...F0 } ${repeat(many, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F${many} on Query { globals { network } }`,
    () => `{ globals ${repeat(many, () => '@skip(if: false)')} { network } }`,
    () => `query(${repeat(many, (at) => `$v${at}: Int`)}) { globals { network } }`,
    () => repeat(many, (at) => `query Q${at} { globals { network } }`),
    () => `{ ${'{'.repeat(deep)} ${'}'.repeat(deep)} }`,
    () => `{ lnInvoicePaymentStatusByHash(input: ${'['.repeat(deep)}1${']'.repeat(deep)}) { status } }`,
    () => `{ lnInvoiceDecode(paymentRequest: ${'{ a: '.repeat(deep)}1${' }'.repeat(deep)}) { paymentHash } }`,
    () => `{ __schema { types { ${'ofType { '.repeat(deep)} name ${'} '.repeat(deep)} } } }`,
    () => `{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }`,
    () => `{ ${'#'.repeat(many)}\n globals { network } ${','.repeat(many)} }`,
    () => `{ globals(${repeat(many, (at) => `a${at}: 1`)}) { network } }`,
    () =>
      `{ me { defaultAccount { transactions(first: 100) { edges { node { ${repeat(Math.min(many, 500), (at) => `a${at}: id`)} } } } } } }`,
    () => `{ lnInvoiceDecode(paymentRequest: """${'x'.repeat(many)}""") { paymentHash } }`,
    () => `"${'x'.repeat(many)}" { globals { network } }`,
    () => `query ${'x'.repeat(many * 10)} { globals { network } }`,
    () => `${'\ufeff'.repeat(many)}{ globals { network } }`,
    () =>
      `subscription { ${repeat(Math.min(many, 50), (at) => `a${at}: lnInvoicePaymentStatusByHash(input: { paymentHash: "x" }) { status }`)} }`,
    () => `type Query { a: Int } { globals { network } }`,
    () => `{ globals { network } } ${text(random, 40)}`,
  ])();
};
