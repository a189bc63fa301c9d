// Where this program is installed: the folder of its package.json, above the sources and above the build alike.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const isOurs = (file: string): { readonly version: string } | null => {
  if (!existsSync(file)) return null;
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const fits = typeof read === 'object' && read !== null && 'name' in read && read.name === 'switchyard' && 'version' in read;
  return fits ? { version: String(read.version) } : null;
};

const find = (folder: string): { readonly folder: string; readonly version: string } => {
  const found = isOurs(join(folder, 'package.json'));
  if (found) return { folder, ...found };
  if (dirname(folder) === folder) throw new Error('package.json of switchyard is missing: install it anew');
  return find(dirname(folder));
};

/** @throws Error when the installation is broken. */
export const installation = (): { readonly folder: string; readonly version: string } => find(dirname(fileURLToPath(import.meta.url)));
