// How a regtest suite gets at the network: the one that globalSetup found or started. Whatever a suite stops it starts again.
import { afterAll, inject } from 'vitest';
import { findNetwork } from './control.ts';
import type { Network } from './handle.ts';

/**
 * The network of this test run, connected; the connections are closed after the file's last test.
 * Call it at the top of a test file: `const network = await useNetwork();`
 */
export async function useNetwork(): Promise<Network> {
  const path = inject('regtestNetwork');
  const network = await findNetwork(path);
  if (!network) throw new Error(`the network of ${path} is gone`);
  afterAll(() => network.close());
  return network;
}
