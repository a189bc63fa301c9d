// `npm run regtest`: the network for a person. It says what runs where, takes a few orders from the keyboard and ends with ctrl-c, leaving nothing running.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { BuildFault, buildNodes } from './build.ts';
import { findNetwork } from './control.ts';
import { CHANNEL_NODES } from './lnd.ts';
import { type OwnNetwork, startNetwork } from './network.ts';
import { ORDERS, obeyOrder } from './orders.ts';
import { DESCRIPTION, NET } from './paths.ts';

const HELP = `npm run regtest -- [--dir <folder>] [--cluster]
Starts btcd and five LND nodes on this machine, with coins and channels, and writes a switchyard.yaml that points at node a.

  --dir <folder>   where the nodes live; must be empty, missing, or of an earlier run (default: test/regtest/.net)
  --cluster        nodes a and c wait for an HTLC interceptor, as lnmux needs it (without one they forward nothing)
  --build-only     build the nodes and end
  --help           this text

While it runs:
${ORDERS}
Exit code 3: Go is missing or too old to build the nodes.`;

/** The chain's tip must not grow older than two hours, or LND says that it is out of step with the chain. */
const HEARTBEAT_MS = 20 * 60_000;
/** Marks a folder as ours: only such a folder is ever emptied. */
const MARK = '.switchyard-regtest';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** @throws Error when the folder holds something that is not ours, or a network that runs */
async function claimFolder(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, MARK)) && readdirSync(folder).length > 0) {
    throw new Error(`${folder} is not empty and not of an earlier run: give --dir an empty folder`);
  }
  const running = await findNetwork(join(folder, DESCRIPTION));
  if (running) throw new Error(`a network runs in ${folder} already; end it first, or give another --dir`);
  writeFileSync(join(folder, MARK), '');
  for (const name of [DESCRIPTION, 'switchyard.yaml', 'data']) rmSync(join(folder, name), { recursive: true, force: true });
}

/** The gateway's database lives and dies with the network: the next one has other node keys, and a gateway refuses to mix them up. */
function writeConfig(network: OwnNetwork, folder: string): string {
  const { socket, certPath, macaroonPath } = network.nodes.a;
  const path = join(folder, 'switchyard.yaml');
  const [dir, cert, macaroon] = [join(folder, 'data'), certPath, macaroonPath].map((text) => JSON.stringify(text));
  const lines = [
    '# Written by `npm run regtest`; good while that network is up.',
    'network: regtest',
    `database: { dir: ${dir} }`,
    'backends:',
    `  main: { kind: lnd, socket: ${JSON.stringify(socket)}, cert: ${cert}, macaroon: ${macaroon} }`,
    'accounts:',
    '  - name: operator',
    '    wallets:',
    '      - { name: atm, backend: main }',
  ];
  // As `rights` of the doctor wants it, though what it names is play money.
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

function tell(network: OwnNetwork, config: string): void {
  const roles = {
    a: "the gateway's node",
    b: 'the world outside',
    c: "the gateway's second node",
    d: 'another way from a to b',
    e: 'behind b; 500,000 sat can reach it',
  };
  for (const name of CHANNEL_NODES) {
    const node = network.nodes[name];
    say(`\n${name}  ${roles[name]}: gRPC ${node.socket}, p2p 127.0.0.1:${node.p2pPort}\n   ${node.pubkey}`);
    say(`   ${node.certPath}\n   ${node.macaroonPath}`);
  }
  const { rpcPort, user, password, certPath } = network.btcd;
  say(`\nbtcd  https://localhost:${rpcPort} (${user}:${password}, ${certPath})`);
  say('channels  a-b, b-c, b-d, a-d: 10,000,000 sat each, half on either side; b-e: 5,000,000 sat, nearly all on e’s side');
  say(`\nThe gateway on node a:  npm start -- --config ${relative(process.cwd(), config)}\n`);
  say(`${ORDERS}\n`);
}

async function run(folder: string, cluster: boolean): Promise<void> {
  await claimFolder(folder);
  const network = await startNetwork({ folder, cluster, say });
  const heartbeat = setInterval(() => void network.mine(1).catch(() => {}), HEARTBEAT_MS);
  const keyboard = createInterface({ input: process.stdin });
  keyboard.on(
    'line',
    (line) =>
      void obeyOrder(network, line).then(say, (fault) => say(String(fault instanceof Error ? fault.message : JSON.stringify(fault)))),
  );
  const asked = new Promise<undefined>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(undefined));
  });
  tell(network, writeConfig(network, folder));
  say('up; ctrl-c ends it');
  const accident = await Promise.race([asked, network.closed]);
  clearInterval(heartbeat);
  keyboard.close();
  await network.stop();
  if (accident !== undefined) throw new Error(accident);
  say('ended');
}

async function main(): Promise<number> {
  const options = {
    dir: { type: 'string' },
    cluster: { type: 'boolean' },
    'build-only': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.help) say(HELP);
    else if (values['build-only']) await buildNodes(say);
    else await run(resolve(values.dir ?? NET), values.cluster ?? false);
    return 0;
  } catch (fault) {
    process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    return fault instanceof BuildFault ? fault.exitCode : 1;
  }
}

// A start that is interrupted ends at once; the nodes notice by themselves that this process is gone.
process.exit(await main());
