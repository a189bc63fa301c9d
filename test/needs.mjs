// `node test/needs.mjs <program>[=<package>]…`: nothing when all programs are there; else one line for each, and exit code 3.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Where Debian keeps what only root usually starts.
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

let missing = false;
for (const [program, packageName = program] of process.argv.slice(2).map((word) => word.split('='))) {
  if (folders.some((folder) => folder !== '' && existsSync(join(folder, program)))) continue;
  missing = true;
  process.stderr.write(`not run: "${program}" is not on this machine (Debian: apt-get install ${packageName})\n`);
}
if (missing) process.exit(3);
