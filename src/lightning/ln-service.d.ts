// ln-service ships no types: its calls are those of `lightning`, plus the BOLT 11 functions named here.
declare module 'ln-service' {
  export type { ParsedPaymentRequest } from 'invoices';
  export { parsePaymentRequest } from 'invoices';
  export * from 'lightning';
  export function createUnsignedRequest(args: object): {
    readonly hash: string;
    readonly hrp: string;
    readonly preimage: string;
    readonly tags: readonly number[];
  };
  export function createSignedRequest(args: {
    readonly destination: string;
    readonly hrp: string;
    readonly signature: string;
    readonly tags: readonly number[];
  }): { readonly request: string };
}

// The part of ln-service that reads and writes payment requests.
declare module 'invoices' {
  export interface ParsedPaymentRequest {
    readonly chain_addresses?: readonly string[];
    readonly cltv_delta: number;
    readonly created_at: string;
    readonly description?: string;
    readonly description_hash?: string;
    readonly destination: string;
    readonly expires_at: string;
    readonly features: readonly { readonly bit: number; readonly is_required: boolean; readonly type: string }[];
    readonly id: string;
    readonly is_expired: boolean;
    readonly mtokens?: string;
    readonly network: string;
    readonly payment?: string;
    readonly routes?: readonly (readonly {
      readonly public_key: string;
      readonly base_fee_mtokens?: string;
      readonly channel?: string;
      readonly cltv_delta?: number;
      readonly fee_rate?: number;
    }[])[];
    readonly safe_tokens?: number;
    readonly tokens?: number;
  }
  /** Offline decoding; throws an Error on anything malformed. */
  export function parsePaymentRequest(args: { readonly request: string }): ParsedPaymentRequest;
}
