// The part of docs/galoy-compatibility.md that counts recordings: what upstream's own tests assert and what clients and documentation recorded,
// by operation, as answered by a test of ours, as not applicable, or as open. A test holds the register against the tests that it names.
import { readFileSync } from 'node:fs';

/** Why a recording has nothing to say here: closed, and short. */
export const notFor = {
  banking: 'Bank accounts and fiat on- and off-ramps.',
  phone: 'Phone login, and the accounts and apps of people’s phones.',
  kyc: 'Levels of how well a person is known, and the fiat limits and regions that go with them.',
  stablesats:
    'Conversion between bitcoin and dollars inside, by Stablesats’ dealer: between wallets, and of coins on the chain into and out of dollars.',
  deprecated: 'Deprecated upstream and gone from its schema.',
};

/** What is to come: none of it is counted as answered. */
export const open = {
  chain: 'Money on the chain.',
};

/** One recording: its file, the operations that it is about, and `case`, `by`, `replay`, `notFor` or `open`. */
export const register = JSON.parse(readFileSync(new URL('../test/contract/recordings/register.json', import.meta.url), 'utf8'));

const verdict = (one) => ('notFor' in one ? 'not applicable' : 'open' in one ? 'open' : 'passed');
const whyOf = (one) => one.notFor ?? one.open;

const count = (recordings, wanted) => recordings.filter((one) => verdict(one) === wanted).length;
const row = (...cells) => `| ${cells.join(' | ')} |`;
const whys = (recordings) => [...new Set(recordings.flatMap((one) => whyOf(one) ?? []))].sort().join(', ');

const line = (name, recordings) =>
  row(
    name,
    recordings.length,
    count(recordings, 'passed'),
    count(recordings, 'not applicable'),
    count(recordings, 'open'),
    whys(recordings),
  );

/** Lines of the page. */
export const recordingsSection = () => {
  const operations = [...new Set(register.flatMap(({ operations: of }) => of))].sort();
  const asserted = register.filter(({ file }) => file.startsWith('assertion--'));
  const others = register.filter(({ file }) => !file.startsWith('assertion--'));
  const head = (first) => [
    row(first, 'recordings', 'passed', 'not applicable', 'open', 'why'),
    row('---', '---', '---', '---', '---', '---'),
  ];
  return [
    '## Recordings',
    '',
    'What upstream’s own end-to-end tests assert, and what clients, documentation and tutorials recorded, held against this gateway.',
    '`test/contract/recordings/register.json` names the test that answers each; a recording about several operations counts with each of them.',
    '',
    ...head(''),
    line('asserted by upstream’s tests', asserted),
    line('recorded from clients and documentation', others),
    line('together', register),
    '',
    ...head('operation'),
    ...operations.map((name) =>
      line(
        `\`${name}\``,
        register.filter(({ operations: of }) => of.includes(name)),
      ),
    ),
    '',
    'Not applicable because of:',
    '',
    row('', 'reason'),
    row('---', '---'),
    ...Object.entries(notFor).map(([name, text]) => row(`\`${name}\``, text)),
    '',
    'Open:',
    '',
    row('', 'what is to come'),
    row('---', '---'),
    ...Object.entries(open).map(([name, text]) => row(`\`${name}\``, text)),
    '',
  ];
};
