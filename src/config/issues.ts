// Turns zod's issues into problems that name the key, what it holds and what was expected, in the words of schema.ts.
import { z } from 'zod';
import { dotted, type Path, type Problem, problem, show, unknownName } from './problem.ts';
import type { Read } from './read.ts';

/** The schema behind the wrappers (default, optional, preprocess) that stand between a key and what it holds. */
export const unwrap = (node: z.core.$ZodType): z.core.$ZodType => {
  if (node instanceof z.ZodDefault || node instanceof z.ZodPrefault || node instanceof z.ZodOptional || node instanceof z.ZodNullable)
    return unwrap(node.def.innerType);
  if (node instanceof z.ZodPipe) return unwrap(node.def.out instanceof z.ZodTransform ? node.def.in : node.def.out);
  return node;
};

const child = (node: z.core.$ZodType, name: string | number): z.core.$ZodType | undefined => {
  const core = unwrap(node);
  if (core instanceof z.ZodObject) return core.def.shape[String(name)];
  if (core instanceof z.ZodRecord) return core.def.valueType;
  if (core instanceof z.ZodArray) return core.def.element;
  return undefined;
};

const metaText = (node: z.core.$ZodType | undefined, name: string): string | undefined => {
  const found: unknown = node && z.globalRegistry.get(node)?.[name];
  return typeof found === 'string' ? found : undefined;
};

/** The schema's words for what a path must hold; those of the nearest key above when it has none of its own. */
const expectedAt = (root: z.core.$ZodType, path: Path): string | undefined => {
  let node: z.core.$ZodType | undefined = root;
  let words: string | undefined;
  for (const name of path) {
    node = node && child(node, name);
    words = metaText(node, 'expects') ?? words;
  }
  return words;
};

/** Names of the keys of the object at a path. */
export const keysAt = (root: z.core.$ZodType, path: Path): readonly string[] => {
  let node: z.core.$ZodType | undefined = root;
  for (const name of path) node = node && child(node, name);
  const core = node && unwrap(node);
  return core instanceof z.ZodObject ? Object.keys(core.def.shape) : [];
};

const valueAt = (tree: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined), tree);

/** Where the issues come from: the schema that made them, and the path under which its value lies in the file. */
export interface IssueSource {
  readonly root: z.core.$ZodType | null;
  readonly under: Path;
  readonly read: Read;
}

/** One problem for each wrong key. */
export const problemsOf = (issues: readonly z.core.$ZodIssue[], { root, under, read }: IssueSource): readonly Problem[] =>
  issues.flatMap((issue): readonly Problem[] => {
    const local = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    const path = [...under, ...local];
    const holds = (at: Path): string => show(valueAt(read.value, at), at, read.secrets.has(dotted(at)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((name) => {
        const at = [...path, name];
        return problem(at, {
          line: read.line(at),
          holds: holds(at),
          expected: `no such key: ${unknownName(name, root ? keysAt(root, local) : [])}`,
        });
      });
    }
    if (issue.code === 'invalid_key')
      return [
        problem(path, {
          line: read.line(path),
          holds: 'that name',
          expected: expectedAt(root ?? z.any(), local.slice(0, -1)) ?? issue.message,
        }),
      ];
    const words =
      (root && expectedAt(root, local)) ?? issue.message.replace(/^(Invalid input: )?(expected )?/, '').replace(/, received .*$/, '');
    return [problem(path, { line: read.line(path), holds: holds(path), expected: words })];
  });
