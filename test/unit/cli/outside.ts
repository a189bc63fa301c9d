// The outside of a command line for tests: what it prints is caught, and signals are sent by hand.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backendKinds } from '../../../src/backends/index.ts';
import type { Io, Parts } from '../../../src/cli/ports.ts';
import { runCli } from '../../../src/cli/run.ts';

export interface Outside {
  readonly dir: string;
  readonly io: Io;
  /** Runs a command line; `out` and `err` are what this one printed. */
  run(...argv: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  signal(name: string): void;
  /** Everything printed so far. */
  readonly printed: { out: string; err: string };
}

/** The real parts; a test replaces what it is about. */
export const realParts: Parts = {
  gateway: () => import('../../../src/main.ts'),
  kinds: async () => backendKinds,
  version: '1.2.3',
};

export const outside = (parts: Partial<Parts> = {}, now: () => Date = () => new Date()): Outside => {
  const dir = mkdtempSync(join(tmpdir(), 'sy-cli-'));
  const printed = { out: '', err: '' };
  const listeners = new Set<(signal: string) => void>();
  const io: Io = {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    cwd: dir,
    env: {},
    now,
    onStop: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    dir,
    io,
    printed,
    run: async (...argv) => {
      const before = { ...printed };
      const code = await runCli(argv, io, { ...realParts, ...parts });
      return { code, out: printed.out.slice(before.out.length), err: printed.err.slice(before.err.length) };
    },
    signal: (name) => {
      for (const listener of listeners) listener(name);
    },
  };
};
