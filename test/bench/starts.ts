// How long a later start takes: from the command to the first answer over HTTP, with nothing to build or to create any more.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { cli, firstAnswer, type Site, startGateway } from './gateways.ts';
import { root } from './paths.ts';
import { treeCpuMs } from './procs.ts';

export interface Starts {
  readonly what: string;
  readonly database: 'embedded' | 'PostgreSQL' | '-';
  /** Milliseconds, in the order in which they were measured. */
  readonly ms: readonly number[];
  /** Milliseconds of processor time that each had used by then (Linux only): what is left of it on a machine that does nothing else. */
  readonly cpuMs: readonly number[];
}

interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

const byNode = (site: Site): Command => ({ command: process.execPath, args: [cli, 'start', '--config', site.configPath] });
const byNpm = (site: Site): Command => ({ command: 'npm', args: ['start', '--', '--config', site.configPath] });

const once = async (site: Site, { command, args }: Command): Promise<{ readonly ms: number; readonly cpuMs: number }> => {
  const log = openSync(join(site.folder, 'output.log'), 'a');
  const begun = performance.now();
  // A group of its own: npm does not pass every signal on to what it started.
  const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  try {
    await firstAnswer(site.url);
    return { ms: performance.now() - begun, cpuMs: treeCpuMs((pid) => pid === child.pid) };
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await ended;
  }
};

/** The first start makes database and accounts and is not counted. */
export const measureStarts = async (site: Site, times: number): Promise<readonly Starts[]> => {
  const first = await startGateway(site, null);
  await first.proc.stop();
  const measured = [];
  for (const [what, of] of [['switchyard start', byNode] as const, ['npm start', byNpm] as const]) {
    const all: Awaited<ReturnType<typeof once>>[] = [];
    for (let time = 0; time < times; time += 1) all.push(await once(site, of(site)));
    measured.push({ what, database: site.database, ms: all.map((one) => one.ms), cpuMs: all.map((one) => one.cpuMs) });
  }
  return measured;
};
