// Builds btcd and lnd from the pinned Go module, once per content of go.sum: every module is checked against go.sum, nothing is taken from the system but Go.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINARIES, GO_MODULE } from './paths.ts';
import { waitUntil } from './wait.ts';

const TAGS = 'autopilotrpc signrpc walletrpc chainrpc invoicesrpc peersrpc watchtowerrpc';
const PACKAGES = ['github.com/lightningnetwork/lnd/cmd/lnd', 'github.com/btcsuite/btcd'];
/** -mod=readonly whatever GOFLAGS says: a module that go.sum does not know ends the build. */
const BUILD = ['build', '-mod=readonly', '-trimpath', '-v', '-tags', TAGS];
const PROGRESS_MS = 5_000;
const LONGEST_BUILD_MS = 60 * 60_000;

/** Go is missing, too old, or could not build; the message is one line for a person. */
export class BuildFault extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface Binaries {
  readonly btcd: string;
  readonly lnd: string;
}

type Say = (line: string) => void;

function settings(): NodeJS.ProcessEnv {
  // The compiler that is installed, or none: a test run never downloads another one. CGO off: no C compiler needed.
  return { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off', CGO_ENABLED: '0' };
}

function numbersOf(version: string): readonly number[] {
  return (/(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? []).slice(1).map((part) => Number(part ?? 0));
}

/** Whether `version` (`go1.26.8`) is at least `least` (`1.25.10`). */
export function isAtLeast(version: string, least: string): boolean {
  const [have, need] = [numbersOf(version), numbersOf(least)];
  const differs = need.findIndex((number, place) => have[place] !== number);
  return have.length > 0 && (differs < 0 || (have[differs] ?? 0) > (need[differs] ?? 0));
}

/** @throws BuildFault with exit code 3 when there is no Go that can build the nodes */
function requireGo(): void {
  const least = /^go (\S+)$/m.exec(readFileSync(join(GO_MODULE, 'go.mod'), 'utf8'))?.[1] ?? '';
  // Asked elsewhere: beside a go.mod that is too new for it, Go says that instead of its version.
  const asked = spawnSync('go', ['env', 'GOVERSION'], { cwd: tmpdir(), env: settings(), encoding: 'utf8' });
  const hint = 'https://go.dev/dl (another toolchain is not downloaded by itself: GOTOOLCHAIN=local)';
  if (asked.error || asked.status !== 0)
    throw new BuildFault(`Go ${least} or newer is needed to build the regtest nodes and no \`go\` was found: ${hint}`, 3);
  const version = asked.stdout.trim();
  if (!isAtLeast(version, least))
    throw new BuildFault(`Go ${least} or newer is needed to build the regtest nodes and \`go\` is ${version}: ${hint}`, 3);
}

function keyOfBuild(): string {
  const hash = createHash('sha256');
  for (const file of ['go.sum', 'go.mod']) hash.update(readFileSync(join(GO_MODULE, file)));
  return hash
    .update(`${BUILD.join(' ')} ${process.platform} ${process.arch}`)
    .digest('hex')
    .slice(0, 16);
}

/** Runs the compiler, saying every few seconds how far it is. */
function compile(folder: string, say: Say): Promise<void> {
  const began = Date.now();
  const elapsed = () => `${Math.round((Date.now() - began) / 1000)} s`;
  let [modules, packages, words] = [0, 0, ''];
  const child = spawn('go', [...BUILD, '-o', `${folder}/`, ...PACKAGES], {
    cwd: GO_MODULE,
    env: settings(),
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const progress = () => say(`building btcd and lnd: ${elapsed()}, ${modules} modules downloaded, ${packages} packages compiled`);
  const timer = setInterval(progress, PROGRESS_MS);
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    for (const line of part.split('\n')) {
      if (line.startsWith('go: downloading ')) modules += 1;
      else if (/^[\w.-]+(\/[\w.@~-]+)*$/.test(line)) packages += 1;
    }
    words = `${words}${part}`.slice(-2000);
  });
  return new Promise<void>((done, refuse) => {
    child.once('error', refuse);
    child.once('close', (code) => {
      if (code !== 0) return refuse(new BuildFault(`building btcd and lnd failed after ${elapsed()}:\n${words.trim()}`, 1));
      progress();
      done();
    });
  }).finally(() => clearInterval(timer));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** True when the lock file is ours now; one left behind by a process that is gone is taken away. */
function tryLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (existsSync(lock) && !isAlive(Number(readFileSync(lock, 'utf8')))) rmSync(lock, { force: true });
    return false;
  }
}

/**
 * The built nodes; builds them when this content of go.sum was not built before (minutes the first time), waiting for another process that does.
 * @throws BuildFault exit code 3 when Go is missing or too old
 */
export async function buildNodes(say: Say): Promise<Binaries> {
  const folder = join(BINARIES, keyOfBuild());
  const built: Binaries = { btcd: join(folder, 'btcd'), lnd: join(folder, 'lnd') };
  if (existsSync(folder)) return built;
  requireGo();
  mkdirSync(BINARIES, { recursive: true });
  const lock = `${folder}.lock`;
  if (!tryLock(lock)) {
    say('another process builds btcd and lnd: waiting for it');
    await waitUntil('the other build of btcd and lnd', () => existsSync(folder) || tryLock(lock), LONGEST_BUILD_MS);
  }
  if (existsSync(folder)) return built;
  const unfinished = `${folder}.${process.pid}`;
  try {
    say('building btcd and lnd from their pinned sources: some minutes the first time, seconds afterwards');
    await compile(unfinished, say);
    renameSync(unfinished, folder); // whole or not at all
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
    rmSync(lock, { force: true });
  }
  return built;
}
