// When an incident that a person has put away is open again: when it happens again, and never because it is told again.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { advanceInvoice, type InvoiceMove, invoiceByHash } from '../../src/invoices/store.ts';
import { newId } from '../../src/platform/ids.ts';
import { incidentsAbout, recordIncident, resolveIncident } from '../../src/platform/incidents.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
let hash = '';
beforeAll(async () => {
  core = await testCore({ workers: false });
});
afterAll(() => core.end());
beforeEach(async () => {
  const terms = { amountMsat: 1_000n, memo: null, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null };
  hash = (await core.ask('createInvoice', { ...terms, walletId: core.walletId }, core.asking())).paymentHash;
});

const clock = () => core.deps.payments.clock;
const about = (subject: string) => incidentsAbout(core.db, subject);
const putAway = async (subject: string) => {
  for (const { id } of await about(subject)) await resolveIncident(core.db, clock(), { id, resolution: 'seen' });
};
/** Moves the invoice there, or says something of it where it stands, with the incident twice. */
const tell = async (to: InvoiceMove['set']['state'], time: number) => {
  const row = await invoiceByHash(core.db, hash);
  if (!row) throw new Error('it is there');
  const now = clock().now();
  const incident = () => ({ id: newId(now), kind: 'test.told', subject: hash, detail: { time }, created_at: now });
  const move = { id: row.id, from: row.state, set: { state: to }, effects: { incidents: [incident(), incident()] } };
  expect(await advanceInvoice(core.db, move)).toBe(true);
};

test('what a move tells again after it was put away is open again, as new, and is one still', async () => {
  await tell('canceling', 1);
  const [first] = await about(hash);
  await tell('canceled', 2);
  expect(await about(hash)).toEqual([first]);
  await putAway(hash);
  await tell('canceling', 3);
  expect(await about(hash)).toMatchObject([{ id: first?.id, detail: { time: 3 }, resolvedAt: null, resolution: null }]);
});

test('what is told where nothing moves stays put away', async () => {
  await tell('open', 1);
  await tell('open', 2);
  expect(await about(hash)).toMatchObject([{ detail: { time: 1 }, resolvedAt: null }]);
  await putAway(hash);
  await tell('open', 3);
  expect(await about(hash)).toMatchObject([{ detail: { time: 1 }, resolvedAt: expect.any(Date) }]);
});

test.each([
  ['ledger.halted', null],
  ['callback.givenUp', null],
  ['hold.unknown', expect.any(Date)],
  ['invoice.deadlineNear', expect.any(Date)],
])('%s that is told again after it was put away', async (kind, resolvedAt) => {
  const record = (time: number) => recordIncident(core.db, clock().now(), { kind, subject: hash, detail: { time } });
  await record(1);
  await record(2);
  expect(await about(hash)).toMatchObject([{ detail: { time: 1 }, resolvedAt: null }]);
  await putAway(hash);
  await record(3);
  expect(await about(hash)).toMatchObject([{ detail: { time: resolvedAt === null ? 3 : 1 }, resolvedAt }]);
});

test('a second halt of the watchdog is told as the first was', async () => {
  const halted = { kind: 'ledger.halted', subject: 'outgoing' };
  const open = async () => (await about(halted.subject)).filter(({ resolvedAt }) => resolvedAt === null);
  for (const reason of ['first', 'second']) {
    core.deps.payments.alarm(halted.kind, halted.subject, { reason });
    await until('it is told', async () => (await open()).length === 1);
    expect(await open()).toMatchObject([{ detail: { reason } }]);
    await putAway(halted.subject);
  }
  expect(await about(halted.subject)).toHaveLength(1);
});
