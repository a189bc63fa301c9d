// The gRPC messages of LND that this adapter reads, as proto-loader gives them: snake case, 64-bit numbers and enums as text, bytes as Buffers.
// Only fields that are used are named; LND's own .proto files (lightning, router, invoices, chainnotifier) are the source.

/** Status and reason are kept as text: a newer LND may know words that we do not. */
export interface PaymentMessage {
  readonly payment_hash: string;
  readonly payment_preimage: string;
  readonly value_msat: string;
  readonly fee_msat: string;
  readonly status: string;
  readonly failure_reason: string;
  readonly payment_index: string;
  readonly payment_request: string;
  readonly creation_time_ns: string;
  readonly htlcs: readonly HtlcAttemptMessage[];
}
export interface HtlcAttemptMessage {
  readonly status: string;
  readonly route: RouteMessage | null;
  readonly resolve_time_ns: string;
  readonly failure: { readonly code: string; readonly failure_source_index: number } | null;
}
export interface RouteMessage {
  readonly total_fees_msat: string;
  readonly total_amt_msat: string;
  readonly hops: readonly {
    readonly chan_id: string;
    readonly pub_key: string;
    readonly fee_msat: string;
    readonly amt_to_forward_msat: string;
  }[];
}

/** What LND remembers of a direction between two nodes. */
export interface PairMessage {
  readonly history: { readonly fail_amt_msat: string } | null;
}

/** By `payment_request`, or (a probe) by destination and a hash of our own. Amounts in msat. */
export interface SendPaymentRequest {
  readonly payment_request?: string;
  readonly dest?: Buffer;
  readonly payment_hash?: Buffer;
  readonly payment_addr?: Buffer;
  readonly final_cltv_delta?: number;
  readonly dest_features?: readonly number[];
  readonly route_hints?: readonly { readonly hop_hints: readonly HopHintMessage[] }[];
  readonly amt_msat?: string;
  readonly fee_limit_msat: string;
  readonly cltv_limit?: number;
  readonly outgoing_chan_ids?: readonly string[];
  readonly max_parts: number;
  readonly timeout_seconds: number;
  readonly cancelable: boolean;
  readonly allow_self_payment: boolean;
  readonly no_inflight_updates: boolean;
}
export interface HopHintMessage {
  readonly node_id: string;
  readonly chan_id: string;
  readonly fee_base_msat: number;
  readonly fee_proportional_millionths: number;
  readonly cltv_expiry_delta: number;
}

export interface InvoiceRequest {
  readonly r_preimage?: Buffer;
  /** Hold invoices only. */
  readonly hash?: Buffer;
  readonly memo?: string;
  readonly description_hash?: Buffer;
  readonly value_msat: string;
  readonly expiry: string;
  readonly cltv_expiry?: string;
  readonly private: boolean;
}
export interface IssuedMessage {
  readonly payment_request: string;
  readonly payment_addr: Buffer;
}
export interface InvoiceMessage {
  readonly memo: string;
  readonly r_preimage: Buffer;
  readonly r_hash: Buffer;
  readonly value_msat: string;
  readonly creation_date: string;
  readonly settle_date: string;
  readonly payment_request: string;
  readonly description_hash: Buffer;
  readonly expiry: string;
  readonly cltv_expiry: string;
  readonly add_index: string;
  readonly settle_index: string;
  readonly amt_paid_msat: string;
  readonly state: string;
  readonly payment_addr: Buffer;
  readonly htlcs: readonly { readonly amt_msat: string; readonly expiry_height: number; readonly state: string }[];
}
export interface InvoicePage {
  readonly invoices: readonly InvoiceMessage[];
  readonly first_index_offset: string;
  readonly last_index_offset: string;
}
export interface PaymentPage {
  readonly payments: readonly PaymentMessage[];
  readonly last_index_offset: string;
}

export interface InfoMessage {
  readonly identity_pubkey: string;
  readonly alias: string;
  readonly version: string;
  readonly block_height: number;
  readonly synced_to_chain: boolean;
  readonly chains: readonly { readonly chain: string; readonly network: string }[];
}
/** Satoshis. */
export interface ChannelMessage {
  readonly chan_id: string;
  readonly local_balance: string;
  readonly local_constraints: { readonly chan_reserve_sat: string } | null;
}
export interface ChannelBalanceMessage {
  readonly local_balance: { readonly msat: string } | null;
  readonly remote_balance: { readonly msat: string } | null;
  readonly pending_open_local_balance: { readonly msat: string } | null;
}
/** Satoshis. */
export interface PendingChannelsMessage {
  /** Their closing transaction is in no block yet. */
  readonly waiting_close_channels: readonly {
    readonly limbo_balance: string;
    readonly channel: { readonly chan_status_flags: string } | null;
  }[];
  readonly pending_force_closing_channels: readonly { readonly limbo_balance: string }[];
}
export interface WalletBalanceMessage {
  readonly confirmed_balance: string;
  readonly unconfirmed_balance: string;
  /** Of coins that are set aside, for a channel or for another program; in neither of the above. An older LND does not say. */
  readonly locked_balance?: string;
}
export interface TransactionMessage {
  readonly tx_hash: string;
  readonly num_confirmations: number;
  readonly time_stamp: string;
  readonly total_fees: string;
  readonly label: string;
  readonly output_details: readonly {
    readonly address: string;
    readonly output_index: string;
    readonly amount: string;
    readonly is_our_address: boolean;
  }[];
}
