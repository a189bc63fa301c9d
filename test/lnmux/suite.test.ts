// The suite on an lnmux of ours; the same suite runs on the real daemon by `npm run test:regtest` with LNMUXD.
import { type OurBench, openOurs } from './ours.ts';
import { lnmuxSuite } from './suite.ts';

let bench: OurBench | null = null;
lnmuxSuite(
  'an lnmux of ours',
  async () => {
    bench = await openOurs();
    return bench;
  },
  async () => bench?.close(),
);
