// A slice of the fuzzer in every test run: the same requests each time, so that what breaks them is the change. `npm run fuzz` sends more.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzz } from '../../fuzz/fuzz.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway-inprocess.ts';

const requests = 3000;
const seed = 21;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

test(`${requests} hostile requests: nothing breaks, nothing leaks, nothing is written, and honest clients are served`, async () => {
  const report = await fuzz(gateway, { requests, seed, concurrency: 16 });
  expect(report.failures).toEqual([]);
  expect(report.written).toEqual([]);
  expect(report.logged).toEqual([]);
  expect(report.control.failures).toEqual([]);
  expect(report.control.sent).toBeGreaterThan(0);
  expect(report.sent).toBe(requests);
  console.log(`${report.sent} hostile requests, ${report.reached} of them reached a resolver`);
  expect(report.reached).toBeGreaterThan(requests / 2);
}, 120_000);
