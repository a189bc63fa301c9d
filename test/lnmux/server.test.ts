// The lnmux of ours and the adapter where things go wrong in ways that a real daemon cannot be asked for: cut streams, full buffers, wrong amounts,
// nobody listening, auto-settle, a node that holds more than it should.
import { afterEach, describe, expect, test } from 'vitest';
import { listedOf } from '../../src/backends/lnmux/book.ts';
import { readCursor, writeCursor } from '../../src/backends/lnmux/facts.ts';
import { healthOf } from '../../src/backends/lnmux/health.ts';
import { newLive } from '../../src/backends/lnmux/live.ts';
import { lnmuxSettings } from '../../src/backends/lnmux/settings.ts';
import { hashOf, msat, newPreimage, type PaymentHash, type Preimage, paymentHash } from '../../src/lightning/values.ts';
import { type Adapter, adapterOn, type Listening, listenTo, must, rawClient, until } from './bench.ts';
import { createCluster } from './cluster.ts';
import { type OurBench, openOurs } from './ours.ts';

const signal = new AbortController().signal;
const terms = { amount: msat(1_000_000), description: { text: '' }, expirySeconds: 600 } as const;

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
const bench = async (
  options: Parameters<typeof openOurs>[0] = {},
): Promise<OurBench & { readonly adapter: Adapter; readonly listening: Listening }> => {
  const ours = await openOurs(options);
  open.push(ours.close);
  const adapter = adapterOn(ours);
  open.push(() => adapter.backend.close());
  const listening = listenTo(adapter);
  open.push(listening.stop);
  await until('everything that is held', () => adapter.hold.find(hashOf(newPreimage()), signal).catch(() => null));
  return { ...ours, adapter, listening };
};
const issue = async (adapter: Adapter, more: object = {}) => {
  const { preimage, ...invoice } = must(await adapter.hold.create({ ...terms, ...more }, signal));
  return { ...invoice, preimage: preimage as Preimage };
};

describe('the stream of accepted sets', () => {
  test('is the first thing asked, and is open again at once after a cut, a full buffer, and a silent end', async () => {
    const { server, adapter, listening, pay } = await bench({ acceptMs: 20_000 });
    for (const code of [14, 8, 0, 1, 13]) {
      server.cutStreams(code);
      await until('a listener', () => server.listeners() === 1, 1_000);
      const invoice = await issue(adapter);
      const paid = pay(invoice.bolt11);
      const { handle } = await listening.fact(invoice.hash, 'held');
      expect(await adapter.hold.settle({ hash: invoice.hash, handle }, invoice.preimage, signal)).toEqual({ is: 'done' });
      expect((await paid).is).toBe('succeeded');
    }
  });

  test('cut while something is held: it is told again, and not said to be released in between', async () => {
    const { server, adapter, listening, pay } = await bench({ acceptMs: 20_000 });
    const invoice = await issue(adapter);
    void pay(invoice.bolt11);
    const before = await listening.fact(invoice.hash, 'held');
    listening.forget();
    server.cutStreams();
    const again = await listening.fact(invoice.hash, 'held');
    expect(again).toEqual(before);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(listening.seen(invoice.hash).map(({ is }) => is)).toEqual(['held']);
    expect(await adapter.hold.find(invoice.hash, signal)).toEqual(before);
  });

  test('given back while we were away: said as soon as the stream has been open long enough', async () => {
    const { server, adapter, listening, pay } = await bench({ acceptMs: 30_000 });
    const invoice = await issue(adapter);
    const paid = pay(invoice.bolt11);
    const { handle } = await listening.fact(invoice.hash, 'held');
    const raw = rawClient(server.socket);
    open.push(raw.close);
    server.cutStreams();
    await raw.call('CancelInvoice', { hash: Buffer.from(invoice.hash, 'hex'), set_id: Buffer.from(handle ?? '', 'hex') });
    expect((await paid).is).toBe('failed');
    expect(await listening.fact(invoice.hash, 'open')).toEqual({ is: 'open' });
  });

  test('trap: lnmux buffer overflow close: more than a buffer holds, it is cut, and in the end everything was told', async () => {
    const { adapter, listening, pay, server } = await bench({
      acceptMs: 60_000,
      cluster: createCluster({ channelSats: 9_000_000, latencyMs: 0 }),
    });
    const invoices: Awaited<ReturnType<typeof issue>>[] = [];
    for (let i = 0; i < 110; i++) invoices.push(await issue(adapter, { amount: msat(10_000) }));
    for (const { bolt11 } of invoices) void pay(bolt11);
    for (const { hash } of invoices) await listening.fact(hash, 'held', 30_000);
    // Whoever comes now is told more at once than the buffer takes; what is settled makes room for the rest.
    const other = adapterOn({ socket: server.socket, instrumentation: server.instrumentation, heldSeconds: 60 });
    const others = listenTo(other);
    const settled = new Set<PaymentHash>();
    await until('all of them, settled by the other', async () => {
      for (const { hash, preimage } of invoices) {
        const seen = others.seen(hash).at(-1);
        if (settled.has(hash) || seen?.is !== 'held') continue;
        if ((await other.hold.settle({ hash, handle: seen.handle }, preimage, signal)).is === 'done') settled.add(hash);
      }
      return settled.size === invoices.length;
    });
    for (const { hash } of invoices) await listening.fact(hash, 'settled', 30_000);
    await others.stop();
    await other.backend.close();
  }, 60_000);
});

describe('lnmux', () => {
  test('takes the exact amount and nothing else', async () => {
    const { adapter, server } = await bench();
    const invoice = await issue(adapter);
    for (const amount of [999_999n, 1_000_001n, 2_000_000n])
      expect(await server.cluster.pay(invoice.bolt11, { amount }).catch(() => ({ is: 'failed' }))).toMatchObject({ is: 'failed' });
    expect(await adapter.hold.find(invoice.hash, signal)).toEqual({ is: 'open' });
  });

  test('that nobody has listened to since it was started refuses what is paid; for a while after somebody left, it does not', async () => {
    const ours = await openOurs({ acceptMs: 4_000, listenerMs: 500 });
    open.push(ours.close);
    const adapter = adapterOn(ours);
    open.push(() => adapter.backend.close());
    const { bolt11 } = await issue(adapter);
    expect(await ours.pay(bolt11)).toEqual({ is: 'failed', reason: 'rejectedByPayee' });
    const raw = rawClient(ours.socket);
    open.push(raw.close);
    const stream = raw.subscribe();
    await until('a listener', () => ours.server.listeners() === 1);
    stream.close();
    await until('nobody', () => ours.server.listeners() === 0);
    const listening = listenTo(adapter);
    const paid = ours.pay(bolt11);
    await until('held', () => listening.facts.some((fact) => fact.about === 'invoice' && fact.sighting.is === 'held'));
    await listening.stop();
    expect((await paid).is).toBe('failed');
  });

  test('restarted with a held set, and its nodes slow to repeat it: held again under the same name', async () => {
    const { server, adapter, listening, pay, restart } = await bench({ connectMs: 1_000, acceptMs: 10_000 });
    const invoice = await issue(adapter);
    const paid = pay(invoice.bolt11);
    const { handle } = await listening.fact(invoice.hash, 'held');
    listening.forget();
    await restart();
    const again = await listening.fact(invoice.hash, 'held');
    expect(again.handle).toBe(handle);
    expect(server.listeners()).toBe(1);
    expect(await adapter.hold.settle({ hash: invoice.hash, handle }, invoice.preimage, signal)).toEqual({ is: 'done' });
    expect((await paid).is).toBe('succeeded');
  });

  test('in auto-settle mode: plain invoices are paid, hold invoices are not made, and health says why', async () => {
    const { adapter, listening, pay } = await bench({ autoSettle: true });
    expect(await adapter.hold.create(terms, signal)).toMatchObject({ is: 'refused', because: 'terms' });
    const plain = must(await adapter.receive.create(terms, signal));
    expect((await pay(plain.bolt11)).is).toBe('succeeded');
    expect(await listening.fact(plain.hash, 'settled')).toMatchObject({ received: 1_000_000n });
    expect(await adapter.backend.health(signal)).toMatchObject({ ready: true, detail: expect.stringContaining('auto-settle') });
  });

  test('that loses an incomplete set gives each part back', async () => {
    const { adapter, server, stopNode, startNode } = await bench({ partsMs: 400 });
    const invoice = await issue(adapter, { amount: msat(12_000_000_000) });
    server.cluster.network.setFrozen('node-2', true);
    const paid = server.cluster.pay(invoice.bolt11);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await stopNode(1);
    await startNode(1);
    server.cluster.network.setFrozen('node-2', false);
    expect(await paid).toMatchObject({ is: 'failed' });
    expect(await adapter.hold.find(invoice.hash, signal)).toEqual({ is: 'open' });
  });
});

describe('what is read', () => {
  const listed = (more: object) => {
    const secret = newPreimage();
    const row = {
      hash: Buffer.from(secret, 'hex'),
      preimage: Buffer.from(hashOf(secret), 'hex'),
      amount_msat: '5',
      status: 'SETTLED',
      settle_requested_at: '1',
      finalized_at: '18446744011573954816',
      sequence_number: '7',
    } as const;
    return { secret, row: { ...row, ...more } };
  };

  test('hash and preimage, whichever way round they are named', () => {
    const { secret, row } = listed({});
    const right = { hash: hashOf(secret), preimage: secret, amount: 5n, status: 'settled', sequence: 7n, finalAt: null };
    expect(listedOf(row)).toEqual(right);
    expect(listedOf({ ...row, hash: row.preimage, preimage: row.hash })).toEqual(right);
    expect(listedOf({ ...row, finalized_at: '1700000000' }).finalAt).toEqual(new Date(1_700_000_000_000));
    expect(listedOf({ ...row, finalized_at: '0' }).finalAt).toBeNull();
  });

  test('what makes no sense is refused, not guessed', () => {
    const { row } = listed({});
    for (const more of [{ preimage: Buffer.alloc(32, 1) }, { hash: Buffer.alloc(0) }, { status: 'UNKNOWN' }, { status: 'MAYBE' }])
      expect(() => listedOf({ ...row, ...more } as never)).toThrow('makes no sense');
  });

  test('a cursor: ours, or the beginning', () => {
    expect(readCursor(writeCursor(12n))).toBe(12n);
    for (const text of [null, '', 'settled:', 'settled:-1', '{"node":null}', 'settled:1e3', 'settled:99999999999999999999'])
      expect(readCursor(text)).toBeNull();
  });

  test('health from GetInfo and the gauge', () => {
    const keys = ['02aa', '03bb'];
    const info = {
      pub_key: Buffer.alloc(33),
      network: 'regtest',
      nodes: keys.map((key) => ({ pub_key: Buffer.from(key, 'hex') })),
      auto_settle: false,
    };
    const ready = (away: number | null) => healthOf(info, away);
    expect(ready(null)).toMatchObject({ ready: true, detail: 'ok' });
    expect(ready(0)).toMatchObject({ ready: true, detail: 'ok', members: keys.map((key) => ({ key, ready: true })) });
    expect(ready(1)).toMatchObject({ ready: true, detail: expect.stringContaining('1 of the 2') });
    expect(ready(2)).toMatchObject({ ready: false, trouble: 'down', members: keys.map((key) => ({ key, ready: false })) });
    expect(healthOf({ ...info, network: 'simnet' }, 0)).toMatchObject({ ready: false, trouble: 'network' });
  });

  test('settings', () => {
    expect(lnmuxSettings.parse({ kind: 'lnmux' })).toEqual({ kind: 'lnmux', socket: 'localhost:19090', heldSeconds: 60 });
    for (const wrong of [{ socket: 'nowhere' }, { instrumentation: 'localhost:2112' }, { heldSeconds: 0 }, { macaroon: 'x' }])
      expect(() => lnmuxSettings.parse({ kind: 'lnmux', ...wrong })).toThrow();
  });
});

describe('what is held', () => {
  const hash = paymentHash('aa'.repeat(32));
  const liveAt = () => {
    let now = 1_000_000;
    const live = newLive({ now: () => now, heldMs: 60_000, safetyMs: 10_000, graceMs: 2_000 });
    return { live, pass: (ms: number) => (now += ms), now: () => now };
  };

  test('trap: lnmux 60 s accept timeout: its deadline counts from when it was heard of first, its end from when it was heard of last', () => {
    const { live, pass, now } = liveAt();
    const first = live.begin().accepted(hash, 's1');
    expect(first.deadline).toBe(now() + 50_000);
    pass(40_000);
    expect(live.begin().accepted(hash, 's1').deadline).toBe(first.deadline);
    pass(30_000);
    expect(live.get(hash)?.setId).toBe('s1');
    pass(32_001);
    expect(live.get(hash)).toBeNull();
    expect(live.lapsed()).toEqual([hash]);
  });

  test('a new set has a time of its own', () => {
    const { live, pass, now } = liveAt();
    const stream = live.begin();
    stream.accepted(hash, 's1');
    pass(40_000);
    expect(stream.accepted(hash, 's2').deadline).toBe(now() + 50_000);
    live.forget(hash, 's1');
    expect(live.get(hash)?.setId).toBe('s2');
  });

  test('what may be settled is not ended by time, nor by a stream that does not name it', () => {
    const { live, pass } = liveAt();
    live.begin().accepted(hash, 's1');
    live.settling(hash, 's1');
    pass(100_000);
    expect(live.lapsed()).toEqual([]);
    expect(live.begin().complete()).toEqual([]);
    expect(live.get(hash)?.settling).toBe(true);
  });

  test('only the newest stream tells what is held and what is not, and only while it is open', () => {
    const { live } = liveAt();
    const other = paymentHash('bb'.repeat(32));
    const old = live.begin();
    old.accepted(hash, 's1');
    expect([live.isSure(hash), live.isSure(other)]).toEqual([true, false]);
    old.end();
    expect(live.isSure(hash)).toBe(false);
    const next = live.begin();
    expect(old.complete()).toEqual([]);
    expect([live.isSure(hash), live.isSure(other)]).toEqual([false, false]);
    expect(next.complete()).toEqual([hash]);
    expect([live.isSure(hash), live.isSure(other)]).toEqual([true, true]);
    old.end();
    expect(live.isSure(hash)).toBe(true);
    next.end();
    expect(live.isSure(hash)).toBe(false);
  });
});
