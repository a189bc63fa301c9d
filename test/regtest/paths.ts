// Where this checkout is, whether this code runs from its sources (vitest) or compiled (`npm run regtest`).
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'test', 'regtest', 'go.mod'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('test/regtest/go.mod is in no folder above this file');
  return findRoot(above);
}

const root = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The folder of go.mod and go.sum. */
export const GO_MODULE = join(root, 'test', 'regtest');
/** Built nodes, one folder per content of go.sum; ignored by git. */
export const BINARIES = join(GO_MODULE, '.bin');
/** The network of `npm run regtest`; ignored by git. */
export const NET = join(GO_MODULE, '.net');
/** The file in a network's folder that says how to reach it; it exists while the network is up. */
export const DESCRIPTION = 'network.json';
