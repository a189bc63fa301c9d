// The mark that a gateway keeps beside its database, in memory: it outlives the cores of one test file, and a test may say what it holds.
import type { Mark, MarkFile } from '../../src/platform/mark.ts';

export const markInMemory = (): MarkFile => {
  let kept: Mark | null = null;
  return {
    read: () => kept,
    keep: (next) => {
      kept = next;
    },
  };
};
