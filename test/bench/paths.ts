// Where this checkout is, seen from the compiled bench.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const findRoot = (folder: string): string => {
  if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'prisma'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('no package.json in any folder above this file');
  return findRoot(above);
};

export const root = findRoot(dirname(fileURLToPath(import.meta.url)));
