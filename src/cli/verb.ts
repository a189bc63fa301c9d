// What a verb of the command line is: its words for people and the one function that does it. A verb answers its exit code.
import type { Io, Parts } from './ports.ts';

export interface Option {
  /** What stands for its value in the help; absent: a switch. */
  readonly value?: string;
  readonly short?: string;
  readonly does: string;
}

export interface Verb {
  /** One word or two: `doctor`, `keys create`. */
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** Names of what follows the verb, all of them required. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Command lines without the name of the program, and what they do. */
  readonly examples: readonly (readonly [string, string])[];
  run(call: Call): Promise<number>;
}

export interface Call {
  /** Values of options that take one. */
  readonly text: Readonly<Record<string, string | undefined>>;
  /** Switches that were given. */
  readonly on: ReadonlySet<string>;
  readonly operands: readonly string[];
  readonly io: Io;
  readonly parts: Parts;
}

/** The person wrote something that cannot be meant: told without a stack, exit code 2. */
export class UsageError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'UsageError';
  }
}

/** Options that every verb with a configuration takes. */
export const configOptions: Readonly<Record<string, Option>> = {
  config: { value: 'file', short: 'c', does: 'the configuration; default: switchyard.yaml in this folder, if there is one' },
  'data-dir': { value: 'folder', does: 'where the embedded database and the admin socket live; default: ./data' },
};

export const jsonOption: Readonly<Record<string, Option>> = { json: { does: 'print JSON, for scripts' } };
