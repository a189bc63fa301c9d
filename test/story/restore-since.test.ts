// From when on the backends are asked after a restore: not from what the gateway itself wrote since it was started on the old copy, but from what
// was there before. A person who knows when the backup was made says so, and moves an open restore back with it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorlds } from '../../src/backends/simulated/worlds.ts';
import { msat } from '../../src/lightning/values.ts';
import { restoreVerbs } from '../../src/main/restoring.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/db.ts';
import { readMark } from '../../src/platform/mark.ts';
import { listForgotten, readRestore } from '../../src/platform/restored.ts';
import { type Backup, backUp, putBack } from '../support/backup.ts';
import { type TestCore, testCore, testVault } from '../support/core.ts';
import { testDatabase } from '../support/database.ts';
import { markInMemory } from '../support/mark.ts';

const hourMs = 3_600_000;
const worlds = createWorlds();
const vault = testVault();
/** How long ago everything happens. */
let agoMs = 48 * hourMs;
const clock: Clock = { ...systemClock, now: () => new Date(Date.now() - agoMs) };
const mark = markInMemory();
let db: Database;
let core: TestCore;
let backup: Backup;
let newestOfMonday: Date;
let forgotten: string;

const admin = (verb: string, args: Record<string, unknown>) => restoreVerbs[verb]?.({ core, db }, args);
/** Without workers: a test says what is written, and looks itself. */
const start = async (): Promise<void> => {
  core = await testCore({ db, worlds, vault, mark, clock, workers: false });
  await core.restore.notice();
};
const pay = async (): Promise<string> => {
  const { bolt11, hash } = core.backend.world.payee.createInvoice({ amount: msat(20_000_000n) });
  const order = { walletId: core.walletId, bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null } as const;
  expect(await core.ask('sendPayment', order, core.asking())).toMatchObject({ is: 'succeeded' });
  return hash;
};
/** What a sweep or a replayed stream writes: a change of now about something old. */
const write = (): Promise<unknown> =>
  db.pool.query(
    `INSERT INTO outbox (seq, topic, subject, payload, created_at)
    VALUES ((SELECT max(seq) + 1 FROM outbox), 'invoice', 'an old one', '{}', $1)`,
    [clock.now()],
  );
const waiting = async () => (await listForgotten(db, false)).map(({ paymentHash }) => paymentHash);
const since = async () => (await readRestore(db))?.since;
const anHourBefore = (at: Date) => new Date(at.getTime() - hourMs);

const newest = async (): Promise<Date> => {
  const { rows } = await db.pool.query<{ at: Date }>('SELECT created_at AS at FROM outbox ORDER BY seq DESC LIMIT 1');
  return rows[0]?.at ?? expect.fail('nothing was written');
};

beforeAll(async () => {
  db = await testDatabase();
  await start();
  await pay();
  newestOfMonday = await newest();
  await core.end();
  backup = await backUp(db);
  // An hour later: what the backup does not know.
  agoMs = 47 * hourMs;
  await start();
  forgotten = await pay();
  await core.end();
});
afterAll(() => db.close());

describe('a restore that the mark does not give away', () => {
  beforeAll(async () => {
    agoMs = 0;
    await putBack(db, backup);
    mark.keep(await readMark(db, clock));
    await start();
    await write();
  });
  afterAll(() => core.end());

  test('is asked about from when a person says', async () => {
    // Keeps it open.
    core.second.faults.always('recall', { is: 'notReady' });
    const lately = new Date(clock.now().getTime() - 1_000);
    expect(await admin('restore.begin', { why: 'of today', since: lately.toISOString() })).toEqual({ since: anHourBefore(lately) });
    await core.restore.once();
    expect(await readRestore(db)).toMatchObject({ why: 'of today', since: anHourBefore(lately), asked: ['one'] });
    expect(await waiting()).toEqual([]);
  });

  test('is asked about from what was there at the start, whatever was written since, and goes back to it when it is open', async () => {
    expect(await admin('restore.begin', { why: 'of Monday' })).toEqual({ since: anHourBefore(newestOfMonday) });
    expect(await readRestore(db)).toMatchObject({ why: 'of today', since: anHourBefore(newestOfMonday), asked: [] });
    await core.restore.once();
    expect(await waiting()).toEqual([forgotten]);
  });

  test('goes back as far as a person says, and never forward', async () => {
    const sunday = new Date(newestOfMonday.getTime() - 24 * hourMs);
    expect(await admin('restore.begin', { why: 'of Sunday', since: sunday.toISOString() })).toEqual({ since: anHourBefore(sunday) });
    expect(await admin('restore.begin', { why: 'of now', since: clock.now().toISOString() })).toEqual({ since: anHourBefore(sunday) });
    expect(await admin('restore.begin', { why: 'again', since: null })).toEqual({ since: anHourBefore(sunday) });
    expect((await readRestore(db))?.asked).toEqual([]);
  });

  test.each([
    ['the future', new Date(Date.now() + hourMs).toISOString()],
    ['no time', 'last Monday'],
  ])('is not begun with %s', async (_, said) => {
    const before = await readRestore(db);
    await expect(admin('restore.begin', { why: 'x', since: said })).rejects.toThrow();
    expect(await readRestore(db)).toEqual(before);
  });

  test('is over when every backend was asked from there', async () => {
    core.second.faults.clear();
    await core.restore.once();
    expect(await waiting()).toEqual([forgotten]);
    await admin('restore.dismiss', { hash: 'all' });
    await core.restore.once();
    expect(await readRestore(db)).toBeNull();
  });
});

describe('a restore that the mark gives away', () => {
  beforeAll(() => {
    agoMs = 0;
  });
  afterAll(() => core.end());

  test('under a running gateway that has written since: what is later than its last look does not count', async () => {
    await putBack(db, backup);
    for (let more = 0; more < 5; more++) await write();
    await start();
    await putBack(db, backup);
    await write();
    await core.restore.once();
    expect(await since()).toEqual(anHourBefore(newestOfMonday));
    expect(await waiting()).toEqual([forgotten]);
    // And nothing later counts when a person says it too.
    await write();
    expect(await admin('restore.begin', { why: 'said too' })).toEqual({ since: anHourBefore(newestOfMonday) });
    await core.end();
  });

  test('at the start, where another replica has written already', async () => {
    await putBack(db, backup);
    for (let more = 0; more < 5; more++) await write();
    mark.keep(await readMark(db, clock));
    await putBack(db, backup);
    await write();
    await start();
    expect(await since()).toEqual(anHourBefore(newestOfMonday));
  });

  test('that has lost nothing but an invoice which nobody had paid: by that invoice, and it finds its place', async () => {
    await core.end();
    await putBack(db, backup);
    // What life before has told of is behind both.
    mark.keep(await readMark(db, clock));
    await start();
    const order = { walletId: core.walletId, amountMsat: 1_000_000n, memo: null, descriptionHash: null };
    const rest = { expirySeconds: null, externalId: null, webhookUrl: null };
    const { paymentHash } = await core.ask('createInvoice', { ...order, ...rest }, core.asking());
    await core.restore.once();
    expect(await readRestore(db)).toBeNull();
    await core.end();
    await putBack(db, backup);
    await start();
    expect(await readRestore(db)).toMatchObject({ why: expect.stringMatching(/newest invoice is none/) });
    await core.restore.once();
    expect(await listForgotten(db, false)).toEqual(expect.arrayContaining([expect.objectContaining({ paymentHash, state: 'open' })]));
  });

  test('by an older program, which does not say when it looked: by what is there', async () => {
    await core.end();
    await putBack(db, backup);
    mark.keep({ ...(await readMark(db, clock)), events: 1_000n, at: null });
    await start();
    expect(await since()).toEqual(anHourBefore(newestOfMonday));
  });
});
