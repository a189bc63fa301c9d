import { expect, test } from 'vitest';
import type { LndContext } from '../../../../src/backends/lnd/context.ts';
import { heldLister } from '../../../../src/backends/lnd/held.ts';

interface Asked {
  readonly reversed?: boolean;
  readonly pending_only?: boolean;
  readonly num_max_invoices: string;
  readonly index_offset: string;
}
const never = new AbortController().signal;

/** An LND that lists as the real one does; by index, 1 is the first. */
const node = () => {
  const states: string[] = [];
  const asked: Asked[] = [];
  const message = (index: number) => ({
    ...{ r_hash: Buffer.alloc(32, index % 256), state: states[index - 1], add_index: String(index), creation_date: '1700000000' },
    htlcs: [{ amt_msat: '1000', expiry_height: 500, state: 'ACCEPTED' }],
  });
  const listInvoices = async (ask: Asked) => {
    asked.push(ask);
    const [after, most] = [Number(ask.index_offset), Number(ask.num_max_invoices)];
    const all = states.map((_, at) => at + 1);
    const found = ask.reversed
      ? all.slice(-most)
      : all.filter((index) => index > after && ['OPEN', 'ACCEPTED'].includes(states[index - 1] ?? '')).slice(0, most);
    return { invoices: found.map(message), first_index_offset: String(found[0] ?? 0), last_index_offset: String(found.at(-1) ?? 0) };
  };
  const context = { connection: { stubs: () => ({ listInvoices }) } } as unknown as LndContext;
  return { states, asked, list: heldLister(context) };
};
const from = (asked: readonly Asked[]) => asked.filter((one) => one.pending_only).map((one) => one.index_offset);

test('all that is held is listed, over any number of pages', async () => {
  const { states, list } = node();
  states.push(...Array.from({ length: 1_200 }, (_, at) => (at % 2 === 0 ? 'OPEN' : 'ACCEPTED')));
  expect(await list(never)).toHaveLength(600);
});

test('a look begins at the oldest that had not ended, and finds what was held since', async () => {
  const { states, asked, list } = node();
  states.push('SETTLED', 'CANCELED', 'OPEN', 'SETTLED', 'ACCEPTED');
  expect(await list(never)).toMatchObject([{ received: 1000n, handle: null, at: new Date(1_700_000_000_000) }]);
  states[2] = 'ACCEPTED';
  expect(await list(never)).toHaveLength(2);
  states[2] = 'SETTLED';
  states[4] = 'CANCELED';
  expect(await list(never)).toEqual([]);
  states.push('ACCEPTED');
  expect(await list(never)).toHaveLength(1);
  expect(from(asked)).toEqual(['0', '2', '2', '5']);
});

test('another database at the node is listed from its beginning', async () => {
  const { states, list } = node();
  states.push('SETTLED', 'SETTLED', 'SETTLED');
  await list(never);
  states.length = 0;
  states.push('ACCEPTED');
  expect(await list(never)).toHaveLength(1);
});
