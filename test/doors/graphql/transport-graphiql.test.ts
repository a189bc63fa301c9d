// The playground: served to browsers alone, loads nothing from elsewhere, and its examples are valid for the door's schema.
import { createHash } from 'node:crypto';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schema } from '../../../src/doors/graphql/schema.ts';
import { exampleTabs, placeholders } from '../../../src/doors/graphql/tabs.ts';
import { key, type Running, start } from './transport-harness.ts';

const walletId = '7f3b1b1e-3a0b-4c8a-9a53-2a2b6c1d0e4f';
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let server: Running;
beforeAll(async () => {
  server = await start({ sandbox: { apiKey: key, walletId, payeeInvoice: async () => 'lnbcrt1payee' } });
});
afterAll(() => server.close());

test('one page, compressed and remembered', async () => {
  const first = await fetch(server.url, { headers: browser });
  expect(first.status).toBe(200);
  expect(first.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(first.headers.get('content-encoding')).toBe('gzip');
  expect(Number(first.headers.get('content-length'))).toBeLessThan(3_000_000);
  const html = await first.text();
  expect(html).toContain(key);
  expect(html).toContain(walletId);
  const again = await fetch(`${server.url}/?query=x`, { headers: { ...browser, 'if-none-match': first.headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);
  const plain = await fetch(server.url, { headers: { ...browser, 'accept-encoding': 'identity' } });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(
    createHash('sha256')
      .update(await plain.text())
      .digest('hex'),
  ).toBe(createHash('sha256').update(html).digest('hex'));
});

test('it loads nothing from anywhere else, and may not', async () => {
  const page = await fetch(server.url, { headers: browser });
  const html = await page.text();
  // What stands outside of script and style is all that a browser loads by itself.
  const markup = html
    .replace(/<script>[\s\S]*?<\/script>/g, '')
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/"data:[^"]*"/g, '"data:"');
  expect(markup.length).toBeLessThan(20_000);
  const loaded = [...markup.matchAll(/(?:src|href)\s*=\s*["']?([^"'\s>]*)/g)].map(([, url]) => url ?? '');
  expect(loaded.filter((url) => !url.startsWith('data:'))).toEqual([]);
  expect(html).not.toMatch(/<script[^>]+src|@import|url\(["']?https?:/);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port}`);
  expect(policy).not.toMatch(/https:(?!\/)|\*/);
});

test('only for browsers, and not when it is off; the key only in a sandbox', async () => {
  expect((await fetch(`${server.url}?query={hello}`)).headers.get('content-type')).toContain('application/json');
  expect((await fetch(`${server.url}?query={hello}`)).headers.get('content-security-policy')).toBeNull();
  const off = await start({ graphiql: false });
  expect((await fetch(off.url, { headers: browser })).status).toBe(400);
  expect((await fetch(`${off.url}/examples`)).status).toBe(404);
  const live = await start();
  expect(await (await fetch(live.url, { headers: browser })).text()).not.toContain(key);
  expect((await fetch(`${live.url}/examples`)).status).toBe(404);
  await Promise.all([off.close(), live.close()]);
});

test('what cannot be filled in stays null', async () => {
  const answer = await fetch(`${server.url}/examples`);
  expect(await answer.json()).toEqual({ invoice: null, payee: 'lnbcrt1payee', payeeHash: null, address: null, payeeAddress: null });
});

test('every example is valid, and has what it needs', () => {
  const tabs = exampleTabs({ apiKey: key, walletId });
  expect(tabs.length).toBeGreaterThanOrEqual(9);
  for (const tab of tabs) {
    expect(validate(schema, parse(tab.query)).map(String)).toEqual([]);
    expect(JSON.parse(tab.headers)).toEqual({ 'X-API-KEY': key });
    // Every variable that the operation names, and no other.
    const named = [...tab.query.matchAll(/\$(\w+):/g)].map(([, name]) => name);
    expect(Object.keys(JSON.parse(tab.variables))).toEqual(named);
  }
  const all = JSON.stringify(tabs);
  for (const text of Object.values(placeholders)) expect(all).toContain(text);
});
