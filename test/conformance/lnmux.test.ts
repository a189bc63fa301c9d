// The lnmux adapter over the lnmux of ours: receives and holds, and leaves paying to the cluster's nodes.
import { adapterOn } from '../lnmux/bench.ts';
import { openOurs } from '../lnmux/ours.ts';
import { behindGuard } from './simulated-rig.ts';
import { describeBackend } from './suite.ts';

describeBackend('lnmux', async () => {
  const ours = await openOurs({ acceptMs: 20_000 });
  const { backend } = adapterOn(ours);
  return {
    backend: behindGuard(backend),
    pay: async (bolt11) => (await ours.pay(bolt11)).is === 'succeeded',
    end: () => backend.close().then(ours.close),
  };
});
