/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
export type InvoicePaymentStatus =
  | 'EXPIRED'
  | 'PAID'
  | 'PENDING';

export type LnInvoiceCancelInput = {
  paymentHash: string;
  /** Wallet ID for a wallet associated with the current account. */
  walletId: string;
};

export type LnInvoiceCreateInput = {
  /** Amount in satoshis. */
  amount: number;
  /** Optional invoice expiration time in minutes. */
  expiresIn?: number | null | undefined;
  externalId?: string | null | undefined;
  /** Optional memo for the lightning invoice. */
  memo?: string | null | undefined;
  /** Wallet ID for a BTC wallet belonging to the current account. */
  walletId: string;
};

export type LnInvoiceCreateOnBehalfOfRecipientInput = {
  /** Amount in satoshis. */
  amount: number;
  descriptionHash?: string | null | undefined;
  /** Optional invoice expiration time in minutes. */
  expiresIn?: number | null | undefined;
  externalId?: string | null | undefined;
  /** Optional memo for the lightning invoice. */
  memo?: string | null | undefined;
  /** Wallet ID for a BTC wallet which belongs to any account. */
  recipientWalletId: string;
  webhookUrl?: string | null | undefined;
};

export type LnInvoiceFeeProbeInput = {
  paymentRequest: string;
  walletId: string;
};

export type LnInvoicePaymentInput = {
  /** Optional memo to associate with the lightning invoice. */
  memo?: string | null | undefined;
  /** Payment request representing the invoice which is being paid. */
  paymentRequest: string;
  /** Wallet ID with sufficient balance to cover amount of invoice.  Must belong to the account of the current user. */
  walletId: string;
};

export type LnInvoicePaymentStatusByHashInput = {
  paymentHash: string;
};

export type LnNoAmountInvoiceCreateInput = {
  /** Optional invoice expiration time in minutes. */
  expiresIn?: number | null | undefined;
  externalId?: string | null | undefined;
  /** Optional memo for the lightning invoice. */
  memo?: string | null | undefined;
  /** ID for either a USD or BTC wallet belonging to the account of the current user. */
  walletId: string;
};

export type LnNoAmountInvoiceFeeProbeInput = {
  amount: number;
  paymentRequest: string;
  walletId: string;
};

export type LnNoAmountInvoicePaymentInput = {
  /** Amount to pay in satoshis. */
  amount: number;
  /** Optional memo to associate with the lightning invoice. */
  memo?: string | null | undefined;
  /** Payment request representing the invoice which is being paid. */
  paymentRequest: string;
  /** Wallet ID with sufficient balance to cover amount defined in mutation request.  Must belong to the account of the current user. */
  walletId: string;
};

export type LnNoAmountUsdInvoiceFeeProbeInput = {
  amount: number;
  paymentRequest: string;
  walletId: string;
};

export type LnNoAmountUsdInvoicePaymentInput = {
  /** Amount to pay in USD cents. */
  amount: number;
  /** Optional memo to associate with the lightning invoice. */
  memo?: string | null | undefined;
  /** Payment request representing the invoice which is being paid. */
  paymentRequest: string;
  /** Wallet ID with sufficient balance to cover amount defined in mutation request.  Must belong to the account of the current user. */
  walletId: string;
};

export type LnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipientInput = {
  /** Amount in satoshis. */
  amount: number;
  descriptionHash?: string | null | undefined;
  /** Optional invoice expiration time in minutes. */
  expiresIn?: number | null | undefined;
  externalId?: string | null | undefined;
  /** Optional memo for the lightning invoice. Acts as a note to the recipient. */
  memo?: string | null | undefined;
  /** Wallet ID for a USD wallet which belongs to the account of any user. */
  recipientWalletId: string;
  webhookUrl?: string | null | undefined;
};

export type LnUsdInvoiceCreateInput = {
  /** Amount in USD cents. */
  amount: number;
  /** Optional invoice expiration time in minutes. */
  expiresIn?: number | null | undefined;
  externalId?: string | null | undefined;
  /** Optional memo for the lightning invoice. */
  memo?: string | null | undefined;
  /** Wallet ID for a USD wallet belonging to the current user. */
  walletId: string;
};

export type LnUsdInvoiceCreateOnBehalfOfRecipientInput = {
  /** Amount in USD cents. */
  amount: number;
  descriptionHash?: string | null | undefined;
  /** Optional invoice expiration time in minutes. */
  expiresIn?: number | null | undefined;
  externalId?: string | null | undefined;
  /** Optional memo for the lightning invoice. Acts as a note to the recipient. */
  memo?: string | null | undefined;
  /** Wallet ID for a USD wallet which belongs to the account of any user. */
  recipientWalletId: string;
  webhookUrl?: string | null | undefined;
};

export type LnUsdInvoiceFeeProbeInput = {
  paymentRequest: string;
  walletId: string;
};

export type Network =
  | 'mainnet'
  | 'regtest'
  | 'signet'
  | 'testnet';

export type OnChainAddressCreateInput = {
  walletId: string;
};

export type PaymentSendResult =
  | 'ALREADY_PAID'
  | 'FAILURE'
  | 'PENDING'
  | 'SUCCESS';

export type TxDirection =
  | 'RECEIVE'
  | 'SEND';

export type TxStatus =
  | 'FAILURE'
  | 'PENDING'
  | 'SUCCESS';

export type WalletCurrency =
  | 'BTC'
  | 'USD';

export type MovementFragment = { id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
    | { __typename: 'InitiationViaIntraLedger' }
    | { __typename: 'InitiationViaLn', paymentHash: string }
    | { __typename: 'InitiationViaOnChain', address: string }
  , settlementVia:
    | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
    | { __typename: 'SettlementViaLn', preImage: string | null }
    | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
   };

export type TroubleFragment = { message: string, code: string | null };

export type GatewayAccountQueryVariables = Exact<{ [key: string]: never; }>;


export type GatewayAccountQuery = { globals: { network: Network } | null, me: { defaultAccount: { id: string, wallets: Array<
        | { id: string, walletCurrency: WalletCurrency }
        | { id: string, walletCurrency: WalletCurrency }
      > } } | null };

export type GatewayBalanceQueryVariables = Exact<{
  walletId: string;
}>;


export type GatewayBalanceQuery = { me: { defaultAccount: { walletById:
        | { balance: number, walletCurrency: WalletCurrency }
        | { balance: number, walletCurrency: WalletCurrency }
       } } | null };

export type GatewayMovementsOfHashQueryVariables = Exact<{
  walletId: string;
  paymentHash: string;
}>;


export type GatewayMovementsOfHashQuery = { me: { defaultAccount: { walletById:
        | { transactionsByPaymentHash: Array<{ id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
              | { __typename: 'InitiationViaIntraLedger' }
              | { __typename: 'InitiationViaLn', paymentHash: string }
              | { __typename: 'InitiationViaOnChain', address: string }
            , settlementVia:
              | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
              | { __typename: 'SettlementViaLn', preImage: string | null }
              | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
             }> }
        | { transactionsByPaymentHash: Array<{ id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
              | { __typename: 'InitiationViaIntraLedger' }
              | { __typename: 'InitiationViaLn', paymentHash: string }
              | { __typename: 'InitiationViaOnChain', address: string }
            , settlementVia:
              | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
              | { __typename: 'SettlementViaLn', preImage: string | null }
              | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
             }> }
       } } | null };

export type GatewayMovementsQueryVariables = Exact<{
  walletId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type GatewayMovementsQuery = { me: { defaultAccount: { walletById:
        | { transactions: { pageInfo: { endCursor: string | null, hasNextPage: boolean }, edges: Array<{ node: { id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
                  | { __typename: 'InitiationViaIntraLedger' }
                  | { __typename: 'InitiationViaLn', paymentHash: string }
                  | { __typename: 'InitiationViaOnChain', address: string }
                , settlementVia:
                  | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
                  | { __typename: 'SettlementViaLn', preImage: string | null }
                  | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
                 } }> | null } | null }
        | { transactions: { pageInfo: { endCursor: string | null, hasNextPage: boolean }, edges: Array<{ node: { id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
                  | { __typename: 'InitiationViaIntraLedger' }
                  | { __typename: 'InitiationViaLn', paymentHash: string }
                  | { __typename: 'InitiationViaOnChain', address: string }
                , settlementVia:
                  | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
                  | { __typename: 'SettlementViaLn', preImage: string | null }
                  | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
                 } }> | null } | null }
       } } | null };

export type GatewayComingQueryVariables = Exact<{
  walletId: string;
}>;


export type GatewayComingQuery = { me: { defaultAccount: { walletById:
        | { pendingIncomingTransactions: Array<{ id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
              | { __typename: 'InitiationViaIntraLedger' }
              | { __typename: 'InitiationViaLn', paymentHash: string }
              | { __typename: 'InitiationViaOnChain', address: string }
            , settlementVia:
              | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
              | { __typename: 'SettlementViaLn', preImage: string | null }
              | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
             }> }
        | { pendingIncomingTransactions: Array<{ id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
              | { __typename: 'InitiationViaIntraLedger' }
              | { __typename: 'InitiationViaLn', paymentHash: string }
              | { __typename: 'InitiationViaOnChain', address: string }
            , settlementVia:
              | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
              | { __typename: 'SettlementViaLn', preImage: string | null }
              | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
             }> }
       } } | null };

export type GatewayInvoiceQueryVariables = Exact<{
  walletId: string;
  paymentHash: string;
}>;


export type GatewayInvoiceQuery = { me: { defaultAccount: { walletById:
        | { invoiceByPaymentHash:
            | { paymentHash: string, paymentRequest: string, paymentStatus: InvoicePaymentStatus }
            | { paymentHash: string, paymentRequest: string, paymentStatus: InvoicePaymentStatus }
           }
        | { invoiceByPaymentHash:
            | { paymentHash: string, paymentRequest: string, paymentStatus: InvoicePaymentStatus }
            | { paymentHash: string, paymentRequest: string, paymentStatus: InvoicePaymentStatus }
           }
       } } | null };

export type GatewayAddressMutationVariables = Exact<{
  input: OnChainAddressCreateInput;
}>;


export type GatewayAddressMutation = { made: { address: string | null, errors: Array<{ message: string, code: string | null }> } };

export type GatewayInvoiceCreateMutationVariables = Exact<{
  input: LnInvoiceCreateInput;
}>;


export type GatewayInvoiceCreateMutation = { made: { errors: Array<{ message: string, code: string | null }>, invoice: { paymentHash: string, paymentRequest: string } | null } };

export type GatewayAmountlessInvoiceCreateMutationVariables = Exact<{
  input: LnNoAmountInvoiceCreateInput;
}>;


export type GatewayAmountlessInvoiceCreateMutation = { made: { errors: Array<{ message: string, code: string | null }>, invoice: { paymentHash: string, paymentRequest: string } | null } };

export type GatewayInvoiceCreateWithHashMutationVariables = Exact<{
  input: LnInvoiceCreateOnBehalfOfRecipientInput;
}>;


export type GatewayInvoiceCreateWithHashMutation = { made: { errors: Array<{ message: string, code: string | null }>, invoice: { paymentHash: string, paymentRequest: string } | null } };

export type GatewayUsdInvoiceCreateMutationVariables = Exact<{
  input: LnUsdInvoiceCreateInput;
}>;


export type GatewayUsdInvoiceCreateMutation = { made: { errors: Array<{ message: string, code: string | null }>, invoice: { paymentHash: string, paymentRequest: string } | null } };

export type GatewayUsdInvoiceCreateWithHashMutationVariables = Exact<{
  input: LnUsdInvoiceCreateOnBehalfOfRecipientInput;
}>;


export type GatewayUsdInvoiceCreateWithHashMutation = { made: { errors: Array<{ message: string, code: string | null }>, invoice: { paymentHash: string, paymentRequest: string } | null } };

export type GatewayUsdInvoiceCreateOverSatsMutationVariables = Exact<{
  input: LnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipientInput;
}>;


export type GatewayUsdInvoiceCreateOverSatsMutation = { made: { errors: Array<{ message: string, code: string | null }>, invoice: { paymentHash: string, paymentRequest: string } | null } };

export type GatewayInvoiceCancelMutationVariables = Exact<{
  input: LnInvoiceCancelInput;
}>;


export type GatewayInvoiceCancelMutation = { canceled: { success: boolean | null, errors: Array<{ message: string, code: string | null }> } };

export type GatewayPayMutationVariables = Exact<{
  input: LnInvoicePaymentInput;
}>;


export type GatewayPayMutation = { sent: { status: PaymentSendResult | null, errors: Array<{ message: string, code: string | null }>, transaction: { id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
        | { __typename: 'InitiationViaIntraLedger' }
        | { __typename: 'InitiationViaLn', paymentHash: string }
        | { __typename: 'InitiationViaOnChain', address: string }
      , settlementVia:
        | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
        | { __typename: 'SettlementViaLn', preImage: string | null }
        | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
       } | null } };

export type GatewayPayAmountlessMutationVariables = Exact<{
  input: LnNoAmountInvoicePaymentInput;
}>;


export type GatewayPayAmountlessMutation = { sent: { status: PaymentSendResult | null, errors: Array<{ message: string, code: string | null }>, transaction: { id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
        | { __typename: 'InitiationViaIntraLedger' }
        | { __typename: 'InitiationViaLn', paymentHash: string }
        | { __typename: 'InitiationViaOnChain', address: string }
      , settlementVia:
        | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
        | { __typename: 'SettlementViaLn', preImage: string | null }
        | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
       } | null } };

export type GatewayPayUsdAmountlessMutationVariables = Exact<{
  input: LnNoAmountUsdInvoicePaymentInput;
}>;


export type GatewayPayUsdAmountlessMutation = { sent: { status: PaymentSendResult | null, errors: Array<{ message: string, code: string | null }>, transaction: { id: string, status: TxStatus, direction: TxDirection, createdAt: number, settlementAmount: number, settlementFee: number, settlementCurrency: WalletCurrency, initiationVia:
        | { __typename: 'InitiationViaIntraLedger' }
        | { __typename: 'InitiationViaLn', paymentHash: string }
        | { __typename: 'InitiationViaOnChain', address: string }
      , settlementVia:
        | { __typename: 'SettlementViaIntraLedger', preImage: string | null }
        | { __typename: 'SettlementViaLn', preImage: string | null }
        | { __typename: 'SettlementViaOnChain', transactionHash: string | null, vout: number | null }
       } | null } };

export type GatewayProbeMutationVariables = Exact<{
  input: LnInvoiceFeeProbeInput;
}>;


export type GatewayProbeMutation = { probed: { amount: number | null, errors: Array<{ message: string, code: string | null }> } };

export type GatewayProbeAmountlessMutationVariables = Exact<{
  input: LnNoAmountInvoiceFeeProbeInput;
}>;


export type GatewayProbeAmountlessMutation = { probed: { amount: number | null, errors: Array<{ message: string, code: string | null }> } };

export type GatewayProbeUsdMutationVariables = Exact<{
  input: LnUsdInvoiceFeeProbeInput;
}>;


export type GatewayProbeUsdMutation = { probed: { amount: number | null, errors: Array<{ message: string, code: string | null }> } };

export type GatewayProbeUsdAmountlessMutationVariables = Exact<{
  input: LnNoAmountUsdInvoiceFeeProbeInput;
}>;


export type GatewayProbeUsdAmountlessMutation = { probed: { amount: number | null, errors: Array<{ message: string, code: string | null }> } };

export type GatewayUpdatesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type GatewayUpdatesSubscription = { myUpdates: { update:
      | { __typename: 'IntraLedgerUpdate' }
      | { __typename: 'LnUpdate' }
      | { __typename: 'OnChainUpdate' }
      | { __typename: 'Price' }
      | { __typename: 'RealtimePrice' }
     | null } };

export type GatewayInvoiceStatusSubscriptionVariables = Exact<{
  input: LnInvoicePaymentStatusByHashInput;
}>;


export type GatewayInvoiceStatusSubscription = { lnInvoicePaymentStatusByHash: { status: InvoicePaymentStatus | null } };

export const MovementFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Movement"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Transaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"settlementAmount"}},{"kind":"Field","name":{"kind":"Name","value":"settlementFee"}},{"kind":"Field","name":{"kind":"Name","value":"settlementCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"initiationVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"address"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"settlementVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaIntraLedger"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionHash"}},{"kind":"Field","name":{"kind":"Name","value":"vout"}}]}}]}}]}}]} as unknown as DocumentNode<MovementFragment, unknown>;
export const TroubleFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<TroubleFragment, unknown>;
export const GatewayAccount = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GatewayAccount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"globals"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"network"}}]}},{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"defaultAccount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"wallets"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"walletCurrency"}}]}}]}}]}}]}}]} as unknown as DocumentNode<GatewayAccountQuery, GatewayAccountQueryVariables>;
export const GatewayBalance = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GatewayBalance"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WalletId"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"defaultAccount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"walletById"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"walletId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"balance"}},{"kind":"Field","name":{"kind":"Name","value":"walletCurrency"}}]}}]}}]}}]}}]} as unknown as DocumentNode<GatewayBalanceQuery, GatewayBalanceQueryVariables>;
export const GatewayMovementsOfHash = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GatewayMovementsOfHash"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WalletId"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"paymentHash"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentHash"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"defaultAccount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"walletById"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"walletId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionsByPaymentHash"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"paymentHash"},"value":{"kind":"Variable","name":{"kind":"Name","value":"paymentHash"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Movement"}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Movement"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Transaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"settlementAmount"}},{"kind":"Field","name":{"kind":"Name","value":"settlementFee"}},{"kind":"Field","name":{"kind":"Name","value":"settlementCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"initiationVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"address"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"settlementVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaIntraLedger"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionHash"}},{"kind":"Field","name":{"kind":"Name","value":"vout"}}]}}]}}]}}]} as unknown as DocumentNode<GatewayMovementsOfHashQuery, GatewayMovementsOfHashQueryVariables>;
export const GatewayMovements = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GatewayMovements"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WalletId"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"defaultAccount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"walletById"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"walletId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"endCursor"}},{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Movement"}}]}}]}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Movement"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Transaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"settlementAmount"}},{"kind":"Field","name":{"kind":"Name","value":"settlementFee"}},{"kind":"Field","name":{"kind":"Name","value":"settlementCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"initiationVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"address"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"settlementVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaIntraLedger"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionHash"}},{"kind":"Field","name":{"kind":"Name","value":"vout"}}]}}]}}]}}]} as unknown as DocumentNode<GatewayMovementsQuery, GatewayMovementsQueryVariables>;
export const GatewayComing = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GatewayComing"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WalletId"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"defaultAccount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"walletById"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"walletId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pendingIncomingTransactions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Movement"}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Movement"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Transaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"settlementAmount"}},{"kind":"Field","name":{"kind":"Name","value":"settlementFee"}},{"kind":"Field","name":{"kind":"Name","value":"settlementCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"initiationVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"address"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"settlementVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaIntraLedger"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionHash"}},{"kind":"Field","name":{"kind":"Name","value":"vout"}}]}}]}}]}}]} as unknown as DocumentNode<GatewayComingQuery, GatewayComingQueryVariables>;
export const GatewayInvoice = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GatewayInvoice"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WalletId"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"paymentHash"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentHash"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"defaultAccount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"walletById"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"walletId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"walletId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"invoiceByPaymentHash"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"paymentHash"},"value":{"kind":"Variable","name":{"kind":"Name","value":"paymentHash"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}},{"kind":"Field","name":{"kind":"Name","value":"paymentRequest"}},{"kind":"Field","name":{"kind":"Name","value":"paymentStatus"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<GatewayInvoiceQuery, GatewayInvoiceQueryVariables>;
export const GatewayAddress = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayAddress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"OnChainAddressCreateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"made"},"name":{"kind":"Name","value":"onChainAddressCreate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"address"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayAddressMutation, GatewayAddressMutationVariables>;
export const GatewayInvoiceCreate = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayInvoiceCreate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnInvoiceCreateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"made"},"name":{"kind":"Name","value":"lnInvoiceCreate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"invoice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}},{"kind":"Field","name":{"kind":"Name","value":"paymentRequest"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayInvoiceCreateMutation, GatewayInvoiceCreateMutationVariables>;
export const GatewayAmountlessInvoiceCreate = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayAmountlessInvoiceCreate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnNoAmountInvoiceCreateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"made"},"name":{"kind":"Name","value":"lnNoAmountInvoiceCreate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"invoice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}},{"kind":"Field","name":{"kind":"Name","value":"paymentRequest"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayAmountlessInvoiceCreateMutation, GatewayAmountlessInvoiceCreateMutationVariables>;
export const GatewayInvoiceCreateWithHash = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayInvoiceCreateWithHash"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnInvoiceCreateOnBehalfOfRecipientInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"made"},"name":{"kind":"Name","value":"lnInvoiceCreateOnBehalfOfRecipient"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"invoice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}},{"kind":"Field","name":{"kind":"Name","value":"paymentRequest"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayInvoiceCreateWithHashMutation, GatewayInvoiceCreateWithHashMutationVariables>;
export const GatewayUsdInvoiceCreate = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayUsdInvoiceCreate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnUsdInvoiceCreateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"made"},"name":{"kind":"Name","value":"lnUsdInvoiceCreate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"invoice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}},{"kind":"Field","name":{"kind":"Name","value":"paymentRequest"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayUsdInvoiceCreateMutation, GatewayUsdInvoiceCreateMutationVariables>;
export const GatewayUsdInvoiceCreateWithHash = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayUsdInvoiceCreateWithHash"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnUsdInvoiceCreateOnBehalfOfRecipientInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"made"},"name":{"kind":"Name","value":"lnUsdInvoiceCreateOnBehalfOfRecipient"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"invoice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}},{"kind":"Field","name":{"kind":"Name","value":"paymentRequest"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayUsdInvoiceCreateWithHashMutation, GatewayUsdInvoiceCreateWithHashMutationVariables>;
export const GatewayUsdInvoiceCreateOverSats = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayUsdInvoiceCreateOverSats"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipientInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"made"},"name":{"kind":"Name","value":"lnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipient"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"invoice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}},{"kind":"Field","name":{"kind":"Name","value":"paymentRequest"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayUsdInvoiceCreateOverSatsMutation, GatewayUsdInvoiceCreateOverSatsMutationVariables>;
export const GatewayInvoiceCancel = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayInvoiceCancel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnInvoiceCancelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"canceled"},"name":{"kind":"Name","value":"lnInvoiceCancel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"success"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayInvoiceCancelMutation, GatewayInvoiceCancelMutationVariables>;
export const GatewayPay = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayPay"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnInvoicePaymentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"sent"},"name":{"kind":"Name","value":"lnInvoicePaymentSend"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"transaction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Movement"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Movement"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Transaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"settlementAmount"}},{"kind":"Field","name":{"kind":"Name","value":"settlementFee"}},{"kind":"Field","name":{"kind":"Name","value":"settlementCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"initiationVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"address"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"settlementVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaIntraLedger"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionHash"}},{"kind":"Field","name":{"kind":"Name","value":"vout"}}]}}]}}]}}]} as unknown as DocumentNode<GatewayPayMutation, GatewayPayMutationVariables>;
export const GatewayPayAmountless = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayPayAmountless"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnNoAmountInvoicePaymentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"sent"},"name":{"kind":"Name","value":"lnNoAmountInvoicePaymentSend"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"transaction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Movement"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Movement"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Transaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"settlementAmount"}},{"kind":"Field","name":{"kind":"Name","value":"settlementFee"}},{"kind":"Field","name":{"kind":"Name","value":"settlementCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"initiationVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"address"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"settlementVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaIntraLedger"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionHash"}},{"kind":"Field","name":{"kind":"Name","value":"vout"}}]}}]}}]}}]} as unknown as DocumentNode<GatewayPayAmountlessMutation, GatewayPayAmountlessMutationVariables>;
export const GatewayPayUsdAmountless = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayPayUsdAmountless"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnNoAmountUsdInvoicePaymentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"sent"},"name":{"kind":"Name","value":"lnNoAmountUsdInvoicePaymentSend"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"transaction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Movement"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Movement"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Transaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"settlementAmount"}},{"kind":"Field","name":{"kind":"Name","value":"settlementFee"}},{"kind":"Field","name":{"kind":"Name","value":"settlementCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"initiationVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentHash"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InitiationViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"address"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"settlementVia"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaLn"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaIntraLedger"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preImage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SettlementViaOnChain"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionHash"}},{"kind":"Field","name":{"kind":"Name","value":"vout"}}]}}]}}]}}]} as unknown as DocumentNode<GatewayPayUsdAmountlessMutation, GatewayPayUsdAmountlessMutationVariables>;
export const GatewayProbe = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayProbe"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnInvoiceFeeProbeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"probed"},"name":{"kind":"Name","value":"lnInvoiceFeeProbe"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"amount"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayProbeMutation, GatewayProbeMutationVariables>;
export const GatewayProbeAmountless = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayProbeAmountless"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnNoAmountInvoiceFeeProbeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"probed"},"name":{"kind":"Name","value":"lnNoAmountInvoiceFeeProbe"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"amount"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayProbeAmountlessMutation, GatewayProbeAmountlessMutationVariables>;
export const GatewayProbeUsd = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayProbeUsd"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnUsdInvoiceFeeProbeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"probed"},"name":{"kind":"Name","value":"lnUsdInvoiceFeeProbe"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"amount"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayProbeUsdMutation, GatewayProbeUsdMutationVariables>;
export const GatewayProbeUsdAmountless = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"GatewayProbeUsdAmountless"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnNoAmountUsdInvoiceFeeProbeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"probed"},"name":{"kind":"Name","value":"lnNoAmountUsdInvoiceFeeProbe"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Trouble"}}]}},{"kind":"Field","name":{"kind":"Name","value":"amount"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Trouble"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<GatewayProbeUsdAmountlessMutation, GatewayProbeUsdAmountlessMutationVariables>;
export const GatewayUpdates = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"GatewayUpdates"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"myUpdates"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"update"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]}}]}}]} as unknown as DocumentNode<GatewayUpdatesSubscription, GatewayUpdatesSubscriptionVariables>;
export const GatewayInvoiceStatus = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"GatewayInvoiceStatus"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LnInvoicePaymentStatusByHashInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"lnInvoicePaymentStatusByHash"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]} as unknown as DocumentNode<GatewayInvoiceStatusSubscription, GatewayInvoiceStatusSubscriptionVariables>;