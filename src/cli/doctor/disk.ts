// Room on the disk: a database that cannot write stops everything.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bad, type Check, type Finding, ok, warn } from './finding.ts';

const mebibyte = 1_048_576;
const nearestFolder = (path: string): string => (existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path)));

/** What so much room means, in bytes. */
export const room = (freeBytes: number, folder: string): Finding => {
  const text = `${Math.floor(freeBytes / mebibyte)} MiB are free for ${folder}`;
  if (freeBytes < 100 * mebibyte) return bad('disk', text, 'make room: below 100 MiB the database may stop');
  return freeBytes < 1024 * mebibyte ? warn('disk', text, 'make room soon') : ok('disk', text);
};

export const checkDisk: Check = async ({ config }) => {
  const { bavail, bsize } = await statfs(nearestFolder(config.dataDir));
  return [room(bavail * bsize, config.dataDir)];
};
