// Paths as an operator writes them: relative to the folder of the configuration file, or to his home with `~/`.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** An absolute path. */
export const absolute = (folder: string, path: string, env: Readonly<Record<string, string | undefined>>): string => {
  const home = env.HOME;
  return path.startsWith('~/') && home ? join(home, path.slice(2)) : resolve(folder, path);
};

/** Text that can be nothing but a path. */
export const pathBegins = (text: string): boolean => /^(\.{1,2}|~)?\/(?!\/)\S/.test(text) && text.length < 1024;

/** Text that happens to be the name of a file beside the configuration file. */
export const namesFile = (folder: string, text: string): boolean => {
  if (text.length === 0 || text.length > 255 || /[\s\0]|:\/\//.test(text)) return false;
  return statSync(resolve(folder, text), { throwIfNoEntry: false })?.isFile() ?? false;
};
