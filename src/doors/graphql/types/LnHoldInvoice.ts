// A hold invoice as its creator sees it (additive): how far it is, when it ends by itself, and the preimage only once it is settled.
import type { InvoiceState } from '../../../invoices/states.ts';
import { type HoldView, holdStatusOf, type InvoiceView } from '../../../invoices/view.ts';
import { toSatCeil, toSatFloor } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import type { HoldPayload } from '../map/holds.ts';
import { ErrorType } from './Error.ts';

export const LnHoldStatus = builder.enumType('LnHoldStatus', {
  description:
    'HELD: the full amount is in and waits for a decision. CLAIMED: a machine is giving out cash for it. ' +
    'SETTLING and CANCELING are decided and await the backend. EXPIRED: its time was over before anybody paid.',
  values: ['CANCELED', 'CANCELING', 'CLAIMED', 'EXPIRED', 'HELD', 'OPEN', 'SETTLED', 'SETTLING'] as const,
});

export const LnHoldDeadlineAction = builder.enumType('LnHoldDeadlineAction', {
  description: 'What is done when the longest hold or the blocks run out. SETTLE only where the gateway has the preimage.',
  values: { CANCEL: { value: 'cancel' }, SETTLE: { value: 'settle' } } as const,
});

const live: ReadonlySet<InvoiceState> = new Set(['held', 'claimed', 'settling', 'canceling']);

const LnHoldDeadline = builder.objectRef<HoldView>('LnHoldDeadline').implement({
  description: 'When a hold ends by itself: at a height or at a time, whichever comes first.',
  fields: (t) => ({
    at: t.expose('deadlineAt', { type: 'Timestamp', nullable: true }),
    blocksLeft: t.int({
      nullable: true,
      description: 'Blocks until that height; null while nobody knows how high the chain is.',
      resolve: ({ backendId, deadlineHeight }, _args, { reads }) => {
        const height = reads.blockHeight(backendId);
        return height === null || deadlineHeight === null ? null : Math.max(0, deadlineHeight - height);
      },
    }),
    height: t.exposeInt('deadlineHeight', {
      nullable: true,
      description: 'Some blocks before the earliest HTLC ends, so that no channel is force-closed.',
    }),
  }),
});

export const LnHoldInvoice = builder.objectRef<InvoiceView>('LnHoldInvoice').implement({
  description: 'An invoice whose payment is held until somebody settles or cancels it.',
  fields: (t) => ({
    canceledAt: t.field({ type: 'Timestamp', nullable: true, resolve: ({ hold }) => hold?.canceledAt }),
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    deadline: t.field({
      type: LnHoldDeadline,
      nullable: true,
      description: 'Null unless something is held.',
      resolve: ({ state, hold }) => (live.has(state) ? hold : null),
    }),
    expiresAt: t.expose('expiresAt', { type: 'Timestamp', description: 'Until then it can be paid.' }),
    externalId: t.expose('externalId', { type: 'TxExternalId' }),
    heldAt: t.field({ type: 'Timestamp', nullable: true, resolve: ({ hold }) => hold?.heldAt }),
    longestHold: t.field({
      type: 'Seconds',
      description: 'The longest time that a payment is held; no block needs to be mined.',
      resolve: ({ hold }) => hold?.longestHoldSeconds ?? 0,
    }),
    memo: t.expose('memo', { type: 'Memo', nullable: true }),
    onDeadline: t.field({ type: LnHoldDeadlineAction, resolve: ({ hold }) => hold?.onDeadline ?? 'cancel' }),
    paymentHash: t.expose('paymentHash', { type: 'PaymentHash' }),
    paymentRequest: t.expose('bolt11', { type: 'LnPaymentRequest', description: 'What the payer scans (BOLT 11).' }),
    preimage: t.expose('preimage', { type: 'LnPaymentPreImage', nullable: true, description: 'Never before SETTLED.' }),
    receivedSatoshis: t.field({
      type: 'SatAmount',
      nullable: true,
      description: 'What is held or was received: it may be more than was asked for. Null before.',
      resolve: ({ receivedMsat }) => (receivedMsat === null ? null : toSatFloor(receivedMsat)),
    }),
    satoshis: t.field({ type: 'SatAmount', resolve: ({ amountMsat }) => toSatCeil(amountMsat ?? 0n) }),
    settledAt: t.expose('settledAt', { type: 'Timestamp', nullable: true }),
    settlesAt: t.field({
      type: 'Timestamp',
      nullable: true,
      description:
        'When it is settled by itself: of a wallet that settles late, unless an admin cancels it before; and of one whose settlement was decided before the network gave it back, as soon as it is held again.',
      resolve: ({ hold }) => hold?.settleAt,
    }),
    status: t.field({ type: LnHoldStatus, resolve: (invoice, _args, { now }) => holdStatusOf(invoice, now()) }),
    walletId: t.expose('walletId', { type: 'WalletId' }),
  }),
});

export const LnHoldInvoicePayload = builder.objectRef<HoldPayload>('LnHoldInvoicePayload').implement({
  description: 'A hold invoice as it is now, or why not.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    invoice: t.expose('invoice', { type: LnHoldInvoice, nullable: true }),
  }),
});
