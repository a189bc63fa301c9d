// What our lnmux keeps when it is restarted: the invoices whose settlement was requested, with their HTLCs, in the order of the request.

export type Status = 'SETTLE_REQUESTED' | 'SETTLED' | 'FAILED';

export interface StoredInvoice {
  /** Hex. */
  readonly hash: string;
  readonly preimage: string;
  readonly amount: bigint;
  readonly sequence: number;
  readonly setId: string;
  /** By key, as `htlcKey` writes it. */
  readonly htlcs: Map<string, Status>;
  readonly requestedAt: Date;
  status: Status;
  finalAt: Date | null;
}

export interface LnmuxDatabase {
  get(hash: string): StoredInvoice | null;
  insert(
    invoice: Pick<StoredInvoice, 'hash' | 'preimage' | 'amount' | 'setId'> & { readonly keys: readonly string[] },
    now: Date,
  ): StoredInvoice;
  /** One HTLC has come to its end; answers with the invoice when that was the end of the invoice too. */
  htlcFinal(hash: string, key: string, end: { readonly settled: boolean; readonly now: Date }): StoredInvoice | null;
  from(sequence: number, most: number): readonly StoredInvoice[];
}

export const newDatabase = (): LnmuxDatabase => {
  const byHash = new Map<string, StoredInvoice>();
  return {
    get: (hash) => byHash.get(hash) ?? null,
    insert: ({ keys, ...fields }, now) => {
      const htlcs = new Map(keys.map((key) => [key, 'SETTLE_REQUESTED' as Status]));
      const stored: StoredInvoice = {
        ...fields,
        htlcs,
        sequence: byHash.size + 1,
        requestedAt: now,
        status: 'SETTLE_REQUESTED',
        finalAt: null,
      };
      byHash.set(fields.hash, stored);
      return stored;
    },
    htlcFinal: (hash, key, { settled, now }) => {
      const invoice = byHash.get(hash);
      if (invoice?.htlcs.get(key) !== 'SETTLE_REQUESTED') return null;
      invoice.htlcs.set(key, settled ? 'SETTLED' : 'FAILED');
      // The first that fails fails the invoice, whatever the others become.
      const isOver =
        invoice.status === 'SETTLE_REQUESTED' && (!settled || [...invoice.htlcs.values()].every((status) => status === 'SETTLED'));
      if (!isOver) return null;
      invoice.status = settled ? 'SETTLED' : 'FAILED';
      invoice.finalAt = now;
      return invoice;
    },
    from: (sequence, most) => [...byHash.values()].filter((invoice) => invoice.sequence >= sequence).slice(0, most),
  };
};
