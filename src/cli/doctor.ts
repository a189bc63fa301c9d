// `doctor`: looks at everything that the gateway stands on and says what to do, whether or not a gateway runs. Changes nothing.
import { ConfigError } from '../config/problem.ts';
import { findAdmin } from '../platform/adminsocket.ts';
import { checkBackends } from './doctor/backends.ts';
import { checkClock } from './doctor/clock.ts';
import { checkConfiguration } from './doctor/configuration.ts';
import { checkDatabase } from './doctor/database.ts';
import { checkDisk } from './doctor/disk.ts';
import { bad, type Check, type Checkup, type Finding, messageOf, ok, warn } from './doctor/finding.ts';
import { checkListen } from './doctor/listen.ts';
import { checkRights } from './doctor/rights.ts';
import { configOf } from './load.ts';
import { json } from './print.ts';
import { installation } from './root.ts';
import { type Call, configOptions, jsonOption, type Verb } from './verb.ts';

// The database before the backends: the pins of the backends are read from it, and an embedded one is opened by one check at a time.
const rounds: readonly (readonly (readonly [string, Check])[])[] = [
  [
    ['config', checkConfiguration],
    ['database', checkDatabase],
    ['clock', checkClock],
    ['rights', checkRights],
    ['port', checkListen],
    ['disk', checkDisk],
  ],
  [['backends', checkBackends]],
];

const attempt = ([about, check]: readonly [string, Check], checkup: Checkup): Promise<readonly Finding[]> =>
  check(checkup).catch((error: unknown) => [bad(about, `could not be checked: ${messageOf(error)}`, 'mend this first')]);

const lookAtGateway = async (dataDir: string): Promise<{ readonly running: Checkup['running']; readonly finding: Finding }> => {
  try {
    const running = await findAdmin(dataDir, 15_000);
    return { running, finding: ok('gateway', running ? `runs on ${dataDir}` : `does not run on ${dataDir}`) };
  } catch (error) {
    return { running: null, finding: warn('gateway', messageOf(error), 'run the doctor as the user of the gateway') };
  }
};

/** Everything that was found, in the order of the checks. */
export const examine = async (call: Call): Promise<readonly Finding[]> => {
  const { io, parts } = call;
  try {
    const config = await configOf(call);
    const { running, finding } = await lookAtGateway(config.dataDir);
    const openAdmin: Checkup['openAdmin'] = async () => (await parts.gateway()).openAdmin(config);
    const checkup: Checkup = { config, io, running, openAdmin, kinds: await parts.kinds(), folder: installation().folder };
    const found: Finding[] = [finding];
    for (const round of rounds) found.push(...(await Promise.all(round.map((check) => attempt(check, checkup)))).flat());
    return found;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, line, holds, expected }) =>
      bad('config', `${path || 'the file'}${line === null ? '' : ` (line ${line})`} holds ${holds}`, `expected ${expected}`),
    );
  }
};

const marks = { ok: '✓', warn: '!', bad: '✗' } as const;

const report = (found: readonly Finding[]): string => {
  const width = Math.max(...found.map(({ about }) => about.length));
  const lines = found.map(
    ({ level, about, text, todo }) =>
      `${marks[level]} ${about.padEnd(width)}  ${text}${todo === null ? '' : `\n  ${' '.repeat(width)}  → ${todo}`}`,
  );
  const count = (level: Finding['level']): number => found.filter((one) => one.level === level).length;
  const word = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  const summary =
    count('bad') + count('warn') === 0 ? 'All is well.' : `${word(count('bad'), 'problem')}, ${word(count('warn'), 'warning')}.`;
  return `${lines.join('\n')}\n\n${summary}\n`;
};

export const doctor: Verb = {
  name: 'doctor',
  summary: 'Check config, database, backends, clock, rights, port and disk, and say what to do; exit code 1 on a problem',
  operands: [],
  options: { ...configOptions, ...jsonOption },
  examples: [
    ['doctor', 'what switchyard.yaml in this folder describes'],
    ['doctor --config /etc/switchyard.yaml --json', 'for a monitor: [{"level", "about", "text", "todo"}]'],
  ],
  run: async (call) => {
    const found = await examine(call);
    call.io.out(call.on.has('json') ? json(found) : report(found));
    return found.some(({ level }) => level === 'bad') ? 1 : 0;
  },
};
