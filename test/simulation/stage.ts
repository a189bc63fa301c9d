// What a process needs once for all its seeds: the database, the keys of the vault, a table of metrics.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics } from '../../src/platform/metrics.ts';
import { addVaultKey, readVault } from '../../src/platform/vault.ts';
import { testDatabase } from '../support/database.ts';
import { layGround } from './ground.ts';
import type { Stage } from './run.ts';

export const setStage = async (database = testDatabase): Promise<Stage & { readonly close: () => Promise<void> }> => {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-simulation-'));
  const file = join(directory, 'keys');
  addVaultKey(file, new Date());
  const vault = readVault(file);
  rmSync(directory, { recursive: true });
  const ground = await layGround(await database());
  return { ground, vault, metrics: createMetrics(), close: () => ground.close() };
};
