// The database, whichever it is. The embedded one is checked from outside: it has one owner, and opening it would change it.
import { accessSync, constants, existsSync, lstatSync, mkdtempSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lockDirectory } from '../../platform/lock.ts';
import { bad, type Check, type Checkup, type Finding, messageOf, ok, warn } from './finding.ts';
import { checkDatabaseServer } from './server.ts';

const nearestFolder = (path: string): string => (existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path)));

/** Null when files can be made in the folder, or in what is above it when it does not exist yet. */
export const unwritable = (folder: string): string | null => {
  const near = nearestFolder(folder);
  try {
    if (!lstatSync(near).isDirectory() && !existsSync(join(near, '.'))) return `${near} is not a folder`;
    accessSync(near, constants.W_OK | constants.X_OK);
    rmdirSync(mkdtempSync(join(near, '.switchyard-doctor-')));
    return null;
  } catch (error) {
    return messageOf(error);
  }
};

const who = (): string => (process.getuid ? `user ${process.getuid()}` : 'this user');

const checkEmbedded = async (dir: string, { running }: Checkup): Promise<readonly Finding[]> => {
  const trouble = unwritable(dir);
  if (trouble !== null)
    return [
      bad('database', `the data folder ${dir} is not writable for ${who()}: ${trouble}`, `chown or chmod it, or name another with dataDir`),
    ];
  if (running) return [ok('database', `embedded in ${dir}, open in the running gateway`)];
  if (!existsSync(join(dir, 'pg', 'PG_VERSION'))) return [ok('database', `embedded in ${dir}, made at the first start`)];
  try {
    const unlock = await lockDirectory(dir);
    await unlock();
  } catch (error) {
    return [bad('database', messageOf(error), 'end that process; two on one folder would destroy it')];
  }
  const inside = unwritable(join(dir, 'pg'));
  if (inside !== null)
    return [
      bad('database', `the database in ${dir} is not writable for ${who()}: ${inside}`, `run as the user that made it, or: chown -R`),
    ];
  return [ok('database', `embedded in ${dir}, not in use`)];
};

export const checkDatabase: Check = async (checkup) => {
  const { database, backends } = checkup.config;
  if (database.is === 'server') return checkDatabaseServer(database.url, database.poolSize, checkup);
  const found = await checkEmbedded(database.dir, checkup);
  if (database.durable || backends.every((backend) => backend.simulated)) return found;
  return [...found, warn('database', 'database.durable is off', 'turn it on: a power cut must not lose a payment')];
};
