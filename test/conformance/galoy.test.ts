// The Galoy adapter over another gateway like this one, which answers as Galoy does: its account is a wallet on a simulated node there.
import { connectGaloy } from '../../src/backends/galoy/backend.ts';
import { galoySettings } from '../../src/backends/galoy/settings.ts';
import { backendId } from '../../src/lightning/values.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { silentLog } from '../../src/platform/log.ts';
import { startTestGateway } from '../support/gateway-inprocess.ts';
import { behindGuard, outsideIn } from './simulated-rig.ts';
import { describeBackend } from './suite.ts';

describeBackend('galoy', async () => {
  const { endpoint, keys, wallets, world, close } = await startTestGateway();
  const settings = galoySettings.parse({ endpoint, apiKey: keys.all, walletId: wallets.atm, pollSeconds: 1 });
  const backend = connectGaloy(backendId('upstream'), settings, { log: silentLog, clock: systemClock });
  return { backend: behindGuard(backend), ...outsideIn(world), end: () => backend.close().then(close) };
});
