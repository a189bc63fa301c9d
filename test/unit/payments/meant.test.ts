import { describe, expect, test } from 'vitest';
import { attemptMeant } from '../../../src/payments/observe.ts';
import type { AttemptRow } from '../../../src/payments/store.ts';

const row = (id: string, more: Partial<AttemptRow>): AttemptRow =>
  ({ id, state: 'failed', failure: null, floor: null, ref: null, ...more }) as AttemptRow;
const meant = (rows: readonly AttemptRow[], ref: bigint | null) => attemptMeant(rows, ref)?.id;

const wasNeverSent = { failure: 'notSent' };
const wasRefused = { failure: 'noRoute' };

describe('a fact is of', () => {
  test('the attempt that has its index, whatever its state', () => {
    const rows = [row('a', { ...wasRefused, ref: 4n }), row('b', { state: 'sending', floor: 4n })];
    expect(meant(rows, 4n)).toBe('a');
    expect(meant(rows, 5n)).toBe('b');
  });

  test('the attempt under way, though one that was never sent stands behind it (seed 936)', () => {
    const rows = [row('a', { state: 'sending' }), row('b', wasNeverSent)];
    expect(meant(rows, 1n)).toBe('a');
    expect(meant(rows, null)).toBe('a');
  });

  test('none whose floor is not below it', () => {
    expect(meant([row('a', { state: 'sending', floor: 7n })], 7n)).toBeUndefined();
    expect(meant([row('a', wasRefused), row('b', { state: 'sending', floor: 7n })], 7n)).toBe('a');
  });

  test('the newest that was called, where none is under way', () => {
    const rows = [row('a', wasRefused), row('b', wasRefused), row('c', wasNeverSent)];
    expect(meant(rows, 3n)).toBe('b');
    expect(meant(rows, null)).toBe('b');
  });

  test('one that was called unsent, where there is no other', () => {
    expect(meant([row('a', wasNeverSent)], 1n)).toBe('a');
  });
});
