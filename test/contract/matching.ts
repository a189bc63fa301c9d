// How an answer is held against what was recorded: exactly, by wanted values with a few marks, or by its shape alone.
import type { Json } from '../support/gateway-inprocess.ts';

const isRecord = (value: Json): value is Record<string, Json> => typeof value === 'object' && value !== null && !Array.isArray(value);

const typeOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

const show = (value: Json): string => JSON.stringify(value)?.slice(0, 300) ?? 'nothing';

interface Mark {
  readonly $any?: true;
  readonly $match?: string;
  readonly $type?: string;
  readonly $has?: readonly Json[];
  readonly $lacks?: readonly Json[];
  readonly $first?: Json;
  readonly $some?: Json;
  readonly $least?: number;
}

const marked = (got: Json, mark: Mark, path: string): string | null => {
  if (mark.$any) return got === undefined ? `${path} is not there` : null;
  if (mark.$match !== undefined)
    return typeof got === 'string' && new RegExp(mark.$match).test(got)
      ? null
      : `${path} is ${show(got)} and does not match ${mark.$match}`;
  if (mark.$type !== undefined) return typeOf(got) === mark.$type ? null : `${path} is ${show(got)} and no ${mark.$type}`;
  if ('$first' in mark) return difference(got?.[0], mark.$first, `${path}.0`);
  if (mark.$least !== undefined)
    return typeof got === 'number' && got >= mark.$least ? null : `${path} is ${show(got)} and not ${mark.$least} at least`;
  if (!Array.isArray(got)) return `${path} is ${show(got)} and no list`;
  if ('$some' in mark)
    return got.some((one) => difference(one, mark.$some, path) === null) ? null : `${path} has none like ${show(mark.$some)}: ${show(got)}`;
  const lacking = (mark.$has ?? []).filter((one) => !got.includes(one));
  const excess = (mark.$lacks ?? []).filter((one) => got.includes(one));
  return lacking.length + excess.length === 0 ? null : `${path} is ${show(got)}`;
};

/**
 * Where the answer differs from what is wanted; null when nowhere. No key more and none less, unless `$keys` allows more.
 * Marks: `{ $any }`, `{ $match: rule }`, `{ $type }`, `{ $has, $lacks }` of a list, `{ $first }` and `{ $some }` of a list,
 * `{ $least }` of a number.
 */
export const difference = (got: Json, wanted: Json, path = 'answer'): string | null => {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got) || got.length !== wanted.length) return `${path} is ${show(got)} and not ${show(wanted)}`;
    return wanted.map((one, at) => difference(got[at], one, `${path}.${at}`)).find((one) => one !== null) ?? null;
  }
  if (!isRecord(wanted)) return got === wanted ? null : `${path} is ${show(got)} and not ${show(wanted)}`;
  const { $keys, ...fields } = wanted;
  if ($keys === undefined && Object.keys(fields).some((key) => key.startsWith('$'))) return marked(got, fields, path);
  if (!isRecord(got)) return `${path} is ${show(got)} and not ${show(wanted)}`;
  const more = Object.keys(got).filter((key) => !(key in fields));
  if ($keys === undefined && more.length > 0) return `${path} has ${more.join(', ')} too`;
  return (
    Object.entries(fields)
      .map(([key, one]) => difference(got[key], one, `${path}.${key}`))
      .find((one) => one !== null) ?? null
  );
};

/** Where the answer has other keys or types than the recorded one; null when nowhere. Lists are held against the first recorded item. */
export const shapeDifference = (got: Json, recorded: Json, path = 'answer'): string | null => {
  if (typeOf(got) !== typeOf(recorded)) return `${path} is ${show(got)} and was ${show(recorded)}`;
  if (Array.isArray(recorded)) {
    const [first] = recorded;
    return first === undefined
      ? null
      : (got.map((one: Json, at: number) => shapeDifference(one, first, `${path}.${at}`)).find((one: string | null) => one !== null) ??
          null);
  }
  if (!isRecord(recorded)) return null;
  const keys = (of: Json): string => Object.keys(of).sort().join(', ');
  if (keys(got) !== keys(recorded)) return `${path} has the keys ${keys(got)} and had ${keys(recorded)}`;
  return (
    Object.entries(recorded)
      .map(([key, one]) => shapeDifference(got[key], one, `${path}.${key}`))
      .find((one) => one !== null) ?? null
  );
};
