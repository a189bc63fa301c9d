// What a send's answer looks like to Galoy's clients: FAILURE with at least one error, every other status with none (contract §7).
// A null status next to an error says that nothing was tried, or that nobody knows: never "failed" for "I do not know".
import type { PayoutAnswer, SendAnswer } from '../../../commands/table.ts';
import { fromSat } from '../../../lightning/values.ts';
import type { TransactionView } from '../../../wallets/view.ts';
import type { SendPayload } from '../types/payloads.ts';
import { failureText, payoutFailureText } from './texts.ts';
import type { Trouble } from './trouble.ts';

export const maxFeeWords =
  'Most satoshis that routing may cost; 0: only what is free. Without it the wallet’s own limit, else half a percent and at least 10.';

/** The limit as the core takes it. */
export const maxFeeMsat = (sats: number | null | undefined): bigint | null => (sats === null || sats === undefined ? null : fromSat(sats));

const statuses = { succeeded: 'SUCCESS', pending: 'PENDING', failed: 'FAILURE', alreadyPaid: 'ALREADY_PAID' } as const;

export const sendAnswer = ({ is, payment, transaction }: SendAnswer): SendPayload => ({
  errors: is === 'failed' ? [failureText(payment)] : [],
  status: statuses[is],
  transaction,
});

/** A transfer that is done. */
export const moved = (transaction: TransactionView): SendPayload => ({ errors: [], status: 'SUCCESS', transaction });

/** The same for a send on the chain. */
export const payoutAnswer = ({ is, payout, transaction }: PayoutAnswer): SendPayload => ({
  errors: is === 'failed' ? [payoutFailureText(payout)] : [],
  status: statuses[is],
  transaction,
});

/** A refusal means that no row says `sending`: nothing was paid, and FAILURE is the truth. */
export const noSend = (trouble: Trouble): SendPayload => {
  if (trouble.is !== 'refused') return { errors: trouble.errors, status: null, transaction: null };
  if (trouble.refusal.is === 'alreadyPaid') return { errors: [], status: 'ALREADY_PAID', transaction: null };
  return { errors: trouble.errors, status: 'FAILURE', transaction: null };
};
