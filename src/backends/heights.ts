// How high each backend's chain is, as far as its facts have told. Blocks only ever add up: a lower height told later is an old story.
import type { BlockHeight } from '../lightning/values.ts';

export interface Heights {
  readonly reached: (backendId: string, height: BlockHeight) => void;
  /** Null until the backend has told of a block. */
  readonly of: (backendId: string) => number | null;
}

export const createHeights = (): Heights => {
  const highest = new Map<string, number>();
  return {
    reached: (backendId, height) => {
      highest.set(backendId, Math.max(height, highest.get(backendId) ?? 0));
    },
    of: (backendId) => highest.get(backendId) ?? null,
  };
};
