// The short way and yoga's way answer alike: the same requests through both, compared to the byte.
import { expect, test } from 'vitest';
import { key, start } from './transport-harness.ts';

const bodies: readonly unknown[] = [
  { query: '{ hello }' },
  { query: '{ hello boom nope strictBoom }' },
  { query: '{ hello nope boom balances(ids: ["a", "bad"]) }' },
  { query: 'query A { hello } query B { who }', operationName: 'B' },
  { query: 'query A { hello } query B { who }' },
  { query: 'query A { hello }', operationName: 'Z' },
  { query: 'query A { hello }', operationName: '' },
  { query: 'query($t: String!) { echo(text: $t) }', variables: { t: 'é \u2028 "x"' } },
  { query: 'query($t: String!) { echo(text: $t) }', variables: '{"t":"x"}' },
  { query: 'query($t: String!) { echo(text: $t) }', variables: null },
  { query: 'query($t: String!) { echo(text: $t) }', variables: { t: 7 } },
  { query: 'query($t: String!) { echo(text: $t) }', variables: { t: 'x', more: 1, __proto__: 2 } },
  { query: 'mutation { send(ms: 0) a: send(ms: 0) }' },
  { query: '{ unheardOf, nor, this }' },
  { query: '{ hello' },
  { query: '{ echo }' },
  { query: '' },
  { query: '{ __typename }', extensions: { a: 1 }, other: true },
  { query: `{ ${Array.from({ length: 61 }, (_, at) => `a${at}: hello`).join(' ')} }` },
  [{ query: '{ hello }' }],
  'no JSON',
];

test('the same answers both ways', async () => {
  const [short, yoga] = await Promise.all([start(), start({ fastPath: false })]);
  for (const body of bodies) {
    for (const headers of [
      {},
      { 'x-api-key': key },
      { 'x-api-key': 'wrong' },
      { accept: 'application/json' },
      { accept: 'application/graphql-response+json' },
    ]) {
      const given = Object.fromEntries(Object.entries(headers));
      const [one, other] = [await short.post(body, given), await yoga.post(body, given)];
      const shape = ({ status, type, text, headers: all }: typeof one) => ({ body, status, type, text, names: [...all.keys()].sort() });
      expect(shape(other)).toEqual(shape(one));
    }
  }
  expect(yoga.seen.sends).toBe(short.seen.sends);
  expect(yoga.seen.logged.length).toBe(short.seen.logged.length);
  await Promise.all([short.close(), yoga.close()]);
});
