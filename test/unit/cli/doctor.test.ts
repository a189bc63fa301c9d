// The doctor names every fault with words of its own and says what to do; a check that finds nothing wrong says so.
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { backendKinds } from '../../../src/backends/index.ts';
import { type Backend, BackendFault, type Health, type Identity } from '../../../src/backends/port.ts';
import { inThePast, skewed, uneven } from '../../../src/cli/doctor/clock.ts';
import { room } from '../../../src/cli/doctor/disk.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { checkCertificate } from '../../../src/cli/doctor/listen.ts';
import type { AdminPort, AnyKind, Gateway } from '../../../src/cli/ports.ts';
import { zeroMsat } from '../../../src/lightning/values.ts';
import { serveAdmin } from '../../../src/platform/adminsocket.ts';
import { lockDirectory } from '../../../src/platform/lock.ts';
import { type Outside, outside } from './outside.ts';

const macaroon = `0201${'ab'.repeat(60)}`;
const keyA = `02${'aa'.repeat(32)}`;
const keyB = `03${'bb'.repeat(32)}`;

/** A node that is as the test says. */
interface Scripted {
  readonly health?: Health;
  readonly identity?: Identity | Error;
  readonly balance?: Error;
}
let node: Scripted;
let closed: number;

const well: Health = { ready: true, syncedToChain: true, detail: 'ok' };
const alice: Identity = { network: 'regtest', key: keyA, label: 'alice (LND 0.21)' };

const scripted: AnyKind = {
  kind: 'scripted',
  simulated: false,
  settings: z.strictObject({}),
  connect: async (id): Promise<Backend> => ({
    id,
    kind: 'scripted',
    health: async () => node.health ?? well,
    identity: async () => {
      if (node.identity instanceof Error) throw node.identity;
      return node.identity ?? alice;
    },
    balance: async () => {
      if (node.balance) throw node.balance;
      return { spendable: zeroMsat, receivable: null, chainConfirmed: null, chainPending: null };
    },
    facts: async function* () {},
    close: async () => {
      closed += 1;
    },
  }),
};

let pins: unknown;
const admin: AdminPort = async (verb) => (verb === 'pins' ? pins : {});
const gateway: Gateway = {
  startGateway: () => Promise.reject(new Error('not here')),
  openAdmin: async () => ({ admin, close: async () => undefined }),
};

let person: Outside;
beforeEach(() => {
  node = {};
  closed = 0;
  pins = [];
  person = outside({ kinds: async () => ({ ...backendKinds, scripted }), gateway: async () => gateway });
  mkdirSync(join(person.dir, 'data'), { mode: 0o700 });
});
afterEach(() => rmSync(person.dir, { recursive: true, force: true }));

const examine = async (yaml: string): Promise<{ readonly code: number; readonly found: readonly Finding[] }> => {
  writeFileSync(join(person.dir, 'switchyard.yaml'), yaml, { mode: 0o600 });
  const { code, out } = await person.run('doctor', '--json');
  return { code, found: JSON.parse(out) };
};

/** The one problem of a check-up that has exactly one. */
const faultOf = async (yaml: string): Promise<Finding> => {
  const { code, found } = await examine(yaml);
  const bad = found.filter(({ level }) => level === 'bad');
  expect(bad, JSON.stringify(found, null, 2)).toHaveLength(1);
  expect(code).toBe(1);
  const [first] = bad;
  if (!first) throw new Error('no problem was found');
  expect(first.todo).not.toBeNull();
  return first;
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const listen = 'listen: { port: 0 }\n';
const withNode = `${listen}network: regtest\nbackends: { alice: { kind: scripted } }\n`;
const withLnd = (settings: string): string => `${listen}network: regtest\nbackends:\n  alice: { kind: lnd, ${settings} }\n`;

describe('a gateway that is well', () => {
  it('has a line for every check and ends with 0', async () => {
    const { code, found } = await examine(withNode);
    expect(code, JSON.stringify(found, null, 2)).toBe(0);
    expect(found.map(({ about }) => about)).toEqual(['gateway', 'config', 'database', 'clock', 'rights', 'port', 'disk', 'backend alice']);
    expect(found.at(-1)?.text).toBe(`alice (LND 0.21), regtest, ${keyA}; not seen before`);
    expect(closed).toBe(1);
  });

  it('reads well', async () => {
    writeFileSync(join(person.dir, 'switchyard.yaml'), withNode, { mode: 0o600 });
    const { out } = await person.run('doctor');
    expect(out).toMatch(/^✓ gateway {8}does not run on /);
    expect(out).toMatch(/\nAll is well\.\n$/);
    node = { health: { ready: false, syncedToChain: null, trouble: 'locked', detail: 'it sleeps' } };
    expect((await person.run('doctor')).out).toMatch(
      /✗ backend alice {2}is locked: it sleeps\n {17}→ unlock its wallet\n\n1 problem, 0 warnings\.\n$/,
    );
  });
});

describe('backends', () => {
  const troubles: readonly (readonly [NonNullable<Health['trouble']>, RegExp])[] = [
    ['down', /^is down: words$/],
    ['locked', /^is locked: words$/],
    ['unsynced', /^is not in step with the chain: words$/],
    ['macaroon', /^refuses the macaroon: words$/],
    ['certificate', /^shows the wrong certificate: words$/],
    ['network', /^is on the wrong network: words$/],
    ['identity', /^is another node than before: words$/],
    ['other', /^is not ready: words$/],
  ];
  it.each(troubles)('%s has its own words', async (trouble, words) => {
    node = { health: { ready: false, syncedToChain: false, trouble, detail: 'words' } };
    expect(await faultOf(withNode)).toMatchObject({ about: 'backend alice', text: expect.stringMatching(words) });
    expect(closed).toBe(1);
  });

  it('each trouble has its own advice', async () => {
    const said = new Set<string | null>();
    for (const [trouble] of troubles) {
      node = { health: { ready: false, syncedToChain: false, trouble, detail: 'words' } };
      said.add((await faultOf(withNode)).todo);
    }
    expect(said.size).toBe(troubles.length);
  });

  it('not ready without a reason is a problem too', async () => {
    node = { health: { ready: false, syncedToChain: null, detail: 'who knows' } };
    expect((await faultOf(withNode)).text).toBe('is not ready: who knows');
  });

  it('on another network than the configuration says', async () => {
    node = { identity: { ...alice, network: 'mainnet' } };
    expect((await faultOf(withNode)).text).toBe('is on the wrong network: it is on mainnet, the configuration says regtest');
  });

  it('another node than the pinned one, as the running gateway knows it', async () => {
    pins = [{ backendId: 'alice', kind: 'scripted', network: 'regtest', identityKey: keyB }];
    const served = await serveAdmin(join(person.dir, 'data'), async (verb, args) =>
      verb === 'status' ? { url: 'http://127.0.0.1:1' } : admin(verb, args),
    );
    const { found } = await examine(withNode);
    expect(found).toContainEqual(
      expect.objectContaining({
        level: 'bad',
        about: 'backend alice',
        text: `is another node than before: it is ${keyA} (alice (LND 0.21)), it was ${keyB}`,
      }),
    );
    await served.close();
  });

  it('another node than the pinned one, as the database at rest knows it', async () => {
    mkdirSync(join(person.dir, 'data', 'pg'));
    writeFileSync(join(person.dir, 'data', 'pg', 'PG_VERSION'), '18\n');
    pins = [{ backendId: 'alice', kind: 'scripted', network: 'regtest', identityKey: keyB }];
    expect((await faultOf(withNode)).text).toMatch(/another node than before/);
    pins = [{ backendId: 'alice', kind: 'scripted', network: 'regtest', identityKey: keyA }];
    const { code, found } = await examine(withNode);
    expect({ code, last: found.at(-1)?.text }).toEqual({ code: 0, last: `alice (LND 0.21), regtest, ${keyA}` });
  });

  it('pins that cannot be read are a warning, not a clean bill', async () => {
    mkdirSync(join(person.dir, 'data', 'pg'));
    writeFileSync(join(person.dir, 'data', 'pg', 'PG_VERSION'), '18\n');
    pins = 'nonsense';
    const { code, found } = await examine(withNode);
    expect(code).toBe(0);
    expect(found.at(-1)).toMatchObject({ level: 'warn', text: expect.stringContaining('another node would not be noticed') });
  });

  it('who answers health and then fails is told by the fault', async () => {
    node = { identity: new BackendFault({ kind: 'timeout', detail: 'too slow' }) };
    expect((await faultOf(withNode)).text).toBe('is down: too slow');
    node = { balance: new BackendFault({ kind: 'auth', detail: 'permission denied' }) };
    expect((await faultOf(withNode)).text).toBe('refuses the macaroon: permission denied');
  });

  it('a real adapter: nobody listens there', async () => {
    const port = await freePort();
    const fault = await faultOf(withLnd(`socket: "localhost:${port}", macaroon: "${macaroon}"`));
    expect(fault).toMatchObject({ about: 'backend alice', text: expect.stringMatching(/^is down: LND does not answer/) });
  });

  it.each([
    ['a macaroon file that is not there', 'macaroon', 'macaroon: ./none'],
    ['a certificate file that is not there', 'cert', `macaroon: "${macaroon}", cert: ./none`],
    ['a certificate that is a folder', 'cert', `macaroon: "${macaroon}", cert: ./data`],
  ])('a real adapter: %s', async (_what, key, settings) => {
    const fault = await faultOf(withLnd(`socket: "localhost:1", ${settings}`));
    expect(fault).toMatchObject({ about: 'backend alice', todo: expect.stringContaining('name of the file') });
    expect(fault.text).toMatch(new RegExp(`^cannot be opened: "${key}" names a file that cannot be read`));
    if (settings.includes('none')) expect(fault.text).toContain(join(person.dir, 'none'));
  });
});

describe('configuration', () => {
  it('every problem of a wrong one is a line', async () => {
    const { code, found } = await examine('lisen: 1\nnetwork: moon\n');
    expect(code).toBe(1);
    expect(found).toEqual([
      expect.objectContaining({
        level: 'bad',
        about: 'config',
        text: expect.stringContaining('network (line 2) holds "moon"'),
        todo: expect.stringContaining('mainnet'),
      }),
      expect.objectContaining({
        level: 'bad',
        about: 'config',
        text: expect.stringContaining('lisen (line 1)'),
        todo: expect.stringContaining('did you mean "listen"?'),
      }),
    ]);
  });

  it('a public address in the clear is a warning', async () => {
    const { code, found } = await examine('listen: { host: 0.0.0.0, port: 0, insecure: true }');
    expect(code).toBe(0);
    expect(found).toContainEqual(
      expect.objectContaining({ level: 'warn', about: 'config', text: expect.stringContaining('in the clear') }),
    );
  });
});

describe('database and folder', () => {
  it('a server that is down', async () => {
    const port = await freePort();
    const fault = await faultOf(`${listen}database: { url: "postgresql://joe:hunter2@127.0.0.1:${port}/gate" }`);
    expect(fault).toMatchObject({ about: 'database', todo: 'start PostgreSQL, or correct host and port in database.url' });
    expect(fault.text).toContain(`PostgreSQL at 127.0.0.1:${port}/gate cannot be reached`);
    expect(fault.text).not.toContain('hunter2');
  });

  it('a data folder that cannot be written', async () => {
    rmSync(join(person.dir, 'data'), { recursive: true });
    // A file where the folder should be: that stops even root.
    writeFileSync(join(person.dir, 'data'), '');
    const { code, found } = await examine(listen);
    expect(code).toBe(1);
    expect(found).toContainEqual(
      expect.objectContaining({ level: 'bad', about: 'database', text: expect.stringContaining('is not writable') }),
    );
  });

  it('a data folder that another process has', async () => {
    mkdirSync(join(person.dir, 'data', 'pg'));
    writeFileSync(join(person.dir, 'data', 'pg', 'PG_VERSION'), '18\n');
    const unlock = await lockDirectory(join(person.dir, 'data'));
    expect(await faultOf(listen)).toMatchObject({
      about: 'database',
      text: expect.stringContaining('in use by another switchyard process'),
    });
    await unlock();
    expect((await examine(listen)).code).toBe(0);
  });
});

describe('rights', () => {
  it('a secret that everybody may read is a warning', async () => {
    const file = join(person.dir, 'url');
    writeFileSync(file, 'localhost', { mode: 0o600 });
    const yaml = `${listen}lightningAddressDomain: { file: url }`;
    expect((await examine(yaml)).found).toContainEqual(expect.objectContaining({ level: 'ok', about: 'rights' }));
    chmodSync(file, 0o644);
    const { code, found } = await examine(yaml);
    expect(code).toBe(0);
    expect(found).toContainEqual(expect.objectContaining({ level: 'warn', about: 'rights', todo: `chmod o-rwx ${file}` }));
  });

  it('so are an open data folder, the key of the sandbox, and a configuration with a real backend', async () => {
    const data = join(person.dir, 'data');
    chmodSync(data, 0o755);
    writeFileSync(join(data, 'sandbox.json'), '{}', { mode: 0o644 });
    const texts = (await examine(listen)).found.filter(({ about }) => about === 'rights').map(({ text }) => text);
    expect(texts).toEqual([expect.stringContaining('data folder'), expect.stringContaining('sandbox.json')]);
    writeFileSync(join(person.dir, 'open.yaml'), withNode, { mode: 0o644 });
    const { out } = await person.run('doctor', '--config', 'open.yaml');
    expect(out).toContain(`the configuration ${join(person.dir, 'open.yaml')} can be read by every user`);
  });
});

describe('port', () => {
  let other: Server;
  beforeEach(async () => {
    other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  });
  afterEach(() => other.close());
  const portOf = (): number => {
    const address = other.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };

  it('taken by another program', async () => {
    expect(await faultOf(`listen: { port: ${portOf()} }`)).toMatchObject({
      about: 'port',
      text: `127.0.0.1:${portOf()} is taken by another program`,
    });
  });

  it('no address of this machine', async () => {
    expect((await faultOf('listen: { host: 203.0.113.1, insecure: true }')).text).toContain('is no address of this machine');
  });

  it('served by the running gateway, wherever that really is, or not', async () => {
    let url = `http://127.0.0.1:${portOf()}`;
    const served = await serveAdmin(join(person.dir, 'data'), async (verb) => (verb === 'status' ? { url } : []));
    expect((await examine('')).found).toContainEqual(
      expect.objectContaining({ level: 'ok', about: 'port', text: `127.0.0.1:${portOf()} is served by the running gateway` }),
    );
    url = `http://127.0.0.1:${await freePort()}`;
    expect((await faultOf('')).text).toContain('the running gateway does not answer');
    await served.close();
  });
});

// Made for this test, for localhost: valid from 21 November 2026, 09:13:39, to 21 December 2026. Node cannot make certificates.
const certificate = `-----BEGIN CERTIFICATE-----
MIIBfDCCASOgAwIBAgIUUV45ciNYnV64HHVu5wPoU6DPoXQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MTEyMTA5MTMzOVoXDTI2MTIyMTA5
MTMzOVowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEZLYuRKkQRZrBhgSWJrhJFE6fYSHfdOn5MvmYTobcvkwP9lJIobcB4BhI
PMyqNB63P9a4lPABmggyYaMKALW6naNTMFEwHQYDVR0OBBYEFIUdFa3KEuFs6UDD
csTljG4OsVBaMB8GA1UdIwQYMBaAFIUdFa3KEuFs6UDDcsTljG4OsVBaMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgAW6DLotmLHj4hUQR3Eh6ddTz
v/cS8l2Pry5rUMfVxoICIF5urLUOoBZn6Vrx6uQnKXAQH50OHl4bez+O/y0jI3vX
-----END CERTIFICATE-----
`;
const certificateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4Yx5YtBp5r4JVFd3
KOOG2e/9MbgposN4NmwwLP3TzeyhRANCAARkti5EqRBFmsGGBJYmuEkUTp9hId90
6fky+ZhOhty+TA/2UkihtwHgGEg8zKo0Hrc/1riU8AGaCDJhowoAtbqd
-----END PRIVATE KEY-----
`;

describe('certificate of our own door', () => {
  it('good, about to end, ended, not yet valid, another key, no certificate', () => {
    const pair = { cert: join(person.dir, 'a.pem'), key: join(person.dir, 'a.key') };
    writeFileSync(pair.cert, certificate);
    writeFileSync(pair.key, certificateKey);
    const other = join(person.dir, 'b.key');
    writeFileSync(other, generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const on = (day: string): Date => new Date(`2026-${day}T12:00:00Z`);
    expect(checkCertificate(pair, on('11-22')).level).toBe('ok');
    expect(checkCertificate(pair, on('12-10'))).toMatchObject({ level: 'warn', text: expect.stringContaining('ends on') });
    expect(checkCertificate(pair, on('12-22'))).toMatchObject({ level: 'bad', text: expect.stringContaining('ended on') });
    expect(checkCertificate(pair, on('11-20'))).toMatchObject({ level: 'bad', text: expect.stringContaining('valid from') });
    expect(checkCertificate({ ...pair, key: other }, on('11-22')).text).toContain('not the key of');
    writeFileSync(join(person.dir, 'no.pem'), 'no');
    expect(checkCertificate({ ...pair, cert: join(person.dir, 'no.pem') }, on('11-22')).text).toContain('cannot be used');
  });
});

describe('clock', () => {
  it('behind what has already happened', async () => {
    const written = join(person.dir, 'data', 'written');
    writeFileSync(written, '');
    const tomorrow = Date.now() / 1000 + 86_400;
    utimesSync(written, tomorrow, tomorrow);
    expect(await faultOf(listen)).toMatchObject({
      about: 'clock',
      text: expect.stringContaining('the gateway last wrote a file'),
      todo: expect.stringContaining('NTP'),
    });
  });

  it('before this program was installed', async () => {
    const past = outside({ kinds: async () => backendKinds, gateway: async () => gateway }, () => new Date('2019-01-01T00:00:00Z'));
    mkdirSync(join(past.dir, 'data'), { mode: 0o700 });
    writeFileSync(join(past.dir, 'switchyard.yaml'), listen);
    const found: readonly Finding[] = JSON.parse((await past.run('doctor', '--json')).out);
    expect(found).toContainEqual(expect.objectContaining({ level: 'bad', about: 'clock', text: expect.stringContaining('2019-01-01') }));
    rmSync(past.dir, { recursive: true, force: true });
  });

  it('a small lag is no alarm', () => {
    expect(inThePast(1_000_000, [['x', 1_000_000 + 119_000]])).toBeNull();
    expect(inThePast(1_000_000, [['x', 1_000_000 + 121_000]])?.level).toBe('bad');
  });

  it.each([
    [null, null],
    [1999, null],
    [2000, 'warn'],
    [-29_999, 'warn'],
    [30_000, 'bad'],
    [-40_000, 'bad'],
  ])('%s ms from the database is %s', (ms, level) => expect(skewed(ms)?.level ?? null).toBe(level));

  it('says which of the two is behind', () => {
    expect(skewed(5000)?.text).toBe("it is 5.0 s behind the database's");
    expect(skewed(-5000)?.text).toBe("it is 5.0 s ahead of the database's");
  });

  it('runs evenly or not', () => {
    expect(uneven(250, 251)).toBeNull();
    expect(uneven(3000, 250)?.level).toBe('warn');
    expect(uneven(-3000, 250)?.level).toBe('warn');
  });
});

it.each([
  [50, 'bad'],
  [500, 'warn'],
  [5000, 'ok'],
])('%d MiB of room is %s', (mebibytes, level) => expect(room(mebibytes * 1_048_576, '/d').level).toBe(level));
