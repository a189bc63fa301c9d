// Runs one command line: 0 it was done, 1 it was not, 2 it was not understood (words or configuration). Errors are sentences, never stacks.
import { ConfigError } from '../config/problem.ts';
import { findVerb, understand } from './args.ts';
import { helpOf, overview } from './help.ts';
import type { Io, Parts } from './ports.ts';
import { UsageError } from './verb.ts';
import { verbs } from './verbs.ts';

const fail = (error: unknown, io: Io, argv: readonly string[]): number => {
  if (error instanceof ConfigError) {
    io.err(`${error.message}\n\ndocs/config.md lists every key.\n`);
    return 2;
  }
  if (error instanceof UsageError) {
    const verb = verbs.find(({ name }) => name === argv.slice(0, 2).join(' ')) ?? verbs.find(({ name }) => name === argv[0]);
    io.err(`switchyard: ${error.message}\nTry: switchyard ${verb ? `${verb.name} ` : ''}--help\n`);
    return 2;
  }
  io.err(`switchyard: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
};

/** @returns the exit code. Never throws. */
export const runCli = async (argv: readonly string[], io: Io, parts: Parts): Promise<number> => {
  try {
    const found = findVerb(argv, verbs);
    if (!found) {
      const [first] = argv;
      if (first === '--version' || first === '-v') io.out(`${parts.version}\n`);
      else if (first === undefined || first === '--help' || first === '-h') io.out(overview(verbs, parts.version));
      else throw new UsageError(`"${first}" comes before the verb`);
      return first === undefined ? 2 : 0;
    }
    const { help, text, on, operands } = understand(found.verb, found.rest);
    if (help) {
      io.out(helpOf(found.verb));
      return 0;
    }
    return await found.verb.run({ text, on, operands, io, parts });
  } catch (error) {
    return fail(error, io, argv);
  }
};
