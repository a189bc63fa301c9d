// From the words of a command line to a verb and its values. What is not understood is named, with the word that was probably meant.
import { parseArgs } from 'node:util';
import { nearest } from '../config/problem.ts';
import { UsageError, type Verb } from './verb.ts';

export interface Understood {
  readonly verb: Verb;
  readonly help: boolean;
  readonly text: Readonly<Record<string, string | undefined>>;
  readonly on: ReadonlySet<string>;
  readonly operands: readonly string[];
}

const hint = (given: string, known: readonly string[]): string => {
  const near = nearest(given, known);
  return near === null ? '' : `; did you mean "${near}"?`;
};

/** The verb at the beginning, and the words after it; null when there is no word at all. */
export const findVerb = (
  argv: readonly string[],
  verbs: readonly Verb[],
): { readonly verb: Verb; readonly rest: readonly string[] } | null => {
  const [first = '', second = ''] = argv;
  const two = verbs.find((verb) => verb.name === `${first} ${second}`);
  if (two) return { verb: two, rest: argv.slice(2) };
  const one = verbs.find((verb) => verb.name === first);
  if (one) return { verb: one, rest: argv.slice(1) };
  if (first === '' || first.startsWith('-')) return null;
  const group = verbs.filter((verb) => verb.name.startsWith(`${first} `));
  if (group.length > 0) {
    const said = second === '' || second.startsWith('-') ? 'which one' : `unknown verb "${first} ${second}"`;
    throw new UsageError(`${said}? There are: ${group.map((verb) => verb.name).join(', ')}`);
  }
  const words = [...new Set(verbs.flatMap((verb) => [verb.name, verb.name.split(' ')[0] ?? '']))];
  throw new UsageError(`unknown verb "${first}"${hint(first, words)}`);
};

const namesOf = (argument: string): string => argument.replace(/^--?/, '').replace(/=.*$/, '');

const parse = (verb: Verb, rest: readonly string[]) => {
  const entries = Object.entries(verb.options).map(([name, { value, short }]) => {
    const type: 'string' | 'boolean' = value === undefined ? 'boolean' : 'string';
    return [name, { type, ...(short === undefined ? {} : { short }) }] as const;
  });
  const options = { ...Object.fromEntries(entries), help: { type: 'boolean' as const, short: 'h' } };
  const known = new Set(Object.entries(options).flatMap(([name, option]) => ['short' in option ? option.short : name, name]));
  const ends = rest.indexOf('--');
  const stranger = rest.find(
    (word, at) => /^--?[^-\d]/.test(word) && (ends < 0 || at < ends) && !known.has(namesOf(word)) && word.startsWith('--'),
  );
  if (stranger !== undefined)
    throw new UsageError(`unknown option "${stranger.replace(/=.*$/, '')}"${hint(namesOf(stranger), Object.keys(options))}`);
  try {
    return parseArgs({ args: [...rest], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's own words are fit for people up to the first full stop.
    const said = error instanceof Error ? (error.message.split(/\.\s|\n/)[0] ?? '') : String(error);
    throw new UsageError(said.charAt(0).toLowerCase() + said.slice(1));
  }
};

/** @throws UsageError */
export const understand = (verb: Verb, rest: readonly string[]): Understood => {
  const { values, positionals } = parse(verb, rest);
  const given = Object.entries(values);
  const help = values.help === true;
  if (!help && positionals.length < verb.operands.length) throw new UsageError(`<${verb.operands[positionals.length]}> is missing`);
  if (!help && positionals.length > verb.operands.length)
    throw new UsageError(`"${positionals[verb.operands.length]}" is one word too many`);
  return {
    verb,
    help,
    text: Object.fromEntries(given.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
    on: new Set(given.flatMap(([name, value]) => (value === true ? [name] : []))),
    operands: positionals,
  };
};
