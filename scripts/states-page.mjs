// docs/STATES.md as text: the state tables as grids, straight from the tables that the code steps by.

/**
 * @param {string} title
 * @param {import('./states-page.mjs').Story} story
 */
const section = (title, { table, alarms, terminal }) => {
  const states = Object.keys(table);
  const events = [...new Set(states.flatMap((state) => Object.keys(table[state])))];
  const cell = (state, event) => {
    const to = table[state][event];
    if (to === undefined) return '·';
    const word = to === state ? '=' : `**${to}**`;
    return alarms.has(`${state}:${event}`) ? `${word} ⚠` : word;
  };
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const endings = [...terminal].map((state) => `\`${state}\``).join(', ');
  return [
    `## ${title}`,
    '',
    row(['', ...states.map((state) => `\`${state}\``)]),
    row(['---', ...states.map(() => '---')]),
    ...events.map((event) => row([`\`${event}\``, ...states.map((state) => cell(state, event))])),
    '',
    `Ends: ${endings}. A person is told: ${[...alarms].map((alarm) => `\`${alarm.replace(':', ' + ')}\``).join(', ')}.`,
    '',
  ];
};

export const statesPage = ({ invoice, attempt, deposit, payout, cashOut }) =>
  [
    '# States',
    '',
    'Printed from `src/invoices/states.ts`, `src/payments/states.ts`, `src/deposits/states.ts`, `src/payouts/states.ts` and `src/cashouts/states.ts`',
    'by `npm run generate`; a test fails when this page differs from them.',
    '',
    'Down: what happens. Across: the state it meets. **word**: moves there. `=`: seen already, newer details are still written. `·`: forbidden:',
    'an intention is refused, a fact is an incident. ⚠: allowed, because facts outrank intentions and clocks, but a person is told.',
    '',
    ...section('Invoice (paid to us)', invoice),
    ...section('Attempt (made by us; a payment is what its attempts say)', attempt),
    ...section('Deposit (an output to an address of ours)', deposit),
    ...section('Payout (a transaction made by us)', payout),
    ...section('Cash-out (a machine gives cash for an invoice that is held)', cashOut),
  ].join('\n');
