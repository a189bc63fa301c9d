// `npm run record-galoy` against the server of our own: it writes what went over the wire, and nothing of it is a secret.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { accountId, apiKey, startGaloyServer, testInvoice, walletId } from './galoy-server.ts';

const script = fileURLToPath(new URL('../../scripts/record-galoy.mjs', import.meta.url));

const run = (env: Readonly<Record<string, string>>): Promise<{ readonly code: number; readonly said: string }> =>
  new Promise((done) => {
    execFile(process.execPath, [script], { env: { PATH: process.env.PATH ?? '', ...env } }, (fault, out, err) =>
      done({ code: typeof fault?.code === 'number' ? fault.code : fault ? -1 : 0, said: out + err }),
    );
  });

it('records without secrets', async () => {
  const server = await startGaloyServer();
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-record-'));
  try {
    const invoice = testInvoice({ sats: 100 });
    server.rows.push({ id: 'r1', hash: invoice.hash, status: 'SUCCESS', direction: 'RECEIVE' });
    server.script.lnInvoiceCreate = () => ({
      holds: { errors: [], invoice: { paymentHash: invoice.hash, paymentRequest: invoice.bolt11 } },
    });
    server.script.lnInvoiceCancel = (_asked, times) => ({
      holds: { success: times === 1, errors: times === 1 ? [] : [{ message: 'The invoice has already been processed' }] },
    });
    server.script.invoiceByPaymentHash = () => ({ body: { data: { me: null }, errors: [{ message: 'it does not exist' }] } });
    server.script.lnInvoiceFeeProbe = () => ({ holds: { errors: [], amount: 0 } });
    const { code, said } = await run({
      GALOY_ENDPOINT: server.endpoint,
      GALOY_API_KEY: apiKey,
      GALOY_OUT: folder,
      GALOY_INVOICE: testInvoice().bolt11,
    });
    expect(said).toContain('200 GatewayAccount');
    expect(code).toBe(0);
    const files = readdirSync(folder);
    expect(files.map((name) => name.replace(/^recorded--[\d-]{10}--|\.json$/g, '')).sort()).toEqual([
      'GatewayAccount',
      'GatewayBalance',
      'GatewayInvoice',
      'GatewayInvoice-unknown',
      'GatewayInvoiceCancel',
      'GatewayInvoiceCancel-again',
      'GatewayInvoiceCreate',
      'GatewayMovements',
      'GatewayMovementsOfHash',
      'GatewayProbe',
      'unknown-field',
      'wrong-key',
    ]);
    const everything = files.map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const secret of [apiKey, walletId, accountId, new URL(server.endpoint).host]) expect(everything.join()).not.toContain(secret);
    for (const text of everything)
      expect(JSON.parse(text)).toMatchObject({ label: 'recorded', date: expect.any(String), request: {}, status: expect.any(Number) });
    // Nothing is paid unless it is said so.
    expect(server.count('lnInvoicePaymentSend')).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await server.close();
  }
});

it('says what it needs', async () => {
  expect(await run({})).toMatchObject({ code: 2, said: expect.stringContaining('GALOY_ENDPOINT') });
});
