// The verbs that ask a gateway: through the real socket of one that runs, else by opening the core; what they print and their exit codes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AdminPort, Gateway } from '../../../src/cli/ports.ts';
import { serveAdmin } from '../../../src/platform/adminsocket.ts';
import { type Outside, outside } from './outside.ts';

const now = new Date('2026-11-21T12:00:00Z');
const hash = 'ab'.repeat(32);
const row = { currency: 'BTC', balanceKind: 'node', receiveRoute: ['n1', 'n2'], payRoute: [] };
const wallets = [
  { ...row, id: '11111111-1111-4111-8111-111111111111', name: 'atm', accountId: 'acc-a', accountName: 'station' },
  { ...row, id: '22222222-2222-4222-8222-222222222222', name: 'till', accountId: 'acc-a', accountName: 'station' },
  { ...row, id: '33333333-3333-4333-8333-333333333333', name: 'till', accountId: 'acc-b', accountName: 'shop' },
];
const key = {
  id: 'key-1',
  accountId: 'acc-a',
  walletId: wallets[0]?.id ?? null,
  prefix: 'blink_Ab3dEf',
  createdAt: now,
  expiresAt: null,
  revokedAt: null,
};

let asked: { readonly verb: string; readonly args: Record<string, unknown> }[];
let answers: Record<string, unknown>;
const admin: AdminPort = async (verb, args) => {
  asked.push({ verb, args });
  if (verb === 'keys.create') return { key: 'blink_Ab3dEfTheRest', view: { ...key, ...args } };
  return answers[verb];
};
const lastAsked = () => asked.at(-1);

let opened: string[];
const gateway: Gateway = {
  startGateway: () => Promise.reject(new Error('not here')),
  openAdmin: async (config) => {
    opened.push(`open ${config.dataDir}`);
    return {
      admin,
      close: async () => {
        opened.push('close');
      },
    };
  },
};

let person: Outside;
beforeEach(() => {
  asked = [];
  opened = [];
  answers = { wallets };
  person = outside({ gateway: async () => gateway }, () => now);
});
afterEach(() => rmSync(person.dir, { recursive: true, force: true }));

describe('who is asked', () => {
  it('the running gateway, and then nothing is opened', async () => {
    const served = await serveAdmin(join(person.dir, 'data'), admin);
    const { code, out } = await person.run('wallets', 'list');
    expect(code).toBe(0);
    expect(out).toContain('station/atm   11111111-1111-4111-8111-111111111111  BTC       node     n1, n2       -');
    expect(opened).toEqual([]);
    await served.close();
  });

  it('the core itself when none runs, closed again whatever happens', async () => {
    expect((await person.run('wallets', 'list')).out).toContain('shop/till');
    expect(opened).toEqual([`open ${join(person.dir, 'data')}`, 'close']);
    answers = { wallets: 'nonsense' };
    expect((await person.run('wallets', 'list', '--data-dir', 'other')).code).toBe(1);
    expect(opened.slice(2)).toEqual([`open ${join(person.dir, 'other')}`, 'close']);
  });
});

describe('payments give-up', () => {
  const giveUp = (backendSaid: string | null, given = hash) => {
    answers = { 'payments.giveUp': { state: 'failed', backendSaid } };
    return person.run('payments', 'give-up', given, 'the payee says unpaid');
  };

  it('asks with the person’s words, and says what the backend had to say', async () => {
    expect(await giveUp('notFound', hash.toUpperCase())).toMatchObject({ code: 0, out: expect.stringContaining('knows nothing of it') });
    expect(lastAsked()).toEqual({ verb: 'payments.giveUp', args: { hash, why: 'the payee says unpaid' } });
    expect((await giveUp('failed')).out).toMatch(/^its backend says itself that it failed/);
    for (const nothing of ['unknown', null]) expect((await giveUp(nothing)).out).toContain('could not tell');
  });

  it('refuses what is no payment hash, and one that there is no payment of', async () => {
    expect(await person.run('payments', 'give-up', 'abc', 'why')).toMatchObject({ code: 2, err: expect.stringContaining('64 hex digits') });
    answers = { 'payments.giveUp': null };
    expect(await person.run('payments', 'give-up', hash, 'why')).toMatchObject({ code: 2, err: expect.stringContaining('no payment') });
    expect((await person.run('payments', 'give-up', hash)).code).toBe(2);
  });
});

describe('keys create', () => {
  it('prints the key alone on standard output', async () => {
    const { code, out, err } = await person.run(
      'keys',
      'create',
      '--wallet',
      'atm',
      '--scopes',
      'read,Receive',
      '--expires',
      '90d',
      '--name',
      'x',
      '--wait-seconds',
      '0',
    );
    expect({ code, out }).toEqual({ code: 0, out: 'blink_Ab3dEfTheRest\n' });
    expect(err).toContain('station/atm');
    expect(err).toContain('shown this once');
    expect(lastAsked()).toEqual({
      verb: 'keys.create',
      args: {
        accountId: 'acc-a',
        walletId: wallets[0]?.id,
        name: 'x',
        scopes: ['READ', 'RECEIVE'],
        expiresAt: '2027-02-19T12:00:00.000Z',
        waitSeconds: 0,
      },
    });
  });

  it('finds a wallet by id and by account/name, and refuses a name that means two', async () => {
    await person.run('keys', 'create', '--wallet', 'shop/till');
    expect(lastAsked()?.args).toMatchObject({
      accountId: 'acc-b',
      walletId: wallets[2]?.id,
      scopes: ['READ', 'WRITE'],
      expiresAt: null,
      waitSeconds: null,
      name: 'cli',
    });
    await person.run('keys', 'create', '-w', wallets[1]?.id ?? '');
    expect(lastAsked()?.args).toMatchObject({ accountId: 'acc-a', walletId: wallets[1]?.id });
    const two = await person.run('keys', 'create', '--wallet', 'till');
    expect(two).toMatchObject({ code: 2, out: '', err: expect.stringContaining('name one of station/till, shop/till') });
    const none = await person.run('keys', 'create', '--wallet', 'bar');
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('there is no wallet "bar"') });
  });

  it('makes a key for a whole account', async () => {
    await person.run('keys', 'create', '--account', 'shop');
    expect(lastAsked()?.args).toMatchObject({ accountId: 'acc-b', walletId: null });
    expect(await person.run('keys', 'create', '--account', 'nobody')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there are: station, shop'),
    });
  });

  it('speaks JSON to scripts', async () => {
    const { out } = await person.run('keys', 'create', '--wallet', 'atm', '--json');
    expect(JSON.parse(out)).toMatchObject({ key: 'blink_Ab3dEfTheRest', walletId: wallets[0]?.id, scopes: ['READ', 'WRITE'] });
  });
});

describe('keys list and revoke', () => {
  it('shows what each key is, never the key', async () => {
    const base = { ...key, name: 'one', scopes: ['READ'] };
    answers['keys.list'] = [
      base,
      { ...base, id: 'key-2', name: 'two', expiresAt: new Date('2026-11-21T11:59:59Z'), walletId: null },
      { ...base, id: 'key-3', name: 'three', revokedAt: new Date('2026-11-20T00:00:00Z') },
    ];
    const { out } = await person.run('keys', 'list');
    const lines = out.split('\n');
    expect(lines[1]).toMatch(/^blink_Ab3dEf… +one +station\/atm +READ .* valid +key-1$/);
    expect(lines[2]).toMatch(/two +all of its account .* expired +key-2$/);
    expect(lines[3]).toMatch(/three .* revoked 2026-11-20 00:00 +key-3$/);
    answers['keys.list'] = [];
    expect((await person.run('keys', 'list')).out).toContain('There are no API keys');
  });

  it('revokes by what the list shows, and never passes on or repeats a whole key', async () => {
    answers['keys.revoke'] = { ...key, name: 'one', scopes: [], revokedAt: now };
    const whole = `blink_Ab3dEf${'x'.repeat(42)}`;
    const { code, out } = await person.run('keys', 'revoke', whole);
    expect({ code, out }).toEqual({ code: 0, out: 'revoked blink_Ab3dEf… (one)\n' });
    expect(lastAsked()).toEqual({ verb: 'keys.revoke', args: { key: 'blink_Ab3dEf' } });
    await person.run('keys', 'revoke', 'blink_Ab3dEf…');
    expect(lastAsked()?.args).toEqual({ key: 'blink_Ab3dEf' });
    answers['keys.revoke'] = null;
    expect(await person.run('keys', 'revoke', whole)).toMatchObject({ code: 2, err: expect.not.stringContaining('xxx') });
  });
});

describe('keys limit', () => {
  const windows = { daily: 5000, weekly: null, monthly: null, annual: null };
  it('sets what is named, removes with none, and shows limits and what was spent', async () => {
    answers['keys.limit'] = {
      ...key,
      name: 'one',
      scopes: [],
      limits: windows,
      spentSats: { daily: 7, weekly: 8, monthly: 9, annual: 10 },
    };
    const { code, out } = await person.run('keys', 'limit', 'blink_Ab3dEf…', '--daily', '5000', '--annual', 'none');
    expect(lastAsked()).toEqual({ verb: 'keys.limit', args: { key: 'blink_Ab3dEf', limits: { daily: 5000, annual: null } } });
    expect(code).toBe(0);
    expect(out.split('\n').slice(1, 3)).toEqual([expect.stringMatching(/^daily +5000 +7$/), expect.stringMatching(/^weekly +none +8$/)]);
  });

  it.each(['0', '-1', '1.5', 'all', '2147483648'])('refuses %s', async (text) => {
    expect(await person.run('keys', 'limit', 'x', `--daily=${text}`)).toMatchObject({ code: 2, err: expect.stringContaining('satoshis') });
  });

  it('says when there is no such key', async () => {
    answers['keys.limit'] = null;
    expect(await person.run('keys', 'limit', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('there is no key "x"') });
  });
});

describe('looking', () => {
  it('incidents ends with 1 while something is open', async () => {
    answers.incidents = [{ id: 'i', kind: 'paidElsewhere', subject: hash, detail: { a: 1 }, createdAt: now, resolvedAt: null }];
    const open = await person.run('incidents');
    expect(open.code).toBe(1);
    expect(open.out).toContain(`2026-11-21 12:00  paidElsewhere  ${hash}  open   {"a":1}`);
    expect(lastAsked()?.args).toEqual({ all: false });
    answers.incidents = [{ id: 'i', kind: 'k', subject: 's', detail: null, createdAt: now, resolvedAt: now }];
    expect((await person.run('incidents', '--all')).code).toBe(0);
    expect(lastAsked()?.args).toEqual({ all: true });
    answers.incidents = [];
    expect(await person.run('incidents')).toMatchObject({ code: 0, out: 'No incidents.\n' });
  });

  it('look and ask print what there is, and end with 1 when there is nothing', async () => {
    answers.look = { invoice: { state: 'open', amountMsat: 1000n, at: now }, payments: [], tags: ['a', 'b'] };
    const { code, out } = await person.run('look', hash.toUpperCase());
    expect(code).toBe(0);
    expect(lastAsked()).toEqual({ verb: 'look', args: { hash } });
    expect(out).toBe(
      'invoice\n  state       open\n  amountMsat  1000\n  at          2026-11-21T12:00:00.000Z\npayments  -\ntags      a, b\n',
    );
    expect(JSON.parse((await person.run('look', hash, '--json')).out)).toMatchObject({ invoice: { amountMsat: '1000' } });
    answers.ask = [{ backend: 'n1', payment: { is: 'notFound' } }];
    expect((await person.run('ask', hash)).out).toBe('-\n  backend  n1\n  payment\n    is  notFound\n');
    answers.look = null;
    expect(await person.run('look', hash)).toMatchObject({ code: 1, out: '', err: 'Nothing is stored about this payment hash.\n' });
  });

  it('status opens nothing: it is about the one that runs', async () => {
    expect(await person.run('status')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('No gateway runs on') });
    expect(opened).toEqual([]);
    answers.status = { url: 'http://x', backends: [] };
    const served = await serveAdmin(join(person.dir, 'data'), admin);
    expect(await person.run('status')).toMatchObject({ code: 0, out: 'url       http://x\nbackends  -\n' });
    await served.close();
  });
});

describe('restore begin', () => {
  const begin = (...more: string[]) => person.run('restore', 'begin', 'a backup', ...more);
  beforeEach(() => {
    answers['restore.begin'] = { since: new Date('2026-11-20T10:00:00Z') };
  });
  it('says from when on the backends are asked, and that an older backup must be named', async () => {
    const { code, out } = await begin();
    expect(code).toBe(0);
    expect(lastAsked()).toEqual({ verb: 'restore.begin', args: { why: 'a backup', since: null } });
    expect(out).toContain('since 2026-11-20T10:00:00.000Z is reconciled');
    expect(out).toContain('--since');
  });
  it.each([
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T10:00', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T10:00:30Z', '2026-11-20T10:00:30.000Z'],
    ['2026-11-20T10:00:00+02:00', '2026-11-20T08:00:00.000Z'],
  ])('takes %s, in UTC', async (said, meant) => {
    expect((await begin('--since', said)).out).not.toContain('--since');
    expect(lastAsked()?.args).toEqual({ why: 'a backup', since: meant });
  });
  it.each(['yesterday', '2026-02-30', '1764000000', '2026-11-20 10:00', ''])('does not take "%s"', async (said) => {
    expect(await begin(`--since=${said}`)).toMatchObject({ code: 2, err: expect.stringContaining('such as 2026-11-23') });
    expect(asked).toEqual([]);
  });
  it('does not take the future', async () => {
    expect(await begin('--since', '2026-11-21T12:00:01Z')).toMatchObject({ code: 2, err: expect.stringContaining('future') });
  });
});

describe('restore book', () => {
  const book = (...more: string[]) => person.run('restore', 'book', hash.toUpperCase(), '--wallet', 'atm', ...more);
  beforeEach(() => {
    answers['restore.book'] = { resolved: 1 };
  });
  it('passes on the request and the amount that the backend does not keep', async () => {
    expect(await book()).toMatchObject({ code: 0, out: '1 decided\n' });
    const args = { hash, walletId: wallets[0]?.id, request: null, amountSats: null };
    expect(lastAsked()).toEqual({ verb: 'restore.book', args });
    await book('--request', 'lnbc1x', '--amount', '2100');
    expect(lastAsked()?.args).toEqual({ ...args, request: 'lnbc1x', amountSats: '2100' });
  });
  it.each(['0', '1.5', '-1', 'all'])('does not take an amount of %s', async (amount) => {
    expect(await book(`--amount=${amount}`)).toMatchObject({ code: 2, err: expect.stringContaining('whole satoshis') });
  });
});

describe('preimage-keys rotate', () => {
  const rotated = { file: '/d/preimage.keys', added: 'k3', keys: ['k3', 'k2', 'k1'], inUse: ['k2'] };
  it('asks for a new key, and says which old ones nothing needs', async () => {
    answers = { 'preimageKeys.rotate': rotated };
    const { code, out } = await person.run('preimage-keys', 'rotate');
    expect(code).toBe(0);
    expect(lastAsked()).toEqual({ verb: 'preimageKeys.rotate', args: {} });
    expect(out).toContain('k3 seals from now on');
    expect(out).toContain('Nothing stored needs k1 any more');
    expect(out).toContain('Back the file up now');
  });
  it('prints JSON for scripts', async () => {
    answers = { 'preimageKeys.rotate': rotated };
    const { code, out } = await person.run('preimage-keys', 'rotate', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(rotated);
  });
});
