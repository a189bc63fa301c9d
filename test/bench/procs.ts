// The processes of a measurement, each told apart by what it uses. None of them outlives this one.
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Usage {
  /** User and system time since the start. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

export interface Proc {
  readonly child: ChildProcess;
  readonly usage: () => Promise<Usage>;
  /** The next message that `pick` takes. @throws Error when the process ends before */
  readonly next: <T>(pick: (message: unknown) => T | undefined) => Promise<T>;
  /** SIGTERM, and SIGKILL after ten seconds. */
  readonly stop: () => Promise<void>;
}

const here = dirname(fileURLToPath(import.meta.url));
const meter = new URL('meter.js', import.meta.url).href;

/** Whatever still runs when this process ends goes with it: their channel closes, which their meter takes for the end. */
const running = new Set<ChildProcess>();

export interface Program {
  /** Beside this file, or a whole path. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly cwd?: string;
  /** Where it prints; nowhere when absent, except for its errors. */
  readonly output?: string;
}

export const startProc = ({ script, args = [], execArgv = [], cwd, output }: Program): Proc => {
  const log = output === undefined ? null : openSync(output, 'a');
  const child = fork(script.includes('/') ? script : join(here, script), args, {
    ...(cwd === undefined ? {} : { cwd }),
    execArgv: ['--import', meter, ...execArgv],
    stdio: ['ignore', log ?? 'ignore', log ?? 'inherit', 'ipc'],
  });
  if (log !== null) closeSync(log);
  running.add(child);
  const ended = new Promise<void>((tell) => {
    child.once('exit', () => {
      running.delete(child);
      tell();
    });
  });
  const next: Proc['next'] = (pick) =>
    new Promise((resolve, reject) => {
      const look = (message: unknown): void => {
        const picked = pick(message);
        if (picked === undefined) return;
        child.off('message', look);
        resolve(picked);
      };
      child.on('message', look);
      void ended.then(() => reject(new Error(`${script} ended; its last words: ${output === undefined ? '-' : lastWords(output)}`)));
    });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  };
  return {
    ...{ child, next, stop },
    usage: () => {
      const told = next(asUsage);
      child.send('usage');
      return told;
    },
  };
};

export const stopAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

const lastWords = (path: string): string => readFileSync(path, 'utf8').slice(-600).trim();

const asUsage = (message: unknown): Usage | undefined => {
  const given = Object(message);
  return given.is === 'usage' ? { cpuMs: Number(given.cpuMs), rssMb: Number(given.rssMb) } : undefined;
};

/** Milliseconds of processor time that these processes and their children have used, as Linux counts it; 0 where /proc is missing. */
export const treeCpuMs = (isRoot: (pid: number, commandLine: string) => boolean): number => {
  const parents = new Map<number, number>();
  const used = new Map<number, number>();
  const roots = new Set<number>();
  for (const pid of processes()) {
    const fields = statOf(pid);
    if (fields === null) continue;
    parents.set(pid, Number(fields[1]));
    // Ticks of 10 ms (USER_HZ is 100 on every Linux that Node runs on).
    used.set(pid, (Number(fields[11]) + Number(fields[12])) * 10);
    if (isRoot(pid, commandLineOf(pid))) roots.add(pid);
  }
  const below = (pid: number): boolean => roots.has(pid) || (parents.has(pid) && below(parents.get(pid) ?? 0));
  return [...used].reduce((sum, [pid, ms]) => sum + (below(pid) ? ms : 0), 0);
};

const processes = (): readonly number[] => {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
};

/** The fields behind the program's name, which may itself hold blanks. */
const statOf = (pid: number): readonly string[] | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
};

const commandLineOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};
