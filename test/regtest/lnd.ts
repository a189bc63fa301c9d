// One LND node: its arguments, and the plain data by which any process on this machine can reach it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuthenticatedLnd, authenticatedLndGrpc, getChannels, getWalletInfo } from 'ln-service';
import type { BtcdAccess } from './btcd.ts';
import { waitUntil } from './wait.ts';

/** The nodes that have channels, and `f`, which has none and runs only when it is asked for. */
export const CHANNEL_NODES = ['a', 'b', 'c', 'd', 'e'] as const;
export type ChannelNode = (typeof CHANNEL_NODES)[number];
export type NodeName = ChannelNode | 'f';

export function isNodeName(text: string): text is NodeName {
  return text === 'f' || CHANNEL_NODES.some((name) => name === text);
}

export interface NodePlace {
  readonly name: NodeName;
  /** lnd's own folder, which is also its HOME. */
  readonly home: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
}

/** Plain data: what a config file or another process needs. */
export interface NodeDescription {
  readonly name: NodeName;
  /** Identity public key, 33 bytes as hex. */
  readonly pubkey: string;
  readonly version: string;
  /** `localhost:port` of gRPC; a name and not an address, because the certificate names it. */
  readonly socket: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly certPath: string;
  readonly macaroonPath: string;
}

export interface NetNode extends NodeDescription {
  /** base64, as ln-service wants them. */
  readonly cert: string;
  readonly macaroon: string;
  /** Connected; goes on working after the node was restarted. */
  readonly lnd: AuthenticatedLnd;
}

/** `cluster` is what lnmux needs: the node holds every forward until an interceptor has spoken, so without one it forwards nothing. */
export function lndArguments(place: NodePlace, btcd: BtcdAccess, cluster: boolean): readonly string[] {
  const p2p = `127.0.0.1:${place.p2pPort}`;
  return [
    ...[`--lnddir=${place.home}`, `--alias=${place.name}`, '--noseedbackup', '--norest', '--nobootstrap', '--logging.no-commit-hash'],
    ...[`--listen=${p2p}`, `--externalip=${p2p}`, `--rpclisten=127.0.0.1:${place.rpcPort}`],
    ...[
      '--bitcoin.regtest',
      '--bitcoin.node=btcd',
      '--bitcoin.defaultchanconfs=1',
      '--bitcoin.timelockdelta=40',
      '--maxpendingchannels=10',
    ],
    ...[`--btcd.rpchost=127.0.0.1:${btcd.rpcPort}`, `--btcd.rpccert=${btcd.certPath}`],
    ...[`--btcd.rpcuser=${btcd.user}`, `--btcd.rpcpass=${btcd.password}`, '--healthcheck.chainbackend.attempts=0'],
    // Gossip and reconnection in milliseconds and seconds instead of minutes.
    ...['--trickledelay=50', '--gossip.sub-batch-delay=5ms', '--caches.rpc-graph-cache-duration=100ms', '--historicalsyncinterval=1s'],
    ...['--minbackoff=1s', '--maxbackoff=5s'],
    ...(cluster ? ['--requireinterceptor', '--store-final-htlc-resolutions'] : []),
  ];
}

function credentials(home: string) {
  return { certPath: join(home, 'tls.cert'), macaroonPath: join(home, 'data', 'chain', 'bitcoin', 'regtest', 'admin.macaroon') };
}

function connect({
  socket,
  certPath,
  macaroonPath,
}: {
  readonly socket: string;
  readonly certPath: string;
  readonly macaroonPath: string;
}) {
  const cert = readFileSync(certPath).toString('base64');
  const macaroon = readFileSync(macaroonPath).toString('base64');
  return { cert, macaroon, lnd: authenticatedLndGrpc({ cert, macaroon, socket }).lnd };
}

export function connectNode(description: NodeDescription): NetNode {
  return { ...description, ...connect(description) };
}

export function disconnect({ lnd }: { readonly lnd: AuthenticatedLnd }): void {
  for (const client of Object.values(lnd)) client.close();
}

/** Waits until the node that runs at this place answers, and says who it is. */
export async function describeNode(place: NodePlace): Promise<NodeDescription> {
  const reach = { socket: `localhost:${place.rpcPort}`, ...credentials(place.home) };
  const connection = await waitUntil(`lnd ${place.name} to write its macaroon`, () => connect(reach));
  try {
    const info = await waitUntil(`lnd ${place.name} to answer`, () => getWalletInfo({ lnd: connection.lnd }), 180_000);
    const { rpcPort, p2pPort, name } = place;
    const version = info.version.split(' ')[0] ?? '';
    return { name, pubkey: info.public_key, version, rpcPort, p2pPort, ...reach };
  } finally {
    disconnect(connection);
  }
}

/** Waits until the node has seen block `height` and says that it is in step with the chain. */
export async function waitForHeight(node: NetNode, height: number): Promise<void> {
  await waitUntil(`lnd ${node.name} to see block ${height}`, async () => {
    const info = await getWalletInfo({ lnd: node.lnd });
    return info.current_block_height >= height && info.is_synced_to_chain;
  });
}

/** Waits until every channel of `node` to one of the `partners` (public keys) is usable, as `node` sees it. */
export async function waitForChannels(node: NetNode, partners: readonly string[]): Promise<void> {
  await waitUntil(`the channels of lnd ${node.name}`, async () => {
    const { channels } = await getChannels({ lnd: node.lnd });
    return channels.every((channel) => channel.is_active || !partners.includes(channel.partner_public_key));
  });
}
