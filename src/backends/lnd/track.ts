// What LND says now of one payment hash: the raw TrackPaymentV2, first message only. Silence is doubt, never "not found".
import type { PaymentHash } from '../../lightning/values.ts';
import type { Fault } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { faultOf, isNotFound } from './faults.ts';
import type { PaymentMessage } from './messages.ts';
import { bytes } from './translate.ts';

export type Tracked =
  | { readonly is: 'payment'; readonly payment: PaymentMessage }
  | { readonly is: 'notFound' }
  | { readonly is: 'silent'; readonly fault: Fault };

/** Never throws. Raw, because ln-service hides `payment_index` and its getPayment can hang on INITIATED and on IN_FLIGHT without HTLCs. */
export const track = async (context: LndContext, hash: PaymentHash, signal?: AbortSignal): Promise<Tracked> => {
  const late = AbortSignal.timeout(patience.call);
  const ended = signal === undefined ? late : AbortSignal.any([late, signal]);
  try {
    // With in-flight updates the first message is the present state; without them a running payment would say nothing until its end.
    const updates = context.connection.stubs().trackPayment({ payment_hash: bytes(hash), no_inflight_updates: false }, ended);
    for await (const payment of updates) return { is: 'payment', payment };
  } catch (error) {
    if (isNotFound(error)) return { is: 'notFound' };
    return { is: 'silent', fault: faultOf(error) };
  }
  return { is: 'silent', fault: { kind: 'timeout', detail: 'LND said nothing about this payment in time' } };
};
