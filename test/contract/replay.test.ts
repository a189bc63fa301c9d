// Upstream's operations replayed at our server over HTTP and WebSocket: the same keys, types, nullability, texts and codes. A case is recorded
// (an exchange or a request that somebody wrote down), asserted (a fact that upstream's own tests check) or derived (read from upstream's source
// by us); the three are counted apart, because they are not equally sure.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { register } from '../../scripts/recordings-page.mjs';
import { type Json, startTestGateway, type TestGateway } from '../support/gateway-inprocess.ts';
import { difference, shapeDifference } from './matching.ts';
import { events, filled, keyOf, namesFor, payIt, play, type Step } from './stage.ts';

interface Case {
  readonly name: string;
  readonly source: string;
  readonly date: string | null;
  readonly steps: readonly Step[];
}

/** How a recording of `upstream/recordings` is replayed. `exact`: its answer word for word; `shape`: its keys and types; `answer`: `answer`. */
interface Replay {
  readonly file: string;
  readonly as: string;
  readonly variables: Json;
  readonly compare: 'exact' | 'shape' | 'answer' | 'events';
  readonly before?: readonly Step[];
  readonly answer?: Json;
}

const read = (path: string): Json => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

const replays: readonly Replay[] = read('./recordings/recorded.json');
const asserted: readonly Case[] = [
  ...read('./recordings/asserted.json'),
  ...read('./recordings/asserted-keys.json'),
  ...read('./recordings/asserted-onchain.json'),
];
const derived: readonly Case[] = read('./recordings/derived.json');

// A checkout of the reference beside ours may hold newer recordings of the same names.
const beside = new URL('../../../shared/reference/galoy/recordings/', import.meta.url);
const used = existsSync(beside) ? beside : new URL('./upstream/recordings/', import.meta.url);
const recordingOf = (file: string): Json => JSON.parse(readFileSync(new URL(file, used), 'utf8'));

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.world.network.addNode('island');
});

const counts = { recorded: [0, 0], asserted: [0, 0], derived: [0, 0] };
const counted = async (label: keyof typeof counts, work: () => Promise<void>): Promise<void> => {
  counts[label][1] = (counts[label][1] ?? 0) + 1;
  await work();
  counts[label][0] = (counts[label][0] ?? 0) + 1;
};

afterAll(async () => {
  const rows = Object.entries(counts).map(([label, [passed, all]]) => `  ${label.padEnd(10)} ${String(passed).padStart(3)} of ${all}`);
  console.log(
    [
      'Galoy contract over the whole gateway:',
      ...rows,
      `  recordings read ${used === beside ? 'beside the checkout' : 'from the checkout'}`,
    ].join('\n'),
  );
  expect(gateway.errors()).toEqual([]);
  await gateway.close();
});

const playAll = async (steps: readonly Step[], names: ReturnType<typeof namesFor>): Promise<void> => {
  for (const [at, step] of steps.entries()) expect(await play(gateway, step, names), `step ${at + 1}`).toBeNull();
};

test('every recording that is kept has its replay, or another test that plays it', () => {
  const elsewhere = new Set(register.flatMap(({ file, by }) => (by ? [`${file}.json`] : [])));
  const kept = readdirSync(new URL('./upstream/recordings/', import.meta.url)).filter((file) => !elsewhere.has(file));
  expect(replays.map(({ file }) => file).sort()).toEqual(kept.sort());
});

describe('recorded', () => {
  test.each(replays.map((one) => [one.file, one] as const))('%s', (file, replay) =>
    counted('recorded', async () => {
      const names = namesFor(gateway);
      await playAll(replay.before ?? [], names);
      const { request, response } = recordingOf(file);
      const variables = filled(replay.variables, names);
      if (replay.compare === 'events') {
        const { query } = request.payload;
        const got = await events(
          gateway,
          { query, variables, key: keyOf(gateway, replay.as) },
          () => void payIt(gateway, names.get('pr') ?? ''),
        );
        expect(got).toEqual(['PENDING', 'PAID'].map((status) => ({ data: { lnInvoicePaymentStatus: { status, errors: [] } } })));
        return;
      }
      // The body as it was recorded, but for the values that stood for somebody's wallet and invoice.
      const { status, headers, text } = await gateway.post(
        { ...request.body, variables },
        { 'X-API-KEY': keyOf(gateway, replay.as) ?? '' },
      );
      expect(status, text).toBe(200);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      const answer = JSON.parse(text);
      if (replay.compare === 'exact') expect(answer).toEqual(response);
      if (replay.compare === 'shape') expect(shapeDifference(answer, response), text).toBeNull();
      if (replay.answer !== undefined) expect(difference(answer, filled(replay.answer, names)), text).toBeNull();
    }),
  );
});

describe('asserted by upstream', () => {
  test.each(asserted.map((one) => [one.name, one] as const))('%s', (_name, { steps }) =>
    counted('asserted', () => playAll(steps, namesFor(gateway))),
  );
});

describe('derived from upstream', () => {
  test.each(derived.map((one) => [one.name, one] as const))('%s', (_name, { steps }) =>
    counted('derived', () => playAll(steps, namesFor(gateway))),
  );
});

describe('what the cases rest on', () => {
  test('says where each is from', () => {
    for (const { name, source } of [...asserted, ...derived]) expect(source, name).toMatch(/blinkbitcoin\/blink@[0-9a-f]{7,40}/);
    for (const { file } of replays) expect(recordingOf(file).source, file).toEqual(expect.any(String));
  });

  test('lets a wrong answer fail', () => {
    expect(difference({ a: 1 }, { a: 1 })).toBeNull();
    expect(difference({ a: 1, b: 2 }, { a: 1 })).toContain('b');
    expect(difference({ a: null }, { a: { $match: 'x' } })).not.toBeNull();
    expect(difference({}, { a: { $any: true } })).not.toBeNull();
    expect(difference({ a: ['READ'] }, { a: { $has: ['WRITE'] } })).not.toBeNull();
    expect(difference({ a: [1] }, { a: [] })).not.toBeNull();
    expect(difference({ a: [1, 2] }, { a: { $some: 3 } })).not.toBeNull();
    expect(difference({ a: 5 }, { a: { $least: 6 } })).not.toBeNull();
    expect(shapeDifference({ a: '1' }, { a: 1 })).not.toBeNull();
    expect(shapeDifference({ a: 1, code: null }, { a: 1 })).not.toBeNull();
    expect(shapeDifference({ a: [{ b: 1 }, {}] }, { a: [{ b: 2 }] })).not.toBeNull();
  });
});
