#!/usr/bin/env node
// The command `switchyard`: hands the words of the command line, this process and the real parts to runCli. Nothing is decided here.
import type { Io, Parts } from './cli/ports.ts';
import { installation } from './cli/root.ts';
import { runCli } from './cli/run.ts';
import { processEnv } from './config.ts';

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  cwd: process.cwd(),
  env: processEnv(),
  now: () => new Date(),
  onStop: (listener) => {
    process.on('SIGTERM', listener).on('SIGINT', listener);
    return () => void process.off('SIGTERM', listener).off('SIGINT', listener);
  },
};

const parts: Parts = {
  gateway: () => import('./main.ts'),
  kinds: async () => (await import('./backends/index.ts')).backendKinds,
  version: installation().version,
};

// A reader that has gone away (`| head`) is no error of ours.
process.stdout.on('error', () => process.exit(1));

process.exit(await runCli(process.argv.slice(2), io, parts));
