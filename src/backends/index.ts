// The kinds of backends that there are. A new one is its folder and one line here. What a kind is made of is loaded when one is connected:
// a gateway without LND need not wait for LND's protocol files.
import { galoySettings } from './galoy/settings.ts';
import { lndSettings } from './lnd/settings.ts';
import { lnmuxSettings } from './lnmux/settings.ts';
import type { BackendKind } from './port.ts';
import { simulatedKind } from './simulated/backend.ts';

type Settings = BackendKind<unknown>['settings'];

const real = (kind: string, settings: Settings, load: () => Promise<BackendKind<unknown>>): BackendKind<unknown> => ({
  kind,
  simulated: false,
  settings,
  connect: async (id, given, tools) => (await load()).connect(id, given, tools),
});

/** By the name that a configuration uses. */
export const backendKinds: Readonly<Record<string, BackendKind<unknown>>> = {
  galoy: real('galoy', galoySettings, async () => (await import('./galoy/backend.ts')).galoyKind),
  lnd: real('lnd', lndSettings, async () => (await import('./lnd/backend.ts')).lndKind),
  lnmux: real('lnmux', lnmuxSettings, async () => (await import('./lnmux/backend.ts')).lnmuxKind),
  simulated: simulatedKind,
};
