// Double entry for ledger wallets: what each movement books. A node wallet books nothing, its balance is what its backends can spend.
// Signs: what we owe a wallet is positive, what a backend holds for us is negative; every journal sums to zero.
import type { JournalRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import type { WalletView } from './view.ts';

interface Booking {
  readonly wallet: Pick<WalletView, 'id' | 'balanceKind'>;
  readonly subjectId: string;
  readonly at: Date;
}

interface Line {
  readonly account: string;
  readonly amount_msat: bigint;
}

const journal = (
  kind: string,
  booking: Booking,
  lines: { readonly entries: readonly Line[]; readonly available: bigint },
): JournalRow[] => {
  if (booking.wallet.balanceKind === 'node') return [];
  return [
    {
      id: newId(booking.at),
      kind,
      subject_id: booking.subjectId,
      created_at: booking.at,
      entries: lines.entries.filter((line) => line.amount_msat !== 0n),
      available: lines.available === 0n ? [] : [{ wallet_id: booking.wallet.id, delta_msat: lines.available }],
    },
  ];
};

const wallet = (booking: Booking, amount: bigint): Line => ({ account: `wallet:${booking.wallet.id}`, amount_msat: amount });
const reserved = (booking: Booking, amount: bigint): Line => ({ account: `reserved:${booking.wallet.id}`, amount_msat: amount });
const backend = (id: string, amount: bigint): Line => ({ account: `backend:${id}`, amount_msat: amount });

/** An invoice was settled: credit is what was received, not what was asked. */
export const bookReceive = (booking: Booking, received: { readonly backendId: string; readonly msat: bigint }): JournalRow[] =>
  journal('receive', booking, {
    entries: [backend(received.backendId, -received.msat), wallet(booking, received.msat)],
    available: received.msat,
  });

/** A deposit is deep enough: all of it is the wallet's. */
export const bookDeposit = (booking: Booking, received: { readonly backendId: string; readonly msat: bigint }): JournalRow[] =>
  journal('deposit', booking, {
    entries: [backend(received.backendId, -received.msat), wallet(booking, received.msat)],
    available: received.msat,
  });

/** What is sent: over Lightning, or on the chain. */
type Story = 'payment' | 'payout';

/** Something is about to be sent: amount and fee limit are set aside. Fails by the database's guard when the wallet has less. */
export const bookReserve = (booking: Booking, reserve: { readonly msat: bigint }, story: Story = 'payment'): JournalRow[] =>
  journal(`${story}.reserve`, booking, {
    entries: [wallet(booking, -reserve.msat), reserved(booking, reserve.msat)],
    available: -reserve.msat,
  });

/** It arrived: the reserve is used up by amount and fee, and what is left of it goes back. */
export const bookSettle = (
  booking: Booking,
  paid: { readonly backendId: string; readonly reserveMsat: bigint; readonly amountMsat: bigint; readonly feeMsat: bigint },
  story: Story = 'payment',
): JournalRow[] => {
  const rest = paid.reserveMsat - paid.amountMsat - paid.feeMsat;
  // A backend that took more than the limit it was given: the wallet gave its reserve, the rest is the operator's loss.
  const back = rest > 0n ? rest : 0n;
  return journal(`${story}.settle`, booking, {
    entries: [
      reserved(booking, -paid.reserveMsat),
      backend(paid.backendId, paid.amountMsat + paid.feeMsat),
      wallet(booking, back),
      { account: 'loss', amount_msat: rest - back },
    ],
    available: back,
  });
};

/** It failed for good: the whole reserve goes back. */
export const bookReverse = (booking: Booking, reserve: { readonly msat: bigint }, story: Story = 'payment'): JournalRow[] =>
  journal(`${story}.reverse`, booking, {
    entries: [reserved(booking, -reserve.msat), wallet(booking, reserve.msat)],
    available: reserve.msat,
  });

/** A success that came after the reserve was given back: the money is gone, and it is nobody's but the operator's until a person decides. */
export const bookLateSuccess = (
  booking: Booking,
  paid: { readonly backendId: string; readonly msat: bigint },
  story: Story = 'payment',
): JournalRow[] =>
  journal(`${story}.late`, booking, {
    entries: [backend(paid.backendId, paid.msat), { account: 'loss', amount_msat: -paid.msat }],
    available: 0n,
  });

/** From one ledger wallet to another, at once. Fails by the database's guard when the sender has less. */
export const bookTransfer = (
  booking: Booking,
  moved: { readonly to: Pick<WalletView, 'id' | 'balanceKind'>; readonly msat: bigint },
): readonly JournalRow[] => [
  {
    id: newId(booking.at),
    kind: 'transfer',
    subject_id: booking.subjectId,
    created_at: booking.at,
    entries: [wallet(booking, -moved.msat), wallet({ ...booking, wallet: moved.to }, moved.msat)],
    available: [
      { wallet_id: booking.wallet.id, delta_msat: -moved.msat },
      { wallet_id: moved.to.id, delta_msat: moved.msat },
    ],
  },
];
