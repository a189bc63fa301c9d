// The real lnmuxd over two real LND nodes and a throwaway PostgreSQL, as a bench of the lnmux suite. It is in no registry: whoever has it names the
// binary (LNMUXD) and the folder that holds its persistence/migrations (LNMUXD_HOME).
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { payViaPaymentRequest } from 'ln-service';
import type { Bench, Paid } from '../lnmux/bench.ts';
import { rawClient } from '../lnmux/bench.ts';
import { findPostgres, OLDEST, startServer } from '../postgres/throwaway.mjs';
import { type Daemon, startDaemon, whileRunning } from './daemon.ts';
import type { NetNode } from './lnd.ts';
import { type OwnNetwork, startNetwork } from './network.ts';
import { freePorts } from './ports.ts';
import { waitUntil } from './wait.ts';

export interface Installed {
  readonly binary: string;
  readonly home: string;
}

/** The lnmuxd that the environment names, or the sentence that says why there is none. */
export const findLnmuxd = (env: NodeJS.ProcessEnv): Installed | string => {
  const { LNMUXD: binary, LNMUXD_HOME: home } = env;
  if (binary === undefined || home === undefined)
    return 'LNMUXD (the path of an lnmuxd binary) and LNMUXD_HOME (the folder that holds its persistence/migrations) are not set';
  if (!existsSync(binary)) return `LNMUXD names ${binary}, and there is no such file`;
  if (!existsSync(join(home, 'persistence', 'migrations')))
    return `LNMUXD_HOME names ${home}, and there is no persistence/migrations in it`;
  if (findPostgres() === undefined) return `PostgreSQL ${OLDEST} or newer is not on this machine`;
  return { binary, home };
};

export interface RealBench extends Bench {
  readonly network: OwnNetwork;
  close(): Promise<void>;
}

const heldSeconds = 60;

export const openReal = async ({ binary, home }: Installed, say: (line: string) => void): Promise<RealBench> => {
  const undo: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-lnmuxd-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    // A folder of its own: PostgreSQL runs as another user, who may not look into ours.
    const data = mkdtempSync(join(tmpdir(), 'switchyard-postgres-'));
    undo.push(() => rmSync(data, { recursive: true, force: true }));
    const postgres = await startServer(findPostgres()?.folder ?? '', data);
    undo.push(postgres.stop);
    const network = await startNetwork({ cluster: true, say });
    undo.push(network.stop);
    const [port = 0, metricsPort = 0] = await freePorts(2);
    const { a, b, c } = network.nodes;
    const config = join(folder, 'lnmux.yml');
    writeFileSync(config, configOf({ nodes: [a, c], dsn: `${postgres.url}?sslmode=disable`, port, metricsPort }));
    for (const step of ['init', 'up']) say(migrate({ binary, home }, config, step));
    const instrumentation = `http://127.0.0.1:${metricsPort}`;
    const socket = `127.0.0.1:${port}`;
    const away = async (): Promise<number | undefined> => {
      const text = await fetch(`${instrumentation}/metrics`).then((answer) => answer.text());
      const found = /^lnmux_disconnected_nodes (\d+)/m.exec(text)?.[1];
      return found === undefined ? undefined : Number(found);
    };
    let daemon: Daemon;
    const start = async () => {
      daemon = startDaemon({ name: 'lnmuxd', command: binary, args: ['-c', config, 'run'], home: join(folder, 'lnmuxd') });
      const raw = rawClient(socket);
      await whileRunning(
        daemon,
        waitUntil('lnmuxd to answer', async () => 'answer' in (await raw.call('GetInfo', {}, 1_000))),
      ).finally(raw.close);
    };
    const stop = async () => {
      daemon.signal('SIGTERM');
      await daemon.ended;
    };
    await start();
    undo.push(stop);
    await waitUntil('lnmux to intercept at both nodes', async () => (await away()) === 0);
    say('lnmuxd intercepts at both nodes');
    const nodes = [a, c] as const;
    return {
      network,
      socket,
      instrumentation,
      heldSeconds,
      nodes: [a.pubkey, c.pubkey],
      needsBoth: 12_000_000_000n,
      pay: (bolt11) => payFrom(b, bolt11),
      stopNode: (index) => network.stopNode(nodes[index].name),
      startNode: async (index) => {
        await network.startNode(nodes[index].name);
        await waitUntil('the node to be intercepted again', async () => ((await away()) ?? 2) < 2);
        await waitUntil('the other node too', async () => (await away()) === 0, 5_000).catch(() => undefined);
      },
      restart: async () => {
        await stop();
        await start();
      },
      stop,
      start: async () => {
        await start();
        await waitUntil('lnmux to intercept at both nodes', async () => (await away()) === 0);
      },
      close,
    };
  } catch (fault) {
    await close();
    throw fault;
  }
};

interface Configured {
  readonly nodes: readonly NetNode[];
  readonly dsn: string;
  readonly port: number;
  readonly metricsPort: number;
}

// JSON is YAML too. No logging block: its json format does not survive the start.
const configOf = ({ nodes, dsn, port, metricsPort }: Configured): string =>
  JSON.stringify({
    lnd: {
      network: 'regtest',
      nodes: nodes.map((node) => ({
        pubKey: node.pubkey,
        lndUrl: `127.0.0.1:${node.rpcPort}`,
        tlsCertPath: node.certPath,
        macaroonPath: node.macaroonPath,
      })),
    },
    identityKey: randomBytes(32).toString('hex'),
    db: { dsn: dsn.replace('postgresql://', 'postgres://').replace('switchyard@', 'switchyard:none@') },
    listenAddress: `127.0.0.1:${port}`,
    instrumentationAddress: `127.0.0.1:${metricsPort}`,
  });

/** It ends with code 0 whatever happened; what it says is the answer. It looks for its migrations in the folder where it is started. */
const migrate = ({ binary, home }: Installed, config: string, step: string): string => {
  const said = execFileSync(binary, ['-c', config, 'migrate', step], { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return `lnmuxd migrate ${step}: ${said.trim().split('\n').at(-1)}`;
};

const payFrom = async (payer: NetNode, request: string): Promise<Paid> => {
  try {
    const paid = await payViaPaymentRequest({
      lnd: payer.lnd,
      request,
      max_fee_mtokens: '5000000',
      max_paths: 16,
      pathfinding_timeout: 60_000,
    });
    return { is: 'succeeded', preimage: paid.secret, parts: paid.paths.length };
  } catch (fault) {
    const words = Array.isArray(fault) ? String(fault[1]) : String(fault);
    return { is: 'failed', reason: words === 'PaymentRejectedByDestination' ? 'rejectedByPayee' : words };
  }
};
