// The mistakes that others have made with the money of their users, each with a test that names it: a list, so that none is lost when tests move.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const traps = [
  'PENDING shown as success',
  'connection drop mid-pay',
  'crash between settle and ledger credit',
  'settle cursor reset',
  'single-invoice stream dies',
  'ACCEPTED before start-up is not re-announced',
  'internal payment must cancel the backend invoice',
  'min not max or first HTLC expiry',
  'lnmux 60 s accept timeout',
  'lnmux set_id',
  'lnmux buffer overflow close',
  'LND 0.21 delta change',
  'voucher burnt by wallet cancel',
  'second dispense start',
  'dispense report lost',
  'late payment after the machine gave up',
  'lntb or a Lightning address sent on-chain',
  'webhook once only',
  'amounts as strings',
  'three parallel fee probes per scan',
  'long mutation is a 504',
  'backend down at boot',
];

const folder = fileURLToPath(new URL('..', import.meta.url));
// The titles alone: a comment tests nothing.
const titles = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .flatMap((path) => [
    ...readFileSync(join(folder, path), 'utf8').matchAll(/\b(?:test|it|describe)(?:\.\w+\([^\n]*?\))?\(\s*'([^'\n]*trap: [^'\n]*)'/g),
  ])
  .map(([, title = '']) => title);

test.each(traps)('a test is named after the trap "%s"', (trap) => {
  expect(titles.filter((title) => title.includes(`trap: ${trap}`))).not.toEqual([]);
});
