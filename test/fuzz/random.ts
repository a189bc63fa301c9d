// Seeded randomness: the request with a number follows from the seed and that number alone, so that one of a hundred thousand can be made again.

export interface Random {
  /** 0 up to, and not, 1. */
  next(): number;
  /** 0 up to, and not, `below`. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** By weight. */
  weighted<T>(from: readonly (readonly [number, T])[]): T;
}

/** Mulberry32 over a mix of seed and number. */
export const createRandom = (seed: number, number: number): Random => {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const pick = <T>(from: readonly T[]): T => {
    const found = from[int(from.length)];
    if (found === undefined && from.length === 0) throw new Error('nothing to pick from');
    return found as T;
  };
  const weighted = <T>(from: readonly (readonly [number, T])[]): T => {
    let left = next() * from.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of from) {
      left -= weight;
      if (left < 0) return item;
    }
    return pick(from)[1];
  };
  return { next, int, chance: (probability) => next() < probability, pick, weighted };
};
