// The settings of an LND node: paths and contents are told apart, lndconnect is read, and a wrong key is named.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { certMaterial, lndSettings, macaroonMaterial, parseLndconnect, readMaterial } from '../../../../src/backends/lnd/settings.ts';

// The beginning of a certificate is enough: nobody parses it here.
const der = 'MIIBgjCCASmgAwIBAgIUM';
const macaroonHex = `0201036c6e6402${'ab'.repeat(40)}`;
const macaroonBase64 = Buffer.from(macaroonHex, 'hex').toString('base64');
const folder = mkdtempSync(join(tmpdir(), 'lnd-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const faultsOf = (raw: unknown): readonly string[] => {
  try {
    lndSettings.parse(raw);
    return [];
  } catch (error) {
    return Object(error).issues.map((issue: { path: string[]; message: string }) => `${issue.path.join('.')}: ${issue.message}`);
  }
};

describe('settings', () => {
  test('by files', () => {
    expect(lndSettings.parse({ kind: 'lnd', socket: 'localhost:10009', cert: '/lnd/tls.cert', macaroon: './admin.macaroon' })).toEqual({
      kind: 'lnd',
      socket: 'localhost:10009',
      cert: { is: 'file', path: '/lnd/tls.cert', key: 'cert' },
      macaroon: { is: 'file', path: './admin.macaroon', key: 'macaroon' },
      pathfindingSeconds: 60,
      maxParts: 16,
      probeSeconds: 12,
      holdExpiryDelta: 18,
    });
  });

  test('without a certificate trust the system', () => {
    expect(lndSettings.parse({ socket: '[::1]:10009', macaroon: macaroonHex })).toMatchObject({ cert: null, socket: '[::1]:10009' });
  });

  test.each([
    [{ macaroon: macaroonHex }, 'socket: '],
    [{ socket: 'localhost:10009' }, 'macaroon: '],
    [{ socket: 'localhost', macaroon: macaroonHex }, 'socket: expected host:port'],
    [{ socket: 'https://localhost:10009', macaroon: macaroonHex }, 'socket: expected host:port'],
    [{ uri: 'http://localhost:10009' }, 'uri: expected lndconnect'],
    [{ uri: 'lndconnect://localhost:10009' }, 'uri: an lndconnect URI without a macaroon'],
    [{ socket: 'a:1', macaroon: macaroonHex, maxParts: 0 }, 'maxParts: '],
    [{ socket: 'a:1', macaroon: macaroonHex, probeSeconds: 'soon' }, 'probeSeconds: '],
    [{ socket: 'a:1', macaroon: macaroonHex, holdExpiryDelta: -1 }, 'holdExpiryDelta: '],
    [{ socket: 'a:1', macaroon: macaroonHex, holdExpiryDelta: 18.5 }, 'holdExpiryDelta: '],
    [{ socket: 'a:1', macaroon: macaroonHex, holdExpiryDelta: 1001 }, 'holdExpiryDelta: '],
  ])('%j name the key: %s', (raw, expected) => {
    expect(faultsOf(raw).join('\n')).toContain(expected);
  });

  test('refuse keys that nobody knows', () => {
    expect(faultsOf({ socket: 'a:1', macaroon: macaroonHex, macarroon: 'x' }).join()).toContain('macarroon');
  });
});

describe('lndconnect', () => {
  const uri = `lndconnect://lnd.example:20009?cert=${Buffer.from(der, 'base64').toString('base64url')}&macaroon=${Buffer.from(macaroonHex, 'hex').toString('base64url')}`;

  test('gives socket, certificate and macaroon', () => {
    const found = parseLndconnect(uri);
    if (typeof found === 'string') throw new Error(found);
    expect(found.socket).toBe('lnd.example:20009');
    expect(found.macaroon).toEqual({ is: 'content', base64: macaroonBase64 });
    const cert = found.cert === null ? '' : Buffer.from(readMaterial(found.cert), 'base64').toString();
    expect(cert).toMatch(/^-----BEGIN CERTIFICATE-----\nMIIBgjCCASmgAwIBAgIU[\s\S]*-----END CERTIFICATE-----\n$/);
  });

  test('takes the usual port and the system authorities when it names none', () => {
    expect(parseLndconnect(`lndconnect://[::1]?macaroon=${macaroonBase64}`)).toMatchObject({ socket: '[::1]:10009', cert: null });
  });

  test('gives way to a socket that is named beside it', () => {
    expect(lndSettings.parse({ uri, socket: 'localhost:1' })).toMatchObject({ socket: 'localhost:1' });
    expect(lndSettings.parse({ uri })).toMatchObject({ socket: 'lnd.example:20009' });
  });

  test('is refused when it is something else', () => {
    for (const text of ['lndconnect://', 'lndconnect:', 'x', 'lndconnect://host:99999?macaroon=AgE'])
      expect(typeof parseLndconnect(text)).toBe('string');
  });
});

describe('secrets', () => {
  test('are contents when they look like what they are, else paths', () => {
    expect(macaroonMaterial(macaroonHex)).toEqual({ is: 'content', base64: macaroonBase64 });
    expect(macaroonMaterial(` ${macaroonBase64}\n`)).toEqual({ is: 'content', base64: macaroonBase64 });
    for (const path of ['/run/secrets/lnd_macaroon', 'admin.macaroon', 'deadbeef']) {
      expect(macaroonMaterial(path)).toEqual({ is: 'file', path, key: 'macaroon' });
      expect(certMaterial(path)).toEqual({ is: 'file', path, key: 'cert' });
    }
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
    for (const text of [pem, Buffer.from(`${pem}\n`).toString('base64'), Buffer.from(`${pem}\n`).toString('hex')]) {
      expect(Buffer.from(readMaterial(certMaterial(text)), 'base64').toString()).toBe(`${pem}\n`);
    }
  });

  test('in files are read each time, and a missing file is named with its key', () => {
    const path = join(folder, 'admin.macaroon');
    const material = macaroonMaterial(path);
    expect(() => readMaterial(material)).toThrow(/"macaroon" names a file that cannot be read.*admin\.macaroon/);
    writeFileSync(path, 'one');
    expect(Buffer.from(readMaterial(material), 'base64').toString()).toBe('one');
    writeFileSync(path, 'two');
    expect(Buffer.from(readMaterial(material), 'base64').toString()).toBe('two');
  });
});
