// The clock: expiries, deadlines and rows that wait are moments. It must agree with the database's, run evenly, and not lie in the past.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bad, type Check, type Checkup, type Finding, ok, warn } from './finding.ts';
import { serverClockAhead } from './server.ts';

const seconds = (ms: number): string => `${(Math.abs(ms) / 1000).toFixed(1)} s`;
const mend = 'let the system keep the time by NTP (systemd-timesyncd, chrony), then restart the gateway';

const changedAt = (file: string): number | null => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;

const filesOf = (folder: string): readonly string[] => {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
};

/** Moments that have certainly passed: the build of this program, the last known good time of the system, the last write of the gateway. */
const known = ({ config }: Checkup): readonly (readonly [string, number])[] => {
  const build = changedAt(fileURLToPath(import.meta.url));
  const system = changedAt('/var/lib/systemd/timesync/clock');
  const written = filesOf(config.dataDir).map((file) => changedAt(file) ?? 0);
  return [
    ...(build === null ? [] : [['this program was installed', build] as const]),
    ...(system === null ? [] : [['the system last knew the time', system] as const]),
    ...(written.length === 0 ? [] : [['the gateway last wrote a file', Math.max(...written)] as const]),
  ];
};

/** True for clocks that stand behind what has already happened. */
export const inThePast = (now: number, passed: readonly (readonly [string, number])[]): Finding | null => {
  const [worst] = passed.filter(([, at]) => at - now > 120_000).sort((a, b) => b[1] - a[1]);
  if (!worst) return null;
  const text = `it says ${new Date(now).toISOString()}, but ${worst[0]} at ${new Date(worst[1]).toISOString()}`;
  return bad('clock', text, mend);
};

/** Whether the clock's own time and the time that passed agree; a clock that is being moved does not. */
export const uneven = (wallMs: number, passedMs: number): Finding | null =>
  Math.abs(wallMs - passedMs) < 100 ? null : warn('clock', `it moved by ${seconds(wallMs)} while ${seconds(passedMs)} passed`, mend);

/** What a difference to the database's clock means. */
export const skewed = (aheadMs: number | null): Finding | null => {
  if (aheadMs === null || Math.abs(aheadMs) < 2000) return null;
  const text = `it is ${seconds(aheadMs)} ${aheadMs > 0 ? 'behind' : 'ahead of'} the database's`;
  return (Math.abs(aheadMs) < 30_000 ? warn : bad)('clock', text, mend);
};

export const checkClock: Check = async (checkup) => {
  const { io, config } = checkup;
  const before = { wall: io.now().getTime(), passed: performance.now() };
  const ahead = config.database.is === 'server' ? await serverClockAhead(config.database.url) : null;
  await new Promise((done) => setTimeout(done, 250));
  const now = io.now().getTime();
  const found = [inThePast(now, known(checkup)), skewed(ahead), uneven(now - before.wall, performance.now() - before.passed)];
  const troubles = found.filter((one) => one !== null);
  const compared = ahead === null ? '' : `, ${seconds(ahead)} from the database's`;
  return troubles.length > 0 ? troubles : [ok('clock', `${new Date(now).toISOString()}${compared}`)];
};
