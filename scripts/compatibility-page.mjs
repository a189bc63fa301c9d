// docs/galoy-compatibility.md as text: every field of Galoy's public schema, as served or not served and why.
import { compare } from './compatibility.mjs';
import { leftOut, reasons } from './compatibility-reasons.mjs';
import { recordingsSection } from './recordings-page.mjs';

const row = (...cells) => `| ${cells.join(' | ')} |`;
const code = (text) => `\`${text}\``;

const roots = ['Query', 'Mutation', 'Subscription'];
const titles = { Object: 'Object types', Interface: 'Interfaces', InputObject: 'Inputs', Enum: 'Enumerations', Union: 'Unions' };

const rootSection = ({ name, rows }) => [
  `## ${name}`,
  '',
  `${rows.filter(({ served }) => served).length} of ${rows.length} are served.`,
  '',
  row('field', 'served', 'why not'),
  row('---', '---', '---'),
  ...rows.map(({ name: field, served, reason }) => row(code(field), served ? 'yes' : 'no', reason ?? '')),
  '',
];

const kindSection = (kind, types) => {
  const found = types.filter((type) => type.kind === kind && !roots.includes(type.name));
  if (found.length === 0) return [];
  const line = ({ name, rows }) => {
    const served = rows.filter((one) => one.served).map((one) => code(one.name));
    const missing = rows.filter((one) => !one.served).map((one) => `${code(one.name)} (${one.reason})`);
    return row(code(name), served.join(', '), missing.join(', '));
  };
  return [`### ${titles[kind]}`, '', row('type', 'served', 'not served (why)'), row('---', '---', '---'), ...found.map(line), ''];
};

const scalarSection = (types) => {
  const names = types.filter(({ kind }) => kind === 'Scalar').map(({ name }) => code(name));
  return names.length === 0 ? [] : ['### Scalars', '', names.join(', '), ''];
};

const absentSection = (absent) => [
  '## Types that are not served',
  '',
  'Nothing that is served leads to them; each is left out with the fields that do.',
  '',
  row('type', 'its fields or values', 'why'),
  row('---', '---', '---'),
  ...absent.map(({ name, kind, fields, reasons: why }) =>
    row(`${code(name)} (${kind})`, fields.map(code).join(', '), why.join(', ') || 'nothing uses it'),
  ),
  '',
];

/** The page, and what the check must not find: fields without a reason, and served ones that differ. */
export const compatibility = (ours, theirs) => {
  const compared = compare(ours, theirs, leftOut);
  const { types, absent } = compared;
  const fields = types.flatMap(({ rows }) => rows);
  const all = fields.length + absent.reduce((sum, type) => sum + type.fields.length, 0);
  const page = [
    '# Compatibility with Galoy’s schema',
    '',
    'Printed by `npm run generate` from `schema.graphql` and from Galoy’s public schema (`test/contract/upstream`, with its commit); a test fails',
    'when this page differs from them, when a field is missing without a reason, or when a served one is not exactly theirs: type, nullability,',
    'arguments, defaults, values, deprecation. What we add to their types, and how answers read, is told in `src/doors/graphql/README.md`.',
    '',
    `Of ${all} fields, values and members of theirs, ${fields.filter(({ served }) => served).length} are served. Served ones that differ: ${compared.differences.length}.`,
    '',
    '## Why something is not served',
    '',
    row('', 'reason'),
    row('---', '---'),
    ...Object.entries(reasons).map(([name, text]) => row(code(name), text)),
    '',
    ...recordingsSection(),
    ...roots.flatMap((name) => types.filter((type) => type.name === name).flatMap(rootSection)),
    '## Types that are served',
    '',
    ...Object.keys(titles).flatMap((kind) => kindSection(kind, types)),
    ...scalarSection(types),
    ...absentSection(absent),
  ].join('\n');
  return { page: `${page.trimEnd()}\n`, differences: compared.differences, unexplained: compared.unexplained };
};
