// What a payment would cost, by upstream's own fee probe. It moves nothing; a route that it finds is kept there for the payment that follows.
import { decodeBolt11 } from '../../lightning/bolt11.ts';
import { fromSat, zeroMsat } from '../../lightning/values.ts';
import { BackendFault, type Fault, type FeeProbe, type ProbeOrder } from '../port.ts';
import { type Ordered, patience } from './asking.ts';
import type { GaloyContext } from './context.ts';
import {
  GatewayProbe,
  GatewayProbeAmountless,
  type GatewayProbeMutation,
  GatewayProbeUsd,
  GatewayProbeUsdAmountless,
} from './documents.generated.ts';
import { faultOfErrors } from './words.ts';

/** Never throws. */
export const galoyProbe = async (context: GaloyContext, order: ProbeOrder, signal: AbortSignal): Promise<FeeProbe> => {
  try {
    return verdictOf(context, await probe(context, order, AbortSignal.any([signal, AbortSignal.timeout(patience.order)])));
  } catch (error) {
    const fault: Fault = error instanceof BackendFault ? error.fault : { kind: 'internal', detail: String(error) };
    return { is: 'unknown', fault };
  }
};

const probe = async (
  { asking, account, settings }: GaloyContext,
  order: ProbeOrder,
  signal: AbortSignal,
): Promise<Ordered<GatewayProbeMutation>> => {
  const decoding = decodeBolt11(order.bolt11);
  if (decoding.is === 'undecodable') throw new BackendFault({ kind: 'refused', detail: 'the payment request cannot be decoded' });
  if (order.amount % 1000n !== 0n) throw new BackendFault({ kind: 'refused', detail: 'upstream pays whole satoshis only' });
  const input = { walletId: await account.walletId(signal), paymentRequest: order.bolt11 };
  const isUsd = settings.currency === 'USD';
  if (decoding.invoice.amount !== null) {
    const document = isUsd ? GatewayProbeUsd : GatewayProbe;
    return asking.order({ document, variables: { input } }, signal);
  }
  if (isUsd) {
    if (order.cents === undefined) throw new BackendFault({ kind: 'refused', detail: 'an amount in cents is needed' });
    const amount = Number(order.cents);
    return asking.order({ document: GatewayProbeUsdAmountless, variables: { input: { ...input, amount } } }, signal);
  }
  const amount = Number(order.amount / 1000n);
  return asking.order({ document: GatewayProbeAmountless, variables: { input: { ...input, amount } } }, signal);
};

const unknown = (fault: Fault): FeeProbe => ({ is: 'unknown', fault });

const verdictOf = ({ settings }: GaloyContext, answer: Ordered<GatewayProbeMutation>): FeeProbe => {
  if (answer.is === 'silence') return unknown(answer.fault);
  const probed = answer.data?.probed;
  if (!probed || !Array.isArray(probed.errors)) return unknown(faultOfErrors(answer.errors));
  const { errors, amount } = probed;
  // Without a route the amount beside the error is what a payment would set aside, not what it would cost (contract §5.5).
  if (errors.some(({ code, message }) => code === 'ROUTE_FINDING_ERROR' || /find a route/i.test(message))) return { is: 'noRoute' };
  if (errors.length > 0 || answer.errors.length > 0) return unknown(faultOfErrors([...errors, ...answer.errors]));
  if (amount === null || !Number.isSafeInteger(amount) || amount < 0)
    return unknown({ kind: 'protocol', detail: 'a probe without an amount' });
  // What it costs a wallet of dollars is in cents, whatever the payload is called (contract §2).
  return settings.currency === 'USD' ? { is: 'fee', fee: zeroMsat, cents: BigInt(amount) } : { is: 'fee', fee: fromSat(amount) };
};
