// The mark beside the database: what a database must look like to be the one of the mark, and a file that survives being cut off.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { behind, type Mark, markFile, readMark } from '../../../src/platform/mark.ts';
import { testDatabase } from '../../support/database.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-mark-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mark: Mark = {
  system: '7713490273928314922',
  timeline: 1,
  events: 41n,
  invoice: '01999999-0000-7000-8000-00000000000b',
  at: new Date('2026-11-21T12:00:00Z'),
};

describe('a database', () => {
  test.each([
    ['as it was', mark, null],
    ['that went on', { ...mark, events: 42n }, null],
    ['with fewer changes', { ...mark, events: 40n }, /number 40, and had been 41/],
    ['with a newer invoice', { ...mark, invoice: '01999999-0000-7000-8000-00000000000c' }, null],
    ['without the newest invoice', { ...mark, events: 42n, invoice: '01999999-0000-7000-8000-00000000000a' }, /000a, and had been .*000b/],
    ['without any invoice', { ...mark, invoice: null }, /is none, and had been/],
    ['on another timeline', { ...mark, timeline: 2, events: 50n }, /timeline 2/],
    ['in another cluster', { ...mark, system: '1', events: 50n }, /another cluster/],
  ])('%s', (_, now, why) => {
    const said = behind(mark, now);
    if (why === null) expect(said).toBeNull();
    else expect(said).toMatch(why);
  });

  test('that an older program marked has its invoices', () => {
    expect(behind({ ...mark, invoice: null }, mark)).toBeNull();
  });

  test('says how far it has come, to any role', async () => {
    const db = await testDatabase();
    expect(await readMark(db, systemClock)).toMatchObject({
      system: expect.stringMatching(/^\d+$/),
      timeline: 1,
      events: 0n,
      invoice: null,
    });
    await db.close();
  });
});

describe('the file', () => {
  test('keeps a mark exactly; none and half of one are none', () => {
    const path = join(folder, 'sub', 'database.mark');
    const file = markFile(path);
    expect(file.read()).toBeNull();
    file.keep(mark);
    expect(file.read()).toEqual(mark);
    const { at, invoice, ...older } = mark;
    writeFileSync(path, JSON.stringify({ ...older, events: '41' }));
    expect(file.read()).toEqual({ ...mark, invoice: null, at: null });
    writeFileSync(path, '{"system":"77134');
    expect(file.read()).toBeNull();
  });
});
