// LND against the suite that every backend passes.
import { describeBackend } from '../conformance/suite.ts';
import { lndRig } from './lnd-rig.ts';
import { useNetwork } from './useNetwork.ts';

const network = await useNetwork();

describeBackend('lnd', () => lndRig(network));
