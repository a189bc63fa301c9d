// Everything between a fresh clone and a running gateway: packages, the Prisma client, the build. Runs before `npm start` and `npm test`;
// when nothing has changed it only looks (no child process), so a later start is not held up. `--generate` also prints what is printed from code.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTurn } from './turn.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => join(root, path);
const say = (text) => process.stderr.write(`switchyard: ${text}\n`);

const stop = (text, code) => {
  say(text);
  process.exit(code);
};

const filesOf = (path) => {
  if (!existsSync(at(path))) return [];
  if (statSync(at(path)).isFile()) return [path];
  return readdirSync(at(path))
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
};

/** What the content of these files and folders is, as one word. */
const digest = (...paths) => {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesOf))
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(at(path)))
      .update('\0');
  return hash.digest('hex');
};

// A stamp lies inside what it vouches for: whoever removes that, removes the stamp.
const isStamped = (stamp, value) => existsSync(at(stamp)) && readFileSync(at(stamp), 'utf8') === value;
const putStamp = (stamp, value) => {
  mkdirSync(dirname(at(stamp)), { recursive: true });
  writeFileSync(at(stamp), value);
};

const run = (command, args, failed) => {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
  });
  if (error || status !== 0) stop(failed, 1);
};

/** Runs a tool that is one of our packages with this very Node, whatever PATH says. */
const runTool = (tool, args, failed) => run(process.execPath, [toolPath(tool), ...args], failed);
const toolPath = ({ name, bin }) => join(dirname(createRequire(join(root, 'package.json')).resolve(`${name}/package.json`)), bin);
const isInstalled = ({ name }) => existsSync(at(`node_modules/${name}/package.json`));

const PRISMA = { name: 'prisma', bin: 'build/index.js' };
const TYPESCRIPT = { name: 'typescript', bin: 'bin/tsc' };
const CODEGEN = { name: '@graphql-codegen/cli', bin: 'esm/bin.js' };

const PACKAGES_STAMP = 'node_modules/.switchyard-packages';
const CLIENT_STAMP = 'src/generated/.stamp';
const BUILD_STAMP = 'dist/.stamp';

const packages = {
  isFresh: () => {
    const installed = at('node_modules/.package-lock.json');
    if (!existsSync(installed)) return false;
    // Somebody ran npm by hand: its own record is newer than what it was told to install.
    if (statSync(installed).mtimeMs >= statSync(at('package-lock.json')).mtimeMs) return true;
    return isStamped(PACKAGES_STAMP, digest('package-lock.json'));
  },
  renew: () => {
    const first = !existsSync(at('node_modules'));
    say(first ? 'installing packages (first time, about a minute)…' : 'installing packages that changed…');
    // No package needs its scripts to run, and one of them would try to download Prisma's native engine.
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    // `npm ci` would take away the packages of whoever is running beside us.
    run('npm', [first ? 'ci' : 'install', ...flags], 'npm could not install the packages: its own words are above');
    putStamp(PACKAGES_STAMP, digest('package-lock.json'));
  },
};

const client = {
  isFresh: () => existsSync(at('src/generated/prisma/client.ts')) && (isStamped(CLIENT_STAMP, clientInputs()) || !isInstalled(PRISMA)),
  renew: () => {
    say('generating the database client…');
    runTool(PRISMA, ['generate', '--no-hints'], 'the database client could not be generated from prisma/schema.prisma');
    putStamp(CLIENT_STAMP, clientInputs());
  },
};
const clientInputs = () => digest('prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json');

const build = {
  // An image for production carries the build, and not what builds it.
  isFresh: () => existsSync(at('dist/src')) && (!isInstalled(TYPESCRIPT) || isStamped(BUILD_STAMP, buildInputs())),
  renew: () => {
    say('building…');
    const inputs = buildInputs();
    runTool(TYPESCRIPT, ['-p', '.'], 'the sources do not compile: the errors are above');
    putStamp(BUILD_STAMP, inputs);
  },
};
const buildInputs = () => digest('src', 'tsconfig.json');

const steps = [packages, client, build];

/** What is printed from the code and kept in git, so that a change of it is seen. */
const printAll = () => {
  const printer = at('dist/src/doors/graphql/print.js');
  if (existsSync(printer)) {
    say('printing schema.graphql…');
    const { status, stdout } = spawnSync(process.execPath, [printer], { cwd: root, stdio: ['ignore', 'pipe', 2], maxBuffer: 1e8 });
    if (status !== 0) stop('schema.graphql could not be printed', 1);
    writeFileSync(at('schema.graphql'), stdout);
  }
  say('printing docs/STATES.md…');
  run(process.execPath, [at('scripts/print-states.mjs')], 'docs/STATES.md could not be printed');
  say('printing docs/config.md…');
  run(process.execPath, [at('scripts/print-config.mjs')], 'docs/config.md could not be printed');
  if (!existsSync(at('schema.graphql'))) return;
  say('printing docs/galoy-compatibility.md…');
  run(process.execPath, [at('scripts/print-compatibility.mjs')], 'docs/galoy-compatibility.md could not be printed');
  say('generating the Galoy adapter’s documents and the types of the tests’…');
  runTool(CODEGEN, ['--config', 'codegen.ts'], 'the types of the GraphQL documents could not be generated');
};

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) stop(`needs Node 20.19 or newer, and this is ${process.versions.node}`, 3);

const everything = process.argv.includes('--generate');
if (everything || steps.some((step) => !step.isFresh())) {
  await withTurn(
    root,
    () => say('waiting for another set-up of this folder to end…'),
    () => {
      for (const step of steps) if (!step.isFresh() || (everything && step !== packages)) step.renew();
      if (everything) printAll();
    },
  );
}
