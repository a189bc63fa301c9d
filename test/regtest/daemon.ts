// One program in the background. It never outlives this process, not even when this process is killed with SIGKILL.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The guard is a second process that holds the other end of our pipe: a line on it means "all is well, go", its end without a line means
 * that we are gone, however that came about. `exec` makes the program take the shell's own process id. SIGKILL, because nothing of a test network is kept.
 */
const GUARDED = 'exec 3<&0 </dev/null; { IFS= read -r _ <&3 || kill -9 $$; } >/dev/null 2>&1 & exec 3<&-; exec "$@"';

/** As above, for a folder: it goes when we are gone, after the programs that write into it. */
const FOLDER_GUARD = 'IFS= read -r _ || { sleep 1; rm -rf -- "$1"; }';

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its HOME, made when missing; what it prints goes to `<home>/output.log`. */
  readonly home: string;
}

export interface Daemon {
  readonly pid: number;
  readonly isRunning: () => boolean;
  readonly signal: (signal: 'SIGTERM' | 'SIGKILL') => void;
  /** Resolves when it has ended, with how and its last words; never rejects. */
  readonly ended: Promise<string>;
}

/** Starts the program in a session of its own, so that a ctrl-c in the terminal reaches us alone and we decide what ends when. */
export function startDaemon(program: Program): Daemon {
  mkdirSync(program.home, { recursive: true });
  const output = join(program.home, 'output.log');
  const log = openSync(output, 'a');
  const child = spawn('/bin/sh', ['-c', GUARDED, 'sh', program.command, ...program.args], {
    cwd: program.home,
    env: { ...process.env, HOME: program.home },
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  child.stdin?.on('error', () => {}); // the guard may be gone first
  let running = child.pid !== undefined;
  const ended = new Promise<string>((tell) => {
    child.once('error', (fault) => tell(`${program.name} did not start: ${fault.message}`));
    child.once('exit', (code, signal) => {
      running = false;
      child.stdin?.end('\n');
      tell(`${program.name} ended with ${signal ?? `code ${code}`}: ${readFileSync(output, 'utf8').slice(-600).trim()}`);
    });
  });
  const isRunning = () => running;
  return { pid: child.pid ?? 0, isRunning, ended, signal: (signal) => void (running && child.kill(signal)) };
}

/** Removes the folder when this process dies without having called the function that it answers with. */
export function guardFolder(folder: string): () => void {
  const child = spawn('/bin/sh', ['-c', FOLDER_GUARD, 'sh', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin?.on('error', () => {});
  child.unref();
  return () => void child.stdin?.end('\n');
}

/** What `work` answers, or a fault with the daemon's last words as soon as it ends before that. */
export function whileRunning<T>(daemon: Daemon, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    daemon.ended.then((words): never => {
      throw new Error(words);
    }),
  ]);
}
