// Starts a whole regtest network: a fresh chain, funded nodes, balanced channels. A start that fails leaves nothing behind.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createChainAddress, getChainBalance, sendToChainAddresses } from 'ln-service';
import { callBtcd } from './btcd.ts';
import { buildNodes } from './build.ts';
import { serveControl } from './control.ts';
import { type Crew, createCrew } from './crew.ts';
import { type Daemon, guardFolder } from './daemon.ts';
import { handleNetwork, type Network, type NetworkDescription, openChannels } from './handle.ts';
import { prepareMiner } from './miner.ts';
import { DESCRIPTION } from './paths.ts';
import { waitUntil } from './wait.ts';

export interface NetworkOptions {
  /** Where the nodes' folders and `network.json` go; without it a temporary folder that goes with the network. */
  readonly folder?: string;
  /** Nodes a and c wait for an interceptor at every forward, as lnmux needs it. */
  readonly cluster?: boolean;
  /** Told what happens, a line at a time. */
  readonly say?: (line: string) => void;
}

export interface OwnNetwork extends Network {
  /** The path of `network.json`, by which other processes find this network. */
  readonly descriptionPath: string;
  /** Ends every program and removes the nodes' folders. */
  readonly stop: () => Promise<void>;
  /** Resolves with the reason when the network is over: stopped, or its btcd ended by itself. */
  readonly closed: Promise<string>;
}

/** Soft forks are active from block 432 on; spending witness outputs before that fails. */
const FIRST_BLOCKS = 440;
const FUNDS_SAT = 100_000_000;
const CHANNEL_SAT = 10_000_000;
const BEHIND_B_SAT = 5_000_000;
/** What b can still send to e, its reserve of 1 % and the commitment's fee included. */
const DRAINED_TO_SAT = 500_000;

async function fund(network: Network): Promise<void> {
  const { a, b, c, d, e } = network.nodes;
  const poor = [a, c, d, e];
  await waitUntil('the coins of b', async () => (await getChainBalance({ lnd: b.lnd })).chain_balance > 10 * FUNDS_SAT);
  const send_to = await Promise.all(
    poor.map(async ({ lnd }) => ({ address: (await createChainAddress({ lnd, format: 'p2wpkh' })).address, tokens: FUNDS_SAT })),
  );
  await sendToChainAddresses({ lnd: b.lnd, send_to, fee_tokens_per_vbyte: 2 });
  await waitUntil('the funding in the mempool', async () => Number(Object(await network.btcdRpc('getmempoolinfo')).size) > 0);
  await network.mine(1);
  for (const { name, lnd } of poor) await waitUntil(`the coins of ${name}`, async () => (await getChainBalance({ lnd })).chain_balance > 0);
}

async function connectAll(network: Network): Promise<void> {
  const { a, b, c, d, e } = network.nodes;
  const balanced = { capacity: CHANNEL_SAT, give: CHANNEL_SAT / 2 };
  const drained = { capacity: BEHIND_B_SAT, give: BEHIND_B_SAT - DRAINED_TO_SAT };
  const channels = [
    ...[
      { from: b, to: a, ...balanced },
      { from: b, to: c, ...balanced },
      { from: b, to: d, ...balanced },
    ],
    ...[
      { from: d, to: a, ...balanced },
      { from: b, to: e, ...drained },
    ],
  ];
  await openChannels(network, channels, Object.values(network.nodes));
}

interface Begun {
  readonly crew: Crew;
  readonly btcd: Daemon;
  readonly description: Omit<NetworkDescription, 'control'>;
}

interface Ground {
  readonly crew: Crew;
  readonly miner: string;
  readonly cluster: boolean;
}

async function bootAll({ crew, miner, cluster }: Ground, say: (line: string) => void): Promise<Begun> {
  const btcd = await crew.startBtcd(miner);
  say('btcd runs');
  await callBtcd(crew.btcd, 'generate', [FIRST_BLOCKS]);
  const [a, b, c, d, e] = await Promise.all([crew.start('a'), crew.start('b'), crew.start('c'), crew.start('d'), crew.start('e')]);
  say(`five nodes of LND ${a.version} run`);
  return { crew, btcd, description: { pid: process.pid, cluster, btcd: crew.btcd, nodes: { a, b, c, d, e } } };
}

/** Funds and channels, the place where orders are taken, and `network.json`. */
async function furnish({ crew, btcd, description }: Begun, folder: string, say: (line: string) => void): Promise<OwnNetwork> {
  const network = handleNetwork(description, crew);
  await network.mine(1);
  await fund(network);
  say('every node has coins');
  await connectAll(network);
  const control = await serveControl(crew);
  const descriptionPath = join(folder, DESCRIPTION);
  writeFileSync(descriptionPath, `${JSON.stringify({ ...description, control: control.address }, null, 2)}\n`, { mode: 0o600 });
  const stop = async () => {
    rmSync(descriptionPath, { force: true });
    network.close();
    control.close();
    await crew.end();
  };
  return { ...network, descriptionPath, stop, closed: btcd.ended };
}

/**
 * Builds the nodes when needed, starts them, funds them and opens their channels: about 20 seconds with built nodes.
 * The programs end with this process, however it ends.
 * @throws BuildFault when there is no usable Go; Error with the last words of the program that failed
 */
export async function startNetwork({ folder: wanted, cluster = false, say = () => {} }: NetworkOptions = {}): Promise<OwnNetwork> {
  const binaries = await buildNodes(say);
  const folder = wanted ?? mkdtempSync(join(tmpdir(), 'switchyard-regtest-'));
  const nodesFolder = join(folder, 'nodes');
  rmSync(nodesFolder, { recursive: true, force: true });
  mkdirSync(nodesFolder, { recursive: true });
  const gone = wanted ? nodesFolder : folder;
  const release = guardFolder(gone);
  const crew = await createCrew({ binaries, folder: nodesFolder, cluster });
  const cleanUp = () => {
    rmSync(gone, { recursive: true, force: true });
    release();
  };
  try {
    const miner = await prepareMiner(crew, join(nodesFolder, 'b'), join(dirname(binaries.lnd), 'miner'));
    const network = await furnish(await bootAll({ crew, miner, cluster }, say), folder, say);
    return { ...network, stop: () => network.stop().finally(cleanUp) };
  } catch (fault) {
    await crew.end();
    cleanUp();
    throw fault;
  }
}
