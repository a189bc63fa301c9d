// The kinds of backends that there are. A new one is its folder and one line here.
import { galoyKind } from './galoy/backend.ts';
import { lndKind } from './lnd/backend.ts';
import { lnmuxKind } from './lnmux/backend.ts';
import type { BackendKind } from './port.ts';
import { simulatedKind } from './simulated/backend.ts';

/** By the name that a configuration uses. */
export const backendKinds: Readonly<Record<string, BackendKind<unknown>>> = {
  galoy: galoyKind,
  lnd: lndKind,
  lnmux: lnmuxKind,
  simulated: simulatedKind,
};
