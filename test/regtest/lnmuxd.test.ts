// The lnmux suite on the real daemon, when somebody has one, and what every backend and a whole gateway are asked; and its transcripts, compared with those that were recorded, or recorded anew.
import { afterAll, test } from 'vitest';
import { behindGuard } from '../conformance/simulated-rig.ts';
import { describeBackend } from '../conformance/suite.ts';
import { adapterOn } from '../lnmux/bench.ts';
import { lnmuxSuite } from '../lnmux/suite.ts';
import { transcripts } from '../lnmux/transcripts.ts';
import { findLnmuxd, openReal, type RealBench } from './lnmuxd.ts';
import { severalBackends } from './several.ts';

const say = (line: string): void => void process.stdout.write(`lnmuxd: ${line}\n`);
const found = findLnmuxd(process.env);

if (typeof found === 'string') {
  say(`not run: ${found}. The same suite runs on the lnmux of ours in \`npm test\`.`);
  test.skip(`the real lnmuxd: ${found}`, () => undefined);
} else {
  let bench: RealBench | null = null;
  const open = async (): Promise<RealBench> => {
    bench ??= await openReal(found, say);
    return bench;
  };
  // One network for both, closed after the last of them.
  const close = async (): Promise<void> => undefined;
  afterAll(async () => bench?.close());
  const recording = process.env.RECORD_LNMUX !== undefined;
  // First: what they take in they give back, so that the suite finds the channels as they were.
  transcripts({
    name: 'the real lnmuxd',
    open,
    close,
    record: recording ? (process.env.LNMUXD_SOURCE ?? 'an lnmuxd of which nobody said more') : null,
  });
  if (!recording) {
    lnmuxSuite('the real lnmuxd', open, close);
    describeBackend('lnmuxd', async () => {
      const real = await open();
      const { backend } = adapterOn(real);
      return {
        backend: behindGuard(backend),
        pay: async (bolt11) => (await real.pay(bolt11)).is === 'succeeded',
        end: () => backend.close(),
      };
    });
    severalBackends('the real lnmuxd', async () => {
      const real = await open();
      return { network: real.network, bench: real };
    });
  }
}
