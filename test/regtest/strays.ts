// Nodes beside the network that are not fit for a gateway: one whose wallet is locked, and one whose chain is hopelessly behind.
// They have a btcd of their own that knows the genesis block alone, and end with this process.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeed, createWallet, getWalletStatus, unauthenticatedLndGrpc } from 'ln-service';
import { NOBODY } from './btcd.ts';
import { buildNodes } from './build.ts';
import { createCrew } from './crew.ts';
import { guardFolder, startDaemon, whileRunning } from './daemon.ts';
import { lndArguments, type NodeDescription } from './lnd.ts';
import { freePorts } from './ports.ts';
import { waitUntil } from './wait.ts';

export type Stray = Pick<NodeDescription, 'socket' | 'certPath' | 'macaroonPath'>;

export interface Strays {
  /** Its tip is older than two hours, so LND calls itself out of step with the chain. */
  readonly unsynced: Stray;
  /** Has a wallet and a macaroon, and waits for its password. */
  readonly locked: Stray;
  readonly end: () => Promise<void>;
}

const password = Buffer.from('regtest-password').toString('hex');

const unopened = ({ socket, certPath }: Stray) => unauthenticatedLndGrpc({ socket, cert: readFileSync(certPath).toString('base64') });

interface WalletStatus {
  readonly is_absent?: boolean;
  readonly is_locked?: boolean;
}

const statusBecomes = (stray: Stray, what: string, test: (status: WalletStatus) => boolean | undefined) =>
  waitUntil(what, async () => {
    const { lnd } = unopened(stray);
    try {
      return test(Object(await getWalletStatus({ lnd })));
    } finally {
      for (const client of Object.values(lnd)) client.close();
    }
  });

/** Makes a wallet with a password at the first start, and is started again without being given it. */
const lockedNode = async (command: string, folder: string, btcd: Parameters<typeof lndArguments>[1]) => {
  const home = join(folder, 'locked');
  const [rpcPort = 0, p2pPort = 0] = await freePorts(2);
  const args = lndArguments({ name: 'f', home, rpcPort, p2pPort }, btcd, false).filter((one) => one !== '--noseedbackup');
  const place: Stray = {
    socket: `localhost:${rpcPort}`,
    certPath: join(home, 'tls.cert'),
    macaroonPath: join(home, 'data', 'chain', 'bitcoin', 'regtest', 'admin.macaroon'),
  };
  const begin = () => startDaemon({ name: 'the locked lnd', command, args, home });
  const first = begin();
  await whileRunning(
    first,
    statusBecomes(place, 'a wallet to be wanted', ({ is_absent }) => is_absent),
  );
  const { lnd } = unopened(place);
  const { seed } = await createSeed({ lnd });
  await createWallet({ lnd, password, seed });
  await whileRunning(
    first,
    waitUntil('the macaroon of the locked node', () => readFileSync(place.macaroonPath).length > 0),
  );
  first.signal('SIGKILL');
  await first.ended;
  const second = begin();
  await whileRunning(
    second,
    statusBecomes(place, 'the password to be wanted', ({ is_locked }) => is_locked),
  );
  return { place, daemon: second };
};

/** Both nodes, running; about ten seconds. */
export const startStrays = async (): Promise<Strays> => {
  const binaries = await buildNodes(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-strays-'));
  const release = guardFolder(folder);
  const crew = await createCrew({ binaries, folder, cluster: false });
  await crew.startBtcd(NOBODY);
  const [unsynced, locked] = await Promise.all([crew.start('a'), lockedNode(binaries.lnd, folder, crew.btcd)]);
  return {
    ...{ unsynced, locked: locked.place },
    end: async () => {
      locked.daemon.signal('SIGKILL');
      await Promise.all([locked.daemon.ended, crew.end()]);
      rmSync(folder, { recursive: true, force: true });
      release();
    },
  };
};
