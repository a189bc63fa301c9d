// The keys of guarded preimages: made once, rotated while running, older ones still open, and a key that is missing refuses the start.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKeys } from '../../src/main/keys.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { sql } from '../../src/platform/db.ts';
import { addVaultKey, readVault } from '../../src/platform/vault.ts';
import { type TestCore, testCore } from '../support/core.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-keys-'));
const file = join(folder, 'sub', 'preimage.keys');
const secret = 'ab'.repeat(32);
let core: TestCore;
beforeAll(async () => {
  core = await testCore({ workers: false });
});
afterAll(async () => {
  await core.end();
  rmSync(folder, { recursive: true });
});

const at = (ms: number) => ({ ...systemClock, now: () => new Date(Date.now() + ms) });
/** A hold invoice of ours, as if it had been sealed so. */
const stored = async (sealed: string) => {
  const invoice = await core.ask(
    'createHoldInvoice',
    {
      ...{ walletId: core.ledgerId, amountMsat: 1_000_000n, memo: null, descriptionHash: null, expirySeconds: null },
      ...{ externalId: null, paymentHash: null, longestHoldSeconds: null, onDeadline: 'cancel' },
    },
    core.asking(),
  );
  await sql(core.db, { name: 'test_sealed', text: 'UPDATE invoices SET sealed_preimage = $2 WHERE id = $1' }, [invoice.id, sealed]);
  return invoice.id;
};

test('two keys of one second are two keys, and a file with one id twice is refused', () => {
  const twice = join(folder, 'twice.keys');
  const moment = new Date();
  const ids = [addVaultKey(twice, moment), addVaultKey(twice, moment), addVaultKey(twice, moment)];
  expect(new Set(ids).size).toBe(3);
  expect(readVault(twice).open(readVault(twice).seal(secret, 'x'), 'x')).toBe(secret);
  writeFileSync(twice, `k1 ${'1'.repeat(64)}\nk1 ${'2'.repeat(64)}\n`);
  expect(() => readVault(twice)).toThrow('an id of its own');
});

test('a life of keys', async () => {
  const keys = await openKeys(core.db, file, at(0));
  expect(statSync(file).mode & 0o077).toBe(0);
  const old = keys.vault.seal(secret, 'label');
  const first = keys.vault.keyIds[0];
  const id = await stored(old);

  const rotated = await keys.rotate();
  expect(rotated).toMatchObject({ file, keys: [rotated.added, first], inUse: [first] });
  expect(keys.vault.seal(secret, 'label').startsWith(`${rotated.added}.`)).toBe(true);
  expect(keys.vault.open(old, 'label')).toBe(secret);
  expect(() => keys.vault.open(old, 'another label')).toThrow();

  // Another replica that was started before the rotation reads the file again when it meets the new key.
  const other = await openKeys(core.db, file, at(0));
  const third = await keys.rotate();
  expect(other.vault.keyIds).not.toContain(third.added);
  expect(other.vault.open(keys.vault.seal(secret, 'label'), 'label')).toBe(secret);

  // Without the key that something stored was sealed with, nothing starts; an older hold that was canceled long ago needs none.
  const whole = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    whole
      .split('\n')
      .filter((line) => !line.startsWith(`${first} `))
      .join('\n'),
  );
  await expect(openKeys(core.db, file, at(0))).rejects.toThrow(`lacks the key ${first}`);
  rmSync(file);
  await expect(openKeys(core.db, file, at(0))).rejects.toThrow('put it back');
  await core.db.prisma.invoice.update({ where: { id }, data: { state: 'canceled', canceledAt: new Date() } });
  await expect(openKeys(core.db, file, at(0))).rejects.toThrow('put it back');
  expect((await openKeys(core.db, file, at(31 * 86_400_000))).vault.keyIds).toHaveLength(1);
});
