// What travels between this gateway and lnmuxd, as the loader of lnmux.proto gives it: bytes are Buffers, 64-bit numbers and enums are text.

export interface InfoMessage {
  readonly pub_key: Buffer;
  readonly network: string;
  readonly nodes: readonly { readonly pub_key: Buffer }[];
  readonly auto_settle: boolean;
}

export interface AddInvoiceRequest {
  readonly amt_msat: string;
  readonly description?: string;
  readonly description_hash?: Buffer;
  readonly expiry_secs: string;
}
export interface AddedMessage {
  readonly payment_request: string;
  readonly preimage: Buffer;
  readonly hash: Buffer;
}

/** One exact set of HTLCs for a hash. */
export interface SetMessage {
  readonly hash: Buffer;
  readonly set_id: Buffer;
}

export type StatusText = 'UNKNOWN' | 'FAILED' | 'SETTLE_REQUESTED' | 'SETTLED';

export interface ListedMessage {
  readonly hash: Buffer;
  readonly preimage: Buffer;
  readonly amount_msat: string;
  readonly status: StatusText;
  readonly settle_requested_at: string;
  readonly finalized_at: string;
  readonly sequence_number: string;
}
export interface ListMessage {
  readonly invoice: readonly ListedMessage[];
  readonly first_sequence_number: string;
  readonly last_sequence_number: string;
}
