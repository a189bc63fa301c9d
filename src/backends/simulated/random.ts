// Randomness from a seed alone: the same seed draws the same numbers and secrets, so that a run can be repeated.
import { createHash } from 'node:crypto';

export interface Random {
  /** 0 ≤ number < 1. */
  fraction(): number;
  /** Whole number, 0 ≤ number < below. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** sha256 over the parts, each closed by a zero byte, as 64 hex digits. */
export const derive = (...parts: readonly (string | number)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part}\0`);
  return hash.digest('hex');
};

/** A generator of 32-bit numbers (sfc32) started from the seed's sha256. */
export const createRandom = (seed: string): Random => {
  const start = Buffer.from(derive('random', seed), 'hex');
  let [a, b, c, count] = [start.readInt32LE(0), start.readInt32LE(4), start.readInt32LE(8), start.readInt32LE(12)];
  const word = (): number => {
    const sum = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const fraction = (): number => word() / 2 ** 32;
  const int = (below: number): number => Math.floor(fraction() * below);
  return { fraction, int, chance: (probability) => fraction() < probability, pick: (items) => items[int(items.length)] ?? items[0] };
};
