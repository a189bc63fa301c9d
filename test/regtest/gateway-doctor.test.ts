// `switchyard doctor` on real nodes: every way to be unusable has its own words and its own advice, and the exit code says that there is one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Answered, createGateway, runCli, writeConfig } from '../support/gateway.ts';
import { walletAt } from '../support/operations.ts';
import { lndBackend } from './gatewayBench.ts';
import { invoiceOf } from './people.ts';
import { freePorts } from './ports.ts';
import { startStrays } from './strays.ts';
import { useNetwork } from './useNetwork.ts';
import { waitUntil } from './wait.ts';

const network = await useNetwork();
const { a, b } = network.nodes;
const folder = mkdtempSync(join(tmpdir(), 'switchyard-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const strays = await startStrays();
afterAll(() => strays.end());
const [nobody = 0, free = 0] = await freePorts(2);
const good = lndBackend(a);

const configOf = (backend: object) => ({
  network: 'regtest',
  backends: { main: backend },
  accounts: [{ name: 'operator', wallets: [{ name: 'atm' }] }],
});
const gateway = await createGateway(configOf(good));
afterAll(() => gateway.remove());
await gateway.start();
const dataDir = join(gateway.folder, 'data');

/** A line of the report and the advice under it. */
const about = ({ out }: Answered, what: string): string => {
  const lines = out.split('\n');
  const at = lines.findIndex((line) => line.startsWith('✗') && line.slice(2).startsWith(what));
  return at < 0 ? `nothing bad about ${what} in:\n${out}` : `${lines[at]}\n${lines[at + 1]}`;
};

let made = 0;
const examine = (config: object): Promise<Answered> => {
  made += 1;
  const path = writeConfig(folder, `${made}.yaml`, { listen: { port: free }, dataDir: join(folder, `data-${made}`), ...config });
  return runCli(folder, ['doctor', '--config', path]);
};

const file = join(folder, 'a-file');
writeFileSync(file, '');

const readonlyMacaroon = good.macaroon.replace('admin.macaroon', 'readonly.macaroon');

test.concurrent.for<readonly [string, object, string, RegExp, RegExp]>([
  [
    'LND is down',
    configOf({ ...good, socket: `localhost:${nobody}` }),
    'backend main',
    /is down: .*does not answer/,
    /start the node, or correct its address/,
  ],
  ['LND is locked', configOf(lndBackend(strays.locked)), 'backend main', /is locked/, /unlock its wallet/],
  [
    'LND is behind',
    configOf(lndBackend(strays.unsynced)),
    'backend main',
    /is not in step with the chain: .*height 0/,
    /caught up with the chain/,
  ],
  [
    'the macaroon of another node',
    configOf({ ...good, macaroon: b.macaroonPath }),
    'backend main',
    /refuses the macaroon/,
    /give a macaroon that this node has made/,
  ],
  [
    'a macaroon that may only read',
    configOf({ ...good, macaroon: readonlyMacaroon }),
    'backend main',
    /refuses the macaroon/,
    /allows .*invoices and payments/,
  ],
  [
    'the certificate of another node',
    configOf({ ...good, cert: b.certPath }),
    'backend main',
    /shows the wrong certificate/,
    /copy the node's present tls\.cert/,
  ],
  [
    'a node of another network',
    { ...configOf(good), network: 'testnet' },
    'backend main',
    /is on the wrong network: it is on regtest, the configuration says testnet/,
    /correct "network"/,
  ],
  [
    'the database is down',
    { ...configOf(good), database: { url: `postgresql://nobody:hunter2@127.0.0.1:${nobody}/switchyard` } },
    'database',
    /PostgreSQL at 127\.0\.0\.1:\d+\/switchyard cannot be reached/,
    /start PostgreSQL/,
  ],
  [
    'the data folder is in use',
    { ...configOf(good), database: { dir: dataDir } },
    'database',
    /in use|is open|another process|process \d+/,
    /end that process/,
  ],
  [
    'the data folder cannot be made',
    { ...configOf(good), dataDir: join(file, 'data') },
    'database',
    /not writable/,
    /name another with dataDir/,
  ],
  ['a key that is misspelled', { ...configOf(good), netwrok: 'regtest' }, 'config', /netwrok/, /network/],
])('%s', async ([, config, what, words, advice]) => {
  const answer = await examine(config);
  const told = about(answer, what);
  expect(told).toMatch(words);
  expect(told).toMatch(advice);
  expect(answer.code).toBe(1);
  expect(answer.out + answer.err).not.toMatch(/hunter2|\n\s+at .*\.js/);
});

test('all is well beside a running gateway', async () => {
  const answer = await gateway.cli('doctor');
  expect(answer.out).toMatch(/^✓ backend main .*regtest, /m);
  expect(answer.out).not.toContain('✗');
  expect(answer.code).toBe(0);
});

describe('another node behind the same name', () => {
  const swapped = () => writeConfig(gateway.folder, 'swapped.yaml', { ...configOf(lndBackend(b)), dataDir, listen: { port: free } });

  test('is named, while the gateway runs and when it does not', async () => {
    const words = new RegExp(`is another node than before: it is ${b.pubkey} .*it was ${a.pubkey}`);
    for (const end of [gateway.stop, null]) {
      const answer = await runCli(folder, ['doctor', '--config', swapped()]);
      expect(about(answer, 'backend main')).toMatch(words);
      expect(about(answer, 'backend main')).toMatch(/name the right node/);
      expect(answer.code).toBe(1);
      await end?.();
    }
  });

  test('is not paid by: the gateway starts, refuses it and writes nothing', async () => {
    const config = writeConfig(gateway.folder, 'switchyard.yaml', {
      ...configOf(lndBackend(b)),
      ...{ dataDir, listen: { port: Number(new URL(gateway.url).port) } },
    });
    expect(config).toBe(gateway.configPath);
    await gateway.start();
    const [key, id] = await Promise.all([gateway.key({ wallet: 'atm' }), gateway.walletId('atm')]);
    const wallet = walletAt(gateway.door(key), id);
    const { request, hash } = await invoiceOf(a, 1_000);
    expect(await wallet.pay(request)).toMatchObject({ status: 'FAILURE', errors: [{ code: 'LND_OFFLINE' }] });
    expect(await wallet.tryInvoice(1_000)).toMatchObject({ invoice: null, errors: [{ code: 'LND_OFFLINE' }] });
    expect(await wallet.payment(hash)).toBeNull();
    await waitUntil('the refusal in the log', () => gateway.output().includes('backend refused'));
  });
});
