// The simulated backend, as LND behaves and as lnmux does.
import { simulatedRig } from './simulated-rig.ts';
import { describeBackend } from './suite.ts';

describeBackend('simulated', () => simulatedRig());
describeBackend('simulated as lnmux', () => simulatedRig({ holdHashFrom: 'backend', heldSeconds: 60, heldUntilSettled: true }));
