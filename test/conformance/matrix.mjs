// Prints the matrix scenario × backend that the conformance suites left behind: passed, failed, or skipped with its reason; and says of every
// backend that did not run why it did not.
import { existsSync, readFileSync, rmSync } from 'node:fs';

const file = new URL('../../node_modules/.cache/switchyard/conformance.jsonl', import.meta.url);
if (process.argv.includes('--clear')) {
  rmSync(file, { force: true });
  process.exit(0);
}
if (!existsSync(file)) {
  console.log('no conformance suite has run');
  process.exit(1);
}
const rows = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const ran = new Set(rows.map((row) => row.backend));
/** Those that need more than Node, and where they run. */
const elsewhere = {
  lnd: 'real nodes: `npm run test:regtest`',
  lnmuxd: 'a real lnmuxd: `npm run test:regtest` with LNMUXD and LNMUXD_HOME',
};
const absent = Object.entries(elsewhere).filter(([backend]) => !ran.has(backend));
const backends = [...ran, ...absent.map(([backend]) => backend)].sort();
const names = [...new Set(rows.map((row) => row.scenario))];
const last = new Map(rows.map((row) => [`${row.backend}\n${row.scenario}`, row.result]));
const reasons = [...new Set([...last.values()].filter((result) => result.startsWith('skipped')))];
const cell = (backend, name) => {
  const result = last.get(`${backend}\n${name}`);
  if (result === undefined) return 'not run';
  return result.startsWith('skipped') ? `skip ${reasons.indexOf(result) + 1}` : result;
};
const width = Math.max(...names.map((name) => name.length));
console.log(`${''.padEnd(width)}  ${backends.map((one) => one.padEnd(18)).join('')}`);
for (const name of names) console.log(`${name.padEnd(width)}  ${backends.map((one) => cell(one, name).padEnd(18)).join('')}`);
for (const [index, reason] of reasons.entries()) console.log(`skip ${index + 1}: ${reason.slice('skipped: '.length)}`);
for (const [backend, why] of absent) console.log(`${backend} not run: ${why}`);
const count = (wanted) =>
  [...last.values()].filter((result) => (wanted === 'skipped' ? result.startsWith('skipped') : result === wanted)).length;
console.log(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped, ${names.length * absent.length} not run`);
process.exit(count('failed') > 0 ? 1 : 0);
