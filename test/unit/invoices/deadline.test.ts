// How many blocks a hold asks for and when it must end: far enough from the block at which the node gives up by itself, whichever LND that is.
import { describe, expect, test } from 'vitest';
import { deadlineHeight, dueOf, finalCltvDelta, isLate, marginOf } from '../../../src/invoices/deadline.ts';

/** Blocks before an HTLC's end at which LND cancels a hold by itself: up to 0.20, since 0.21, and where somebody wants more of them. */
const lndCancelsAt = [0, 12, 18, 19, 30, 144];

describe('trap: LND 0.21 delta change (12 → 18)', () => {
  test.each(lndCancelsAt)('a hold that nobody decides about ends at least six blocks before LND would, at %i', (blocks) => {
    const expiry = 1_000;
    expect(expiry - blocks - deadlineHeight(expiry, blocks)).toBeGreaterThanOrEqual(6);
  });

  test('an LND of either version is decided before though nobody has said which it is', () => {
    for (const blocks of [12, 18]) expect(1_000 - blocks - deadlineHeight(1_000, 18)).toBeGreaterThanOrEqual(6);
  });

  test.each([...lndCancelsAt, null])(
    'the final delta is always passed, and leaves the hold its time and the margin of %j',
    (expiryDelta) => {
      for (const seconds of [30, 600, 3_600, 86_400]) {
        const blocks = finalCltvDelta(seconds, expiryDelta) - marginOf(expiryDelta);
        expect(blocks).toBeGreaterThanOrEqual(6);
        // Blocks of eight minutes that come 1.7 times as fast as that.
        expect(blocks * 480).toBeGreaterThanOrEqual(seconds * 1.7);
      }
    },
  );

  test.each([
    [null, 24],
    [0, 24],
    [12, 24],
    [18, 24],
    [19, 25],
    [30, 36],
  ])('the margin for a backend that gives back at %j is %i', (expiryDelta, blocks) => {
    expect(marginOf(expiryDelta)).toBe(blocks);
  });
});

describe('what is due', () => {
  const now = new Date('2026-11-29T08:00:00Z');
  const row: Parameters<typeof dueOf>[0] = {
    ...{ kind: 'hold', state: 'held', deadlineHeight: 976, deadlineAt: null, settleAt: null, onDeadline: 'cancel', sealedPreimage: 'k1.x' },
  };
  test.each([
    ['nothing a block before', row, 975, null],
    ['to cancel at the height', row, 976, 'cancelDue'],
    ['to settle where that is said', { ...row, onDeadline: 'settle' }, 976, 'settleDue'],
    ['to settle what is claimed, whatever is said', { ...row, state: 'claimed' }, 976, 'settleDue'],
    ['to cancel what cannot be settled', { ...row, state: 'claimed', sealedPreimage: null }, 976, 'cancelDue'],
    ['nothing while no height is known', row, null, null],
    ['to cancel at the time, with no block', { ...row, deadlineAt: now }, null, 'cancelDue'],
  ] as const)('is %s', (_, held, height, due) => {
    expect(dueOf(held, now, height)).toBe(due);
  });
});

describe('a person must look', () => {
  const at = new Date('2026-11-29T08:00:00Z');
  const later = (seconds: number): Date => new Date(at.getTime() + seconds * 1000);
  const byTime = { deadlineHeight: null, deadlineAt: at };
  const byBlocks = { deadlineHeight: 976, deadlineAt: null };

  test('three blocks before LND cancels by itself, whatever was decided', () => {
    for (const state of ['held', 'claimed', 'settling', 'canceling'] as const) {
      expect(isLate({ state, ...byBlocks }, at, 978)).toBe(false);
      expect(isLate({ state, ...byBlocks }, at, 979)).toBe(true);
      expect(isLate({ state, ...byBlocks }, at, null)).toBe(false);
    }
  });

  test('at half of the ten seconds that are left at lnmux, when it is not settled; a minute later when it is not canceled', () => {
    expect([4, 5].map((seconds) => isLate({ state: 'settling', ...byTime }, later(seconds), null))).toEqual([false, true]);
    expect([59, 60].map((seconds) => isLate({ state: 'canceling', ...byTime }, later(seconds), null))).toEqual([false, true]);
    expect(isLate({ state: 'held', ...byTime }, later(600), null)).toBe(false);
  });
});
