// What a fee probe's answer looks like: without a route there are both, the error and what a send would set aside (contract §5.5).
import type { ProbeAnswer } from '../../../commands/table.ts';
import { toSatCeil } from '../../../lightning/values.ts';
import type { CentPayload, SatPayload } from '../types/payloads.ts';
import { routeText } from './texts.ts';
import type { Trouble } from './trouble.ts';

export const probeAnswer = (answer: ProbeAnswer): SatPayload =>
  answer.is === 'fee' ? { errors: [], amount: toSatCeil(answer.feeMsat) } : { errors: [routeText], amount: toSatCeil(answer.reserveMsat) };

export const noProbe = (trouble: Trouble): SatPayload => {
  const reserve = trouble.is === 'refused' && trouble.refusal.is === 'noRoute' ? trouble.refusal.reserveMsat : null;
  return { errors: trouble.errors, amount: reserve === null ? null : toSatCeil(reserve) };
};

/** The same in cents, of a wallet that holds dollars. */
export const usdProbeAnswer = ({ is, cents = null }: ProbeAnswer): CentPayload => ({
  errors: is === 'fee' ? [] : [routeText],
  amount: cents === null ? null : Number(cents),
});

export const noUsdProbe = ({ errors }: Trouble): CentPayload => ({ errors, amount: null });
