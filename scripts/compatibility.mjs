// Holds our schema against Galoy's, field by field: what is served, what is not and why, and where a served thing is not exactly theirs.
import {
  astFromValue,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql';

const fielded = (type) => isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);

/** What stands inside a type, by name: its fields, values or members, each as everything that a client can tell about it. */
export const insides = (type) => {
  if (isEnumType(type)) return Object.fromEntries(type.getValues().map(({ name, deprecationReason }) => [name, deprecationReason ?? '']));
  if (isUnionType(type)) return Object.fromEntries(type.getTypes().map(({ name }) => [name, '']));
  if (!fielded(type)) return {};
  return Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, shapeOf(field)]));
};

// As it is written in a schema: what an enum's value is inside is nobody's business.
const defaultOf = (type, value) => (value === undefined ? null : print(astFromValue(value, type)));

const shapeOf = ({ type, args = [], defaultValue, deprecationReason }) =>
  JSON.stringify({
    type: String(type),
    default: defaultOf(type, defaultValue),
    deprecated: deprecationReason ?? null,
    args: args.map(argOf).sort(),
  });

const argOf = ({ name, type, defaultValue, deprecationReason }) =>
  JSON.stringify([name, String(type), defaultOf(type, defaultValue), deprecationReason ?? null]);

const kindOf = (type) => type.astNode?.kind.replace('TypeDefinition', '') ?? type.constructor.name;

/** The types that a field leads to. */
const leadsTo = (field) => [field.type, ...(field.args ?? []).map(({ type }) => type)].map(getNamedType);

const ownTypes = (schema) =>
  Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .sort((one, other) => (one.name < other.name ? -1 : 1));

/**
 * @param {import('graphql').GraphQLSchema} ours
 * @param {import('graphql').GraphQLSchema} theirs
 * @param {Readonly<Record<string, readonly string[]>>} leftOut by reason
 */
export const compare = (ours, theirs, leftOut) => {
  const why = new Map(Object.entries(leftOut).flatMap(([reason, coordinates]) => coordinates.map((coordinate) => [coordinate, reason])));
  const shared = ownTypes(theirs).filter(({ name }) => ours.getType(name) !== undefined);
  const unexplained = [];
  const types = shared.map((type) => {
    const here = insides(ours.getType(type.name));
    const rows = Object.keys(insides(type)).map((name) => {
      const served = name in here;
      const coordinate = `${type.name}.${name}`;
      if (!served && !why.has(coordinate)) unexplained.push(coordinate);
      return { name, served, reason: served ? null : (why.get(coordinate) ?? null) };
    });
    return { name: type.name, kind: kindOf(type), rows };
  });
  return { types, absent: absentTypes(ours, theirs, why), unexplained, differences: differencesOf(ours, shared) };
};

/** Types of theirs that we have not, each with the reasons of the fields that lead to it. */
const absentTypes = (ours, theirs, why) => {
  const found = new Map();
  const follow = (type, reason) => {
    if (ours.getType(type.name) !== undefined || isSpecifiedScalarType(type)) return;
    const known = found.get(type.name) ?? new Set();
    if (known.has(reason)) return;
    found.set(type.name, known.add(reason));
    if (isUnionType(type)) for (const member of type.getTypes()) follow(member, reason);
    if (fielded(type)) for (const field of Object.values(type.getFields())) for (const next of leadsTo(field)) follow(next, reason);
  };
  for (const [coordinate, reason] of why) {
    const [type = '', name = ''] = coordinate.split('.');
    const from = theirs.getType(type);
    const field = fielded(from) ? from.getFields()[name] : undefined;
    if (field && !(name in insides(ours.getType(type)))) for (const next of leadsTo(field)) follow(next, reason);
  }
  return ownTypes(theirs)
    .filter(({ name }) => ours.getType(name) === undefined)
    .map((type) => ({
      name: type.name,
      kind: kindOf(type),
      fields: Object.keys(insides(type)),
      reasons: [...(found.get(type.name) ?? [])],
    }));
};

/** Where a served thing is not exactly theirs. */
const differencesOf = (ours, shared) =>
  shared.flatMap((type) => {
    const here = ours.getType(type.name);
    const differences = [];
    if (here.constructor.name !== type.constructor.name) differences.push(`${type.name} is of another kind`);
    const interfaces = (one) => (isObjectType(one) || isInterfaceType(one) ? one.getInterfaces().map(String).sort().join() : '');
    if (interfaces(here) !== interfaces(type)) differences.push(`${type.name} implements other interfaces`);
    const [mine, yours] = [insides(here), insides(type)];
    for (const [name, shape] of Object.entries(yours))
      if (name in mine && mine[name] !== shape) differences.push(`${type.name}.${name}: ours ${mine[name]}, theirs ${shape}`);
    // A required input of our own would refuse what is valid there.
    if (isInputObjectType(here))
      for (const [name, shape] of Object.entries(mine))
        if (!(name in yours) && JSON.parse(shape).type.endsWith('!'))
          differences.push(`${type.name}.${name}: required here, unknown there`);
    return differences;
  });
