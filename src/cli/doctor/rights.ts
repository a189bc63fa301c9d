// Who may read what: secrets are for the user of the gateway alone, and the folder of the data is his to write.
import { accessSync, constants, statSync } from 'node:fs';
import { sandboxFile } from '../sandbox.ts';
import { unwritable } from './database.ts';
import { bad, type Check, type Finding, ok, warn } from './finding.ts';

const modeOf = (file: string): number | null => statSync(file, { throwIfNoEntry: false })?.mode ?? null;

const checkFile = (file: string, what: string): readonly Finding[] => {
  const mode = modeOf(file);
  if (mode === null) return [];
  try {
    accessSync(file, constants.R_OK);
  } catch {
    return [bad('rights', `${what} ${file} cannot be read by this user`, `chown it to the user of the gateway`)];
  }
  if ((mode & 0o004) === 0) return [];
  return [warn('rights', `${what} ${file} can be read by every user of this machine`, `chmod o-rwx ${file}`)];
};

const checkFolder = (folder: string): readonly Finding[] => {
  const mode = modeOf(folder);
  const trouble = unwritable(folder);
  if (trouble !== null)
    return [
      bad(
        'rights',
        `the data folder ${folder} is not writable: ${trouble}`,
        'chown it to the user of the gateway, or name another with dataDir',
      ),
    ];
  if (mode === null || (mode & 0o007) === 0) return [];
  return [warn('rights', `the data folder ${folder} is open to every user of this machine`, `chmod o-rwx ${folder}`)];
};

export const checkRights: Check = async ({ config }) => {
  const isReal = config.backends.some((backend) => !backend.simulated);
  const found = [
    ...checkFolder(config.dataDir),
    ...(config.file === null || !isReal ? [] : checkFile(config.file, 'the configuration')),
    ...config.secretFiles.flatMap((file) => checkFile(file, 'the secret')),
    ...checkFile(config.holds.keyFile, 'the key file'),
    ...(config.sandbox ? checkFile(sandboxFile(config.dataDir), 'the key in') : []),
  ];
  return found.length > 0 ? found : [ok('rights', 'files and folders are private and usable')];
};
