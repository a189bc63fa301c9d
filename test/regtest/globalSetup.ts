// Before the regtest suites: the network of `npm run regtest` when one is up, else one of our own that ends with the tests.
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findNetwork } from './control.ts';
import { startNetwork } from './network.ts';
import { DESCRIPTION, NET } from './paths.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of `network.json`. */
    readonly regtestNetwork: string;
  }
}

const say = (line: string): void => void process.stdout.write(`regtest: ${line}\n`);

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = join(NET, DESCRIPTION);
  const found = await findNetwork(running);
  if (found && !found.cluster) {
    say(`using the network that runs: ${running}`);
    await found.mine(1); // LND calls itself out of step with a tip older than two hours
    found.close();
    project.provide('regtestNetwork', running);
    return async () => {};
  }
  found?.close();
  const network = await startNetwork({ say });
  project.provide('regtestNetwork', network.descriptionPath);
  return network.stop;
}
