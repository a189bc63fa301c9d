// `sandbox.json`: how scripts and people reach the sandbox after its first start. It holds a key, so only its owner may read it.
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Sandbox } from './ports.ts';

const sandbox = z.object({ endpoint: z.string(), apiKey: z.string(), walletId: z.string() });

export const sandboxFile = (dataDir: string): string => join(dataDir, 'sandbox.json');

/** What an earlier start wrote; null when there is nothing usable. Its key may have been revoked since. */
export const readSandbox = (dataDir: string): Sandbox | null => {
  try {
    return sandbox.parse(JSON.parse(readFileSync(sandboxFile(dataDir), 'utf8')));
  } catch {
    return null;
  }
};

/** Whole or not at all: a script may read at any moment. */
export const writeSandbox = (dataDir: string, { endpoint, apiKey, walletId }: Sandbox): void => {
  mkdirSync(dataDir, { recursive: true });
  const file = sandboxFile(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify({ endpoint, apiKey, walletId }, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
};
