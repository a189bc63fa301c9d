// Every rule of the configuration: what is accepted, what is refused, and that the refusal names the key, what it holds and what was expected.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { backendKinds } from '../../src/backends/index.ts';
import { configPage, configRows } from '../../src/config/document.ts';
import { durationSeconds } from '../../src/config/duration.ts';
import { ConfigError, nearest } from '../../src/config/problem.ts';
import { isLoopback } from '../../src/config/shape.ts';
import type { Config } from '../../src/config/types.ts';
import { type LoadOptions, loadConfig } from '../../src/config.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sy-config-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

type Rest = Partial<LoadOptions>;

const load = (yaml: string | null, rest: Rest = {}): Config => {
  if (yaml !== null) writeFileSync(join(dir, 'switchyard.yaml'), yaml);
  return loadConfig({ kinds: backendKinds, cwd: dir, env: {}, ...rest });
};

const errorOf = (yaml: string | null, rest: Rest = {}): ConfigError => {
  try {
    load(yaml, rest);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

/** The only problem of a configuration that has exactly one. */
const problemOf = (yaml: string | null, rest: Rest = {}) => {
  const { problems } = errorOf(yaml, rest);
  expect(problems.map(({ path }) => path)).toHaveLength(1);
  return problems[0];
};

const macaroon = `0201${'ab'.repeat(60)}`;
const lnd = `lnd, socket: "localhost:10009", macaroon: "${macaroon}"`;
const real = `network: regtest\nbackends:\n  node-1: { kind: ${lnd} }\n`;

describe('no file at all', () => {
  it('is the sandbox: embedded database under ./data, simulated backend, one account, one wallet', () => {
    const config = load(null);
    expect(config).toMatchObject({
      file: null,
      sandbox: true,
      network: 'regtest',
      dataDir: join(dir, 'data'),
      listen: { host: '127.0.0.1', port: 4000, tls: null, trustProxy: false, insecure: false, publicUrl: null, drainSeconds: 50 },
      database: { is: 'embedded', dir: join(dir, 'data'), durable: false },
      payments: { waitSeconds: 45 },
      price: null,
      exclusive: false,
      lightningAddressDomain: 'localhost',
      limits: { keylessInvoicesPerMinute: 60, keylessBlock: 300 },
    });
    expect(config.backends.map(({ id, kind, simulated }) => ({ id, kind, simulated }))).toEqual([
      { id: 'simulated', kind: 'simulated', simulated: true },
    ]);
    expect(config.accounts).toEqual([
      {
        name: 'main',
        username: null,
        wallets: [
          {
            name: 'main',
            balanceKind: 'node',
            currency: 'BTC',
            receiveRoute: ['simulated'],
            payRoute: ['simulated'],
            acceptFixedAmount: true,
            keylessCreate: true,
            defaultExpirySeconds: null,
            defaultFeeLimitPpm: null,
            settleAfterSeconds: null,
          },
        ],
      },
    ]);
  });

  it('takes its flags', () => {
    const config = load(null, { flags: { port: '0', host: '127.0.0.2', dataDir: 'elsewhere' } });
    expect(config.listen).toMatchObject({ port: 0, host: '127.0.0.2' });
    expect(config.dataDir).toBe(join(dir, 'elsewhere'));
    expect(config.database).toMatchObject({ is: 'embedded', dir: join(dir, 'elsewhere') });
  });

  it('names a flag that holds nonsense', () => {
    expect(problemOf(null, { flags: { port: '99999' } })).toEqual({
      path: '--port',
      line: null,
      holds: '"99999"',
      expected: 'a whole number from 0 to 65535',
    });
    expect(problemOf(null, { flags: { host: '0.0.0.0' } })?.path).toBe('--host');
  });

  it('an empty file is the same', () => {
    expect(load('# nothing yet\n')).toMatchObject({ sandbox: true, network: 'regtest' });
  });
});

describe('the file', () => {
  it('is found by --config, and paths in it start at its folder', () => {
    mkdirSync(join(dir, 'etc'));
    writeFileSync(join(dir, 'etc', 'gate.yaml'), 'dataDir: ../var\n');
    const config = load(null, { path: 'etc/gate.yaml' });
    expect(config).toMatchObject({ file: join(dir, 'etc', 'gate.yaml'), dataDir: join(dir, 'var') });
    expect(load(null, { path: 'etc/gate.yaml', flags: { dataDir: 'mine' } }).dataDir).toBe(join(dir, 'mine'));
  });

  it('that is named and missing is an error', () => {
    const error = errorOf(null, { path: 'nowhere.yaml' });
    expect(error.message).toContain(join(dir, 'nowhere.yaml'));
    expect(error.message).toContain('there is no such file');
  });

  it('that is not YAML is told with its line, and with the usual cause', () => {
    expect(problemOf('network: regtest\nlisten: [1,\n')?.line).toBeGreaterThan(1);
    expect(problemOf(`listen: { host: \${HOST} }\n`)?.expected).toContain(`write "\${NAME}" with its quotes`);
    expect(problemOf('just words\n')?.expected).toContain('keys and values');
    expect(problemOf('network: regtest\nnetwork: mainnet\n')?.expected).toMatch(/unique/i);
  });

  it('has its flags laid over it', () => {
    const config = load('listen: { port: 4100, drainSeconds: 5s }\ndatabase: { dir: ./db }\n', { flags: { port: '4200', dataDir: 'd' } });
    expect(config.listen).toMatchObject({ port: 4200, drainSeconds: 5 });
    expect(config.database).toMatchObject({ dir: join(dir, 'd') });
  });

  it('tells every problem at once', () => {
    const { problems, message } = errorOf('netwrok: regtest\nlisten: { port: -1, host: 7 }\nexclusive: maybe\n');
    expect(problems.map(({ path }) => path).sort()).toEqual(['exclusive', 'listen.host', 'listen.port', 'netwrok']);
    expect(message).toContain('has 4 problems');
    expect(message).toContain('listen.port (line 2)\n    holds     "-1"\n    expected  a whole number from 0 to 65535');
  });
});

describe('unknown keys', () => {
  it.each([
    ['netwrok: regtest', 'netwrok', 'did you mean "network"?'],
    ['listen: { hots: 127.0.0.1 }', 'listen.hots', 'did you mean "host"?'],
    ['accounts: [{ name: a, wallets: [{ name: w, bakend: simulated }] }]', 'accounts[0].wallets[0].bakend', 'did you mean "backend"?'],
    ['graphql: { limits: { dept: 3 } }', 'graphql.limits.dept', 'did you mean "depth"?'],
    [real.replace(' }', ', soket: "a:1" }'), 'backends.node-1.soket', 'did you mean "socket"?'],
  ])('%s', (yaml, path, words) => {
    expect(problemOf(yaml)).toMatchObject({ path, expected: expect.stringContaining(words) });
  });

  it('that resemble nothing are told what there is', () => {
    expect(problemOf('zzzzzzzz: 1')?.expected).toContain('known: network, dataDir, listen');
  });
});

describe('values', () => {
  it.each([
    ['network: bitcoin', 'network', '"bitcoin"', 'mainnet, testnet, signet or regtest'],
    ['listen: { port: 4000.5 }', 'listen.port', '"4000.5"', 'a whole number from 0 to 65535'],
    ['listen: { tls: }', 'listen.tls', 'nothing (null)', 'cert and key'],
    ['listen: { tls: { cert: a.pem } }', 'listen.tls.key', 'nothing', 'the path of a PEM file'],
    ['listen: { publicUrl: pay.example.com }', 'listen.publicUrl', '"pay.example.com"', 'http:// or https://'],
    ['listen: { drainSeconds: 1h }', 'listen.drainSeconds', '"1h"', 'at most 600'],
    ['database: { url: "mysql://localhost/x" }', 'database.url', '"mysql://localhost/x"', 'postgresql://'],
    ['database: { poolSize: 1 }', 'database.poolSize', '"1"', 'from 2 to 200'],
    ['log: { level: loud }', 'log.level', '"loud"', 'debug, info, warn, error or silent'],
    ['backends: { Node_1: { kind: simulated } }', 'backends.Node_1', 'that name', '1 to 40 of a-z, 0-9 and -'],
    ['backends: { a: { } }', 'backends.a.kind', 'nothing', 'a kind of backend'],
    ['backends: { }', 'backends', 'no backend', 'at least one backend'],
    ['backends: { a: { kind: lmd } }', 'backends.a.kind', '"lmd"', 'did you mean "lnd"?'],
    ['backends: { a: { kind: simulated, nodes: 1 } }', 'backends.a.nodes', '"1"', '>=2'],
    ['accounts: []', 'accounts', 'a list of 0', 'at least one account'],
    ['accounts: [{ name: a, wallets: [] }]', 'accounts[0].wallets', 'a list of 0', 'at least one wallet'],
    ['accounts: [{ name: a, username: 1x, wallets: [{ name: w }] }]', 'accounts[0].username', '"1x"', 'beginning with a letter'],
    ['accounts: [{ name: a, wallets: [{ name: "a/b" }] }]', 'accounts[0].wallets[0].name', '"a/b"', 'letters, digits'],
    ['accounts: [{ name: a, wallets: [{ name: w, balance: both }] }]', 'accounts[0].wallets[0].balance', '"both"', 'node or ledger'],
    [
      'accounts: [{ name: a, wallets: [{ name: w, defaultExpiry: 59 }] }]',
      'accounts[0].wallets[0].defaultExpiry',
      '"59"',
      'from 60 seconds',
    ],
    ['accounts: [{ name: a, wallets: [{ name: w, feeLimitPpm: 1000001 }] }]', 'accounts[0].wallets[0].feeLimitPpm', '"1000001"', '1000000'],
    ['payments: { waitSeconds: 301 }', 'payments.waitSeconds', '"301"', 'at most 300'],
    ['invoices: { defaultExpiry: 2d }', 'invoices.defaultExpiry', '"2d"', '24 hours'],
    ['holds: { longestSeconds: 25h }', 'holds.longestSeconds', '"25h"', 'to 24 hours'],
    ['accounts: [{ name: a, wallets: [{ name: w, settleAfter: 2h }] }]', 'accounts[0].wallets[0].settleAfter', '"2h"', 'to an hour'],
    ['graphql: { cors: true }', 'graphql.cors', '"true"', 'a list of origins'],
    ['graphql: { cors: ["https://a.example/path"] }', 'graphql.cors[0]', '"https://a.example/path"', 'a list of origins'],
    ['graphql: { graphiql: perhaps }', 'graphql.graphiql', '"perhaps"', 'true or false'],
    ['price: { currency: usd, perBtc: 1 }', 'price.currency', '"usd"', 'three capital letters'],
    ['price: { currency: USD, perBtc: 0 }', 'price.perBtc', '"0"', 'a positive number'],
    ['price: { currency: USD }', 'price', 'no source', 'one of perBtc, galoy and ticker'],
    ['price: { perBtc: 1, ticker: { url: "http://10.0.0.5/" } }', 'price', 'several sources', 'one of perBtc, galoy and ticker'],
    ['price: { currency: EUR, perBtc: { USD: 1 } }', 'price.perBtc', 'USD', 'a rate for EUR'],
    ['price: { ticker: { url: "ftp://x/" } }', 'price.ticker.url', 'ftp', 'a URL that begins with http'],
    ['lightningAddressDomain: "a b"', 'lightningAddressDomain', '"a b"', 'a host name'],
    ['limits: { keylessInvoicesPerMinute: many }', 'limits.keylessInvoicesPerMinute', '"many"', 'a whole number'],
  ])('%s is refused', (yaml, path, holds, expected) => {
    const found = problemOf(yaml);
    expect(found).toMatchObject({ path, expected: expect.stringContaining(expected) });
    expect(found?.holds).toContain(holds);
  });

  it('of every key may be set', () => {
    const config = load(`
network: regtest
dataDir: ./d
listen: { host: localhost, port: 1, trustProxy: true, publicUrl: "https://pay.example.com/x/", drainSeconds: 1m }
log: { level: debug, pretty: true }
backends:
  one: { kind: simulated }
  two: { kind: ${lnd} }
accounts:
  - name: Station
    username: station
    wallets:
      - { name: atm, receive: [two, one], pay: [two], balance: ledger, keylessCreate: true, acceptFixedAmount: false, defaultExpiry: 10m, feeLimitPpm: 500, settleAfter: 3m }
      - { name: till, backend: one }
      - { name: box, receive: [one] }
payments: { waitSeconds: 5, feeLimitPpm: 900 }
invoices: { defaultExpiry: 90 }
holds: { keyFile: keys/preimages, walletSats: 5000, gatewaySats: 6000, longestSeconds: 2m }
graphql: { graphiql: false, introspection: false, cors: ["https://a.example"], limits: { depth: 9 }, maxSubscriptions: 10 }
price: { currency: EUR, perBtc: 90000.5 }
limits: { keylessInvoicesPerMinute: 3 }
exclusive: true
`);
    expect(config.accounts[0]).toMatchObject({ name: 'Station', username: 'station' });
    expect(config.accounts[0]?.wallets).toEqual([
      {
        name: 'atm',
        balanceKind: 'ledger',
        currency: 'BTC',
        receiveRoute: ['two', 'one'],
        payRoute: ['two'],
        acceptFixedAmount: false,
        keylessCreate: true,
        defaultExpirySeconds: 600,
        defaultFeeLimitPpm: 500,
        settleAfterSeconds: 180,
      },
      expect.objectContaining({
        receiveRoute: ['one'],
        payRoute: ['one'],
        keylessCreate: false,
        defaultExpirySeconds: 90,
        defaultFeeLimitPpm: 900,
      }),
      expect.objectContaining({ receiveRoute: ['one'], payRoute: [] }),
    ]);
    expect(config.holds).toMatchObject({ walletSats: 5000, gatewaySats: 6000, longestSeconds: 120 });
    expect(config.holds.keyFile).toMatch(/keys\/preimages$/);
    expect(config).toMatchObject({
      sandbox: false,
      listen: { publicUrl: 'https://pay.example.com/x', drainSeconds: 60, trustProxy: true },
      database: { is: 'embedded', durable: true },
      graphql: {
        graphiql: false,
        introspection: false,
        cors: ['https://a.example'],
        limits: { depth: 9, tokens: 4000 },
        maxSubscriptions: 10,
      },
      price: { currency: 'EUR', source: { is: 'stated', perBtc: { EUR: 90000.5 } }, refreshSeconds: 30, staleSeconds: 300 },
      lightningAddressDomain: 'pay.example.com',
      exclusive: true,
      log: { level: 'debug', pretty: true },
    });
  });

  it('a server may be named instead of a folder', () => {
    const config = load('database: { url: "postgresql://u:p@localhost/x", poolSize: 20 }');
    expect(config.database).toEqual({ is: 'server', url: 'postgresql://u:p@localhost/x', poolSize: 20 });
  });
});

describe('rules that span several keys', () => {
  it('a real backend needs a network', () => {
    expect(problemOf(`backends: { node-1: { kind: ${lnd} } }`)).toMatchObject({
      path: 'network',
      holds: 'nothing',
      expected: expect.stringContaining('"node-1" (lnd) is a real one'),
    });
    expect(load(real).network).toBe('regtest');
  });

  it('play money is never served on mainnet, named or standing in, alone or beside real backends', () => {
    expect(problemOf('network: mainnet')).toMatchObject({ path: 'network', expected: expect.stringContaining('never served on mainnet') });
    expect(problemOf('network: mainnet\nbackends: { play: { kind: simulated } }')?.path).toBe('backends.play.kind');
    const beside = `network: mainnet\nbackends: { node-1: { kind: ${lnd} }, play: { kind: simulated } }\naccounts: [{ name: a, wallets: [{ name: w, backend: node-1 }] }]`;
    expect(problemOf(beside)?.path).toBe('backends.play.kind');
    expect(load(`network: mainnet\nbackends: { node-1: { kind: ${lnd} } }`)).toMatchObject({ network: 'mainnet', sandbox: false });
  });

  it.each(['0.0.0.0', '::', '192.168.1.7', 'pay.example.com', '::ffff:10.0.0.1'])('%s needs tls, trustProxy or insecure', (host) => {
    const yaml = `listen: { host: "${host}" }`;
    expect(problemOf(yaml)).toMatchObject({ path: 'listen.host', expected: expect.stringMatching(/tls.*trustProxy.*insecure/) });
    expect(load(yaml.replace(' }', ', trustProxy: true }')).listen.trustProxy).toBe(true);
    expect(load(yaml.replace(' }', ', insecure: true }')).listen.insecure).toBe(true);
    writeFileSync(join(dir, 'c.pem'), 'x');
    expect(load(yaml.replace(' }', ', tls: { cert: c.pem, key: c.pem } }')).listen.tls).toEqual({
      cert: join(dir, 'c.pem'),
      key: join(dir, 'c.pem'),
    });
  });

  it.each(['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST', '::1', '[::1]', '::ffff:127.0.0.1'])('%s is loopback', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['127.0.0.1.example.com', '128.0.0.1', '::2', 'localhost.example.com', ''])('%s is not loopback', (host) => {
    expect(isLoopback(host)).toBe(false);
  });

  it('files of tls must be there', () => {
    const { problems } = errorOf('listen: { tls: { cert: a.pem, key: b.pem } }');
    expect(problems.map(({ path }) => path)).toEqual(['listen.tls.cert', 'listen.tls.key']);
    expect(problems[0]?.expected).toContain(join(dir, 'a.pem'));
  });

  it('database.url and database.dir exclude each other', () => {
    expect(problemOf('database: { url: "postgresql://localhost/x", dir: ./d }')).toMatchObject({
      path: 'database.dir',
      expected: expect.stringContaining('not both'),
    });
    expect(problemOf('database: { url: "postgresql://localhost/x", durable: true }')?.path).toBe('database.durable');
  });

  it('the embedded database is durable beside a real backend, whatever is said', () => {
    expect(problemOf(`${real}database: { durable: false }`)?.path).toBe('database.durable');
    expect(load(real).database).toMatchObject({ is: 'embedded', durable: true });
    expect(load('database: { durable: true }').database).toMatchObject({ durable: true });
  });

  it('a wallet names backends that there are', () => {
    const wallets = (text: string) =>
      `backends: { one: { kind: simulated }, two: { kind: simulated } }\naccounts: [{ name: a, wallets: [{ name: w, ${text} }] }]`;
    const at = 'accounts[0].wallets[0]';
    expect(problemOf(wallets('backend: onne'))).toMatchObject({
      path: `${at}.backend`,
      holds: '"onne"',
      expected: expect.stringContaining('did you mean "one"?'),
    });
    expect(problemOf(wallets('receive: [one, tow], pay: [one]'))).toMatchObject({
      path: `${at}.receive[1]`,
      expected: expect.stringContaining('did you mean "two"?'),
    });
    expect(problemOf(wallets('backend: one, pay: [two]'))).toMatchObject({
      path: `${at}.backend`,
      expected: expect.stringContaining('not both'),
    });
    expect(problemOf(wallets('receive: [], pay: []'))).toMatchObject({
      path: at,
      expected: expect.stringContaining('at least one backend'),
    });
    expect(problemOf(wallets('receive: [one, one]'))).toMatchObject({ path: `${at}.receive`, expected: 'every backend once' });
    expect(problemOf(wallets('balance: node'))).toMatchObject({
      path: `${at}.backend`,
      holds: 'nothing',
      expected: expect.stringContaining('one, two'),
    });
    expect(problemOf('backends: { one: { kind: simulated }, two: { kind: simulated } }')?.path).toBe('accounts');
  });

  it('names are there once', () => {
    const two = (first: string, second: string) => `accounts:\n  - ${first}\n  - ${second}\n`;
    const wallets = 'wallets: [{ name: w }]';
    expect(problemOf(two(`{ name: a, ${wallets} }`, `{ name: a, ${wallets} }`))).toMatchObject({
      path: 'accounts[1].name',
      line: 3,
      holds: '"a"',
    });
    expect(problemOf(two(`{ name: a, username: joe, ${wallets} }`, `{ name: b, username: joe, ${wallets} }`))?.path).toBe(
      'accounts[1].username',
    );
    expect(problemOf('accounts: [{ name: a, wallets: [{ name: w }, { name: w }] }]')?.path).toBe('accounts[0].wallets[1].name');
    expect(load(two(`{ name: a, ${wallets} }`, `{ name: b, ${wallets} }`)).accounts).toHaveLength(2);
  });
});

describe('secrets', () => {
  it('come from files, without the line break at their end', () => {
    writeFileSync(join(dir, 'url'), 'postgresql://u:p@localhost/x\n');
    const config = load('database: { url: { file: ./url } }');
    expect(config.database).toMatchObject({ url: 'postgresql://u:p@localhost/x' });
    expect(config.secretFiles).toEqual([join(dir, 'url')]);
  });

  it('may be bytes, which become hex', () => {
    const bytes = Buffer.from(macaroon, 'hex');
    writeFileSync(join(dir, 'admin.macaroon'), bytes);
    const config = load('network: regtest\nbackends: { n: { kind: lnd, socket: "localhost:1", macaroon: { file: admin.macaroon } } }');
    expect(config.backends[0]?.settings).toMatchObject({ macaroon: { is: 'content', base64: bytes.toString('base64') } });
  });

  it('come from the environment, whole or in part, and a number from there is a number', () => {
    const env = { DB_PASSWORD: 's3cret', PORT: '4321', PROXY: 'true', WAIT: '10s' };
    const config = load(
      `listen: { port: "\${PORT}", trustProxy: "\${PROXY}" }\npayments: { waitSeconds: "\${WAIT}" }\ndatabase:\n  url: postgresql://u:\${DB_PASSWORD}@h/x\n`,
      { env },
    );
    expect(config.database).toMatchObject({ url: 'postgresql://u:s3cret@h/x' });
    expect(config.listen).toMatchObject({ port: 4321, trustProxy: true });
    expect(config.payments.waitSeconds).toBe(10);
  });

  it('that are missing are named, and $$ means itself', () => {
    expect(problemOf(`lightningAddressDomain: \${NO}`)).toMatchObject({
      path: 'lightningAddressDomain',
      holds: `"\${NO}"`,
      expected: expect.stringContaining('variable NO that is set'),
    });
    expect(problemOf(`lightningAddressDomain: \${NO}`, { env: { NO: '' } })?.expected).toContain('not empty');
    expect(problemOf('database: { url: { file: none } }')).toMatchObject({
      path: 'database.url',
      expected: expect.stringContaining('there is no such file'),
    });
    expect(problemOf(`lightningAddressDomain: $\${X}`)?.holds).toBe(`"\${X}"`);
    writeFileSync(join(dir, 'empty'), '\n');
    expect(problemOf('database: { url: { file: empty } }')?.expected).toContain('not empty');
  });

  it('never show up in an error', () => {
    writeFileSync(join(dir, 'url'), 'mysql://user:hunter2@h/x');
    expect(errorOf('database: { url: { file: url } }').message).not.toMatch(/hunter2|mysql/);
    expect(errorOf(`database: { url: "\${URL}" }`, { env: { URL: 'mysql://user:hunter2@h/x' } }).message).not.toMatch(/hunter2|mysql/);
    expect(errorOf('database: { url: "mysql://user:hunter2@h/x" }').message).toContain('mysql://user:***@h/x');
    expect(errorOf('network: regtest\nbackends: { n: { kind: lnd, socket: "localhost:1", macaroon: 12345678 } }').message).not.toContain(
      '12345678',
    );
    const uri = `lndconnect:/localhost:1?macaroon=${macaroon}`;
    expect(errorOf(`network: regtest\nbackends: { n: { kind: lnd, uri: "${uri}" } }`).message).not.toContain(macaroon.slice(0, 12));
  });
});

describe('settings of a backend', () => {
  it('are read by their own kind, with paths made absolute', () => {
    writeFileSync(join(dir, 'admin.macaroon'), Buffer.from(macaroon, 'hex'));
    const config = load(
      'network: signet\nbackends: { n: { kind: lnd, socket: "localhost:10009", cert: ./tls.cert, macaroon: admin.macaroon } }',
    );
    expect(config.backends[0]?.settings).toMatchObject({
      socket: 'localhost:10009',
      cert: { is: 'file', path: join(dir, 'tls.cert') },
      macaroon: { is: 'file', path: join(dir, 'admin.macaroon') },
    });
    expect(config.secretFiles).toEqual([join(dir, 'admin.macaroon')]);
  });

  it('know the home of the user', () => {
    const config = load('network: signet\nbackends: { n: { kind: lnd, socket: "a:1", macaroon: ~/.lnd/admin.macaroon } }', {
      env: { HOME: '/home/joe' },
    });
    expect(config.backends[0]?.settings).toMatchObject({ macaroon: { is: 'file', path: '/home/joe/.lnd/admin.macaroon' } });
  });

  it('take an lndconnect URI', () => {
    const uri = `lndconnect://node.example:10010?macaroon=${Buffer.from(macaroon, 'hex').toString('base64url')}`;
    const config = load(`network: regtest\nbackends: { n: { kind: lnd, uri: "${uri}" } }`);
    expect(config.backends[0]?.settings).toMatchObject({ socket: 'node.example:10010', cert: null });
  });

  it('are refused in the words of their kind, under the key of the file', () => {
    const found = problemOf('network: regtest\nbackends:\n  n:\n    kind: lnd\n    socket: nonsense\n    macaroon: /m\n');
    expect(found).toEqual({ path: 'backends.n.socket', line: 5, holds: '"nonsense"', expected: 'host:port, like localhost:10009' });
  });

  it('may be read by any parser, whatever it throws', () => {
    const kinds = {
      odd: {
        kind: 'odd',
        simulated: false,
        settings: {
          parse: () => {
            throw new Error('the moon is wrong');
          },
        },
      },
    };
    expect(() => load('network: regtest\nbackends: { n: { kind: odd } }', { kinds })).toThrow('the moon is wrong');
    const strict = { odd: { kind: 'odd', simulated: false, settings: z.strictObject({ size: z.number() }) } };
    expect(() => load(null, { kinds: strict })).toThrow(/backends.n.size/);
  });
});

describe('the page docs/config.md', () => {
  it('is what the schema prints (npm run generate)', () => {
    expect(readFileSync(new URL('../../docs/config.md', import.meta.url), 'utf8')).toBe(configPage());
  });

  it('describes every key, with what it holds', () => {
    for (const row of configRows()) expect(row.holds, row.path).not.toBe('');
    expect(configRows().map(({ path }) => path)).toContain('accounts[].wallets[].defaultExpiry');
  });

  it('shows an example that is accepted', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(configPage()) ?? [];
    mkdirSync(join(dir, 'node1'));
    writeFileSync(
      join(dir, 'node2.lndconnect'),
      `lndconnect://node2:10009?macaroon=${Buffer.from(macaroon, 'hex').toString('base64url')}\n`,
    );
    writeFileSync(join(dir, 'pem'), 'x');
    const config = load(yaml.replace('/etc/switchyard/tls.crt', 'pem').replace('/etc/switchyard/tls.key', 'pem'), {
      env: { DB_PASSWORD: 'p' },
    });
    expect(config).toMatchObject({ network: 'mainnet', sandbox: false, price: { currency: 'EUR' } });
    expect(config.accounts[0]?.wallets.map(({ name }) => name)).toEqual(['atm-1', 'atm-2']);
  });
});

describe('small things', () => {
  it.each([
    ['90', 90],
    ['90s', 90],
    ['10m', 600],
    ['4h', 14_400],
    ['2d', 172_800],
    [' 5 m ', 300],
  ])('%s is so many seconds', (text, expected) => expect(durationSeconds(text)).toBe(expected));

  it.each(['', 'm', '1w', '-5', '1.5h', '1h30m', '9999999999'])('%s is no length of time', (text) =>
    expect(durationSeconds(text)).toBeNull(),
  );

  it('finds the name that was meant, and none when none is near', () => {
    expect(nearest('keys', ['key', 'wallet'])).toBe('key');
    expect(nearest('macarron', ['macaroon', 'socket'])).toBe('macaroon');
    expect(nearest('x', ['network'])).toBeNull();
  });
});
