// Transactions as the CSV that Galoy's users know: its columns in its order, amounts in satoshis or cents, a debit with its fee in it. What failed moved
// nothing and is left out, so that credits minus debits are what the list did to a balance.
import { displayAmount } from '../../../prices/display.ts';
import { currencyOf, feeUnits, movedUnits } from '../../../wallets/units.ts';
import type { TransactionView } from '../../../wallets/view.ts';

type Cell = string | number | null;

const typeOf = ({ kind, direction, paymentHash }: TransactionView): string => {
  if (kind === 'intraledger') return paymentHash === null ? 'on_us' : 'ln_on_us';
  if (kind === 'onchain') return direction === 'send' ? 'onchain_payment' : 'onchain_receipt';
  return direction === 'send' ? 'payment' : 'invoice';
};

const inUsd = (units: number, moved: TransactionView): Cell =>
  moved.priceCurrency === 'USD' && moved.priceBase !== null ? displayAmount(units, moved) : null;

// A program that opens the file would run a note that looks like a formula, and strangers write notes.
const plain = (text: string | null): Cell => (text !== null && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const debit = (moved: TransactionView): number => (moved.direction === 'send' ? movedUnits(moved) : 0);
const credit = (moved: TransactionView): number => (moved.direction === 'receive' ? movedUnits(moved) : 0);

const columns: Readonly<Record<string, (moved: TransactionView) => Cell>> = {
  id: ({ id }) => id,
  walletId: ({ walletId }) => walletId,
  type: typeOf,
  credit,
  debit,
  fee: feeUnits,
  currency: currencyOf,
  timestamp: ({ createdAt }) => createdAt.toISOString(),
  pendingConfirmation: ({ status }) => String(status === 'pending'),
  journalId: ({ subjectId }) => subjectId,
  lnMemo: (moved) => (moved.paymentHash === null ? null : plain(moved.memo)),
  usd: (moved) => inUsd(credit(moved) + debit(moved), moved),
  feeUsd: (moved) => inUsd(feeUnits(moved), moved),
  recipientWalletId: ({ direction, counterpartyWalletId }) => (direction === 'send' ? counterpartyWalletId : null),
  username: ({ counterpartyUsername }) => counterpartyUsername,
  memoFromPayer: (moved) => (moved.paymentHash === null ? plain(moved.memo) : null),
  paymentHash: ({ paymentHash }) => paymentHash,
  pubkey: () => null,
  feeKnownInAdvance: () => null,
  address: ({ address }) => address,
  txHash: ({ txid }) => txid,
};

const cell = (value: Cell): string => {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const line = (cells: readonly Cell[]): string => `${cells.map(cell).join(',')}\n`;

export const csvHead = line(Object.keys(columns));

export const csvLines = (rows: readonly TransactionView[]): string =>
  rows
    .filter(({ status }) => status !== 'failure')
    .map((moved) => line(Object.values(columns).map((of) => of(moved))))
    .join('');
