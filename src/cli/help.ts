// The help texts, made from what the verbs say of themselves.
import type { Option, Verb } from './verb.ts';

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

const optionName = ([name, { value, short }]: readonly [string, Option]): string =>
  `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`;

/** What `switchyard` and `switchyard --help` print. */
export const overview = (
  verbs: readonly Verb[],
  version: string,
): string => `switchyard ${version}: one GraphQL endpoint, shaped like Galoy's, over your own Lightning

Usage: switchyard <verb> [options]

${columns(verbs.map((verb) => [[verb.name, ...verb.operands.map((name) => `<${name}>`)].join(' '), verb.summary]))}

switchyard <verb> --help tells more. Without a configuration, "switchyard start" is a sandbox with play money.
`;

/** What `switchyard <verb> --help` prints. */
export const helpOf = (verb: Verb): string => {
  const options: readonly (readonly [string, Option])[] = [...Object.entries(verb.options), ['help', { short: 'h', does: 'this text' }]];
  const operands = verb.operands.map((name) => ` <${name}>`).join('');
  return `Usage: switchyard ${verb.name}${operands} [options]

${verb.summary}.

Options
${columns(options.map((option) => [optionName(option), option[1].does]))}

Examples
${columns(verb.examples.map(([line, does]) => [`switchyard ${line}`, does]))}
`;
};
