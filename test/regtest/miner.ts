// The wallet that the blocks pay to. btcd takes its address only at its start and wipes the chain at every start, so that wallet must be older
// than the chain: node b makes it once on a chain that is thrown away, and every later network begins with a copy.
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChainAddress } from 'ln-service';
import { callBtcd, NOBODY } from './btcd.ts';
import type { Crew } from './crew.ts';
import { connectNode, disconnect } from './lnd.ts';

const ADDRESS = 'miner-address';

async function makeWallet(crew: Crew, home: string): Promise<void> {
  await crew.startBtcd(NOBODY);
  await callBtcd(crew.btcd, 'generate', [1]); // a chain whose tip is of 2011 is not "current", and lnd waits
  const b = connectNode(await crew.start('b'));
  const { address } = await createChainAddress({ lnd: b.lnd, format: 'p2wpkh' });
  disconnect(b);
  await crew.stop('b');
  await crew.stopBtcd();
  writeFileSync(join(home, ADDRESS), address);
}

function keepCopy(home: string, kept: string): void {
  const unfinished = `${kept}.${process.pid}`;
  cpSync(home, unfinished, { recursive: true, filter: (path) => !path.endsWith('.log') });
  try {
    renameSync(unfinished, kept);
  } catch {
    rmSync(unfinished, { recursive: true, force: true }); // another network was faster, and its wallet is as good
  }
}

/**
 * Leaves a wallet in `home` (node b's folder) and answers an address of it. Neither btcd nor b runs afterwards.
 * @param kept the folder where the copy is kept for the next network
 */
export async function prepareMiner(crew: Crew, home: string, kept: string): Promise<string> {
  if (existsSync(kept)) {
    cpSync(kept, home, { recursive: true });
  } else {
    await makeWallet(crew, home);
    keepCopy(home, kept);
  }
  return readFileSync(join(home, ADDRESS), 'utf8');
}
