// One gateway over real LND nodes, the lnmux of ours and another gateway. With a real lnmuxd the same suite runs in lnmuxd.test.ts.
import { afterAll } from 'vitest';
import { type OurBench, openOurs } from '../lnmux/ours.ts';
import { severalBackends } from './several.ts';
import { useNetwork } from './useNetwork.ts';

const network = await useNetwork();
let bench: OurBench | null = null;
afterAll(() => bench?.close());

severalBackends('the lnmux of ours', async () => {
  // A minute of holding, as the daemon has; its nodes take a moment to repeat what they hold.
  bench = await openOurs({ acceptMs: 60_000, connectMs: 500 });
  return { network, bench };
});
